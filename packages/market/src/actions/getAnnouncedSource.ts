import type { Address } from '@wattchain/core';
import { readContract } from 'viem/actions';
import { councilAbi, meterRegistryAbi } from '../contracts/generated.js';
import type { MeterSource } from './registerMeter.js';
import type { ReadingClient } from './transaction.js';

/** Another source of a meter that was announced. */
export interface AnnouncedSource extends MeterSource {
  /** Block time in seconds. */
  readonly announcedAt: bigint;
  /** Seat of the council. */
  readonly announcedBy: number;
  /** Whether a second registrar announced the same, so that the household cannot stop it. */
  readonly isConfirmed: boolean;
  /** Block times in seconds between which it can be brought into force. */
  readonly inForceFrom: bigint;
  readonly inForceUntil: bigint;
}

export interface GetAnnouncedSourceParameters extends MeterSource {
  /** The registry of meters. */
  readonly registryAddress: Address;
}

/**
 * An announcement of another source for a meter; `undefined` when there is none, or it was applied or stopped.
 * @example
 * const announced = await getAnnouncedSource(client, { registryAddress, meter, source, isDevice: true, ratingMwh: 11_000_000n });
 */
export async function getAnnouncedSource(
  client: ReadingClient,
  { registryAddress, ...named }: GetAnnouncedSourceParameters,
): Promise<AnnouncedSource | undefined> {
  const registry = { address: registryAddress, abi: meterRegistryAbi } as const;
  const { meter, source, isDevice, ratingMwh } = named;
  const [kept, council] = await Promise.all([
    readContract(client, {
      ...registry,
      functionName: 'announcedSource',
      args: [meter, source, isDevice, ratingMwh],
    }),
    readContract(client, { ...registry, functionName: 'council' }),
  ]);
  const { announcedAt, announcedBy, isConfirmed } = kept;
  if (announcedAt === 0n) return undefined;
  const notice = await readContract(client, { address: council, abi: councilAbi, functionName: 'noticeSeconds' });
  const inForceFrom = announcedAt + notice;
  return { ...named, announcedAt, announcedBy, isConfirmed, inForceFrom, inForceUntil: inForceFrom + notice };
}
