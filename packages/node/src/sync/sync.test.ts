import { textToBytes } from '@wattchain/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ALICE, BOB, CAROL, ChainKit, type TestBlock, testTransaction } from '../../testing/chainKit.js';
import { NetworkKit, until, untilHandshakes, untilHead } from '../../testing/networkKit.js';
import { ScriptedPeer } from '../../testing/scriptedPeer.js';
import { MAX_INLINE_BODY_BYTES } from '../p2p/limits.js';
import { encodeBlockAnnouncement, encodeRefusal } from '../p2p/messages.js';

let net: NetworkKit;
let kit: ChainKit;
beforeEach(() => {
  net = new NetworkKit();
  kit = new ChainKit();
});
afterEach(() => net.stop());

describe('gossip', () => {
  it('brings a block to nodes that are not neighbours', async () => {
    const a = await net.start({ kit });
    const b = await net.start({ kit, peers: [a.address] });
    const c = await net.start({ kit, peers: [b.address] });
    await untilHandshakes([a, b, c], 1);
    await until([b], () => b.network.handshakes === 2);
    const block = kit.mine(kit.genesisBlock);
    await a.accept(block);
    await untilHead([a, b, c], block);
    const next = kit.mine(block);
    await c.accept(next);
    await untilHead([a, b, c], next);
    await until([b], () => b.network.peers().every(({ head }) => head.hash === next.hash));
  });

  it('fetches a body that is too large to ride along', async () => {
    const transactions = [0, 1].map((nonce) =>
      testTransaction(kit.genesis, ALICE, { nonce, data: new Uint8Array(20_000).fill(1), gasLimit: 900_000 }),
    );
    const block = kit.mine(kit.genesisBlock, { transactions });
    expect(block.body.length).toBeGreaterThan(MAX_INLINE_BODY_BYTES);
    const a = await net.start({ kit });
    const b = await net.start({ kit, peers: [a.address] });
    const c = await net.start({ kit, peers: [b.address] });
    await untilHandshakes([a, c], 1);
    await a.accept(block);
    await untilHead([a, b, c], block);
  });

  it('brings a block again that could not be judged when somebody else announced it', async () => {
    const [one, two] = kit.mineMany(kit.genesisBlock, 2) as [TestBlock, TestBlock];
    const node = await net.start({ kit });
    const announcement = encodeBlockAnnouncement(two.header, two.body);
    // Orphans of no interest, until gossip has formed.
    const other = kit.mine(kit.genesisBlock, { extra: textToBytes('other') });
    const orphan = (i: number) => {
      const { header, body } = kit.mine(other, { extra: textToBytes(String(i)) });
      return encodeBlockAnnouncement(header, body);
    };
    const [early, late] = [await ScriptedPeer.start(kit), await ScriptedPeer.start(kit)];
    for (const peer of [early, late]) peer.answers.headers = () => encodeRefusal('busy');
    const judged = new Promise<void>((resolve) => node.network.on('penalised', () => resolve()));
    await early.join(node.address);
    await late.join(node.address);
    await early.publish('blocks', orphan);
    await late.publish('blocks', (attempt) => orphan(1_000 + attempt));
    await early.transport.publish('blocks', announcement);
    // What comes behind it is found to be bad, so it was looked at.
    const bad = encodeBlockAnnouncement({ ...two.header, target: 1n }, two.body);
    await early.transport.publish('blocks', bad);
    await judged;
    await node.accept(one);
    await late.transport.publish('blocks', announcement);
    await untilHead([node], two);
    await Promise.all([early.stop(), late.stop()]);
  });

  it('brings a transaction to nodes that are not neighbours', async () => {
    const a = await net.start({ kit });
    const b = await net.start({ kit, peers: [a.address] });
    const c = await net.start({ kit, peers: [b.address] });
    await untilHandshakes([a, b, c], 1);
    const transaction = testTransaction(kit.genesis, ALICE);
    expect(a.mempool.add(transaction, 'local').fault).toBeUndefined();
    await until([b, c], () => b.mempool.has(transaction.hash) && c.mempool.has(transaction.hash));
  });

  it('brings what a lonely node has in its pool to whoever joins it', async () => {
    const a = await net.start({ kit });
    const early = [0, 1, 2].map((nonce) => testTransaction(kit.genesis, ALICE, { nonce }));
    for (const transaction of early) expect(a.mempool.add(transaction, 'local').fault).toBeUndefined();
    const b = await net.start({ kit, peers: [a.address] });
    // At the very moment of the handshake, when gossip has formed nothing yet.
    const late = testTransaction(kit.genesis, BOB);
    b.network.on('handshake', () => b.mempool.add(late, 'local'));
    await until([a, b], () => a.mempool.has(late.hash) && early.every(({ hash }) => b.mempool.has(hash)));
    expect(b.mempool.pendingNonce(ALICE.address)).toBe(3);
  });

  it('brings a block that is found at the moment of a handshake', async () => {
    const a = await net.start({ kit });
    const block = kit.mine(kit.genesisBlock);
    a.network.on('handshake', () => void a.accept(block));
    const b = await net.start({ kit, peers: [a.address] });
    await untilHead([a, b], block);
  });
});

describe('catching up', () => {
  it('takes 200 blocks from peers that have them', async () => {
    const transactions = [testTransaction(kit.genesis, ALICE), testTransaction(kit.genesis, CAROL)];
    const first = kit.mine(kit.genesisBlock, { transactions });
    const blocks = [first, ...kit.mineMany(first, 199)];
    const a = await net.start({ kit, blocks });
    const b = await net.start({ kit, blocks, peers: [a.address] });
    const c = await net.start({ kit, blocks: blocks.slice(0, 20), peers: [a.address, b.address] });
    expect(c.sync.status()).toMatchObject({ startHeight: 20, currentHeight: 20 });
    const tip = blocks[199] as (typeof blocks)[number];
    await untilHead([c], tip);
    expect(c.sync.status()).toEqual({ syncing: false, startHeight: 200, currentHeight: 200, highestHeight: 200 });
    expect(c.chain.transactionPlace(transactions[1]?.hash ?? '0x')).toMatchObject({ height: 1, index: 1 });
  });

  it('takes more headers than one answer holds', async () => {
    const blocks = kit.mineMany(kit.genesisBlock, 1_100);
    const a = await net.start({ kit, blocks });
    const b = await net.start({ kit, peers: [a.address] });
    await untilHead([b], blocks[1_099] as (typeof blocks)[number]);
  });

  it('leaves a shorter branch for the one with more work', async () => {
    const common = kit.mineMany(kit.genesisBlock, 5);
    const fork = common[4] as (typeof common)[number];
    const short = kit.mineMany(fork, 4, 'short');
    const long = kit.mineMany(fork, 6, 'long');
    const a = await net.start({ kit, blocks: [...common, ...short] });
    const b = await net.start({ kit, blocks: [...common, ...long], peers: [a.address] });
    await untilHead([a, b], long[5] as (typeof long)[number]);
  });

  it('does not undo confirmed blocks, but says so; a new node follows the most work', async () => {
    const short = kit.mineMany(kit.genesisBlock, 12, 'short');
    const long = kit.mineMany(kit.genesisBlock, 14, 'long');
    const a = await net.start({ kit, blocks: short });
    let alarms = 0;
    a.chain.on('alarm', ({ refused }) => {
      expect(refused.hash).toBe(long[13]?.hash);
      alarms++;
    });
    const b = await net.start({ kit, blocks: long, peers: [a.address] });
    await until([a, b], () => alarms > 0);
    expect(a.chain.head.hash).toBe(short[11]?.hash);
    const c = await net.start({ kit, peers: [a.address, b.address] });
    await untilHead([c], long[13] as (typeof long)[number]);
    expect(c.network.handshakes).toBe(2);
  });

  it('learns of a block whose parent it lacks, and fetches both', async () => {
    const [one, two] = kit.mineMany(kit.genesisBlock, 2) as [
      ReturnType<ChainKit['mine']>,
      ReturnType<ChainKit['mine']>,
    ];
    const other = kit.mine(kit.genesisBlock, { extra: textToBytes('other') });
    const a = await net.start({ kit, blocks: [one] });
    const b = await net.start({ kit, blocks: [other], peers: [a.address] });
    await untilHandshakes([a, b], 1);
    // Same work, so each stays on its own block until one of them finds another.
    await a.accept(two);
    await untilHead([a, b], two);
  });
});
