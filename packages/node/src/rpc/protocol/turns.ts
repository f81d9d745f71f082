import { assert, type Pieces, WattchainError } from '@wattchain/core';
import type { Stopwatch } from '../../runtime.js';
import {
  FIRST_TURN_MS,
  MAX_LONG_REQUESTS,
  MAX_SHORT_PIECES,
  MAX_WAITING_OF_CLIENT,
  MAX_WAITING_REQUESTS,
  TURN_MS,
} from '../limits.js';
import { RpcError, serverError } from './rpcError.js';

/** What one message of a client, a batch counted as one, has of the node's time. */
export interface Share {
  /**
   * Runs work in turns with that of other clients. Throws −32005 when too much waits already, −32000 when the message has used up
   * its time, and `clientGone` when there is nobody any more to answer.
   */
  run<T>(pieces: Pieces<T>): Promise<T>;
}

/** Work that waits for its next turn. */
interface Job {
  readonly pieces: Pieces<unknown>;
  readonly message: { usedMs: number; readonly maxMs: number; readonly signal: AbortSignal };
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
  /** Turns and pieces that it has had. */
  turns: number;
  pieceCount: number;
  /** Whether it has one of the places of long work. */
  isLong: boolean;
  /** Listens no more to whether the client is gone. */
  unlisten?: () => void;
}

interface Client {
  readonly id: string;
  /** The time that it has had, as if it had always been here. */
  virtualMs: number;
  /** In the order of their next turns. */
  readonly jobs: Job[];
}

/**
 * Shares the event loop: expensive work runs in turns of some milliseconds, one turn at a time, and input, blocks, peers and timers
 * get theirs in between. The next turn is for the client that has had the least time (start-time fair queueing): who comes anew
 * is next, who asks for much waits for those who ask for little, and a client's own requests take turns among themselves.
 *
 * Work that has run for a while holds memory, so only a few such requests go on at once; the others rest where they are.
 */
export class Turns {
  readonly #stopwatch: Stopwatch;
  readonly #clients = new Map<string, Client>();
  #waiting = 0;
  #long = 0;
  /** The virtual time of the client served last: where a client that comes anew begins. */
  #virtualMs = 0;
  #isDue = false;

  constructor(stopwatch: Stopwatch) {
    this.#stopwatch = stopwatch;
  }

  /** The share of a client's message, whose work may take `maxMs` in all and ends when `signal` tells that the client is gone. */
  share(client: string, maxMs: number, signal: AbortSignal): Share {
    const message = { usedMs: 0, maxMs, signal };
    return { run: (pieces) => this.#add(client, message, pieces) };
  }

  #add<T>(id: string, message: Job['message'], pieces: Pieces<T>): Promise<T> {
    if (message.signal.aborted) throw clientGone();
    const client = this.#clients.get(id) ?? { id, virtualMs: this.#virtualMs, jobs: [] };
    if (client.jobs.length >= MAX_WAITING_OF_CLIENT) {
      throw busy(`${client.jobs.length} requests of this client wait already`);
    }
    if (this.#waiting >= MAX_WAITING_REQUESTS) throw busy(`${this.#waiting} requests of all clients wait already`);
    this.#clients.set(id, client);
    return new Promise<T>((resolve, reject) => {
      const settle = resolve as (value: unknown) => void;
      // Ahead of what the client has begun: what is short gets done.
      const job: Job = { pieces, message, resolve: settle, reject, turns: 0, pieceCount: 0, isLong: false };
      client.jobs.unshift(job);
      this.#waiting += 1;
      const forget = () => this.#forget(client, job);
      message.signal.addEventListener('abort', forget, { once: true });
      job.unlisten = () => message.signal.removeEventListener('abort', forget);
      this.#becomeDue();
    });
  }

  #becomeDue(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    // A new immediate runs only after the loop has looked for input again.
    setImmediate(() => {
      this.#isDue = false;
      this.#takeTurn();
      if (this.#waiting > 0) this.#becomeDue();
    });
  }

  #takeTurn(): void {
    const next = this.#next();
    // The client of the last that waited is gone.
    if (next === undefined && this.#waiting === 0) return;
    assert(next !== undefined, 'long work that has a place can go on');
    const { client, job } = next;
    this.#virtualMs = Math.max(this.#virtualMs, client.virtualMs);
    if (!job.isLong && job.pieceCount >= MAX_SHORT_PIECES) {
      job.isLong = true;
      this.#long += 1;
    }
    client.jobs.splice(client.jobs.indexOf(job), 1);
    const isDone = this.#work(client, job);
    if (!isDone) {
      client.jobs.push(job);
      return;
    }
    this.#settled(client, job);
  }

  #settled(client: Client, job: Job): void {
    job.unlisten?.();
    this.#waiting -= 1;
    if (job.isLong) this.#long -= 1;
    if (client.jobs.length === 0) this.#clients.delete(client.id);
  }

  /** Ends work that nobody waits for. Work in the middle of its turn sees it by itself. */
  #forget(client: Client, job: Job): void {
    const place = client.jobs.indexOf(job);
    if (place < 0) return;
    client.jobs.splice(place, 1);
    job.pieces.return(undefined as never);
    job.reject(clientGone());
    this.#settled(client, job);
  }

  /** The client with the least time that has work which may go on; of equals the one with new work. */
  #next(): { readonly client: Client; readonly job: Job } | undefined {
    let best: { readonly client: Client; readonly job: Job } | undefined;
    for (const client of this.#clients.values()) {
      const job = client.jobs.find((candidate) => this.#mayGoOn(candidate));
      if (job === undefined) continue;
      const isSooner =
        best === undefined ||
        client.virtualMs < best.client.virtualMs ||
        (client.virtualMs === best.client.virtualMs && job.turns === 0 && best.job.turns > 0);
      if (isSooner) best = { client, job };
    }
    return best;
  }

  #mayGoOn(job: Job): boolean {
    return job.isLong || job.pieceCount < MAX_SHORT_PIECES || this.#long < MAX_LONG_REQUESTS;
  }

  /** One turn; whether the work is settled. */
  #work(client: Client, job: Job): boolean {
    const { pieces, message } = job;
    const turnMs = job.turns === 0 ? FIRST_TURN_MS : TURN_MS;
    const startMs = this.#stopwatch.elapsedMs();
    let usedMs = 0;
    try {
      do {
        const piece = pieces.next();
        job.pieceCount += 1;
        usedMs = this.#stopwatch.elapsedMs() - startMs;
        if (piece.done) {
          job.resolve(piece.value);
          return true;
        }
        if (message.signal.aborted) {
          pieces.return(undefined as never);
          job.reject(clientGone());
          return true;
        }
        if (message.usedMs + usedMs >= message.maxMs) {
          pieces.return(undefined as never);
          job.reject(outOfTime(message.maxMs));
          return true;
        }
      } while (usedMs < turnMs && (job.isLong || job.pieceCount < MAX_SHORT_PIECES));
    } catch (error) {
      job.reject(error);
      return true;
    } finally {
      job.turns += 1;
      message.usedMs += usedMs;
      client.virtualMs += usedMs;
    }
    return false;
  }
}

/** Whether what a handler gives is pieces of its work, not their result. */
export function isPieces(value: unknown): value is Pieces<unknown> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value && 'return' in value;
}

function clientGone(): WattchainError {
  return new WattchainError('clientGone', 'the client is gone, so its request is not answered', {
    hint: 'nothing is left to do for it',
  });
}

/** Whether an error says that there is nobody to answer. */
export function isClientGone(error: unknown): boolean {
  return error instanceof WattchainError && error.code === 'clientGone';
}

function busy(reason: string): RpcError {
  return new RpcError('rpcBusy', `the node is busy: ${reason}, ask again later`);
}

function outOfTime(maxMs: number): RpcError {
  return serverError(
    `execution aborted: the request, with those before it in its batch, used more than ${maxMs} ms of the node's time (rpc.maxRequestMs); ask for less at once`,
  );
}
