import { TokenBucket } from '../base/tokenBucket.js';
import { type Cancel, type Runtime, type Stopwatch, shownTime } from '../runtime.js';
import {
  GOSSIP_TRANSACTION_RATE,
  MAX_JUDGED_BLOCKS_PER_PEER,
  PUT_OFF_RATE,
  REFUSAL_RATE,
  type RequestKind,
  type RequestProtocol,
  USELESS_TRANSACTION_RATE,
} from './limits.js';
import type { Status } from './messages.js';
import type { PeerInfo } from './network.js';
import type { Outbox } from './outbox.js';
import type { Connected } from './transport.js';

/** What this node keeps about a connected peer. */
export class Peer {
  readonly id: string;
  readonly address: string;
  readonly direction: 'inbound' | 'outbound';
  /** By the stopwatch. */
  readonly joinedMs: number;
  /** Its last status; absent until the handshake stands. */
  status: Status | undefined;
  /** Whether the handshake was made; settles when it was, failed, or the peer left. */
  readonly ready: Promise<boolean>;
  readonly buckets: Readonly<Record<RequestKind, TokenBucket>>;
  readonly gossipedTransactions: TokenBucket;
  /** Those that came to nothing, gossiped or pushed. */
  readonly uselessTransactions: TokenBucket;
  readonly refusals: TokenBucket;
  /** Announced blocks that could not be judged when they came. */
  readonly putOff: TokenBucket;
  readonly outbox: Outbox;
  /** Its clock less ours, milliseconds; absent until it says its time. */
  clockOffsetMs: number | undefined;
  /** Timestamp of the newest block of its chain, where that is from the future to us. */
  futureMs: number | undefined;
  /** Stops the wait for the handshake. */
  cancelTimer: Cancel = () => {};
  #judgedBlocks = 0;
  #settle: (isReady: boolean) => void = () => {};
  #exchange: Promise<void> | undefined;
  #nextExchange: Promise<void> | undefined;

  constructor(
    connection: Connected,
    outbox: Outbox,
    protocols: Readonly<Record<RequestKind, RequestProtocol>>,
    stopwatch: Stopwatch,
    blockIntervalMs: number,
  ) {
    this.outbox = outbox;
    this.id = connection.peerId;
    this.address = connection.address;
    this.direction = connection.direction;
    this.joinedMs = stopwatch.elapsedMs();
    this.ready = new Promise((resolve) => {
      this.#settle = resolve;
    });
    this.buckets = {
      status: new TokenBucket(protocols.status.rate, stopwatch),
      headers: new TokenBucket(protocols.headers.rate, stopwatch),
      bodies: new TokenBucket(protocols.bodies.rate, stopwatch),
      transactions: new TokenBucket(protocols.transactions.rate, stopwatch),
    };
    this.gossipedTransactions = new TokenBucket(GOSSIP_TRANSACTION_RATE, stopwatch);
    this.uselessTransactions = new TokenBucket(USELESS_TRANSACTION_RATE, stopwatch);
    this.refusals = new TokenBucket(REFUSAL_RATE, stopwatch);
    const { capacity, perInterval } = PUT_OFF_RATE;
    this.putOff = new TokenBucket({ capacity, perSecond: (1_000 * perInterval) / blockIntervalMs }, stopwatch);
  }

  /** Runs `judge` in one of the peer's places for announced blocks; `undefined` when all are taken. */
  async judgeBlock<T>(judge: () => Promise<T>): Promise<T | undefined> {
    if (this.#judgedBlocks >= MAX_JUDGED_BLOCKS_PER_PEER) return undefined;
    this.#judgedBlocks++;
    try {
      return await judge();
    } finally {
      this.#judgedBlocks--;
    }
  }

  /** Ends the wait for the handshake. */
  settle(isReady: boolean): void {
    this.cancelTimer();
    this.#settle(isReady);
  }

  /**
   * Runs `exchange` such that one begins after this call: at once, or after the one in progress, whose status may be
   * older than what the caller wants to tell, and `pause` since that one began. Never more than two are under way.
   */
  exchangeStatus(exchange: () => Promise<void>, pause: () => Promise<void>): Promise<void> {
    if (!this.#exchange) {
      const done = exchange();
      this.#exchange = Promise.allSettled([done, pause()]).then(() => {
        this.#exchange = undefined;
      });
      return done;
    }
    this.#nextExchange ??= this.#exchange.then(() => {
      this.#nextExchange = undefined;
      return this.exchangeStatus(exchange, pause);
    });
    return this.#nextExchange;
  }

  /** Compares its clock with ours at the middle of the exchange, less what the exchange leaves open: never too much. */
  noteClock({ timeMs }: Status, sentMs: number, receivedMs: number): void {
    if (timeMs === undefined) {
      this.clockOffsetMs = undefined;
      return;
    }
    const halfMs = Math.abs(receivedMs - sentMs) / 2;
    const offsetMs = timeMs - (sentMs + receivedMs) / 2;
    this.clockOffsetMs = Math.round(Math.sign(offsetMs) * Math.max(0, Math.abs(offsetMs) - halfMs));
  }

  /** How far its clock is from ours at least, by what it says and by the blocks that it takes, which may lead its clock by `leadMs`. */
  clockDistanceMs(nowMs: number, leadMs: number): number {
    const byBlocksMs = this.futureMs === undefined ? 0 : this.futureMs - leadMs - nowMs;
    return Math.max(Math.abs(this.clockOffsetMs ?? 0), byBlocksMs);
  }

  /** For others to read; only with a status. */
  info(status: Status, runtime: Pick<Runtime, 'clock' | 'stopwatch'>): PeerInfo {
    const head = { hash: status.headHash, height: status.height, totalWork: status.totalWork };
    const { id, address, direction, clockOffsetMs } = this;
    const connectedMs = shownTime(runtime, this.joinedMs);
    const clock = clockOffsetMs === undefined ? {} : { clockOffsetMs };
    return { id, address, direction, connectedMs, head, agent: status.agent, ...clock };
  }
}

/** A peer whose handshake stands. */
export type ReadyPeer = Peer & { readonly status: Status };
