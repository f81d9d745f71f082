import { type Hex, type Log, toHex } from '@wattchain/core';
import {
  ACT_KINDS,
  type ActFields,
  actFields,
  actWord,
  commitmentTo,
  type MarketPeriod,
  orderSheet,
  type PlacedOrder,
  rankingOf,
} from '@wattchain/market';
import { BLOCK_GAS, type CommunityChain, eventsOf } from '../chain.js';
import { blockTimeOf, endOf } from './community.js';
import { CommunityMarketRun } from './communityMarketRun.js';
import type { RuleRunContext } from './ruleRun.js';

/** Numbers of the auctions' pricings in the contract. */
const PRICINGS = ['callAuction:uniform', 'callAuction:mcafee', 'callAuction:payAsBid'];
/** Periods that one transaction can post to. */
const HORIZON = 24;
/** Fills that one settlement is given at most: 32 bytes each of 64 KiB. */
const FILLS_A_CALL = 1_500;
/** Where orders are sealed: blocks in which commitments are opened, and what each puts at stake, a hundredth of the currency. */
const REVEAL_BLOCKS = 12;
const SEAL_DEPOSIT = 10n ** 16n;
const NOTHING = { first: -1, count: 0 };
/** Gas of a home's orders of so many periods. */
const POST_GAS = 2_000_000;
/** Gas of a clearing: what it takes without any act, and for each, several times over. */
const CLEARING_GAS = 1_000_000;
const ACT_GAS = 30_000;

/** A rule with orders: homes post theirs of a day before it, the gate closes, anyone clears and settles. */
abstract class OrderRun extends CommunityMarketRun {
  override readonly settlementBlocks: number;
  override readonly mostPeriods: number;
  readonly #isSealed: boolean;
  /** Periods that were opened last, whose orders may have to be opened. */
  #committed = NOTHING;
  /** Acts of the periods that are open, as the chain has them, and what became of them, by number. */
  readonly #acts = new Map<bigint, bigint[]>();
  readonly #fills = new Map<bigint, readonly bigint[]>();
  readonly #ownerOf: readonly `0x${string}`[];

  constructor(context: RuleRunContext, contract: 'CallAuction' | 'ContinuousBook', args: readonly unknown[]) {
    const isSealed = context.params.orders === 'sealed';
    super(
      context,
      contract,
      [orderRules(context, isSealed), ...args],
      isSealed ? 2n * BigInt(HORIZON) * SEAL_DEPOSIT : 0n,
    );
    this.#isSealed = isSealed;
    this.settlementBlocks = isSealed ? 3 + REVEAL_BLOCKS : 3;
    // Sealed acts are counted from the period that runs, which is two before the first of those.
    this.mostPeriods = isSealed ? HORIZON - 2 : HORIZON;
    this.#ownerOf = context.community.periods.owners;
  }

  /** The gate closes a period before each period. */
  override async open(chain: CommunityChain, first: number, count: number): Promise<void> {
    await this.#revealCommitted(chain);
    const { periods, homes, agents } = this.context.community;
    const { periodSeconds } = periods.series;
    const sheets = Array.from({ length: count }, (_, index) => {
      const period = periods.at(first + index);
      return { number: this.numberOf(period), sheet: orderSheet(period, agents) };
    });
    const at = blockTimeOf(this.context, this.startOf(first) - 2n * periodSeconds);
    for (const kind of this.sides()) {
      homes.forEach((home, index) => {
        const acts = sheets.flatMap(({ number, sheet }) =>
          sheet[kind === ACT_KINDS.bid ? 'bids' : 'asks']
            .filter(({ owner }) => owner === home.address)
            .map(({ energyMwh, price }) => this.#act({ member: BigInt(index + 1), kind, number, energyMwh, price })),
        );
        if (acts.length > 0) chain.send(home, this.market, 'post', [acts], POST_GAS);
      });
      for (const { receipt } of await chain.seal(at, this.arrival)) this.#note(receipt.logs);
    }
    this.#committed = { first, count };
  }

  /** Opens what was committed to last, period by period, as their gates close: an order of a period that is over is not opened any more. */
  async #revealCommitted(chain: CommunityChain): Promise<void> {
    const { first, count } = this.#committed;
    this.#committed = NOTHING;
    if (this.#isSealed) for (let index = first; index < first + count; index++) await this.#reveal(chain, index);
  }

  /** An order as it is posted: itself, or a commitment to it. */
  #act(fields: ActFields): bigint {
    const order = actWord(fields);
    return this.#isSealed ? commitmentTo(order, this.#saltOf(order)) : order;
  }

  /** Nobody who does not have the inputs can try orders until one fits a commitment. */
  #saltOf(order: bigint): Hex {
    return toHex(this.context.community.derivation.bytes(`salt ${order}`));
  }

  /** Every home opens its commitments of a period when the gate has closed. */
  async #reveal(chain: CommunityChain, index: number): Promise<void> {
    const { periods, homes, agents } = this.context.community;
    const period = periods.at(index);
    const number = this.numberOf(period);
    const placeOf = new Map((this.#acts.get(number) ?? []).map((act, place) => [act, place]));
    const { bids, asks } = orderSheet(period, agents);
    homes.forEach((home, position) => {
      const sides = [
        { kind: ACT_KINDS.bid, orders: bids },
        { kind: ACT_KINDS.ask, orders: asks },
      ];
      const openings = sides.flatMap(({ kind, orders }) =>
        orders
          .filter(({ owner }) => owner === home.address)
          .map(({ energyMwh, price }) => {
            const order = actWord({ member: BigInt(position + 1), kind, number, energyMwh, price });
            const salt = this.#saltOf(order);
            return { commitment: BigInt(placeOf.get(commitmentTo(order, salt)) ?? 0), order, salt };
          }),
      );
      if (openings.length > 0) chain.send(home, this.market, 'reveal', [number, openings], POST_GAS);
    });
    const gate = period.periodStart - periods.series.periodSeconds;
    for (const { receipt } of await chain.seal(blockTimeOf(this.context, gate))) this.#note(receipt.logs);
  }

  /** Whether it matters which home posts first. */
  protected readonly arrival: 'inOrder' | 'anyOrder' = 'anyOrder';

  /** Which side posts first. */
  protected sides(): readonly bigint[] {
    return [ACT_KINDS.ask, ACT_KINDS.bid];
  }

  #note(logs: readonly Log[]): void {
    for (const { act } of eventsOf<{ act: bigint }>(this.market, 'Posted', logs)) {
      const { number } = actFields(act);
      const acts = this.#acts.get(number);
      if (acts === undefined) this.#acts.set(number, [act]);
      else acts.push(act);
    }
  }

  protected numberOf({ periodStart }: MarketPeriod): bigint {
    return periodStart / this.context.community.facts.periodSeconds;
  }

  protected override async duringPeriods(chain: CommunityChain, first: number, count: number): Promise<void> {
    const { periods } = this.context.community;
    // Where more periods were opened since, that was done before them.
    if (this.#committed.first === first) await this.#revealCommitted(chain);
    if (this.#isSealed) await chain.pass(REVEAL_BLOCKS);
    for (let index = first; index < first + count; index++) {
      const number = this.numberOf(periods.at(index));
      const acts = this.#acts.get(number);
      if (acts === undefined) continue;
      const args = [number, this.hintOf(index), acts, ...this.clearingArgs(periods.described(index).start, acts)];
      // Many fit a block.
      const gas = Math.min(BLOCK_GAS, CLEARING_GAS + acts.length * ACT_GAS);
      chain.send(this.context.roles.gateway, this.market, 'clear', args, gas);
      this.#acts.delete(number);
    }
    const { periodSeconds } = periods.series;
    const lastStart = endOf(this.context.community, first + count - 1) - periodSeconds;
    for (const { receipt } of await chain.seal(blockTimeOf(this.context, lastStart)))
      for (const cleared of eventsOf<{ periodStart: bigint; fills: readonly bigint[] }>(
        this.market,
        'Cleared',
        receipt.logs,
      ))
        this.#fills.set(cleared.periodStart, cleared.fills);
  }

  /** What a clearing is given beside the acts. */
  protected abstract clearingArgs(periodStart: bigint, acts: readonly bigint[]): readonly unknown[];

  /** The orders of one side, with their places among the acts. */
  protected ordersOf(acts: readonly bigint[], side: bigint): PlacedOrder[] {
    return acts.flatMap((act, place): PlacedOrder[] => {
      const { kind, member, energyMwh, price } = actFields(act);
      const owner = this.#ownerOf[Number(member) - 1];
      return kind === side && owner !== undefined ? [{ owner, energyMwh, price, place }] : [];
    });
  }

  protected async settle(chain: CommunityChain, first: number, count: number): Promise<void> {
    let from = first;
    let fills: (readonly bigint[])[] = [];
    let words = 0;
    const send = async () => {
      const args = [this.hintOf(from), this.startOf(from), fills];
      chain.send(this.context.roles.gateway, this.market, 'settle', args, BLOCK_GAS);
      await chain.seal(0n);
      from += fills.length;
      [fills, words] = [[], 0];
    };
    for (let index = first; index < first + count; index++) {
      const start = this.startOf(index);
      const own = this.#fills.get(start) ?? [];
      this.#fills.delete(start);
      if (fills.length > 0 && words + own.length > FILLS_A_CALL) await send();
      fills.push(own);
      words += own.length;
    }
    await send();
  }

  override periodsOf(logs: readonly Log[]): readonly bigint[] {
    const cleared = eventsOf<{ periodStart: bigint }>(this.market, 'Cleared', logs);
    return [...cleared.map(({ periodStart }) => periodStart), ...super.periodsOf(logs)];
  }
}

/** A call auction; its caller hands in the orders in the order of price. */
export class CallAuctionRun extends OrderRun {
  constructor(context: RuleRunContext) {
    super(context, 'CallAuction', [PRICINGS.indexOf(context.rule.name)]);
  }

  protected clearingArgs(periodStart: bigint, acts: readonly bigint[]): readonly unknown[] {
    return [rankingOf(periodStart, this.ordersOf(acts, ACT_KINDS.bid), this.ordersOf(acts, ACT_KINDS.ask))];
  }
}

/** A continuous book: who comes first is the order of the acts. */
export class ContinuousBookRun extends OrderRun {
  protected override readonly arrival = 'inOrder';

  constructor(context: RuleRunContext) {
    super(context, 'ContinuousBook', []);
  }

  protected override sides(): readonly bigint[] {
    const isSellersFirst = this.context.params.arrival === 'sellersFirst';
    return isSellersFirst ? [ACT_KINDS.ask, ACT_KINDS.bid] : [ACT_KINDS.bid, ACT_KINDS.ask];
  }

  protected clearingArgs(): readonly unknown[] {
    return [];
  }
}

/** What orders lock covers the dearest prices of the span. */
function orderRules({ community }: RuleRunContext, isSealed: boolean) {
  const { prices, series } = community.periods;
  const most = (of: (price: (typeof prices)[number]) => bigint) =>
    prices.reduce((largest, price) => (of(price) > largest ? of(price) : largest), 0n);
  return {
    gateSeconds: series.periodSeconds,
    coveredTariff: most(({ tariff }) => tariff),
    coveredFee: most(({ gridFee }) => gridFee),
    mostActs: 1_536n,
    revealBlocks: isSealed ? BigInt(REVEAL_BLOCKS) : 0n,
    sealDeposit: isSealed ? SEAL_DEPOSIT : 0n,
  };
}
