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
  const parties = new Map<bigint, { readonly seller: Address; readonly buyer: Address }>();
  const found: HistoryEntry[] = [];
  for (const event of events) {
    if (event.eventName === 'Accepted') parties.set(event.args.tradeId, event.args);
    const told = tell(event, is, nameOf, parties);
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

function tell(
  event: MarketEvent,
  is: (address: Address) => boolean,
  nameOf: (address: Address) => string,
  parties: ReadonlyMap<bigint, { readonly seller: Address; readonly buyer: Address }>,
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
    case 'PayoutPaid':
      return is(args.holder)
        ? { text: `The bank paid ${tokens(args.tokens)} to you outside the chain (payout ${args.payoutId})` }
        : undefined;
    case 'PayoutCancelled':
      return is(args.holder) ? { text: `Took payout ${args.payoutId} back`, change: args.tokens } : undefined;
    case 'StandingOrderSet':
      return is(args.holder) ? { text: `Left standing order ${args.orderId} over ${tokens(args.tokens)}` } : undefined;
    case 'StandingOrderCancelled':
      return is(args.holder) ? { text: `Ended standing order ${args.orderId}` } : undefined;
    case 'Offered':
      return is(args.seller)
        ? { text: `Offered ${kwh(args.energyMwh)} of ${wordText(args.meter)} (offer ${args.offerId})` }
        : undefined;
    case 'OfferCancelled':
      return is(args.seller) ? { text: `Withdrew ${kwh(args.energyMwh)} of offer ${args.offerId}` } : undefined;
    case 'Accepted':
      if (is(args.buyer)) {
        return {
          text: `Agreed to buy ${kwh(args.energyMwh)} from ${nameOf(args.seller)}; the tokens are in escrow`,
          change: -args.escrow,
        };
      }
      return is(args.seller) ? { text: `${nameOf(args.buyer)} agreed to buy ${kwh(args.energyMwh)}` } : undefined;
    case 'Settled':
      if (is(args.seller)) {
        return { text: `Sold ${kwh(args.deliveredMwh)} to ${nameOf(args.buyer)}`, change: args.paid };
      }
      return is(args.buyer)
        ? {
            text: `Bought ${kwh(args.deliveredMwh)} from ${nameOf(args.seller)} for ${tokens(args.paid)}${args.returned > 0n ? '; the rest of the escrow came back' : ''}`,
            change: args.returned,
          }
        : undefined;
    case 'Refunded':
      if (is(args.buyer)) return { text: 'No reading came: the escrow came back', change: args.escrow };
      return is(parties.get(args.tradeId)?.seller ?? zeroAddress)
        ? { text: 'No reading came: the buyer got the escrow back' }
        : undefined;
    default:
      return undefined;
  }
}
