/** Random calls of the energy contracts in two builds: the same results, refusals and events. */
import type { AbiEntry } from '@wattchain/vm';
import { Random } from '../random.js';
import { START_TIME_S } from '../world.js';
import { type Build, type Each, Market, PLACES } from './builds.js';
import { RandomCalls } from './randomCalls.js';

/** What came of it. */
export interface Comparison {
  readonly agreed: number;
  /** By function: how many calls succeeded. */
  readonly succeeded: ReadonlyMap<string, number>;
  /** The call that differed, with both outcomes. */
  readonly difference: string | undefined;
}

/** Runs so many calls in both. */
export async function compareBuilds(
  [one, other]: readonly [Build, Build],
  abis: Each<readonly AbiEntry[]>,
  seed: number,
  calls: number,
): Promise<Comparison> {
  const [left, right] = [await Market.deploy(one, abis), await Market.deploy(other, abis)];
  const random = new RandomCalls(new Random(seed), abis, PLACES);
  const start = random.start();
  const succeeded = new Map<string, number>();
  let timeS = START_TIME_S;
  for (let i = 0; i < calls; i++) {
    const call = start[i] ?? random.draw(BigInt(timeS));
    timeS += call.waitS;
    const outcomes = [await left.run(call, timeS), await right.run(call, timeS)];
    const [a, b] = outcomes.map(({ failure, data, logs }) => show([failure === undefined, data, logs]));
    if (a !== b) return { agreed: i, succeeded, difference: show([call, ...outcomes]) };
    if (outcomes[0]?.failure !== undefined) continue;
    random.note(call);
    succeeded.set(call.function, (succeeded.get(call.function) ?? 0) + 1);
  }
  return { agreed: calls, succeeded, difference: undefined };
}

function show(value: unknown): string {
  return JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? String(part) : part));
}
