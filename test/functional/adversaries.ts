/** Peers that lie or withhold, on real libp2p beside real node processes. They come back whenever they are disconnected. */
import {
  EMPTY_BYTES,
  genesisRecord,
  type Hash,
  type Header,
  type HeaderRecord,
  nextTarget,
  parseGenesis,
  recordOf,
  workOf,
  ZERO_HASH,
} from '@wattchain/core';
import { MAX_HEADERS } from '../../packages/node/src/p2p/limits.js';
import {
  decodeBodiesRequest,
  decodeHeadersRequest,
  decodeHeadersResponse,
  encodeBodiesResponse,
  encodeHeadersRequest,
  encodeHeadersResponse,
  encodeRefusal,
  encodeStatus,
  encodeStatusResponse,
  type Status,
} from '../../packages/node/src/p2p/messages.js';
import { ChainKit, solve } from '../../packages/node/testing/chainKit.js';
import { ScriptedPeer } from '../../packages/node/testing/scriptedPeer.js';
import type { TestNode } from './framework.js';

/** How often it looks whether it is still connected, and tells its status. */
const ROUND_MS = 1_000;

/** A peer of a network of node processes. */
export class Adversary {
  /** Connections that it has made so far. */
  connectionsMade = 0;
  #timer: ReturnType<typeof setInterval> | undefined;
  readonly #telling = new Set<TestNode>();
  readonly #peerIds = new Map<TestNode, string>();

  protected constructor(
    readonly name: string,
    protected readonly peer: ScriptedPeer,
    private readonly nodes: readonly TestNode[],
  ) {}

  /** A peer that claims a total work of 2^255, a little more every second, and answers `busy` or not at all. */
  static async liar(manner: 'busy' | 'silent', genesis: object, nodes: readonly TestNode[]): Promise<Adversary> {
    const liar = new Adversary(`${manner} liar`, await ScriptedPeer.start(new ChainKit(parseGenesis(genesis))), nodes);
    if (manner === 'busy') liar.peer.answers.headers = () => encodeRefusal('busy');
    let rounds = 0n;
    await liar.begin(() => ({ headHash: `0x${'77'.repeat(32)}`, height: 1_000_000, totalWork: 2n ** 255n + rounds++ }));
    return liar;
  }

  /** Node processes that it is connected to now. */
  get connections(): number {
    return this.peer.connected.size;
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.peer.stop();
  }

  /** Connects to every node and stays, telling a status every second. */
  protected async begin(claim: () => Partial<Status>): Promise<void> {
    const status = () => this.peer.status(undefined, claim());
    this.peer.answers.status = () => encodeStatusResponse(status());
    const round = async () => {
      await Promise.all(this.nodes.map((node) => this.#tell(node, encodeStatus(status()))));
    };
    await round();
    this.#timer = setInterval(() => void round(), ROUND_MS);
  }

  /** Tells a node our status, over a new connection where there is none. */
  async #tell(node: TestNode, payload: Uint8Array): Promise<void> {
    if (this.#telling.has(node)) return;
    this.#telling.add(node);
    try {
      await this.peer.request(await this.connect(node), 'status', payload);
    } catch {
      // A node that does not let it in now may do so in the next round.
    } finally {
      this.#telling.delete(node);
    }
  }

  /** Peer id of a node that it is connected to, now at the latest. */
  protected async connect(node: TestNode): Promise<string> {
    const known = this.#peerIds.get(node);
    if (known !== undefined && this.peer.connected.has(known)) return known;
    const peerId = await this.peer.transport.dial(`/ip4/127.0.0.1/tcp/${node.p2pPort}`);
    this.#peerIds.set(node, peerId);
    this.connectionsMade++;
    return peerId;
  }
}

/** Mines a fork of a network's chain, shows its headers, and gives no bodies. */
export class Withholder extends Adversary {
  readonly #chain: HeaderRecord[];
  #forkHeight = 0;

  private constructor(peer: ScriptedPeer, nodes: readonly TestNode[]) {
    super('withholder', peer, nodes);
    this.#chain = [genesisRecord(peer.kit.genesis)];
  }

  static async start(genesis: object, nodes: readonly TestNode[]): Promise<Withholder> {
    const withholder = new Withholder(await ScriptedPeer.start(new ChainKit(parseGenesis(genesis))), nodes);
    const { answers } = withholder.peer;
    answers.headers = (payload) => encodeHeadersResponse(withholder.#headersAfter(payload));
    answers.bodies = (payload) => encodeBodiesResponse((decodeBodiesRequest(payload).value ?? []).map(() => undefined));
    await withholder.begin(() => {
      const { hash, header, totalWork } = withholder.tip;
      return { headHash: hash, height: header.height, totalWork };
    });
    return withholder;
  }

  get tip(): HeaderRecord {
    return this.#chain.at(-1) as HeaderRecord;
  }

  /** Height of the last block that its fork shares with the network. */
  get forkHeight(): number {
    return this.#forkHeight;
  }

  /** Leaves the network's chain `depth` blocks below its head, for a fork that has more work. */
  async fork(node: TestNode, depth: number): Promise<void> {
    await this.#follow(node);
    this.#chain.splice(this.#chain.length - depth);
    this.#forkHeight = this.tip.header.height;
    await this.surpass(node);
  }

  /** Mines on until its fork has more work than a node's chain, by two blocks. */
  async surpass(node: TestNode): Promise<void> {
    const { head } = await node.rpc<{ head: { totalWork: string } }>('watt_status');
    const wanted = BigInt(head.totalWork) + 2n * workOf(this.tip.header.target);
    while (this.tip.totalWork < wanted) {
      this.#mine();
      // Its own connections go on meanwhile.
      await new Promise(setImmediate);
    }
  }

  /** Fetches the headers of a node's chain. */
  async #follow(node: TestNode): Promise<void> {
    const { kit } = this.peer;
    const peerId = await this.connect(node);
    this.#chain.splice(1);
    for (;;) {
      const answer = await this.peer.request(peerId, 'headers', encodeHeadersRequest([this.tip.hash]));
      const response = answer.value && decodeHeadersResponse(answer.value).value;
      if (!response || response.refusal !== undefined) throw new TypeError('a node gives no headers');
      const headers = response.payload;
      for (const header of headers) this.#chain.push(recordOf(header, this.tip, kit.genesis));
      if (headers.length < MAX_HEADERS) return;
    }
  }

  #mine(): void {
    const { genesis } = this.peer.kit;
    const parent = this.tip;
    const header = solve({
      ...parent.header,
      parentHash: parent.hash,
      height: parent.header.height + 1,
      // As fast as its clock lets it, but never from the future.
      timestampMs: Math.max(
        parent.header.timestampMs + 1,
        Math.min(parent.header.timestampMs + genesis.blockIntervalMs, Date.now()),
      ),
      target: nextTarget(genesis, parent),
      transactionsRoot: ZERO_HASH,
      receiptsRoot: ZERO_HASH,
      stateRoot: `0x${'57'.repeat(32)}`,
      historyRoot: parent.history.top.hash,
      gasUsed: 0,
      transactionCount: 0,
      extra: EMPTY_BYTES,
    });
    this.#chain.push(recordOf(header, parent, genesis));
  }

  #headersAfter(payload: Uint8Array): Header[] {
    const locator: readonly Hash[] = decodeHeadersRequest(payload).value ?? [];
    const heights = new Map(this.#chain.map(({ hash }, height) => [hash, height]));
    const height = locator.map((hash) => heights.get(hash)).find((found) => found !== undefined) ?? this.#chain.length;
    return this.#chain.slice(height + 1, height + 1 + MAX_HEADERS).map(({ header }) => header);
  }
}
