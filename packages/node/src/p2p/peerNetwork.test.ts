import { maxLeadMs } from '@wattchain/core';
import { beforeEach, describe, expect, it } from 'vitest';
import { ChainKit, TEST_START_MS } from '../../testing/chainKit.js';
import { ManualRuntime } from '../../testing/manualRuntime.js';
import { silentLogger } from '../base/log.js';
import { TokenBucket } from '../base/tokenBucket.js';
import { Chain } from '../chain/chain.js';
import { MemoryStore } from '../store/memoryStore.js';
import {
  GOSSIP_TRANSACTION_RATE,
  MAX_JUDGED_BLOCKS_PER_PEER,
  MAX_PEERS,
  MAX_PEERS_PER_NETWORK,
  MEMBERSHIP,
  PATIENCE,
  PUT_OFF_RATE,
  peerPatience,
  requestProtocols,
  USELESS_TRANSACTION_RATE,
} from './limits.js';
import {
  encodeBlockAnnouncement,
  encodeStatus,
  encodeStatusResponse,
  encodeTransactionsRequest,
  type Status,
} from './messages.js';
import type { Judgement } from './network.js';
import { PeerNetwork } from './peerNetwork.js';
import type { Transport, TransportHandlers } from './transport.js';

const kit = new ChainKit();
const block = kit.mine(kit.genesisBlock);
const data = encodeBlockAnnouncement(block.header, block.body);
/** A peer's status; its head is `at`. */
const status = (timeMs?: number, { hash, header, totalWork } = kit.genesisBlock.record): Status => ({
  version: 1,
  genesisHash: kit.genesis.hash,
  chainId: kit.genesis.chainId,
  headHash: hash,
  height: header.height,
  totalWork,
  agent: 'test',
  timeMs,
});

let runtime: ManualRuntime;
let chain: Chain;
let network: PeerNetwork;
let handlers: TransportHandlers;
/** Peers whose answers do not arrive; their questions do. */
const cut = new Set<string>();
/** Answers what the network asks peers for. */
let answer: () => Promise<Uint8Array>;
/** Judges a block; by default never. */
let judge: () => Promise<Judgement>;
/** Judges a transaction; by default it passes. */
let judgeTransaction: () => Judgement;
const disconnected: string[] = [];

beforeEach(async () => {
  runtime = new ManualRuntime(TEST_START_MS);
  judge = () => new Promise(() => {});
  judgeTransaction = () => 'pass';
  disconnected.length = 0;
  cut.clear();
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
    request: async (peerId) => {
      if (!cut.has(peerId)) return { value: await answer() };
      await new Promise<void>((resolve) =>
        runtime.scheduler.setTimeout(resolve, peerPatience(kit.genesis.blockIntervalMs).firstByteMs),
      );
      return {
        fault: {
          code: 'requestTimeout',
          protocol: 'status',
          afterMs: peerPatience(kit.genesis.blockIntervalMs).firstByteMs,
        },
      };
    },
    publish: async () => 'duplicate',
  };
  const members = ['self', 'one', 'two', 'three'];
  network = new PeerNetwork({ transport, chain, peers: [], members, agent: 'test', runtime, log: silentLogger });
  network.handleGossip({ block: () => judge(), transaction: () => judgeTransaction() });
  await network.start();
});

async function join(peerId: string, timeMs?: number): Promise<void> {
  // It answers the question that this node has for whoever dialled it.
  answer = async () => encodeStatusResponse(status(timeMs));
  handlers.connected({ peerId, address: '', direction: 'inbound' });
  await handlers.request(peerId, 'status', encodeStatus(status(timeMs)));
  await settle();
  runtime.advance(PATIENCE.statusAgainMs);
  await settle();
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

describe('gossiped transactions', () => {
  /** What became of so many. */
  async function judged(peerId: string, count: number): Promise<Record<string, number>> {
    const verdicts = new Map<string, number>();
    for (let i = 0; i < count; i++) {
      const verdict = await handlers.gossip(peerId, 'transactions', data);
      verdicts.set(verdict, 1 + (verdicts.get(verdict) ?? 0));
    }
    return Object.fromEntries(verdicts);
  }

  it('of one peer are judged up to its rate, counted one by one, and those of others all the same', async () => {
    await join('flood');
    await join('honest');
    const { capacity, perSecond } = GOSSIP_TRANSACTION_RATE;
    expect(await judged('flood', capacity + 100)).toEqual({ accept: capacity, forget: 100 });
    expect(await judged('honest', 1)).toEqual({ accept: 1 });
    runtime.advance(1_000);
    expect(await judged('flood', perSecond + 1)).toEqual({ accept: perSecond, forget: 1 });
    expect(disconnected).toEqual([]);
  });

  it('whose senders cannot pay are judged up to a rate of their own, pushed ones too; what was not judged can come from others', async () => {
    await join('flood');
    await join('honest');
    const { capacity, perSecond } = USELESS_TRANSACTION_RATE;
    judgeTransaction = () => ({ code: 'insufficientFunds', got: 0n, expected: 1n, sender: `0x${'00'.repeat(20)}` });
    expect(await judged('flood', capacity + 10)).toEqual({ ignore: capacity, forget: 10 });
    let looks = 0;
    judgeTransaction = () => {
      looks++;
      return 'pass';
    };
    await handlers.request('flood', 'transactions', encodeTransactionsRequest([data, data]));
    await settle();
    expect([looks, await judged('flood', 1), await judged('honest', 1)]).toEqual([0, { forget: 1 }, { accept: 1 }]);
    runtime.advance(1_000);
    expect(await judged('flood', perSecond)).toEqual({ accept: perSecond });
    expect(disconnected).toEqual([]);
  });
});

describe('a peer that comes in although others were faster', () => {
  it('is disconnected, without a handshake that could stand', async () => {
    for (let i = 0; i <= MAX_PEERS_PER_NETWORK; i++) {
      handlers.connected({ peerId: `peer ${i}`, address: '/ip4/10.0.0.1/tcp/1', direction: 'inbound' });
    }
    const last = `peer ${MAX_PEERS_PER_NETWORK}`;
    expect(disconnected).toEqual([last]);
    expect(await handlers.request(last, 'status', encodeStatus(status()))).toBeUndefined();
    expect(network.handshakes).toBe(0);
  });
});

describe('a peer that gossip may not reach yet', () => {
  it('is told of heads that come faster than it answers statuses, and never asked more than it allows', async () => {
    await join('peer');
    await chain.acceptBlock(block.header, block.body);
    const allowed = new TokenBucket(requestProtocols(kit.genesis.blockByteLimit).status.rate, runtime.stopwatch);
    let [told, refused] = [0, 0];
    answer = async () => {
      told++;
      if (!allowed.take(1)) refused++;
      return encodeStatusResponse(status());
    };
    const BLOCK_MS = 10;
    for (
      let passedMs = PATIENCE.statusAgainMs;
      passedMs < peerPatience(kit.genesis.blockIntervalMs).gossipFormingMs;
      passedMs += BLOCK_MS
    ) {
      network.announceBlock({ ...block.record, totalWork: BigInt(1 + passedMs) });
      runtime.advance(BLOCK_MS);
      await settle();
    }
    expect(told).toBeGreaterThanOrEqual(
      peerPatience(kit.genesis.blockIntervalMs).gossipFormingMs / PATIENCE.statusAgainMs - 1,
    );
    expect(refused).toBe(0);
    // The newest is told, though it came while the peer had to be left alone.
    const before = told;
    runtime.advance(PATIENCE.statusAgainMs);
    await settle();
    expect(told).toBe(before + 1);
  });
});

describe('members', () => {
  const STEP_MS = 500;

  /** Lets time pass; peers whose answers are cut off still ask this node. */
  async function pass(durationMs: number): Promise<void> {
    for (let passedMs = 0; passedMs < durationMs; passedMs += STEP_MS) {
      for (const peerId of cut) await handlers.request(peerId, 'status', encodeStatus(status()));
      runtime.advance(STEP_MS);
      await settle();
    }
  }

  it('are seen by their answers, from the handshake on, and not by their questions', async () => {
    const told: number[] = [];
    network.on('members', ({ seen }) => told.push(seen));
    expect(network.members).toEqual({ seen: 1, needed: 3, total: 4, silent: ['one', 'two', 'three'], apart: [] });
    for (const peerId of ['one', 'two', 'stranger']) await join(peerId);
    expect(network.members).toEqual({ seen: 3, needed: 3, total: 4, silent: ['three'], apart: [] });
    await pass(20_000);
    expect(told).toEqual([2, 3]);
    cut.add('one');
    await pass(6 * kit.genesis.blockIntervalMs);
    expect(network.members).toMatchObject({ seen: 2, silent: ['one', 'three'] });
    expect([told, network.handshakes]).toEqual([[2, 3, 2], 3]);
    cut.clear();
    await pass(peerPatience(kit.genesis.blockIntervalMs).firstByteMs + 2 * PATIENCE.statusAgainMs);
    expect([network.members.seen, told]).toEqual([3, [2, 3, 2, 3]]);
  });

  it('that come and go are seen while they answer, however often that changes', async () => {
    for (const peerId of ['one', 'two']) await join(peerId);
    for (let times = 0; times < 5; times++) {
      cut.add('two');
      await pass(6_000);
      expect(network.members.seen).toBe(2);
      cut.clear();
      await pass(6_000);
      expect(network.members.seen).toBe(3);
    }
  });

  it('are seen or not whatever somebody does to the clock', async () => {
    for (const peerId of ['one', 'two']) await join(peerId);
    for (const byMs of [3_600_000, -7_200_000]) {
      runtime.jumpClock(byMs);
      expect(network.members.seen).toBe(3);
      await pass(20_000);
      expect(network.members.seen).toBe(3);
    }
    cut.add('one');
    runtime.jumpClock(-3_600_000);
    await pass(6 * kit.genesis.blockIntervalMs);
    expect(network.members.seen).toBe(2);
  });

  it('are not seen any more when their last connection closes', async () => {
    for (const peerId of ['one', 'two']) await join(peerId);
    handlers.disconnected('two');
    expect(network.members.seen).toBe(2);
  });

  it('are asked in between where blocks come faster than time', async () => {
    const blocks = kit.mineMany(kit.genesisBlock, 12);
    for (const peerId of ['one', 'two']) await join(peerId);
    // The blocks are old, and gossip reaches the peers.
    runtime.jumpClock(1_000_000);
    await pass(peerPatience(kit.genesis.blockIntervalMs).gossipFormingMs + STEP_MS);
    // They take what they hear of.
    answer = async () => encodeStatusResponse(status(undefined, chain.head));
    const grow = async (part: typeof blocks) => {
      for (const { header, body, record } of part) {
        await chain.acceptBlock(header, body);
        network.announceBlock(record);
      }
    };
    const asked = MEMBERSHIP.blocks / 2;
    await grow(blocks.slice(0, asked));
    await settle();
    await grow(blocks.slice(asked, asked + MEMBERSHIP.blocks - 1));
    expect(network.members.seen).toBe(3);
    await grow(blocks.slice(asked + MEMBERSHIP.blocks - 1, asked + MEMBERSHIP.blocks));
    expect(network.members.seen).toBe(1);
    // The next answer makes up for it at once.
    runtime.advance(PATIENCE.statusAgainMs);
    await settle();
    expect(network.members.seen).toBe(3);
  });

  it('that answer and do not take the blocks of this node are not seen', async () => {
    const blocks = kit.mineMany(kit.genesisBlock, MEMBERSHIP.blocks);
    for (const peerId of ['one', 'two']) await join(peerId);
    runtime.jumpClock(1_000_000);
    for (const { header, body } of blocks) await chain.acceptBlock(header, body);
    await pass(20_000);
    expect(network.members).toMatchObject({ seen: 1, silent: ['three'], apart: ['one', 'two'] });
    network.noteParted('one', true);
    expect(network.members).toMatchObject({ seen: 2, apart: ['two'] });
    // A block of it that gossip brings, or its next status, shows that it does.
    network.noteHead('two', chain.head);
    expect(network.members).toMatchObject({ seen: 3, apart: [] });
  });

  it('take no place of each other: one comes in although strangers fill the node', async () => {
    for (let i = 0; i < MAX_PEERS; i++)
      handlers.connected({ peerId: `stranger-${i}`, address: '', direction: 'inbound' });
    expect(['stranger', 'one'].map((peerId) => handlers.admits(peerId, 'inbound', ''))).toEqual([false, true]);
  });
});

it('a member on blocks from the future is not seen, whatever its clock says, until their time has come', async () => {
  const ask = async () => {
    answer = async () => encodeStatusResponse(status(runtime.clock.nowMs()));
    const asked = network.refreshStatus('one');
    runtime.advance(PATIENCE.statusAgainMs);
    await asked;
    await settle();
    return network.members.seen;
  };
  await join('one', TEST_START_MS);
  expect(network.members.seen).toBe(2);
  const mostMs = maxLeadMs(kit.genesis);
  network.noteFuture('one', runtime.clock.nowMs() + 3_600_000);
  expect(await ask()).toBe(1);
  // Near the limit it takes what this node mines.
  network.noteFuture('one', runtime.clock.nowMs() + 1.4 * mostMs);
  expect(await ask()).toBe(2);
  network.noteFuture('one', runtime.clock.nowMs() + 3_600_000);
  expect(await ask()).toBe(1);
  network.noteFuture('one', undefined);
  expect(await ask()).toBe(2);
});

describe("a peer's clock", () => {
  const offset = () => network.peers()[0]?.clockOffsetMs;

  it('is compared at the middle of an exchange, less what the exchange leaves open', async () => {
    await join('peer', TEST_START_MS + 120_000);
    expect(offset()).toBe(120_000);
    for (const [roundTripMs, theirs, expected] of [
      [0, 120_000, 120_000],
      [40, 120_020, 119_980],
      [40, -119_980, -119_980],
      [40, 30, 0],
    ] as const) {
      const startMs = runtime.clock.nowMs();
      answer = async () => {
        runtime.advance(roundTripMs);
        return encodeStatusResponse(status(startMs + theirs));
      };
      await network.refreshStatus('peer');
      expect(offset()).toBe(expected);
      // Until the next one is not asked together with another.
      answer = async () => encodeStatusResponse(status());
      for (let i = 0; i < 20; i++) {
        runtime.advance(100);
        await settle();
      }
    }
  });

  it('is not known when it says no time', async () => {
    await join('peer');
    expect(offset()).toBeUndefined();
  });
});
