import type { MarketAddresses } from '@wattchain/market';
import { explainRefusal, type RefusalText } from '@wattchain/market';
import { type Address, decodeErrorResult, type Hex } from 'viem';
import { coins } from '../format.js';
import {
  type CallInWords,
  callInWords,
  MARKET_CONTRACTS,
  type MarketContract,
  REFUSALS_ABI,
  type Words,
} from './contractWords.js';
import type { MeterClock } from './meterTime.js';

/** What a transaction does, as far as its own text says. */
export interface Sent {
  /** `null` when it deploys a contract. */
  readonly to: Address | null;
  readonly value: bigint;
  readonly input: Hex;
}

/** The contract of the community at an address, if there is one. */
export function marketContractAt(address: Address, addresses: MarketAddresses): MarketContract | undefined {
  const wanted = address.toLowerCase();
  const places = [addresses.tokenAddress, addresses.bankAddress, addresses.tradeAddress];
  return MARKET_CONTRACTS[places.findIndex((place) => place.toLowerCase() === wanted)];
}

/** The call of a contract of the community that a transaction makes. */
export function callOf({ to, input }: Sent, addresses: MarketAddresses, clock: MeterClock): CallInWords | undefined {
  const contract = to === null ? undefined : marketContractAt(to, addresses);
  return contract && callInWords(contract, input, clock);
}

/** What a transaction asks for, in a sentence without its end. */
export function transactionTitle(sent: Sent, addresses: MarketAddresses, clock: MeterClock): Words {
  if (sent.to === null) return ['Put a new contract on the chain'];
  const call = callOf(sent, addresses, clock);
  if (call !== undefined) return call.title;
  if (sent.input === '0x') return [`Send ${coins(sent.value)} to `, { address: sent.to }];
  return ['Call ', { address: sent.to }];
}

/** Why a transaction failed: the contract's refusal with its figures when the data tell it, else the node's words. */
export function failureInWords({ reason, data }: { readonly reason: string; readonly data: Hex }): RefusalText {
  try {
    const { errorName, args = [] } = decodeErrorResult({ abi: REFUSALS_ABI, data });
    return explainRefusal(errorName, args);
  } catch {
    return { message: reason };
  }
}
