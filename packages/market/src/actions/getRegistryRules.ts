import type { Address } from '@wattchain/core';
import { readContract } from 'viem/actions';
import { meterRegistryAbi } from '../contracts/generated.js';
import type { RegistryRules } from '../genesisRules.js';
import type { ReadingClient } from './transaction.js';

export interface GetRegistryRulesParameters {
  /** The registry of meters. */
  readonly registryAddress: Address;
}

/**
 * What the genesis has decided for meters, in seconds: they never change.
 * @example
 * const { resolutionSeconds } = await getRegistryRules(client, { registryAddress });
 */
export async function getRegistryRules(
  client: ReadingClient,
  { registryAddress }: GetRegistryRulesParameters,
): Promise<RegistryRules> {
  return readContract(client, { address: registryAddress, abi: meterRegistryAbi, functionName: 'rules' });
}

/**
 * Market time at the newest block, in seconds: block time and the offset of the genesis. Offers and readings are bound to it.
 * @example
 * const marketTime = await getMarketTime(client, { registryAddress });
 */
export async function getMarketTime(
  client: ReadingClient,
  { registryAddress }: GetRegistryRulesParameters,
): Promise<bigint> {
  return readContract(client, { address: registryAddress, abi: meterRegistryAbi, functionName: 'marketTime' });
}
