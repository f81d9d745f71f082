import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Hash, isHexOf } from '@wattchain/core';
import type { Logger } from '../base/log.js';
import type { Cancel, Scheduler } from '../runtime.js';
import type { Chain } from './chain.js';

/** In the store's folder, so that deleting or copying the folder takes it along; LevelDB leaves names alone that are not its own. */
export const MARK_FILE = 'head.mark';
/** A write now and then is enough: losing less than this is what a peer brings back at once. */
const PERIOD_MS = 10_000;

/** The block that was on disk when a store's folder was last marked; `undefined` where it has no mark. */
export async function readHeadMark(folder: string): Promise<Hash | undefined> {
  const text = await readFile(join(folder, MARK_FILE), 'utf8').catch(() => '');
  const hash = text.trim();
  return isHexOf(hash, 32) ? (hash as Hash) : undefined;
}

/** What a mark needs. */
export interface HeadMarkOptions {
  /** Folder of the store. */
  readonly folder: string;
  readonly chain: Pick<Chain, 'head' | 'headerByHash'>;
  readonly scheduler: Scheduler;
  readonly log: Logger;
}

/**
 * Remembers outside the database which block was on disk. LevelDB opens a log that was cut off as if its end had never been
 * written, and everything in it fits an earlier head: only a witness beside it can tell that blocks are missing.
 */
export class HeadMark {
  readonly #path: string;
  #written: Hash | undefined;
  #writing: Promise<void> = Promise.resolve();
  #cancel: Cancel = () => {};

  constructor(private readonly options: HeadMarkOptions) {
    this.#path = join(options.folder, MARK_FILE);
  }

  /** Says in the log when the marked block is not in the store, and begins to mark. */
  async start(): Promise<void> {
    const { chain, scheduler, log } = this.options;
    const marked = await readHeadMark(this.options.folder);
    if (marked !== undefined && chain.headerByHash(marked) === undefined) {
      const { hash, header } = chain.head;
      log.error(
        { missing: marked, head: hash, height: header.height },
        'blocks that were on disk are missing: the store was cut off or is an older copy; peers have to bring them again',
      );
    }
    this.#cancel = scheduler.setInterval(() => this.#write(), PERIOD_MS);
  }

  /** Marks the last head; before the store closes. */
  async stop(): Promise<void> {
    this.#cancel();
    this.#write();
    await this.#writing;
  }

  #write(): void {
    const { chain, log } = this.options;
    // The head is on disk by now: a mark must never be ahead of the store.
    const { hash } = chain.head;
    if (hash === this.#written) return;
    this.#written = hash;
    this.#writing = this.#writing
      .then(() => writeFile(`${this.#path}.new`, `${hash}\n`))
      .then(() => rename(`${this.#path}.new`, this.#path))
      .catch((error: unknown) => log.warn({ err: error, path: this.#path }, 'the head could not be marked'));
  }
}
