import { WattchainError } from '@wattchain/core';

/** `badData`, with the place. */
export function badData(place: string, what: string, hint: string | undefined, cause?: unknown): WattchainError {
  return new WattchainError('badData', `${place}: ${what}`, {
    values: { place },
    ...(hint === undefined ? {} : { hint }),
    cause,
  });
}
