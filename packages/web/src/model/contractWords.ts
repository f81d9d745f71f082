import { bankAbi, energyTokenAbi, energyTradeAbi } from '@wattchain/market';
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
  readonly name: 'EnergyToken' | 'Bank' | 'EnergyTrade';
  readonly abi: Abi;
}

export const MARKET_CONTRACTS: readonly MarketContract[] = [
  { name: 'EnergyToken', abi: energyTokenAbi },
  { name: 'Bank', abi: bankAbi },
  { name: 'EnergyTrade', abi: energyTradeAbi },
];

/** Every error that the three contracts revert with, for reading the data of a failed transaction. */
export const REFUSALS_ABI: Abi = MARKET_CONTRACTS.flatMap(({ abi }) => abi.filter(({ type }) => type === 'error'));

type Quantity = 'energy' | 'tokens' | 'coins' | 'coinsPerToken' | 'price' | 'meterTime' | 'blockTime' | 'duration';

/** What the integers in calls and events count, by their name in the contracts. */
const QUANTITIES: Readonly<Record<string, Quantity>> = {
  energyMwh: 'energy',
  producedMwh: 'energy',
  consumedMwh: 'energy',
  deliveredMwh: 'energy',
  amount: 'tokens',
  value: 'tokens',
  tokens: 'tokens',
  paid: 'tokens',
  returned: 'tokens',
  escrow: 'tokens',
  limit: 'tokens',
  coins: 'coins',
  rate: 'coinsPerToken',
  buyRate: 'coinsPerToken',
  redeemRate: 'coinsPerToken',
  newBuyRate: 'coinsPerToken',
  newRedeemRate: 'coinsPerToken',
  price: 'price',
  periodStart: 'meterTime',
  periodStarts: 'meterTime',
  acceptUntil: 'blockTime',
  settleBy: 'blockTime',
  nextDue: 'blockTime',
  periodSeconds: 'duration',
  intervalSeconds: 'duration',
};
/** Longer lists are cut, and say so. */
const MAX_LISTED = 20;

/** One value of an ABI type as a person reads it. */
export function valueInWords(name: string, type: string, value: unknown, clock: MeterClock): Words {
  if (Array.isArray(value)) {
    const shown = value.slice(0, MAX_LISTED).flatMap((item, index): Piece[] => {
      const words = valueInWords(name, type.replace(/\[\d*\]$/, ''), item, clock);
      return index === 0 ? [...words] : [', ', ...words];
    });
    return value.length > MAX_LISTED ? [...shown, ` and ${value.length - MAX_LISTED} more`] : shown;
  }
  if (type === 'address') return [{ address: value as Address }];
  if (type === 'bytes32') return [wordText(value as Hex)];
  if (typeof value !== 'bigint' && typeof value !== 'number') return [String(value)];
  const quantity = Object.hasOwn(QUANTITIES, name) ? QUANTITIES[name] : undefined;
  return [quantityText(quantity, BigInt(value), clock)];
}

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
    const values = inputs.map(({ name = '', type }, index) => ({
      name: labelOf(name),
      value: valueInWords(name, type, args[index], clock),
    }));
    const said = (name: string): Words => values[inputs.findIndex((input) => input.name === name)]?.value ?? [];
    return { functionName, title: callTitle(functionName, said, args), values };
  } catch {
    return undefined;
  }
}

/** The name of a value without its unit, which stands beside the figure. */
export const labelOf = (name: string): string => humanise(name.replace(/(Mwh|Seconds|Wei)$/, '')) || 'value';

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
      return ['Buy ', ...said('energyMwh'), ' of offer ', ...said('offerId')];
    case 'settle':
      return ['Settle the trades of ', ...said('meter'), ' from ', ...said('periodStart')];
    case 'refund':
      return ['Give the escrow of trade ', ...said('tradeId'), ' back'];
    case 'report': {
      const number = Array.isArray(args[0]) ? args[0].length : 0;
      return [number === 1 ? 'Report a meter reading' : `Report ${count(number)} meter readings`];
    }
    case 'registerMeter':
      return ['Register meter ', ...said('meter'), ' for ', ...said('household')];
    default: {
      const text = humanise(functionName);
      return [text.charAt(0).toUpperCase() + text.slice(1).toLowerCase()];
    }
  }
}
