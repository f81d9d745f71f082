import { WattchainError } from '@wattchain/core';
import type { Slip } from '../input/slip.js';

/** Why something looks like a slip of the person who is about to sign it. */
export interface Doubt extends Slip {
  readonly code: string;
  /** Whether it is done when the person says that it is meant; otherwise it is refused. */
  readonly canBeMeant: boolean;
}

/** Something that only a slip can be. */
export const slipOf = (code: string, what: string, hint: string): Doubt => ({ code, what, hint, canBeMeant: false });
/** Something that is a slip more often than not. */
export const doubtOf = (code: string, what: string, hint: string): Doubt => ({ code, what, hint, canBeMeant: true });

/** The doubts that a word of the person settles. Errors: `implausible` with the first that no word settles. */
export function requirePlausible(doubts: readonly Doubt[], where = ''): readonly Doubt[] {
  const slip = doubts.find(({ canBeMeant }) => !canBeMeant);
  if (slip === undefined) return doubts;
  throw new WattchainError('implausible', where + slip.what, { values: { reason: slip.code }, hint: slip.hint });
}
