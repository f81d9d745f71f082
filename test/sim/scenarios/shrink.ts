import type { Fault, Plan } from './plan.js';
import { runPlan } from './run.js';

/** Runs that are worth finding a smaller plan. */
const MOST_TRIES = 200;
/** A fault is not made shorter than this. */
const LEAST_MS = 1_000;

/** A smaller plan that still does what the given one did, and how many runs it took to find. */
export interface Shrunk {
  readonly plan: Plan;
  readonly tries: number;
}

/** The plan with as few, as short and as early ended faults as can be, such that a run still breaks the rule. */
export function shrinkPlan(plan: Plan, rule: string, onTry: (tries: number) => void = () => {}): Promise<Shrunk> {
  return shrinkWhile(
    plan,
    async (smaller) => {
      const { violations } = await runPlan(smaller, { untilRule: rule });
      return violations.some((violation) => violation.rule === rule);
    },
    onTry,
  );
}

/** The same for any notion of bad; the plan itself must be. Leaves out faults, half of them first; then makes those that are left shorter. */
export async function shrinkWhile(
  plan: Plan,
  isBad: (smaller: Plan) => Promise<boolean>,
  onTry: (tries: number) => void = () => {},
): Promise<Shrunk> {
  let best = plan;
  let tries = 0;
  const isStillBad = async (faults: readonly Fault[]) => {
    if (tries >= MOST_TRIES) return false;
    onTry(++tries);
    const smaller = { ...best, faults };
    if (!(await isBad(smaller))) return false;
    best = smaller;
    return true;
  };
  for (let size = best.faults.length; size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let from = 0; from < best.faults.length; ) {
      const without = best.faults.filter((_, i) => i < from || i >= from + size);
      if (!(await isStillBad(without))) from += size;
    }
  }
  for (let i = 0; i < best.faults.length; i++) {
    for (let fault = best.faults[i] as Fault; fault.forMs > LEAST_MS; fault = best.faults[i] as Fault) {
      const forMs = Math.max(LEAST_MS, Math.floor(fault.forMs / 2));
      const shorter = { ...fault, forMs };
      if (!(await isStillBad(best.faults.map((other, k) => (k === i ? shorter : other))))) break;
    }
  }
  return { plan: best, tries };
}
