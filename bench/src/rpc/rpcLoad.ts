import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { WattchainError } from '@wattchain/core';

/** A request to send. */
export interface RpcRequest {
  readonly method: string;
  readonly params: readonly unknown[];
}

/** What became of a load. */
export interface LoadResult {
  readonly latenciesMs: readonly number[];
  /** Requests that were answered with an error, by its message. */
  readonly errors: ReadonlyMap<string, number>;
  readonly durationMs: number;
}

/** Sends requests to a node over kept connections and measures how long each answer takes. */
export class RpcLoad {
  readonly #url: string;
  readonly #agent: Agent;

  constructor(url: string, connections: number) {
    this.#url = url;
    this.#agent = new Agent({ keepAlive: true, maxSockets: connections });
  }

  close(): void {
    this.#agent.destroy();
  }

  /** The result of one request. Throws `benchAnswer` when the node answers with an error. */
  async result(method: string, params: readonly unknown[]): Promise<unknown> {
    const { result, error } = await this.#ask({ method, params });
    if (error) throw new WattchainError('benchAnswer', `${method}: ${error.message}`);
    return result;
  }

  /**
   * Sends so many requests a second whatever the answers take, each at its time. A latency counts from when the request was
   * due, so that a node which stalls cannot hide it by keeping others from being sent.
   */
  async paced(perSecond: number, seconds: number, next: () => RpcRequest): Promise<LoadResult> {
    const record = new Recorder();
    const startMs = performance.now();
    const waiting: Promise<void>[] = [];
    for (let index = 0; index < perSecond * seconds; index++) {
      const dueMs = startMs + (1000 * index) / perSecond;
      const delayMs = dueMs - performance.now();
      if (delayMs > 1) await sleep(delayMs);
      waiting.push(record.add(dueMs, this.#ask(next())));
    }
    await Promise.all(waiting);
    return record.result(performance.now() - startMs);
  }

  /** So many callers who send the next request when they have the answer to the last one. */
  async flatOut(callers: number, seconds: number, next: () => RpcRequest): Promise<LoadResult> {
    const record = new Recorder();
    const startMs = performance.now();
    const endMs = startMs + 1000 * seconds;
    const run = async () => {
      while (performance.now() < endMs) await record.add(performance.now(), this.#ask(next()));
    };
    await Promise.all(Array.from({ length: callers }, run));
    return record.result(performance.now() - startMs);
  }

  #ask({ method, params }: RpcRequest): Promise<{ result?: unknown; error?: { message: string } }> {
    return new Promise((resolve, reject) => {
      const options = { method: 'POST', agent: this.#agent, headers: { 'content-type': 'application/json' } };
      const sent = request(this.#url, options, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => resolve(JSON.parse(Buffer.concat(chunks).toString('utf8'))));
      });
      sent.on('error', (error) => {
        // The node closed a connection that was idle just as it was taken again: this request was never read.
        if (sent.reusedSocket && 'code' in error && error.code === 'ECONNRESET') resolve(this.#ask({ method, params }));
        else reject(error);
      });
      sent.end(JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }));
    });
  }
}

class Recorder {
  readonly #latenciesMs: number[] = [];
  readonly #errors = new Map<string, number>();

  async add(dueMs: number, answer: Promise<{ error?: { message: string } }>): Promise<void> {
    const { error } = await answer;
    this.#latenciesMs.push(performance.now() - dueMs);
    if (error) this.#errors.set(error.message, (this.#errors.get(error.message) ?? 0) + 1);
  }

  result(durationMs: number): LoadResult {
    return { latenciesMs: this.#latenciesMs, errors: this.#errors, durationMs };
  }
}
