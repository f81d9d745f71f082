import type { Address } from '@wattchain/core';
import type { Hex } from 'viem';
import { BANK_ADDRESS, ENERGY_TOKEN_ADDRESS, ENERGY_TRADE_ADDRESS } from '../genesisContracts.js';
import {
  bankAbi,
  bankCode,
  energyTokenAbi,
  energyTokenCode,
  energyTradeAbi,
  energyTradeCode,
} from './generated.js';

/** What is needed to deploy a contract: `deployContract({ abi, bytecode: code, args })` of viem. */
export interface ContractArtifact {
  readonly name: string;
  readonly abi: readonly unknown[];
  /** Without constructor arguments, which follow it in deployment data. */
  readonly code: Hex;
}

/** The three contracts, by the names that a genesis file and the command line use. */
export const CONTRACT_ARTIFACTS = {
  EnergyToken: { name: 'EnergyToken', abi: energyTokenAbi, code: energyTokenCode },
  Bank: { name: 'Bank', abi: bankAbi, code: bankCode },
  EnergyTrade: { name: 'EnergyTrade', abi: energyTradeAbi, code: energyTradeCode },
} as const satisfies Record<string, ContractArtifact>;

/** Where the three contracts of a community stand. */
export interface MarketAddresses {
  readonly tokenAddress: Address;
  readonly bankAddress: Address;
  readonly tradeAddress: Address;
}

/** The addresses in a network whose genesis carries the contracts. */
export const GENESIS_ADDRESSES: MarketAddresses = {
  tokenAddress: ENERGY_TOKEN_ADDRESS,
  bankAddress: BANK_ADDRESS,
  tradeAddress: ENERGY_TRADE_ADDRESS,
};

/** States of an offer, by the number that `offers(id)` returns. */
export const OFFER_STATES = ['none', 'open', 'soldOut', 'cancelled', 'expired', 'periodRead'] as const;
export type OfferState = (typeof OFFER_STATES)[number];

/** States of a trade, by the number that `tradeStatus(id)` returns. */
export const TRADE_STATES = [
  'none',
  'awaitingReading',
  'readyToSettle',
  'refundable',
  'settled',
  'short',
  'refunded',
] as const;
export type TradeState = (typeof TRADE_STATES)[number];

/** States of a payout, by the number that `payouts(id)` returns. */
export const PAYOUT_STATES = ['none', 'pending', 'paid', 'cancelled'] as const;
export type PayoutState = (typeof PAYOUT_STATES)[number];
