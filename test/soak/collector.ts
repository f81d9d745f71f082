import { WebSocketClient } from '../../packages/node/testing/webSocketClient.js';
import { type TestNode, waitUntil } from '../functional/framework.js';

/** With these options Node.js takes orders of a debugger, at a port that it chooses and tells on stderr. */
export const INSPECTED = ['--inspect=127.0.0.1:0'];

/** Has a node that was started with {@link INSPECTED} collect its garbage, so that what is left in its heap is what it holds. */
export class Collector {
  readonly #ended: Promise<never>;

  private constructor(private readonly client: WebSocketClient) {
    this.#ended = new Promise((_, reject) => {
      client.socket.once('close', () => reject(new TypeError('a node that is measured ended')));
    });
    // Who waits for garbage to be collected hears of it.
    this.#ended.catch(() => {});
  }

  static async of(node: TestNode): Promise<Collector> {
    const url = await waitUntil(`${node.dataDir} to say where it is inspected`, async () =>
      [...node.log.matchAll(/^Debugger listening on (ws:\S+)$/gm)].at(-1)?.at(1),
    );
    return new Collector(await WebSocketClient.open(url));
  }

  /** Ends when the garbage is collected. */
  async collect(): Promise<void> {
    this.client.socket.send(JSON.stringify({ id: 1, method: 'HeapProfiler.collectGarbage' }));
    await Promise.race([this.client.next(), this.#ended]);
  }

  close(): void {
    this.client.socket.terminate();
  }
}
