import { Agent, request } from 'node:http';
import { WattchainError } from '@wattchain/core';

interface Answer {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

export type RpcCall = readonly [method: string, params: readonly unknown[]];

/** A client of any server that speaks JSON-RPC, over one connection that is kept. */
export class RpcClient {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });
  #lastId = 0;

  constructor(readonly url: string) {}

  close(): void {
    this.#agent.destroy();
  }

  /** The result of a call. Throws `benchAnswer` when the server answers with an error. */
  async call(...[method, params]: RpcCall): Promise<unknown> {
    return resultOf(method, (await this.#send(bodyOf(++this.#lastId, method, params))) as Answer);
  }

  /** The results of a batch, in the order of its calls. Throws `benchAnswer`. */
  async batch(calls: readonly RpcCall[]): Promise<unknown[]> {
    const body = `[${calls.map(([method, params], index) => bodyOf(index, method, params)).join(',')}]`;
    const answers = await this.#send(body);
    if (!Array.isArray(answers)) return [resultOf('batch', answers as Answer)];
    const byId = new Map((answers as Answer[]).map((answer) => [answer.id, answer]));
    return calls.map(([method], index) => resultOf(method, byId.get(index)));
  }

  #send(body: string): Promise<unknown> {
    const options = {
      method: 'POST',
      agent: this.#agent,
      headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
    };
    return new Promise((resolve, reject) => {
      const sent = request(this.url, options, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          try {
            resolve(JSON.parse(text));
          } catch (cause) {
            reject(new WattchainError('benchAnswer', `no JSON: ${text.slice(0, 200)}`, { cause }));
          }
        });
      });
      sent.on('error', reject);
      sent.end(body);
    });
  }
}

function bodyOf(id: number, method: string, params: readonly unknown[]): string {
  return JSON.stringify({ jsonrpc: '2.0', id, method, params });
}

function resultOf(method: string, answer: Answer | undefined): unknown {
  if (answer?.error === undefined && answer !== undefined && 'result' in answer) return answer.result;
  throw new WattchainError('benchAnswer', `${method}: ${answer?.error?.message ?? 'no answer'}`);
}
