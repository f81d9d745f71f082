/** Random days: acts that make sense in the world as the last block left it, their twisted variants, and former acts once more. */
import { BANK_ACTS, BANK_DECISIONS } from './acts/bankActs.js';
import { COUNCIL_ACTS, COUNCIL_DECISIONS } from './acts/councilActs.js';
import { type Maker, makeOne } from './acts/maker.js';
import { REGISTRY_ACTS, REGISTRY_DECISIONS } from './acts/registryActs.js';
import { TRADE_ACTS } from './acts/tradeActs.js';
import { twisted } from './hostile.js';
import { Known } from './known.js';
import { encodeAct } from './machine.js';
import type { Random } from './random.js';
import { firstActs, START_S } from './rules.js';
import type { Act, DayRules, Snapshot } from './script.js';

/** Blocks of a day besides the first and the last ones. */
const FEWEST_BLOCKS = 16;
const MOST_BLOCKS = 40;
const MOST_ACTS = 8;

const MAKERS: readonly Maker[] = [...TRADE_ACTS, ...REGISTRY_ACTS, ...BANK_ACTS, ...COUNCIL_ACTS];
const DECISIONS = [...BANK_DECISIONS, ...COUNCIL_DECISIONS, ...REGISTRY_DECISIONS];

/** The blocks of one day; each is made when the snapshot after the last one is known. */
export class DayGenerator {
  readonly #random: Random;
  readonly #rules: DayRules;
  readonly #blocks: number;
  readonly #former: Act[] = [];
  #number = 0;
  #beforeS = START_S;
  #nowS = START_S;

  constructor(random: Random, rules: DayRules) {
    this.#random = random;
    this.#rules = rules;
    this.#blocks = FEWEST_BLOCKS + random.below(MOST_BLOCKS - FEWEST_BLOCKS);
  }

  /** The next block, or nothing when the day is over. */
  next(snapshot: Snapshot): { readonly timeS: bigint; readonly acts: readonly Act[] } | undefined {
    this.#number += 1;
    if (this.#number === 1) return { timeS: this.#nowS, acts: firstActs(this.#random, this.#rules) };
    if (this.#number > this.#blocks + 2) return undefined;
    const isOver = this.#number > this.#blocks;
    this.#beforeS = this.#nowS;
    this.#nowS = isOver ? this.#end(snapshot) : laterTime(this.#random, new Known(this.#rules, snapshot, this.#nowS));
    const known = new Known(this.#rules, snapshot, this.#nowS);
    const acts = isOver ? closingActs(known) : [...this.#decisions(known, snapshot), ...this.#acts(known)];
    this.#former.push(...acts);
    return { timeS: this.#nowS, acts };
  }

  #acts(known: Known): Act[] {
    return Array.from({ length: 1 + this.#random.below(MOST_ACTS) }, () => this.#act(known)).flat();
  }

  /** When a notice has ended since the last block. */
  #decisions(known: Known, snapshot: Snapshot): Act[] {
    const before = new Known(this.#rules, snapshot, this.#beforeS);
    if (!before.notices.some((at) => at <= known.nowS)) return [];
    return DECISIONS.flatMap((make) => make(this.#random, known) ?? []);
  }

  #act(known: Known): Act[] {
    const random = this.#random;
    if (random.oneIn(20)) {
      const former = random.pick(this.#former.slice(-30));
      if (former) return [random.oneIn(2) ? former : twisted(random, former)].filter(fits);
    }
    const act = makeOne(MAKERS, random, known);
    if (act === undefined) return [];
    return [random.oneIn(8) ? twisted(random, act) : act].filter(fits);
  }

  /** After all deadlines, with the last readings final. */
  #end(snapshot: Snapshot): bigint {
    return timeOfEnd(new Known(this.#rules, snapshot, this.#nowS));
  }
}

/** The next block's time: mostly a little later, else just before, at or after a moment at which something changes. */
export function laterTime(random: Random, known: Known): bigint {
  const notice = random.pick(known.notices);
  if (notice !== undefined && random.oneIn(8)) return notice + BigInt(random.below(3));
  const moments = known.moments.filter((at) => at - known.nowS < 20_000n).sort((a, b) => (a < b ? -1 : 1));
  const moment = random.pick(random.oneIn(2) ? moments : moments.slice(0, 3));
  if (moment === undefined || random.oneIn(2))
    return known.nowS + random.between(0n, known.resolution / (random.oneIn(3) ? 2n : 8n));
  const at = moment + random.oneOf([-1n, 0n, 0n, 1n, 1n]);
  return at > known.nowS ? at : known.nowS;
}

/** After all deadlines, with the last readings final. */
export function timeOfEnd(known: Known): bigint {
  const last = known.moments.reduce((latest, at) => (at > latest ? at : latest), known.nowS);
  return last + BigInt(known.rules.registry.correctionSeconds) + 1n;
}

/** Whether the arguments fit their types: what does not cannot be sent at all. */
export function fits(act: Act): boolean {
  try {
    encodeAct(act);
    return true;
  } catch {
    return false;
  }
}

/** What anybody can do to close every trade; and sellers withdraw their offers. */
export function closingActs(known: Known): Act[] {
  const open = known.trades.filter(({ state }) => state < 6);
  const settle: Act = { by: 'p10', call: 'trade.settle', args: [open.map(({ id }) => id)] };
  const refunds = open.map(({ id }): Act => ({ by: 'p10', call: 'trade.refund', args: [id] }));
  const cancels = known.offers
    .filter(({ remaining }) => remaining > 0n)
    .map(({ id, meter, start, price, seller }): Act => {
      return { by: seller, call: 'trade.cancelOffer', args: [id, meter, String(start), price] };
    });
  return open.length > 0 ? [...refunds, settle, ...cancels] : cancels;
}
