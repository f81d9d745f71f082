import { parseAddress } from '@wattchain/core';
import {
  type PeerChange,
  type PeriodPrices,
  peerProof,
  peerSellers,
  preferencesOf,
  termsArgument,
} from '@wattchain/market';
import { BLOCK_GAS, type CommunityChain, eventsOf } from '../chain.js';
import { blockTimeOf } from './community.js';
import { CommunityMarketRun } from './communityMarketRun.js';
import type { RuleRunContext } from './ruleRun.js';

/** Periods times pairs of homes that one call has memory for. */
const MATCHED_A_CALL = 7_000;

/** Bytes of a settlement's data that proofs may take, of the 65,536 of a transaction; of a home without sources, of a source, of a later change. */
const PROOFS_BYTES = 64_000;
const HOME_BYTES = 13 * 32;
const SOURCE_BYTES = 2 * 32;
const CHANGE_BYTES = 2 * 32;
/** Sources of a home, and homes whose pairs one call has memory for, at most. */
const MOST_SOURCES = 16;
const MOST_PEERS = 80;

/** Homes whose proofs of what they prefer fit one settlement: it is made at the end of a day, when all have changed it for each price of the day and the next one. */
export function mostPeers({ community }: RuleRunContext): number {
  const { periods } = community;
  const sources = Math.min(MOST_SOURCES, peerSellers(periods).length);
  let [changes, ofDay, day] = [0, 0, ''];
  for (let period = 1; period < periods.length; period++) {
    const { date, start } = periods.described(period);
    const key = date ?? String(start / 86_400n);
    if (key !== day) [ofDay, day] = [0, key];
    if (!hasSamePrices(periods, period)) ofDay += 1;
    changes = Math.max(changes, ofDay);
  }
  const bytes = HOME_BYTES + sources * SOURCE_BYTES + (changes + 1) * CHANGE_BYTES;
  return Math.min(MOST_PEERS, Math.floor(PROOFS_BYTES / bytes));
}

/** Whether the prices of a period are those of the one before it. */
function hasSamePrices(periods: RuleRunContext['community']['periods'], period: number): boolean {
  const [one, other]: readonly PeriodPrices[] = [periods.pricesAt(period - 1), periods.pricesAt(period)];
  return one?.tariff === other?.tariff && one?.feedIn === other?.feedIn;
}

/** Chosen neighbours: homes say what they prefer whenever prices change, and what the meters show is matched. */
export class PeerRun extends CommunityMarketRun {
  override readonly notes = [
    'Peers state standing preferences, so agents make no difference; a home has sixteen sources at most.',
  ];
  readonly #sellers = peerSellers(this.context.community.periods);
  /** What each home has said so far. */
  readonly #changes: PeerChange[][];
  readonly #numbers: ReadonlyMap<string, bigint>;

  constructor(context: RuleRunContext) {
    super(context, 'PeerChoice', []);
    const { owners } = context.community.periods;
    this.#changes = owners.map(() => []);
    this.#numbers = new Map(owners.map((owner, home) => [owner, BigInt(home + 1)]));
  }

  override async setUp(chain: CommunityChain): Promise<void> {
    await super.setUp(chain);
    await this.#stand(chain, 0, 0n);
  }

  /** Preferences for the prices of a period, which hold from the period after the block's on. */
  async #stand(chain: CommunityChain, period: number, at: bigint): Promise<void> {
    const { periods, homes } = this.context.community;
    const prices = periods.pricesAt(period);
    for (const home of homes) {
      const terms = { ...preferencesOf(home.address, this.#sellers, prices, this.context.params), reservedFor: [] };
      const index = Number(this.#numbers.get(home.address) ?? 0n) - 1;
      this.#changes[index]?.push({ from: -1, terms });
      chain.send(home, this.market, 'stand', [termsArgument(terms)]);
    }
    const included = await chain.seal(at);
    const told = included.flatMap(({ receipt }) =>
      eventsOf<{ owner: string; from: bigint | number }>(this.market, 'Stands', receipt.logs),
    );
    for (const { owner, from } of told) {
      const changes = this.#changes[Number(this.#numbers.get(parseAddress(owner)) ?? 0n) - 1];
      const last = changes?.at(-1);
      if (changes !== undefined && last !== undefined) changes[changes.length - 1] = { ...last, from: Number(from) };
    }
  }

  protected override async duringPeriods(chain: CommunityChain, first: number, count: number): Promise<void> {
    const { facts, periods } = this.context.community;
    const { periodSeconds } = facts;
    // Of the period behind these too: when that one's turn comes, it has begun already.
    for (let period = first + 1; period <= first + count && period < periods.length; period++)
      if (!this.#isSame(period)) {
        const before = this.startOf(period) - periodSeconds;
        await this.#stand(chain, period, blockTimeOf(this.context, before));
      }
  }

  /** Whether preferences for a period are those for the one before it. */
  #isSame(period: number): boolean {
    return hasSamePrices(this.context.community.periods, period);
  }

  protected async settle(chain: CommunityChain, first: number, count: number): Promise<void> {
    const { periodSeconds } = this.context.community.facts;
    const homes = this.#changes.length;
    const most = Math.max(1, Math.floor(MATCHED_A_CALL / (homes * homes)));
    for (let from = first; from < first + count; ) {
      let until = from + 1;
      while (until < first + count && until - from < most && this.#isSame(until)) until += 1;
      const number = Number(this.startOf(from) / periodSeconds);
      const proofs = this.#changes.map((changes) =>
        peerProof(changes, number, (owner) => this.#numbers.get(owner) ?? 0n),
      );
      const args = [this.hintOf(from), this.startOf(from), BigInt(until - from), proofs];
      chain.send(this.context.roles.gateway, this.market, 'settle', args, BLOCK_GAS);
      await chain.seal(0n);
      from = until;
    }
  }
}
