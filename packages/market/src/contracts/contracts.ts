import type { Address } from '@wattchain/core';
import type { Hex } from 'viem';
import { BANK_ADDRESS, ENERGY_TOKEN_ADDRESS, ENERGY_TRADE_ADDRESS } from '../genesisContracts.js';
import { bankAbi, bankCode, energyTokenAbi, energyTokenCode, energyTradeAbi, energyTradeCode } from './generated.js';

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
