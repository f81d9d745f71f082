/** A party that tries everything that its keys allow, among people who mean nobody harm. */
import { BANK_ACTS } from './acts/bankActs.js';
import { COUNCIL_ACTS } from './acts/councilActs.js';
import { makeOne } from './acts/maker.js';
import { TRADE_ACTS } from './acts/tradeActs.js';
import { closingActs, fits, laterTime, timeOfEnd } from './generator.js';
import { honestActs } from './honest.js';
import { twisted } from './hostile.js';
import { Known } from './known.js';
import { DayMachine } from './machine.js';
import { owedTo, type Party, randomTruth, type TruthOf, wealthOf } from './party.js';
import { Random } from './random.js';
import { firstActs, randomRules, START_S } from './rules.js';
import type { Act, DayRules, Snapshot } from './script.js';
import { SnapshotReader } from './snapshot.js';

const ONE_TOKEN = 10n ** 18n;
const BLOCKS = 24;
const OWN_ACTS = [...TRADE_ACTS, ...BANK_ACTS, ...COUNCIL_ACTS];

/** What came of it, in 10^-18 wei. */
export interface ProfitReport {
  readonly party: string;
  /** What the party has in the end beyond what it had. */
  readonly gain: bigint;
  /** What others owed it by what they had signed, and what its meters delivered. */
  readonly owed: bigint;
  /** What others paid the bank for its services, which its operators share. */
  readonly fees: bigint;
  /** Its acts that were taken. */
  readonly taken: number;
  /** Tokens that stay in the market: none after all is closed. */
  readonly left: bigint;
}

class Attempt {
  readonly #random: Random;
  readonly #party: Party;
  readonly #rules: DayRules;
  readonly #machine: DayMachine;
  readonly #reader: SnapshotReader;
  readonly #former: Act[] = [];
  #snapshot: Snapshot = {};
  #truthOf: TruthOf = () => ({ produced: 0n, consumed: 0n });
  #taken = 0;
  #fees = 0n;
  #outside = 0n;

  constructor(seed: number, party: Party) {
    this.#random = new Random(seed, party.name.length);
    this.#party = party;
    const rules = randomRules(this.#random);
    // Everybody who has a share in the bank's fees would seem to profit from them.
    this.#rules = { ...rules, bank: { ...rules.bank, redeemRate: rules.bank.buyRate } };
    this.#machine = new DayMachine(this.#rules);
    this.#reader = new SnapshotReader(this.#machine, rules.council.keys.length);
  }

  run(): ProfitReport {
    this.#machine.nowS = START_S;
    for (const act of firstActs(this.#random, this.#rules)) this.#do(act);
    this.#look();
    const ratings = new Map(this.#known().meters.map(({ id, rating }) => [id, rating]));
    this.#truthOf = randomTruth(this.#random, ratings);
    const before = wealthOf(this.#party, this.#rules, this.#snapshot);
    for (let block = 0; block < BLOCKS; block++) this.#block();
    for (let end = 0; end < 3; end++) this.#close();
    const gain = wealthOf(this.#party, this.#rules, this.#snapshot) + this.#outside - before;
    const owed = owedTo(this.#party, this.#rules, this.#snapshot, this.#truthOf);
    const left = BigInt(this.#machine.view<bigint>('token.balanceOf', ['trade']));
    return { party: this.#party.name, gain, owed, fees: this.#fees, taken: this.#taken, left };
  }

  #known(): Known {
    return new Known(this.#rules, this.#snapshot, this.#machine.nowS);
  }

  #look(): void {
    this.#snapshot = this.#reader.read();
  }

  /** Some of the party's acts, what the others say to them, and now and then more of its own at the same time. */
  #block(): void {
    this.#machine.nowS = laterTime(this.#random, this.#known());
    if (this.#random.oneIn(3)) this.#honest();
    for (let i = 1 + this.#random.below(5); i > 0; i--) this.#own();
    this.#look();
    this.#honest();
  }

  #honest(): void {
    for (const act of honestActs(this.#random, this.#known(), this.#party, this.#truthOf)) this.#byOther(act);
    this.#look();
  }

  #own(): void {
    const { keys } = this.#party;
    const random = this.#random;
    const known = this.#known();
    const made = Array.from({ length: 6 }, () => makeOne(OWN_ACTS, random, known)).find(
      (act) => act !== undefined && keys.includes(act.by),
    );
    const act = random.oneIn(8) ? random.pick(this.#former.slice(-40)) : (made ?? makeOne(OWN_ACTS, random, known));
    if (act === undefined) return;
    const aimed = act.call === 'bank.attest' ? { ...act, args: [random.pick(keys) ?? '', ...act.args.slice(1)] } : act;
    const by = keys.includes(act.by) ? act.by : (random.pick(keys) ?? act.by);
    const tried = { ...(random.oneIn(6) ? twisted(random, aimed) : aimed), by };
    if (!fits(tried) || isGift(tried, keys)) return;
    if (this.#do(tried)) this.#taken += 1;
  }

  #do(act: Act): boolean {
    this.#former.push(act);
    const answer = this.#machine.run(act);
    if (!('taken' in answer)) return false;
    this.#reader.note(act);
    return true;
  }

  /** What another does; what it leaves in the reserve beyond cover is a fee, what it pays outside the party has. */
  #byOther(act: Act): void {
    if (!act.call.startsWith('bank.')) {
      this.#do(act);
      return;
    }
    const before = this.#surplus();
    const isTaken = this.#do(act);
    const more = this.#surplus() - before;
    if (isTaken && more > 0n) this.#fees += more;
    const [, holder, amount] = act.args.map(String);
    if (isTaken && act.call === 'bank.markPaid' && this.#party.keys.includes(holder ?? '')) {
      this.#outside += BigInt(amount ?? 0) * BigInt(this.#rules.bank.redeemRate);
    }
  }

  /** Coins of the reserve beyond what all tokens are worth. */
  #surplus(): bigint {
    const { coinReserve } = this.#machine.record('bank.figures', []) as { readonly coinReserve: bigint };
    const supply = this.#machine.view<bigint>('token.totalSupply');
    return coinReserve * ONE_TOKEN - supply * BigInt(this.#rules.bank.redeemRate);
  }

  #close(): void {
    this.#machine.nowS = timeOfEnd(this.#known());
    this.#honest();
    for (const act of closingActs(this.#known())) this.#do(act);
    this.#look();
  }
}

/** Nobody profits from what it gives away; and what others give back of it would look like a profit. */
function isGift({ call, args }: Act, keys: readonly string[]): boolean {
  const isFor = call === 'token.transfer' || call === 'bank.attest';
  return call === 'bank.addCover' || (isFor && !keys.includes(String(args[0])));
}

/** What a party gains in a day of its own making. */
export function tryToProfit(seed: number, party: Party): ProfitReport {
  return new Attempt(seed, party).run();
}
