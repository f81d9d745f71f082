import { beforeEach, describe, expect, it } from 'vitest';
import { ChainKit, TEST_START_MS } from '../../testing/chainKit.js';
import { ManualRuntime } from '../../testing/manualRuntime.js';
import { silentLogger } from '../base/log.js';
import { Chain } from '../chain/chain.js';
import { MemoryStore } from '../store/memoryStore.js';
import { MAX_JUDGED_BLOCKS_PER_PEER, PATIENCE, PUT_OFF_RATE, requestProtocols } from './limits.js';
import { encodeBlockAnnouncement, encodeStatus, encodeStatusResponse, type Status } from './messages.js';
import type { Judgement } from './network.js';
import { PeerNetwork } from './peerNetwork.js';
import { TokenBucket } from './tokenBucket.js';
import type { Transport, TransportHandlers } from './transport.js';

const kit = new ChainKit();
const block = kit.mine(kit.genesisBlock);
const data = encodeBlockAnnouncement(block.header, block.body);
const status = (timeMs?: number): Status => ({
  version: 1,
  genesisHash: kit.genesis.hash,
  chainId: kit.genesis.chainId,
  headHash: kit.genesis.hash,
  height: 0,
  totalWork: 0n,
  agent: 'test',
  timeMs,
});

let runtime: ManualRuntime;
let chain: Chain;
let network: PeerNetwork;
let handlers: TransportHandlers;
/** Answers what the network asks peers for. */
let answer: () => Promise<Uint8Array>;
/** Judges a block; by default never. */
let judge: () => Promise<Judgement>;
const disconnected: string[] = [];

beforeEach(async () => {
  runtime = new ManualRuntime(TEST_START_MS);
  judge = () => new Promise(() => {});
  answer = () => new Promise(() => {});
  disconnected.length = 0;
  chain = await Chain.open({ store: new MemoryStore(), genesis: kit.genesis, runtime, log: silentLogger });
  const transport: Transport = {
    id: 'self',
    traffic: { receivedBytes: 0, sentBytes: 0 },
    start: async (given) => {
      handlers = given;
    },
    stop: async () => {},
    addresses: () => [],
    dial: async () => '',
    disconnect: async (peerId) => {
      disconnected.push(peerId);
    },
    request: async () => ({ value: await answer() }),
    publish: async () => 'duplicate',
  };
  network = new PeerNetwork({ transport, chain, peers: [], agent: 'test', runtime, log: silentLogger });
  network.handleGossip({ block: () => judge(), transaction: () => 'pass' });
  await network.start();
});

async function join(peerId: string, timeMs?: number): Promise<void> {
  handlers.connected({ peerId, address: '', direction: 'inbound' });
  await handlers.request(peerId, 'status', encodeStatus(status(timeMs)));
}

/** Lets what is ready run. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('announced blocks', () => {
  it('of one peer take no places of another', async () => {
    await join('slow');
    await join('honest');
    for (let i = 0; i < MAX_JUDGED_BLOCKS_PER_PEER; i++) void handlers.gossip('slow', 'blocks', data);
    // One too many is not remembered as seen, so that it can come from somebody else.
    expect(await handlers.gossip('slow', 'blocks', data)).toBe('forget');
    judge = async () => 'pass';
    expect(await handlers.gossip('honest', 'blocks', data)).toBe('accept');
  });

  it('free their place when they are judged', async () => {
    await join('peer');
    for (const [judgement, verdict] of [
      ['pass', 'accept'],
      ['drop', 'ignore'],
      ['later', 'forget'],
      [{ code: 'parentUnknown', got: block.hash }, 'forget'],
    ] as const) {
      judge = async () => judgement;
      for (let i = 0; i <= MAX_JUDGED_BLOCKS_PER_PEER; i++) {
        expect(await handlers.gossip('peer', 'blocks', data)).toBe(verdict);
      }
    }
    judge = async () => ({ code: 'headerWork', got: block.hash, expected: 1n });
    expect(await handlers.gossip('peer', 'blocks', data)).toBe('reject');
    expect(disconnected).toEqual(['peer']);
  });

  it('that cannot be judged are limited, and scored beyond that', async () => {
    await join('peer');
    const faults: string[] = [];
    network.on('penalised', ({ fault }) => faults.push(fault.code));
    judge = async () => 'later';
    for (let i = 0; i < PUT_OFF_RATE.capacity; i++) await handlers.gossip('peer', 'blocks', data);
    expect(faults).toEqual([]);
    // As many as an honest peer passes on while this node is behind, for as long as it likes.
    for (let interval = 0; interval < 100; interval++) {
      runtime.advance(kit.genesis.blockIntervalMs);
      for (let i = 0; i < PUT_OFF_RATE.perInterval; i++) await handlers.gossip('peer', 'blocks', data);
    }
    expect(faults).toEqual([]);
    for (let i = 0; i < 3; i++) await handlers.gossip('peer', 'blocks', data);
    expect(faults).toEqual(['announcementFlood', 'announcementFlood', 'announcementFlood']);
    expect(disconnected).toEqual(['peer']);
  });

  it('of a peer without a handshake are neither heard nor remembered', async () => {
    handlers.connected({ peerId: 'stranger', address: '', direction: 'inbound' });
    judge = async () => 'pass';
    expect(await handlers.gossip('stranger', 'blocks', data)).toBe('forget');
  });
});

describe('a peer that gossip may not reach yet', () => {
  it('is told of heads that come faster than it answers statuses, and never asked more than it allows', async () => {
    await join('peer');
    await chain.acceptBlock(block.header, block.body);
    const allowed = new TokenBucket(requestProtocols(kit.genesis.blockByteLimit).status.rate, runtime.clock);
    let [told, refused] = [0, 0];
    answer = async () => {
      told++;
      if (!allowed.take(1)) refused++;
      return encodeStatusResponse(status());
    };
    const BLOCK_MS = 10;
    for (let passedMs = 0; passedMs < PATIENCE.gossipFormingMs; passedMs += BLOCK_MS) {
      network.announceBlock({ ...block.record, totalWork: BigInt(1 + passedMs) });
      runtime.advance(BLOCK_MS);
      await settle();
    }
    expect(told).toBeGreaterThanOrEqual(PATIENCE.gossipFormingMs / PATIENCE.statusAgainMs);
    expect(refused).toBe(0);
    // The newest is told, though it came while the peer had to be left alone.
    const before = told;
    runtime.advance(PATIENCE.statusAgainMs);
    await settle();
    expect(told).toBe(before + 1);
  });
});

describe("a peer's clock", () => {
  const offset = () => network.peers()[0]?.clockOffsetMs;

  it('is compared at the middle of an exchange, less what the exchange leaves open', async () => {
    await join('peer', TEST_START_MS + 120_000);
    expect(offset()).toBe(120_000);
    for (const [roundTripMs, theirs, expected] of [
      [0, 120_000, 120_000],
      [2_000, 121_000, 119_000],
      [2_000, -119_000, -119_000],
      [2_000, 1_500, 0],
    ] as const) {
      const startMs = runtime.clock.nowMs();
      answer = async () => {
        runtime.advance(roundTripMs);
        return encodeStatusResponse(status(startMs + theirs));
      };
      await network.refreshStatus('peer');
      expect(offset()).toBe(expected);
      runtime.advance(PATIENCE.statusAgainMs);
    }
  });

  it('is not known when it says no time', async () => {
    await join('peer');
    expect(offset()).toBeUndefined();
  });
});
