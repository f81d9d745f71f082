import type { Logger } from '../base/log.js';
import { TokenBucket } from '../base/tokenBucket.js';
import type { Stopwatch } from '../runtime.js';
import { STRANGER_LINES } from './limits.js';

export interface PeerLogOptions {
  readonly log: Logger;
  readonly stopwatch: Stopwatch;
  /** Whether this node was told of a peer. */
  readonly isOurs: (peerId: string) => boolean;
}

/** The log's lines about peers. Those about strangers are limited: a key costs nothing, and a disk is soon full of them. */
export class PeerLog {
  readonly #lines: TokenBucket;

  constructor(private readonly options: PeerLogOptions) {
    this.#lines = new TokenBucket(STRANGER_LINES, options.stopwatch);
  }

  /** One line; about a stranger, when there were too many of late, at `debug`. */
  say(level: 'debug' | 'info' | 'warn', peerId: string, fields: object, message: string): void {
    const { log, isOurs } = this.options;
    const isTooMuch = level !== 'debug' && !isOurs(peerId) && !this.#lines.take(1);
    log[isTooMuch ? 'debug' : level]({ peer: peerId, ...fields }, message);
  }
}
