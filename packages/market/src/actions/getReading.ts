import type { Address } from '@wattchain/core';
import type { Hex } from 'viem';
import { getBlock, readContract } from 'viem/actions';
import { meterRegistryAbi } from '../contracts/generated.js';
import type { ReadingState } from '../contracts/states.js';
import { getMeter } from './getMeter.js';
import { getRegistryRules } from './getRegistryRules.js';
import type { ReadingClient } from './transaction.js';

/** What is known of a meter's period. */
export interface StoredReading {
  readonly meter: Hex;
  /** Market time in seconds. */
  readonly periodStart: bigint;
  readonly periodEnd: bigint;
  readonly state: ReadingState;
  readonly producedMwh: bigint;
  readonly consumedMwh: bigint;
  /** Of the meter's readings; 0 while there is none, and for one that came by a correction. */
  readonly number: bigint;
  /** How often it was corrected. */
  readonly corrections: bigint;
  /** Block time in seconds; 0 while there is none. */
  readonly reportedAt: bigint;
  /** Block time in seconds from when on it cannot be corrected; 0 while there is none. */
  readonly finalFrom: bigint;
}

export interface GetReadingParameters {
  /** The registry of meters. */
  readonly registryAddress: Address;
  readonly meter: Hex;
  /** Market time in seconds. */
  readonly periodStart: bigint;
}

/**
 * The reading of a meter's period and where it stands. `explainReading` puts it into words.
 * @throws WattchainError `unknownMeter`
 * @example
 * const { state, producedMwh } = await getReading(client, { registryAddress, meter, periodStart });
 */
export async function getReading(client: ReadingClient, parameters: GetReadingParameters): Promise<StoredReading> {
  const { registryAddress, meter, periodStart } = parameters;
  const [{ readUntil }, rules, kept, { timestamp }] = await Promise.all([
    getMeter(client, { registryAddress, meter }),
    getRegistryRules(client, { registryAddress }),
    readContract(client, {
      address: registryAddress,
      abi: meterRegistryAbi,
      functionName: 'readings',
      args: [meter, periodStart],
    }),
    getBlock(client),
  ]);
  const isThere = kept.reportedAt !== 0n;
  const finalFrom = isThere ? kept.reportedAt + rules.correctionSeconds : 0n;
  return {
    meter,
    periodStart,
    periodEnd: periodStart + rules.resolutionSeconds,
    state: isThere
      ? finalFrom <= timestamp
        ? 'final'
        : 'correctable'
      : readUntil > periodStart
        ? 'skipped'
        : 'awaited',
    producedMwh: kept.produced,
    consumedMwh: kept.consumed,
    number: BigInt(kept.number),
    corrections: BigInt(kept.corrections),
    reportedAt: kept.reportedAt,
    finalFrom,
  };
}
