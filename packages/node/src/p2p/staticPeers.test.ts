import { WattchainError } from '@wattchain/core';
import { beforeEach, describe, expect, it } from 'vitest';
import { ManualRuntime } from '../../testing/manualRuntime.js';
import { silentLogger } from '../base/log.js';
import { MAX_STATIC_PEERS, PATIENCE } from './limits.js';
import { StaticPeers } from './staticPeers.js';

let runtime: ManualRuntime;
let dials: string[];
let connected: Set<string>;
let answer: (address: string) => Promise<string>;

beforeEach(() => {
  runtime = new ManualRuntime(0);
  dials = [];
  connected = new Set();
  answer = async () => {
    throw new WattchainError('dialFailed', 'no connection');
  };
});

function create(...addresses: string[]): StaticPeers {
  return new StaticPeers({
    addresses,
    dial: (address) => {
      dials.push(address);
      return answer(address);
    },
    isConnected: (peerId) => connected.has(peerId),
    scheduler: runtime.scheduler,
    log: silentLogger,
  });
}

/** Lets pending promises settle. */
const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

/** Milliseconds between the first dials. */
async function waits(count: number): Promise<number[]> {
  const times: number[] = [];
  for (let seen = dials.length; times.length < count; ) {
    const startMs = runtime.clock.nowMs();
    while (dials.length === seen) runtime.advance(50);
    seen = dials.length;
    times.push(runtime.clock.nowMs() - startMs);
    await settle();
  }
  return times;
}

describe('static peers', () => {
  it('are dialled for ever, with growing waits', async () => {
    const peers = create('/a');
    peers.start();
    await settle();
    expect(await waits(8)).toEqual([250, 500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000]);
    peers.stop();
    const before = dials.length;
    runtime.advance(60_000);
    expect(dials.length).toBe(before);
  });

  it('are dialled again quickly once a handshake stood', async () => {
    const peers = create('/a');
    peers.start();
    await settle();
    await waits(5);
    answer = async () => {
      connected.add('A');
      return 'A';
    };
    await waits(1);
    expect(peers.has('A')).toBe(true);
    peers.onHandshake('A');
    connected.delete('A');
    peers.onDisconnected('A');
    expect(await waits(1)).toEqual([250]);
  });

  it('are asked ever less often while they refuse the handshake', async () => {
    const peers = create('/a');
    answer = async () => {
      connected.add('A');
      return 'A';
    };
    peers.start();
    await settle();
    const seen: number[] = [];
    for (let i = 0; i < 4; i++) {
      connected.delete('A');
      peers.onDisconnected('A');
      seen.push(...(await waits(1)));
    }
    expect(seen).toEqual([250, 500, 1_000, 2_000]);
  });

  it('are not dialled while they are connected, and each address once', async () => {
    connected.add('A');
    const peers = create('/ip4/1.2.3.4/tcp/1/p2p/A', '/ip4/1.2.3.4/tcp/1/p2p/A');
    expect(peers.count).toBe(1);
    peers.start();
    await settle();
    expect(dials).toEqual([]);
    connected.delete('A');
    peers.onDisconnected('A');
    runtime.advance(250);
    expect(dials).toHaveLength(1);
  });

  it('that are this node itself are given up', async () => {
    answer = async () => {
      throw new WattchainError('dialedSelf', 'this is me');
    };
    create('/a').start();
    await settle();
    runtime.advance(60_000);
    expect(dials).toHaveLength(1);
  });
});

describe('a peer that is added while the node runs', () => {
  it('is dialled at once, and again whenever it is lost', async () => {
    const peers = create();
    peers.start();
    answer = async () => {
      connected.add('peer');
      return 'peer';
    };
    expect(await peers.add('/ip4/10.0.0.1/tcp/1')).toBe('peer');
    expect(peers.has('peer')).toBe(true);
    expect(await peers.add('/ip4/10.0.0.1/tcp/1')).toBe('peer');
    expect([dials.length, peers.count]).toEqual([1, 1]);
    connected.clear();
    peers.onDisconnected('peer');
    runtime.advance(PATIENCE.redialFirstMs);
    expect(dials).toHaveLength(2);
  });

  it('is not kept when nobody answers', async () => {
    const peers = create();
    peers.start();
    await expect(peers.add('/ip4/10.0.0.1/tcp/1')).rejects.toMatchObject({ code: 'dialFailed' });
    runtime.advance(60_000);
    expect([dials.length, peers.count]).toEqual([1, 0]);
  });

  it('is one of a bounded number', async () => {
    const peers = create();
    answer = async (address) => {
      connected.add(address);
      return address;
    };
    for (let i = 0; i < MAX_STATIC_PEERS; i++) await peers.add(`/ip4/10.0.0.1/tcp/${i + 1}`);
    await expect(peers.add('/ip4/10.0.0.1/tcp/9999')).rejects.toMatchObject({ code: 'tooManyStaticPeers' });
  });
});
