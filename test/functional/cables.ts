/** Cables between the nodes of a test: TCP proxies that can be cut, whole or one way, while both ends believe that they stand; or long ones. */
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { type Duplex, Transform } from 'node:stream';
import type { TestNetwork } from './framework.js';

const HOST = '127.0.0.1';

/** One way of a connection: what `source` sends is written to `target`. */
interface Flow {
  readonly from: number;
  readonly to: number;
  readonly source: Socket;
  readonly target: Socket;
  /** What the source writes to: the target, or what leads to it later. */
  readonly way: Duplex;
}

/** See the file's comment. Nodes are numbered as in their network. */
export class Cables {
  readonly #servers: Server[] = [];
  readonly #flows = new Set<Flow>();
  /** `from to` of every way that is cut. */
  readonly #cut = new Set<string>();

  private constructor(private readonly delayMs: number) {}

  /** Has every node of a network that does not run yet dial each other one through a cable, in which everything takes `delayMs`. */
  static async lay({ nodes }: TestNetwork, delayMs = 0): Promise<Cables> {
    const cables = new Cables(delayMs);
    for (const [from, { dataDir }] of nodes.entries()) {
      const peers: string[] = [];
      for (const [to, { p2pPort }] of nodes.entries()) {
        if (to !== from) peers.push(`/ip4/${HOST}/tcp/${await cables.#serve(from, to, p2pPort)}`);
      }
      const file = join(dataDir, 'config.json');
      const config = JSON.parse(readFileSync(file, 'utf8')) as { p2p: object };
      writeFileSync(file, JSON.stringify({ ...config, p2p: { ...config.p2p, peers } }));
    }
    return cables;
  }

  /** What these nodes send reaches those no longer; it waits, as TCP sends again what is not acknowledged. */
  cut(from: readonly number[], to: readonly number[]): void {
    for (const one of from) for (const other of to) this.#cut.add(`${one} ${other}`);
    for (const flow of this.#flows) if (this.#isCut(flow)) stop(flow);
  }

  /** All cables are whole again. */
  mend(): void {
    const waiting = [...this.#flows].filter((flow) => this.#isCut(flow));
    this.#cut.clear();
    for (const flow of waiting) this.#go(flow);
  }

  async remove(): Promise<void> {
    for (const { source, target } of this.#flows) for (const socket of [source, target]) socket.destroy();
    await Promise.all(this.#servers.map((server) => once(server.close(), 'close')));
  }

  #isCut({ from, to }: Pick<Flow, 'from' | 'to'>): boolean {
    return this.#cut.has(`${from} ${to}`);
  }

  /** A port at which `from` reaches `to`. */
  async #serve(from: number, to: number, port: number): Promise<number> {
    const server = createServer({ allowHalfOpen: true }, (near) => {
      const far = connect({ port, host: HOST, allowHalfOpen: true });
      this.#join(from, to, near, far);
      this.#join(to, from, far, near);
    });
    this.#servers.push(server);
    await once(server.listen(0, HOST), 'listening');
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  #join(from: number, to: number, source: Socket, target: Socket): void {
    const flow = { from, to, source, target, way: this.delayMs === 0 ? target : later(this.delayMs) };
    this.#flows.add(flow);
    if (flow.way !== target) flow.way.pipe(target);
    source.on('error', () => source.destroy());
    // The other end learns of its end when something can reach it.
    source.on('close', () => this.#isCut(flow) || this.#end(flow));
    if (!this.#isCut(flow)) this.#go(flow);
  }

  #go(flow: Flow): void {
    if (flow.source.destroyed) this.#end(flow);
    else flow.source.pipe(flow.way);
  }

  #end(flow: Flow): void {
    this.#flows.delete(flow);
    flow.target.destroy();
  }
}

function stop({ source, way }: Flow): void {
  source.unpipe(way);
  source.pause();
}

/** Gives on what it gets after some time, in its order. */
function later(delayMs: number): Duplex {
  return new Transform({
    transform(chunk, _encoding, done) {
      setTimeout(() => this.push(chunk), delayMs);
      done();
    },
    flush: (done) => void setTimeout(done, delayMs),
  });
}
