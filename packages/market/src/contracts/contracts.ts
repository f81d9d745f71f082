import type { Address } from '@wattchain/core';
import type { Hex } from 'viem';
import {
  bankAbi,
  bankCode,
  councilAbi,
  councilCode,
  energyTokenAbi,
  energyTokenCode,
  energyTradeAbi,
  energyTradeCode,
  meterRegistryAbi,
  meterRegistryCode,
} from './generated.js';

/** What is needed to deploy a contract: `deployContract({ abi, bytecode: code, args })` of viem. */
export interface ContractArtifact {
  readonly name: string;
  readonly abi: readonly unknown[];
  /** Without constructor arguments, which follow it in deployment data. */
  readonly code: Hex;
}

/** The contracts, by the names that a genesis file and the command line use. */
export const CONTRACT_ARTIFACTS = {
  EnergyToken: { name: 'EnergyToken', abi: energyTokenAbi, code: energyTokenCode },
  Bank: { name: 'Bank', abi: bankAbi, code: bankCode },
  EnergyTrade: { name: 'EnergyTrade', abi: energyTradeAbi, code: energyTradeCode },
  MeterRegistry: { name: 'MeterRegistry', abi: meterRegistryAbi, code: meterRegistryCode },
  Council: { name: 'Council', abi: councilAbi, code: councilCode },
} as const satisfies Record<string, ContractArtifact>;

/** Where the Energy Token stands in a network whose genesis carries the contracts. Nobody has a key of this address. */
export const ENERGY_TOKEN_ADDRESS: Address = '0xe000000000000000000000000000000000000001';
/** Where the bank stands there. */
export const BANK_ADDRESS: Address = '0xe000000000000000000000000000000000000002';
/** Where the trade contract stands there. */
export const ENERGY_TRADE_ADDRESS: Address = '0xe000000000000000000000000000000000000003';

/** Where the registry of meters stands there. */
export const METER_REGISTRY_ADDRESS: Address = '0xe000000000000000000000000000000000000004';
/** Where the council stands there. */
export const COUNCIL_ADDRESS: Address = '0xe000000000000000000000000000000000000005';

/** Where the contracts of a community stand. */
export interface MarketAddresses {
  readonly tokenAddress: Address;
  readonly bankAddress: Address;
  readonly tradeAddress: Address;
  readonly registryAddress: Address;
  readonly councilAddress: Address;
}

/** The addresses in a network whose genesis carries the contracts. */
export const GENESIS_ADDRESSES: MarketAddresses = {
  tokenAddress: ENERGY_TOKEN_ADDRESS,
  bankAddress: BANK_ADDRESS,
  tradeAddress: ENERGY_TRADE_ADDRESS,
  registryAddress: METER_REGISTRY_ADDRESS,
  councilAddress: COUNCIL_ADDRESS,
};
