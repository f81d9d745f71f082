import type { MarketEvent } from '@wattchain/market';
import { GENESIS_ADDRESSES } from '@wattchain/market';
import { type Address, type Hex, zeroAddress } from 'viem';
import { coins, kwh, tokens, wordText } from '../../format.js';

/** Something that happened to an account. */
export interface HistoryEntry {
  readonly key: string;
  readonly hash: Hex;
  readonly blockNumber: bigint;
  /** Block time in seconds; `undefined` when the node does not say. */
  readonly timestamp: bigint | undefined;
  readonly text: string;
  /** Token units that came (or went, below 0). */
  readonly change: bigint;
}

type Told = { readonly text: string; readonly change?: bigint };

/**
 * What the contracts' events say of an account, newest first.
 * @param nameOf how other accounts are called
 */
export function historyOf(
  events: readonly MarketEvent[],
  account: Address,
  nameOf: (address: Address) => string,
): readonly HistoryEntry[] {
  const me = account.toLowerCase();
  const is = (address: Address) => address.toLowerCase() === me;
  const found: HistoryEntry[] = [];
  const market = marketFlow(is);
  for (const event of events) {
    const moved = market(event);
    const told = tell(event, is, nameOf, moved);
    if (told === undefined) continue;
    found.push({
      key: `${event.transactionHash}-${event.logIndex}`,
      hash: event.transactionHash ?? '0x',
      blockNumber: event.blockNumber ?? 0n,
      timestamp: event.blockTimestamp ?? undefined,
      text: told.text,
      change: told.change ?? 0n,
    });
  }
  return found.reverse();
}

/** Contracts move tokens as part of something that another event tells better. */
const isContract = (address: Address) =>
  [GENESIS_ADDRESSES.bankAddress, GENESIS_ADDRESSES.tradeAddress, zeroAddress].some(
    (contract) => contract.toLowerCase() === address.toLowerCase(),
  );

const isMarket = (address: Address) => address.toLowerCase() === GENESIS_ADDRESSES.tradeAddress;

/** Events of the trade contract after the transfers that belong to them: escrow, bond, payment and what comes back of both. */
const MOVING: ReadonlySet<string> = new Set(['Offered', 'OfferCancelled', 'Accepted', 'Settled', 'Refunded']);

/** What an account has put into the trade contract (below 0) or got from it with an event, told the events one after the other. */
function marketFlow(is: (address: Address) => boolean): (event: MarketEvent) => bigint {
  let moved = 0n;
  let hash: Hex | null = null;
  return ({ eventName, args, transactionHash }) => {
    if (transactionHash !== hash) [moved, hash] = [0n, transactionHash];
    if (eventName === 'Transfer') {
      if (is(args.from) && isMarket(args.to)) moved -= args.value;
      if (is(args.to) && isMarket(args.from)) moved += args.value;
    }
    if (!MOVING.has(eventName)) return 0n;
    const before = moved;
    moved = 0n;
    return before;
  };
}

function tell(
  event: MarketEvent,
  is: (address: Address) => boolean,
  nameOf: (address: Address) => string,
  moved: bigint,
): Told | undefined {
  const { eventName, args } = event;
  switch (eventName) {
    case 'Transfer': {
      if (isContract(args.from) || isContract(args.to)) return undefined;
      if (is(args.from)) return { text: `Sent tokens to ${nameOf(args.to)}`, change: -args.value };
      return is(args.to) ? { text: `Received tokens from ${nameOf(args.from)}`, change: args.value } : undefined;
    }
    case 'Bought':
      return is(args.buyer)
        ? { text: `Bought tokens at the bank for ${coins(args.coins)}`, change: args.tokens }
        : undefined;
    case 'Attested':
      return is(args.to) ? { text: 'Got tokens from the bank for money paid outside', change: args.tokens } : undefined;
    case 'Redeemed':
      return is(args.holder)
        ? { text: `Gave tokens back to the bank for ${coins(args.coins)}`, change: -args.tokens }
        : undefined;
    case 'PayoutRequested':
      return is(args.holder)
        ? {
            text: `Asked the bank to pay tokens out to "${wordText(args.destination)}" (payout ${args.payoutId})`,
            change: -args.tokens,
          }
        : undefined;
    case 'PayoutMarkedPaid':
      return is(args.holder)
        ? {
            text: `An operator says that it paid ${tokens(args.tokens)} to you outside the chain (payout ${args.payoutId})`,
          }
        : undefined;
    case 'PayoutDisputed':
      return is(args.holder) ? { text: `Payout ${args.payoutId} is disputed: it did not come` } : undefined;
    case 'PayoutPaid':
      return is(args.holder) ? { text: `Payout ${args.payoutId} over ${tokens(args.tokens)} is closed` } : undefined;
    case 'PayoutCancelled':
      return is(args.holder) ? { text: `Took payout ${args.payoutId} back`, change: args.tokens } : undefined;
    case 'StandingOrderSet':
      return is(args.holder) ? { text: `Left standing order ${args.orderId} over ${tokens(args.tokens)}` } : undefined;
    case 'StandingOrderCancelled':
      return is(args.holder) ? { text: `Ended standing order ${args.orderId}` } : undefined;
    case 'MeterRegistered':
      return is(args.household) ? { text: `Meter ${wordText(args.meter)} was registered for you` } : undefined;
    default:
      return tellTrade(event, is, nameOf, moved);
  }
}

function tellTrade(
  event: MarketEvent,
  is: (address: Address) => boolean,
  nameOf: (address: Address) => string,
  change: bigint,
): Told | undefined {
  const { eventName, args } = event;
  switch (eventName) {
    case 'Offered': {
      if (!is(args.seller)) return undefined;
      const bond = change < 0n ? '; its bond is put in' : '';
      return {
        text: `Offered ${kwh(args.energyMwh)} of ${wordText(args.meter)} (offer ${args.offerId})${bond}`,
        change,
      };
    }
    case 'OfferCancelled':
      return is(args.seller)
        ? {
            text: `Withdrew ${kwh(args.energyMwh)} of offer ${args.offerId}${args.bond > 0n ? '; the bond for it came back' : ''}`,
            change,
          }
        : undefined;
    case 'Accepted':
      if (is(args.buyer)) {
        return {
          text: `Agreed to buy ${kwh(args.energyMwh)} from ${nameOf(args.seller)}; the tokens are in escrow`,
          change,
        };
      }
      return is(args.seller) ? { text: `${nameOf(args.buyer)} agreed to buy ${kwh(args.energyMwh)}` } : undefined;
    case 'Settled':
      if (is(args.seller)) {
        const bond = args.compensation > 0n ? `; the bond paid ${tokens(args.compensation)} for what was short` : '';
        return {
          text: `Sold ${kwh(args.settledMwh)} to ${nameOf(args.buyer)} for ${tokens(args.paid)}${bond}`,
          change,
        };
      }
      return is(args.buyer)
        ? {
            text: `Bought ${kwh(args.settledMwh)} from ${nameOf(args.seller)} for ${tokens(args.paid)}${args.returned > 0n ? '; the rest of the escrow came back' : ''}${args.compensation > 0n ? `, and ${tokens(args.compensation)} out of the seller's bond` : ''}`,
            change,
          }
        : undefined;
    case 'Refunded': {
      const bond = args.compensation > 0n ? `, and the bond paid ${tokens(args.compensation)}` : '';
      if (is(args.buyer)) return { text: `No reading came: the escrow came back${bond}`, change };
      return is(args.seller) ? { text: `No reading came: the buyer got the escrow back${bond}`, change } : undefined;
    }
    default:
      return undefined;
  }
}
