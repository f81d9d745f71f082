/** The network of one node over a transport out of a script, on manual time: peers do what a test says. */
import { silentLogger } from '../src/base/log.js';
import { Chain } from '../src/chain/chain.js';
import { PATIENCE, peerPatience } from '../src/p2p/limits.js';
import { encodeStatus, encodeStatusResponse, type Status } from '../src/p2p/messages.js';
import type { Judgement } from '../src/p2p/network.js';
import { PeerNetwork } from '../src/p2p/peerNetwork.js';
import type { Transport, TransportHandlers } from '../src/p2p/transport.js';
import { MemoryStore } from '../src/store/memoryStore.js';
import { type ChainKit, TEST_START_MS } from './chainKit.js';
import { ManualRuntime } from './manualRuntime.js';

/** Lets what is ready run. */
export const settle = () => new Promise((resolve) => setImmediate(resolve));

/** See the file's comment. Its members are itself, `one`, `two` and `three`. */
export class ScriptedNetwork {
  readonly runtime = new ManualRuntime(TEST_START_MS);
  /** Peers whose answers do not arrive; their questions do. */
  readonly cut = new Set<string>();
  /** Whom the network disconnected. */
  readonly disconnected: string[] = [];
  /** Answers what the network asks peers for. */
  answer: () => Promise<Uint8Array> = async () => encodeStatusResponse(this.status());
  /** Judges a block; by default never. */
  judge: () => Promise<Judgement> = () => new Promise(() => {});
  /** Judges a transaction; by default it passes. */
  judgeTransaction: () => Judgement = () => 'pass';
  /** What the network does with what peers send. */
  handlers!: TransportHandlers;
  chain!: Chain;
  network!: PeerNetwork;

  private constructor(private readonly kit: ChainKit) {}

  /** A started network on a chain that is at genesis. */
  static async start(kit: ChainKit): Promise<ScriptedNetwork> {
    const net = new ScriptedNetwork(kit);
    const { runtime } = net;
    net.chain = await Chain.open({ store: new MemoryStore(), genesis: kit.genesis, runtime, log: silentLogger });
    net.network = new PeerNetwork({
      transport: net.#transport(),
      chain: net.chain,
      peers: [],
      members: ['self', 'one', 'two', 'three'],
      agent: 'test',
      runtime,
      log: silentLogger,
    });
    net.network.handleGossip({ block: () => net.judge(), transaction: () => net.judgeTransaction() });
    await net.network.start();
    return net;
  }

  /** A peer's status. */
  status(timeMs?: number, { hash, header, totalWork } = this.kit.genesisBlock.record): Status {
    const { genesis } = this.kit;
    return {
      version: 1,
      genesisHash: genesis.hash,
      chainId: genesis.chainId,
      headHash: hash,
      height: header.height,
      totalWork,
      agent: 'test',
      timeMs,
    };
  }

  /** A peer connects and makes its handshake; it answers the question that the network has for whoever dialled it. */
  async join(peerId: string, timeMs?: number): Promise<void> {
    this.answer = async () => encodeStatusResponse(this.status(timeMs));
    this.handlers.connected({ peerId, address: '', direction: 'inbound' });
    await this.handlers.request(peerId, 'status', encodeStatus(this.status(timeMs)));
    await settle();
    this.runtime.advance(PATIENCE.statusAgainMs);
    await settle();
  }

  #transport(): Transport {
    const { firstByteMs } = peerPatience(this.kit.genesis.blockIntervalMs);
    return {
      id: 'self',
      traffic: { receivedBytes: 0, sentBytes: 0 },
      start: async (handlers) => {
        this.handlers = handlers;
      },
      stop: async () => {},
      addresses: () => [],
      dial: async () => '',
      disconnect: async (peerId) => {
        this.disconnected.push(peerId);
      },
      request: async (peerId) => {
        if (!this.cut.has(peerId)) return { value: await this.answer() };
        await new Promise<void>((resolve) => this.runtime.scheduler.setTimeout(resolve, firstByteMs));
        return { fault: { code: 'requestTimeout', protocol: 'status', afterMs: firstByteMs } };
      },
      publish: async () => 'duplicate',
    };
  }
}
