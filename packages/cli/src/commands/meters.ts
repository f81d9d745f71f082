import { type Hex, WattchainError } from '@wattchain/core';
import { getMeter, type Meter } from '@wattchain/market';
import type { Connection } from '../client.js';
import { formatTime } from './energyOptions.js';
import { formatLabel } from './labels.js';

/** A meter by its id; `where` begins the sentence of an error. Errors: `unknownMeter`. */
export async function readMeter(connection: Connection, meter: Hex, where = ''): Promise<Meter> {
  try {
    return await getMeter(connection.client, { registryAddress: connection.contracts().registryAddress, meter });
  } catch (cause) {
    if (!(cause instanceof WattchainError) || cause.code !== 'unknownMeter') throw cause;
    throw new WattchainError('unknownMeter', `${where}meter ${formatLabel(meter)} is not registered`, {
      values: { meter },
      hint: 'an operator registers it with wattchain meter register',
      cause,
    });
  }
}

/** Refuses a period that begins before the end of the meter's last reading. Errors: `periodAlreadyRead`. */
export function requireUnread(
  { clock }: Connection,
  meter: Hex,
  readUntil: bigint,
  periodStart: bigint,
  where = '',
): void {
  if (periodStart >= readUntil) return;
  throw new WattchainError(
    'periodAlreadyRead',
    `${where}meter ${formatLabel(meter)} was read until ${formatTime(readUntil, clock)}, the period begins at ${formatTime(periodStart, clock)}`,
    {
      values: { meter, periodStart, readUntil },
      hint: 'periods follow each other; one that was passed over can be read by a correction alone: wattchain meter correct',
    },
  );
}
