import { WattchainError } from '@wattchain/core';
import type { Structure } from './structure.js';

/** Something that takes bytes or text from anybody, and what must hold whatever they are. */
export interface Target {
  readonly name: string;
  /** Inputs of one round: fewer where each takes longer, so that rounds take about as long. */
  readonly inputsPerRound: number;
  /** Valid inputs, and such as were wrong once. */
  readonly seeds: () => readonly Uint8Array[] | Promise<readonly Uint8Array[]>;
  readonly dictionary?: readonly Uint8Array[];
  readonly structure?: Structure;
  readonly maxBytes: number;
  /** Before each round and each replay: what inputs leave behind is forgotten. */
  readonly begin?: () => void | Promise<void>;
  /** Whether the input was accepted. Whatever it throws is a finding: {@link Violation} for a broken promise. */
  readonly run: (input: Uint8Array) => boolean | Promise<boolean>;
}

/** A promise that an input breaks. */
export class Violation extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'Violation';
  }
}

/** Ends with {@link Violation} unless `condition` holds. */
export function mustHold(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Violation(message);
}

/** Whether two inputs are the same bytes. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

/** What `read` gives, or `undefined` where it refuses as it says that it does: by an error with a code. */
export function unlessRefused<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof WattchainError) return undefined;
    throw error;
  }
}
