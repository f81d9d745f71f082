import type { MarketAddresses } from '@wattchain/market';
import { explainRefusal, formatInstant } from '@wattchain/market';
import { type Address, decodeErrorResult, type Hex } from 'viem';
import { coins, wordText } from '../format.js';
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
  const { tokenAddress, bankAddress, tradeAddress, registryAddress, councilAddress } = addresses;
  const places = [tokenAddress, bankAddress, tradeAddress, registryAddress, councilAddress];
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

/** Who reads a refusal: how people are called and what time meters have. */
export interface Reader {
  readonly clock: MeterClock;
  readonly nameOf: (address: Address) => string;
}

/** Why a transaction failed, as a sentence: the contract's refusal with its figures when the data tell it, else the node's words. */
export function failureInWords(
  { reason, data }: { readonly reason: string; readonly data: Hex },
  reader: Reader,
): string {
  try {
    const { errorName, args = [] } = decodeErrorResult({ abi: REFUSALS_ABI, data });
    return refusalInWords(errorName, args, reader);
  } catch {
    return asSentence(reason);
  }
}

/** What a contract refused and what to do about it, as a sentence with names and times instead of words of the chain. */
export function refusalInWords(errorName: string, args: readonly unknown[], reader: Reader): string {
  const { clock, nameOf } = reader;
  const declared = REFUSALS_ABI.find((item) => item.type === 'error' && item.name === errorName);
  const inputs = declared?.type === 'error' ? declared.inputs : [];
  const told = args.map((value, index) => {
    const { type } = inputs[index] ?? {};
    if (type === 'address') return nameOf(value as Address);
    return type === 'bytes32' ? wordText(value as Hex) : value;
  });
  const { message, hint } = explainRefusal(errorName, told);
  let text = hint === undefined ? message : `${message}: ${hint}`;
  for (const [index, { name = '' }] of inputs.entries()) {
    if (!METER_TIMES.has(name)) continue;
    const time = BigInt(String(args[index]));
    text = text.replaceAll(formatInstant(time), clock.momentText(time));
  }
  return asSentence(
    inReadersWords(
      text.replace(/(\d{15,}) wei/g, (_, wei: string) => coins(BigInt(wei))),
      reader,
    ),
  );
}

/** Times of meters in what contracts refuse; all others are of blocks. */
const METER_TIMES = new Set(['periodStart', 'periodEnd', 'readUntil', 'latestEnd']);

/**
 * A sentence of the market's actions with moments by the community's clock and people by name: actions know neither, and write moments in
 * UTC and people by their addresses.
 */
export function inReadersWords(text: string, { clock, nameOf }: Reader): string {
  return text
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, (utc) => clock.blockText(BigInt(Date.parse(utc) / 1000)))
    .replace(/0x[\da-fA-F]{64}/g, (word) => wordText(word as Hex))
    .replace(/0x[\da-fA-F]{40}(?![\da-fA-F])/g, (address) => nameOf(address as Address));
}

/** With a capital letter and a full stop. */
export const asSentence = (text: string): string =>
  `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`;
