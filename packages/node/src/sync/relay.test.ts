import type { Transaction } from '@wattchain/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ALICE, BOB, ChainKit, TEST_START_MS, type TestBlock, testTransaction } from '../../testing/chainKit.js';
import { FakeNetwork, FakePeer } from '../../testing/fakeNetwork.js';
import { ManualRuntime } from '../../testing/manualRuntime.js';
import { SyncKit } from '../../testing/syncKit.js';
import type { Mempool } from '../mempool/mempool.js';
import type { Judgement } from '../p2p/network.js';
import { Relay } from './relay.js';

const kit = new ChainKit();
const blocks = kit.mineMany(kit.genesisBlock, 20);
const [first, second] = blocks as [TestBlock, TestBlock];

let node: SyncKit;
beforeEach(async () => {
  node = await SyncKit.start({ kit });
});
afterEach(() => node.stop());

/** What is judged so far of what gossip brought. */
function watch(judging: Promise<Judgement | undefined>): { judgement: Judgement | undefined | 'waits' } {
  const seen: { judgement: Judgement | undefined | 'waits' } = { judgement: 'waits' };
  void judging.then((judgement) => {
    seen.judgement = judgement;
  });
  return seen;
}

const isSilent = (peer: FakePeer) => Object.assign(peer, { headers: 'silent', bodies: 'silent' });
/** It has not told of its newest block yet. */
const isQuiet = (peer: FakePeer) =>
  Object.assign(peer, { claim: { hash: kit.genesis.hash, height: 0, totalWork: 0n } });

describe('an announced block without a known parent', () => {
  it('waits for nobody: its sender is asked for its chain, and the block is put off', async () => {
    node.peer('liar', [], isSilent);
    const seen = watch(node.network.gossip('liar', second));
    await node.pass();
    expect(seen.judgement).toBe('later');
    // Honest heads are judged meanwhile.
    node.peer('honest', blocks);
    for (const block of blocks.slice(0, 5)) expect(await node.network.gossip('honest', block)).toBe('pass');
  });

  it('leads to the chain of its sender, and is announced from here', async () => {
    const peer = node.peer('peer', []);
    peer.chain = blocks.slice(0, 2);
    expect(await node.network.gossip('peer', second)).toBe('later');
    await node.pass(1_000);
    expect(node.chain.head.hash).toBe(second.hash);
    expect(node.network.announced.at(-1)).toBe(second.hash);
  });

  it('must have its work', async () => {
    node.peer('liar', []);
    const judgement = await node.network.gossip('liar', {
      ...second,
      header: { ...second.header, target: 1n },
    });
    expect(judgement).toMatchObject({ code: 'headerWork' });
  });
});

describe('an announced block without its body', () => {
  it('is fetched from others when its sender is slow', async () => {
    node.peer('slow', [first], (peer) => isQuiet(isSilent(peer)));
    node.peer('honest', [first], isQuiet);
    const seen = watch(node.network.gossip('slow', first, false));
    await node.pass(900);
    expect(seen.judgement).toBe('waits');
    await node.pass(200);
    expect(seen.judgement).toBe('pass');
    expect(node.height).toBe(1);
  });

  it('is put off when nobody has it, and its sender is scored', async () => {
    node.peer('liar', []);
    node.peer('honest', []);
    expect(await node.network.gossip('liar', first, false)).toBe('later');
    expect(node.network.faultsOf('liar')).toEqual(['bodyUnavailable']);
    expect(node.network.faultsOf('honest')).toEqual([]);
  });

  it('is not held against its sender when another one sends a wrong body', async () => {
    node.peer('slow', [first], (peer) => isQuiet(isSilent(peer)));
    for (const id of ['wrong-1', 'wrong-2']) {
      node.peer(id, [], (peer) => {
        peer.bodies = () => [Uint8Array.of(1, 2, 3)];
      });
    }
    node.peer('honest', [first], isQuiet);
    const seen = watch(node.network.gossip('slow', first, false));
    await node.pass(3_000);
    expect(seen.judgement).toBe('pass');
    expect(node.network.penalties.map(({ fault }) => fault.code)).toContain('blockEncoding');
    expect(node.network.faultsOf('slow')).toEqual([]);
  });
});

it('a block from the future is held, and announced when its time has come', async () => {
  const early = await SyncKit.start({ kit, nowMs: TEST_START_MS });
  const [ahead] = [kit.mine(kit.genesisBlock, { timestampMs: TEST_START_MS + 8_000 })];
  early.peer('peer', []);
  expect(await early.network.gossip('peer', ahead)).toMatchObject({ code: 'fromTheFuture' });
  await early.pass(3_500);
  expect(early.chain.head.hash).toBe(ahead.hash);
  expect(early.network.announced).toEqual([ahead.hash]);
  await early.stop();
});

it('a block that is made here while a withheld chain is waited for is announced all the same', async () => {
  node.peer('withholder', blocks.slice(0, 5), (peer) => {
    peer.bodies = 'silent';
  });
  await node.pass(100);
  const own = kit.mine(kit.genesisBlock, { timestampMs: TEST_START_MS + 1_500 });
  await node.have([own]);
  expect(node.network.announced).toEqual([own.hash]);
});

it('who joins is greeted with some of a large pool, of which no more is looked at', () => {
  const network = new FakeNetwork(new ManualRuntime(TEST_START_MS));
  let looks = 0;
  /** As many as anybody takes, numbered. */
  function* endless(first: number): Generator<Transaction, void, undefined> {
    for (let number = first; ; number++) {
      looks++;
      yield transactionOf(number);
    }
  }
  const made = new Map<number, Transaction>();
  const transactionOf = (number: number) => {
    const transaction = made.get(number) ?? ({ nonce: number } as Transaction);
    made.set(number, transaction);
    return transaction;
  };
  const ready = Array.from({ length: 24 }, (_, number) => transactionOf(number));
  const pool = { executable: () => ready.values(), waiting: () => endless(0), on: () => () => {} };
  const relay = new Relay({
    chain: node.chain,
    mempool: pool as unknown as Mempool,
    network,
    accept: async () => 'unavailable',
    look: () => {},
    isPassing: () => false,
    stopwatch: node.runtime.stopwatch,
    pause: async () => {},
  });
  relay.start();
  const peer = network.join(new FakePeer('newcomer', kit, []));
  expect(network.sent.map(({ peerId }) => peerId)).toEqual([peer.id]);
  // What is ready once, although it waits too.
  expect(network.sent[0]?.transactions.map(({ nonce }) => nonce)).toEqual(
    Array.from({ length: 1_024 }, (_, number) => number),
  );
  expect(looks).toBeLessThanOrEqual(1_025);
  relay.stop();
});
it('what was sent through this node is told again each minute, until it is in a block', async () => {
  const own = testTransaction(kit.genesis, ALICE);
  const relayed = testTransaction(kit.genesis, BOB);
  const told = () => node.network.sent.splice(0).map(({ peerId, transactions }) => [peerId, transactions]);
  for (const id of ['a', 'b']) node.peer(id, []);
  node.mempool.add(relayed, 'gossip');
  node.mempool.add(own, 'local');
  for (const [block, elapsedMs, expected] of [
    [blocks[0], 1_000, []],
    [
      blocks[1],
      60_000,
      [
        ['a', [own]],
        ['b', [own]],
      ],
    ],
    [blocks[2], 30_000, []],
    [
      blocks[3],
      30_000,
      [
        ['a', [own]],
        ['b', [own]],
      ],
    ],
  ] as const) {
    node.runtime.advance(elapsedMs);
    await node.have([block as TestBlock]);
    expect(told()).toEqual(expected);
  }
  node.runtime.advance(60_000);
  await node.have([kit.mine(blocks[3] as TestBlock, { transactions: [own] })]);
  expect(told()).toEqual([]);
});
