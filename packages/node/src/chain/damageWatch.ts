import type { StoreError } from '@wattchain/core';
import type { Logger } from '../base/log.js';

/** What a running node found wrong with its store. */
export interface ChainDamage {
  /** Whether bytes are damaged or the disk fails. */
  readonly code: StoreError['code'];
  /** What stopped the chain, before that the first that was found, as a sentence. */
  readonly detail: string;
  /** What to do about it. */
  readonly hint: string;
  /** Reads that met damage, the same place each time it is read, and writes that failed. */
  readonly count: number;
  /** Whether what the next block needs is damaged too, or the disk takes no more: the chain takes no more blocks. */
  readonly stopped: boolean;
}

/** Messages that are remembered as said; after these the log says nothing new. */
const MAX_SAID = 256;

/** Collects what is wrong with a store, and says each thing once in the log. */
export class DamageWatch {
  #current: ChainDamage | undefined;
  readonly #said = new Set<string>();
  #last: unknown;

  constructor(private readonly log: Pick<Logger, 'error'>) {}

  get current(): ChainDamage | undefined {
    return this.#current;
  }

  /** Takes note of an error of the store and gives it back, to be thrown; the same error counts once. */
  note(error: StoreError): StoreError {
    if (error === this.#last) return error;
    this.#last = error;
    const { count, ...rest } = this.#current ?? { ...told(error), count: 0, stopped: false };
    this.#current = { ...rest, count: count + 1 };
    if (!this.#said.has(error.message) && this.#said.size < MAX_SAID) {
      this.#said.add(error.message);
      this.log.error({ code: error.code, values: error.values, hint: error.hint }, error.message);
    }
    return error;
  }

  /** What a block needs is damaged, or its disk fails. */
  stop(error: StoreError): void {
    this.note(error);
    if (this.#current === undefined || this.#current.stopped) return;
    this.#current = { ...this.#current, ...told(error), stopped: true };
    this.log.error({ hint: error.hint }, 'the chain takes no more blocks; what is whole can still be read');
  }
}

function told({ code, message, hint = '' }: StoreError): Pick<ChainDamage, 'code' | 'detail' | 'hint'> {
  return { code, detail: message, hint };
}
