import { WattchainError } from '@wattchain/core';
import {
  type Community,
  communityOf,
  type DayProfile,
  type DayTrade,
  decodeMarketEvents,
  formatTokens,
  getTokenBalance,
  type MarketEvent,
} from '@wattchain/market';
import { type Address, type Hash, isAddressEqual, zeroAddress } from 'viem';
import type { Connection } from '../client.js';
import type { DayRecord } from './dayRecord.js';
import { addressOf, type Household } from './tradingDay.js';

/** The tokens of a household, token units. */
export interface TokenAccount {
  /** Issued by the bank. */
  readonly start: bigint;
  /** After the day's trades, with what bonds paid. */
  readonly end: bigint;
  /** Taken by the bank for a payout. */
  readonly redeemed: bigint;
}

/** The day read back from the events of the contracts. */
export interface DayLedger {
  /** What the events tell, as every page works it out. */
  readonly community: Community;
  /** Homes and periods as they were planned, energies as the meters reported them. */
  readonly profile: DayProfile;
  /** What was settled, in the order of settlement. */
  readonly trades: readonly DayTrade[];
  /** The transaction that settled what another accepted. */
  readonly settlements: ReadonlyMap<Hash, Hash>;
  /** In the order of the homes. */
  readonly accounts: readonly TokenAccount[];
}

/**
 * Reads the day from the chain: energies from the meters' readings, purchases and payments from the settlements, starting balances from
 * what the bank issued, redemptions from what it took. Errors: `dayFailed` when an event names a household, meter or period that the day does not know.
 */
export function readDay(
  connection: Connection,
  plan: DayProfile,
  households: readonly Household[],
  { logs }: DayRecord,
): DayLedger {
  const contracts = connection.contracts();
  const addresses = Object.values(contracts);
  const events = decodeMarketEvents(
    logs.filter((log) => addresses.some((address) => isAddressEqual(log.address, address))),
  );
  const community = communityOf(events, plan.periodSeconds);
  const homeAt = new Map(households.map(({ account }, position) => [addressOf(account), position]));
  const periodAt = new Map(plan.periods.map(({ start }, period) => [start, period]));
  const trades = community.flows.map(
    ({ periodStart, seller, buyer, energyMwh, paid }): DayTrade => ({
      period: known(periodAt, periodStart),
      seller: known(homeAt, seller),
      buyer: known(homeAt, buyer),
      energyMwh,
      paid,
    }),
  );
  const sum = (values: readonly bigint[]) => values.reduce((total, value) => total + value, 0n);
  const transfers = events.flatMap(({ eventName, args }) => (eventName === 'Transfer' ? [args] : []));
  const issued = transfers.filter(({ from }) => from === zeroAddress);
  const compensations = events.flatMap(({ eventName, args }) =>
    eventName === 'Settled' || eventName === 'Refunded' ? [args] : [],
  );
  const redeemed = transfers.filter(({ to }) => isAddressEqual(to, contracts.bankAddress));
  return {
    community,
    profile: {
      ...plan,
      homes: plan.homes.map(({ name }, position) => {
        const meter = community.meters.find(({ meter }) => meter === households[position]?.meter);
        const readingAt = new Map(meter?.readings.map((reading) => [reading.start, reading]));
        const read = plan.periods.map(({ start }) => readingAt.get(start));
        return {
          name,
          producedMwh: read.map((reading) => reading?.producedMwh ?? 0n),
          consumedMwh: read.map((reading) => reading?.consumedMwh ?? 0n),
        };
      }),
    },
    trades,
    settlements: settlementsOf(events),
    accounts: households.map(({ account }, position) => {
      const owner = addressOf(account);
      const start = sum(issued.filter(({ to }) => to === owner).map(({ value }) => value));
      const earned = sum(trades.filter(({ seller }) => seller === position).map(({ paid }) => paid));
      const spent = sum(trades.filter(({ buyer }) => buyer === position).map(({ paid }) => paid));
      const out = sum(redeemed.filter(({ from }) => from === owner).map(({ value }) => value));
      const toOwner = sum(compensations.filter(({ buyer }) => buyer === owner).map(({ compensation }) => compensation));
      const ofBonds = sum(
        compensations.filter(({ seller }) => seller === owner).map(({ compensation }) => compensation),
      );
      return { start, end: start + earned - spent + toOwner - ofBonds, redeemed: out };
    }),
  };
}

/** By the acceptance's transaction. */
function settlementsOf(events: readonly MarketEvent[]): ReadonlyMap<Hash, Hash> {
  const settled = new Map(
    events.flatMap(({ eventName, args, transactionHash }) =>
      eventName === 'Settled' && transactionHash !== null ? [[args.tradeId, transactionHash] as const] : [],
    ),
  );
  return new Map(
    events.flatMap(({ eventName, args, transactionHash }) => {
      const by = eventName === 'Accepted' ? settled.get(args.tradeId) : undefined;
      return by === undefined || transactionHash === null ? [] : [[transactionHash, by] as const];
    }),
  );
}

function known<Key>(positions: ReadonlyMap<Key, number>, key: Key | undefined): number {
  const position = key === undefined ? undefined : positions.get(key);
  if (position !== undefined) return position;
  throw new WattchainError('dayFailed', `an event on the chain names ${key}, which the day does not know`, {
    values: { key },
  });
}

/** Holds the balances on the chain against what the events add up to. Errors: `dayFailed`. */
export async function checkBalances(
  connection: Connection,
  { profile, accounts }: DayLedger,
  households: readonly Household[],
): Promise<void> {
  for (const [position, { end, redeemed }] of accounts.entries()) {
    const household = households[position];
    if (household) {
      const name = profile.homes[position]?.name ?? household.account;
      await checkBalance(connection, addressOf(household.account), end - redeemed, name);
    }
  }
}

async function checkBalance(connection: Connection, owner: Address, expected: bigint, name: string): Promise<void> {
  const { tokenAddress } = connection.contracts();
  const units = await getTokenBalance(connection.client, { tokenAddress, owner });
  if (units === expected) return;
  throw new WattchainError(
    'dayFailed',
    `${name} has ${formatTokens(units)} ENT on the chain, and the events add up to ${formatTokens(expected)}`,
    { values: { owner, units, expected } },
  );
}
