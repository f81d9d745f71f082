import type { WattchainError } from '@wattchain/core';
import type { Logger } from '../base/log.js';

/** What a running node found damaged in its store. */
export interface ChainDamage {
  /** The first that was found, as a sentence. */
  readonly detail: string;
  /** What to do about it. */
  readonly hint: string;
  /** Reads that met damage, the same place each time it is read. */
  readonly count: number;
  /** Whether what the next block needs is damaged too: the chain takes no more blocks. */
  readonly stopped: boolean;
}

/** Messages that are remembered as said; after these the log says nothing new. */
const MAX_SAID = 256;

/** Collects what reads find damaged, and says each thing once in the log. */
export class DamageWatch {
  #current: ChainDamage | undefined;
  readonly #said = new Set<string>();
  #last: unknown;

  constructor(private readonly log: Pick<Logger, 'error'>) {}

  get current(): ChainDamage | undefined {
    return this.#current;
  }

  /** Takes note of an error `storeDamaged` and gives it back, to be thrown; the same error counts once. */
  note(error: WattchainError): WattchainError {
    if (error === this.#last) return error;
    this.#last = error;
    const { detail, hint, count, stopped } = this.#current ?? {
      detail: error.message,
      hint: error.hint ?? '',
      count: 0,
      stopped: false,
    };
    this.#current = { detail, hint, count: count + 1, stopped };
    if (!this.#said.has(error.message) && this.#said.size < MAX_SAID) {
      this.#said.add(error.message);
      this.log.error({ code: error.code, values: error.values, hint: error.hint }, error.message);
    }
    return error;
  }

  /** What a block needs is damaged. */
  stop(error: WattchainError): void {
    this.note(error);
    if (this.#current === undefined || this.#current.stopped) return;
    this.#current = { ...this.#current, stopped: true };
    this.log.error({ hint: error.hint }, 'the chain takes no more blocks; what is whole can still be read');
  }
}
