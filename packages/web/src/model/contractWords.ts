import { bankAbi, councilAbi, energyTokenAbi, energyTradeAbi, meterRegistryAbi } from '@wattchain/market';
import { type Abi, type AbiParameter, type Address, decodeFunctionData, type Hex } from 'viem';
import { coins, count, duration, humanise, kwh, tokens, wordText } from '../format.js';
import type { MeterClock } from './meterTime.js';

/** A part of a sentence: text, or somebody who is named where it is shown. */
export type Piece = string | { readonly address: Address };
/** A sentence with people in it. */
export type Words = readonly Piece[];

/** A value that was passed to a contract or told by it, with its unit. */
export interface NamedValue {
  readonly name: string;
  /** Of a list of addresses there is one piece each. */
  readonly value: Words;
}

/** A contract of the community. */
export interface MarketContract {
  readonly name: 'EnergyToken' | 'Bank' | 'EnergyTrade' | 'MeterRegistry' | 'Council';
  readonly abi: Abi;
}

export const MARKET_CONTRACTS: readonly MarketContract[] = [
  { name: 'EnergyToken', abi: energyTokenAbi },
  { name: 'Bank', abi: bankAbi },
  { name: 'EnergyTrade', abi: energyTradeAbi },
  { name: 'MeterRegistry', abi: meterRegistryAbi },
  { name: 'Council', abi: councilAbi },
];

/** Every error that the contracts revert with, for reading the data of a failed transaction. */
export const REFUSALS_ABI: Abi = MARKET_CONTRACTS.flatMap(({ abi }) => abi.filter(({ type }) => type === 'error'));

type Quantity = 'energy' | 'tokens' | 'coins' | 'coinsPerToken' | 'price' | 'meterTime' | 'blockTime' | 'duration';

/** What the integers in calls and events count, by their name in the contracts; {@link UNITS} says it of the rest. */
const QUANTITIES: Readonly<Record<string, Quantity>> = {
  amount: 'tokens',
  value: 'tokens',
  tokens: 'tokens',
  leastTokens: 'tokens',
  paid: 'tokens',
  returned: 'tokens',
  escrow: 'tokens',
  bond: 'tokens',
  compensation: 'tokens',
  limit: 'tokens',
  coins: 'coins',
  coinsEach: 'coins',
  leastCoins: 'coins',
  cover: 'coins',
  rate: 'coinsPerToken',
  buyRate: 'coinsPerToken',
  redeemRate: 'coinsPerToken',
  price: 'price',
  gridPrice: 'price',
  gridPriceInForce: 'price',
  periodStart: 'meterTime',
  readUntil: 'meterTime',
  acceptUntil: 'blockTime',
  settleBy: 'blockTime',
  nextDue: 'blockTime',
  until: 'blockTime',
  announcedAt: 'blockTime',
  requestedAt: 'blockTime',
  closesAt: 'blockTime',
  inForceFrom: 'blockTime',
};
/** By the ending of a name. */
const UNITS: readonly (readonly [RegExp, Quantity])[] = [
  [/Mwh$/, 'energy'],
  [/Seconds$/, 'duration'],
];
/** Longer lists are cut, and say so. */
const MAX_LISTED = 20;

/** One value of an ABI type as a person reads it. */
export function valueInWords(input: AbiParameter, value: unknown, clock: MeterClock): Words {
  const { type } = input;
  const name = plainName(input.name);
  if (Array.isArray(value)) {
    const item = { ...input, type: type.replace(/\[\d*\]$/, '') } as AbiParameter;
    const shown = value.slice(0, MAX_LISTED).flatMap((each, index): Piece[] => {
      const words = valueInWords(item, each, clock);
      return index === 0 ? [...words] : [isStruct(item) ? '; ' : ', ', ...words];
    });
    return value.length > MAX_LISTED ? [...shown, ` and ${value.length - MAX_LISTED} more`] : shown;
  }
  if (isStruct(input)) {
    return fieldsOf(input, value).flatMap(([field, of], index): Piece[] => [
      `${index === 0 ? '' : ', '}${labelOf(field.name ?? '')} `,
      ...valueInWords(field, of, clock),
    ]);
  }
  if (type === 'address') return [{ address: value as Address }];
  // A name of 32 bytes is text; a part of a signature is not.
  if (type === 'bytes32') return [wordText(value as Hex)];
  if (typeof value === 'boolean') return [value ? 'yes' : 'no'];
  if (typeof value !== 'bigint' && typeof value !== 'number') return [String(value)];
  const quantity = Object.hasOwn(QUANTITIES, name)
    ? QUANTITIES[name]
    : UNITS.find(([ending]) => ending.test(name))?.[1];
  return [quantityText(quantity, BigInt(value), clock)];
}

type Struct = AbiParameter & { readonly components: readonly AbiParameter[] };
const isStruct = (input: AbiParameter): input is Struct => input.type === 'tuple' && 'components' in input;

/** The fields of a struct with their values. */
const fieldsOf = ({ components }: Struct, value: unknown): (readonly [AbiParameter, unknown])[] =>
  components.map((field) => [field, (value as Readonly<Record<string, unknown>>)[field.name ?? '']] as const);

function quantityText(quantity: Quantity | undefined, value: bigint, clock: MeterClock): string {
  switch (quantity) {
    case 'energy':
      return kwh(value);
    case 'tokens':
      // An allowance without a bound is every bit set.
      return value >= 2n ** 255n ? 'any number of ENT' : tokens(value);
    case 'coins':
      return coins(value);
    case 'coinsPerToken':
      return `${coins(value)} for 1 ENT`;
    case 'price':
      return `${tokens(value)} for 150 Wh`;
    case 'meterTime':
      return clock.momentText(value);
    case 'blockTime':
      return clock.blockText(value);
    case 'duration':
      return duration(value);
    case undefined:
      return count(value);
  }
}

/** What a transaction asks a contract of the community to do. */
export interface CallInWords {
  readonly functionName: string;
  readonly title: Words;
  readonly values: readonly NamedValue[];
}

/** Reads the data of a call; `undefined` when the contract has no such function or the data are broken. */
export function callInWords(contract: MarketContract, data: Hex, clock: MeterClock): CallInWords | undefined {
  try {
    const { functionName, args = [] } = decodeFunctionData({ abi: contract.abi, data });
    const entry = contract.abi.find(
      (item) => item.type === 'function' && item.name === functionName && item.inputs.length === args.length,
    );
    const inputs: readonly AbiParameter[] = entry?.type === 'function' ? entry.inputs : [];
    // The fields of a struct, such as the terms of an offer, are shown like values of their own.
    const flat = inputs.flatMap((input, index) =>
      isStruct(input) ? fieldsOf(input, args[index]) : [[input, args[index]] as const],
    );
    const values = flat.map(([input, value]) => ({
      name: labelOf(input.name ?? ''),
      value: valueInWords(input, value, clock),
    }));
    const said = (name: string): Words => values[flat.findIndex(([input]) => input.name === name)]?.value ?? [];
    return { functionName, title: callTitle(functionName, said, args), values };
  } catch {
    return undefined;
  }
}

/** Solidity sets a name apart from a function's by a line behind it. */
const plainName = (name = '') => name.replace(/_$/, '');

/** The name of a value without its unit, which stands beside the figure. */
export const labelOf = (name: string): string => humanise(plainName(name).replace(/(Mwh|Seconds|Wei)$/, '')) || 'value';

function callTitle(functionName: string, said: (name: string) => Words, args: readonly unknown[]): Words {
  switch (functionName) {
    case 'transfer':
      return ['Send ', ...said('amount'), ' to ', ...said('to')];
    case 'transferFrom':
      return ['Move ', ...said('amount'), ' from ', ...said('from'), ' to ', ...said('to')];
    case 'approve':
      return ['Allow ', ...said('spender'), ' to take up to ', ...said('amount')];
    case 'buy':
      return ['Buy Energy Tokens at the bank'];
    case 'redeem':
      return ['Give ', ...said('amount'), ' back to the bank for coins'];
    case 'redeemOutside':
      return ['Give ', ...said('amount'), ' back to the bank for money paid outside'];
    case 'attest':
      return ['Attest money received outside: ', ...said('amount'), ' for ', ...said('to')];
    case 'setStandingOrder':
      return ['Leave a standing order: ', ...said('amount'), ' every ', ...said('intervalSeconds')];
    case 'offer':
      return ['Offer ', ...said('energyMwh'), ' of ', ...said('meter'), ' from ', ...said('periodStart')];
    case 'cancelOffer':
      return ['Cancel offer ', ...said('offerId')];
    case 'accept':
      return ['Buy ', ...said('energyMwh'), ' of ', ...said('periodStart'), ' from ', ...said('seller')];
    case 'settle':
      return [lengthOf(args[0]) === 1 ? 'Settle trade ' : 'Settle trades ', ...said('tradeIds')];
    case 'refund':
      return ['Give the escrow of trade ', ...said('tradeId'), ' back'];
    case 'report':
    case 'reportSigned': {
      const number = lengthOf(args[0]);
      const signed = functionName === 'report' ? '' : 'signed ';
      return [number === 1 ? `Report a ${signed}meter reading` : `Report ${count(number)} ${signed}meter readings`];
    }
    case 'correct':
      return ['Correct the reading of ', ...said('meter'), ' from ', ...said('periodStart')];
    case 'registerMeter':
      return ['Register meter ', ...said('meter'), ' for ', ...said('household')];
    case 'announceRates':
    case 'confirmRates':
    case 'applyRates':
    case 'retractRates':
      return [`${sentenceOf(functionName)}: `, ...said('buyRate'), ', back ', ...said('redeemRate')];
    case 'announceGridPrice':
    case 'confirmGridPrice':
    case 'applyGridPrice':
    case 'retractGridPrice':
      return [`${sentenceOf(functionName)}: `, ...said('price')];
    case 'requestKeyChange':
    case 'voteOnKeyChange':
    case 'vetoKeyChange':
      return [`${sentenceOf(functionName)}: `, ...said('newKey'), ' for ', ...said('oldKey')];
    case 'markPaid':
    case 'objectToPayout':
    case 'decidePayout':
    case 'closePayout':
    case 'cancelPayout':
      return [`${sentenceOf(functionName)} `, ...said('payoutId')];
    default:
      return [sentenceOf(functionName)];
  }
}

const lengthOf = (list: unknown) => (Array.isArray(list) ? list.length : 0);

/** `announceRates` as `Announce rates`. */
function sentenceOf(functionName: string): string {
  const text = humanise(functionName);
  return text.charAt(0).toUpperCase() + text.slice(1).toLowerCase();
}
