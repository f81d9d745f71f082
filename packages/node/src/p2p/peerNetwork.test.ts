import { beforeEach, describe, expect, it } from 'vitest';
import { ChainKit, TEST_START_MS } from '../../testing/chainKit.js';
import { ScriptedNetwork, settle } from '../../testing/scriptedNetwork.js';
import { TokenBucket } from '../base/tokenBucket.js';
import {
  GOSSIP_TRANSACTION_RATE,
  MAX_JUDGED_BLOCKS_PER_PEER,
  MAX_PEERS_PER_NETWORK,
  PATIENCE,
  PUT_OFF_RATE,
  peerPatience,
  requestProtocols,
  USELESS_TRANSACTION_RATE,
} from './limits.js';
import { encodeBlockAnnouncement, encodeStatus, encodeStatusResponse, encodeTransactionsRequest } from './messages.js';

const kit = new ChainKit();
const block = kit.mine(kit.genesisBlock);
const data = encodeBlockAnnouncement(block.header, block.body);

let net: ScriptedNetwork;
beforeEach(async () => {
  net = await ScriptedNetwork.start(kit);
});

describe('announced blocks', () => {
  it('of one peer take no places of another', async () => {
    await net.join('slow');
    await net.join('honest');
    for (let i = 0; i < MAX_JUDGED_BLOCKS_PER_PEER; i++) void net.handlers.gossip('slow', 'blocks', data);
    // One too many is not remembered as seen, so that it can come from somebody else.
    expect(await net.handlers.gossip('slow', 'blocks', data)).toBe('forget');
    net.judge = async () => 'pass';
    expect(await net.handlers.gossip('honest', 'blocks', data)).toBe('accept');
  });

  it('free their place when they are judged', async () => {
    await net.join('peer');
    for (const [judgement, verdict] of [
      ['pass', 'accept'],
      ['drop', 'ignore'],
      ['later', 'forget'],
      [{ code: 'parentUnknown', got: block.hash }, 'forget'],
    ] as const) {
      net.judge = async () => judgement;
      for (let i = 0; i <= MAX_JUDGED_BLOCKS_PER_PEER; i++) {
        expect(await net.handlers.gossip('peer', 'blocks', data)).toBe(verdict);
      }
    }
    net.judge = async () => ({ code: 'headerWork', got: block.hash, expected: 1n });
    expect(await net.handlers.gossip('peer', 'blocks', data)).toBe('reject');
    expect(net.disconnected).toEqual(['peer']);
  });

  it('that cannot be judged are limited, and scored beyond that', async () => {
    await net.join('peer');
    const faults: string[] = [];
    net.network.on('penalised', ({ fault }) => faults.push(fault.code));
    net.judge = async () => 'later';
    for (let i = 0; i < PUT_OFF_RATE.capacity; i++) await net.handlers.gossip('peer', 'blocks', data);
    expect(faults).toEqual([]);
    // As many as an honest peer passes on while this node is behind, for as long as it likes.
    for (let interval = 0; interval < 100; interval++) {
      net.runtime.advance(kit.genesis.blockIntervalMs);
      for (let i = 0; i < PUT_OFF_RATE.perInterval; i++) await net.handlers.gossip('peer', 'blocks', data);
    }
    expect(faults).toEqual([]);
    for (let i = 0; i < 3; i++) await net.handlers.gossip('peer', 'blocks', data);
    expect(faults).toEqual(['announcementFlood', 'announcementFlood', 'announcementFlood']);
    expect(net.disconnected).toEqual(['peer']);
  });

  it('of a peer without a handshake are neither heard nor remembered', async () => {
    net.handlers.connected({ peerId: 'stranger', address: '', direction: 'inbound' });
    net.judge = async () => 'pass';
    expect(await net.handlers.gossip('stranger', 'blocks', data)).toBe('forget');
  });
});

describe('gossiped transactions', () => {
  /** What became of so many. */
  async function judged(peerId: string, count: number): Promise<Record<string, number>> {
    const verdicts = new Map<string, number>();
    for (let i = 0; i < count; i++) {
      const verdict = await net.handlers.gossip(peerId, 'transactions', data);
      verdicts.set(verdict, 1 + (verdicts.get(verdict) ?? 0));
    }
    return Object.fromEntries(verdicts);
  }

  it('of one peer are judged up to its rate, counted one by one, and those of others all the same', async () => {
    await net.join('flood');
    await net.join('honest');
    const { capacity, perSecond } = GOSSIP_TRANSACTION_RATE;
    expect(await judged('flood', capacity + 100)).toEqual({ accept: capacity, forget: 100 });
    expect(await judged('honest', 1)).toEqual({ accept: 1 });
    net.runtime.advance(1_000);
    expect(await judged('flood', perSecond + 1)).toEqual({ accept: perSecond, forget: 1 });
    expect(net.disconnected).toEqual([]);
  });

  it('whose senders cannot pay are judged up to a rate of their own, pushed ones too; what was not judged can come from others', async () => {
    await net.join('flood');
    await net.join('honest');
    const { capacity, perSecond } = USELESS_TRANSACTION_RATE;
    net.judgeTransaction = () => ({ code: 'insufficientFunds', got: 0n, expected: 1n, sender: `0x${'00'.repeat(20)}` });
    expect(await judged('flood', capacity + 10)).toEqual({ ignore: capacity, forget: 10 });
    let looks = 0;
    net.judgeTransaction = () => {
      looks++;
      return 'pass';
    };
    await net.handlers.request('flood', 'transactions', encodeTransactionsRequest([data, data]));
    await settle();
    expect([looks, await judged('flood', 1), await judged('honest', 1)]).toEqual([0, { forget: 1 }, { accept: 1 }]);
    net.runtime.advance(1_000);
    expect(await judged('flood', perSecond)).toEqual({ accept: perSecond });
    expect(net.disconnected).toEqual([]);
  });
});

describe('a peer that comes in although others were faster', () => {
  it('is net.disconnected, without a handshake that could stand', async () => {
    for (let i = 0; i <= MAX_PEERS_PER_NETWORK; i++) {
      net.handlers.connected({ peerId: `peer ${i}`, address: '/ip4/10.0.0.1/tcp/1', direction: 'inbound' });
    }
    const last = `peer ${MAX_PEERS_PER_NETWORK}`;
    expect(net.disconnected).toEqual([last]);
    expect(await net.handlers.request(last, 'status', encodeStatus(net.status()))).toBeUndefined();
    expect(net.network.handshakes).toBe(0);
  });
});

describe('a peer that gossip may not reach yet', () => {
  it('is told of heads that come faster than it answers statuses, and never asked more than it allows', async () => {
    await net.join('peer');
    await net.chain.acceptBlock(block.header, block.body);
    const allowed = new TokenBucket(requestProtocols(kit.genesis.blockByteLimit).status.rate, net.runtime.stopwatch);
    let [told, refused] = [0, 0];
    net.answer = async () => {
      told++;
      if (!allowed.take(1)) refused++;
      return encodeStatusResponse(net.status());
    };
    const BLOCK_MS = 10;
    for (
      let passedMs = PATIENCE.statusAgainMs;
      passedMs < peerPatience(kit.genesis.blockIntervalMs).gossipFormingMs;
      passedMs += BLOCK_MS
    ) {
      net.network.announceBlock({ ...block.record, totalWork: BigInt(1 + passedMs) });
      net.runtime.advance(BLOCK_MS);
      await settle();
    }
    expect(told).toBeGreaterThanOrEqual(
      peerPatience(kit.genesis.blockIntervalMs).gossipFormingMs / PATIENCE.statusAgainMs - 1,
    );
    expect(refused).toBe(0);
    // The newest is told, though it came while the peer had to be left alone.
    const before = told;
    net.runtime.advance(PATIENCE.statusAgainMs);
    await settle();
    expect(told).toBe(before + 1);
  });
});

describe("a peer's clock", () => {
  const offset = () => net.network.peers()[0]?.clockOffsetMs;

  it('is compared at the middle of an exchange, less what the exchange leaves open', async () => {
    await net.join('peer', TEST_START_MS + 120_000);
    expect(offset()).toBe(120_000);
    for (const [roundTripMs, theirs, expected] of [
      [0, 120_000, 120_000],
      [40, 120_020, 119_980],
      [40, -119_980, -119_980],
      [40, 30, 0],
    ] as const) {
      const startMs = net.runtime.clock.nowMs();
      net.answer = async () => {
        net.runtime.advance(roundTripMs);
        return encodeStatusResponse(net.status(startMs + theirs));
      };
      await net.network.refreshStatus('peer');
      expect(offset()).toBe(expected);
      // Until the next one is not asked together with another.
      net.answer = async () => encodeStatusResponse(net.status());
      for (let i = 0; i < 20; i++) {
        net.runtime.advance(100);
        await settle();
      }
    }
  });

  it('is not known when it says no time', async () => {
    await net.join('peer');
    expect(offset()).toBeUndefined();
  });
});
