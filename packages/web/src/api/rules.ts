import { meterRegistryAbi, type RegistryRules } from '@wattchain/market';
import { BaseError, HttpRequestError, TimeoutError } from 'viem';
import { readContract } from 'viem/actions';
import { client, contracts } from './node.js';

/** What counts where a network has no registry of meters: hours, which nothing is read for. */
export const NO_REGISTRY: RegistryRules = {
  resolutionSeconds: 3_600n,
  correctionSeconds: 0n,
  readingLeadSeconds: 0n,
  marketTimeOffset: 0n,
};

/** When readings count; a network's genesis decides it for ever. Throws viem's errors when the node does not answer. */
export async function readRegistryRules(): Promise<RegistryRules> {
  try {
    return await readContract(client, {
      address: contracts.registryAddress,
      abi: meterRegistryAbi,
      functionName: 'rules',
    });
  } catch (error) {
    if (isUnreachable(error)) throw error;
    return NO_REGISTRY;
  }
}

/** Whether a request failed because nobody answered. */
export function isUnreachable(error: unknown): boolean {
  return (
    error instanceof BaseError &&
    error.walk((cause) => cause instanceof HttpRequestError || cause instanceof TimeoutError) !== null
  );
}
