import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ChainKit, type TestBlock } from '../../testing/chainKit.js';
import type { FakePeer } from '../../testing/fakeNetwork.js';
import { SyncKit } from '../../testing/syncKit.js';

const kit = new ChainKit();
const common = kit.mineMany(kit.genesisBlock, 20, 'common');
const tip = common[19] as TestBlock;

let node: SyncKit;
beforeEach(async () => {
  node = await SyncKit.start({ kit });
});
afterEach(() => node.stop());

/** Whether anything that a client or miner sees rests on a better chain. */
function seen() {
  const { syncing, highestHeight } = node.sync.status();
  return { ahead: node.sync.peerChains.ahead()?.header.height, syncing, highestHeight };
}
const NOTHING = (height: number) => ({ ahead: undefined, syncing: false, highestHeight: height });

describe('a chain whose bodies do not come', () => {
  const fork = kit.mineMany(tip, 5, 'withheld');

  it.each<[string, (peer: FakePeer) => void]>([
    ['never answers', (peer) => Object.assign(peer, { bodies: 'silent' })],
    ['is busy', (peer) => Object.assign(peer, { bodies: 'busy' })],
    [
      'has none',
      (peer) => {
        peer.bodies = (hashes) => hashes.map(() => undefined);
      },
    ],
  ])('stops counting within seconds, for good, when the peer %s', async (_, withhold) => {
    await node.have(common);
    node.peer('withholder', [...common, ...fork], withhold);
    await node.pass();
    await node.pass(10_000);
    expect(seen()).toEqual(NOTHING(20));
    for (let second = 0; second < 120; second++) {
      await node.pass(1_000);
      expect(node.sync.peerChains.ahead()).toBeUndefined();
    }
    // Another identity shows the same blocks.
    node.peer('again', [...common, ...fork], withhold);
    await node.pass(1_000);
    expect(node.sync.peerChains.ahead()).toBeUndefined();
    // Who has them is asked all the same.
    node.peer('honest', [...common, ...fork]);
    await node.pass(15_000);
    expect(node.chain.head.hash).toBe(fork[4]?.hash);
  });

  it('that are long in coming holds up no miner for more than some seconds, and is taken when they are there', async () => {
    await node.have(common);
    const peer = node.peer('slow', [...common, ...fork]);
    peer.bodiesAfterMs = 12_000;
    await node.pass(4_000);
    expect(seen().ahead).toBe(25);
    await node.pass(3_000);
    expect(seen().ahead).toBeUndefined();
    await node.pass(7_000);
    expect(node.height).toBe(25);
    expect([peer.asked.bodies, node.network.faultsOf('slow')]).toEqual([1, []]);
  });

  it('come from whoever has them later, while the first peer keeps them back', async () => {
    await node.have(common);
    const first = node.peer('first', [...common, ...fork]);
    first.bodiesAfterMs = 60_000;
    await node.pass(2_000);
    node.peer('honest', [...common, ...fork]);
    await node.pass(3_000);
    expect(node.height).toBe(25);
  });

  it('holds up nobody else', async () => {
    const better = kit.mineMany(tip, 3, 'better');
    await node.have(common.slice(0, 19));
    for (const id of ['a', 'b', 'c', 'd']) {
      node.peer(id, [...common, ...fork], (peer) => {
        peer.bodies = 'silent';
      });
    }
    await node.pass(100);
    node.peer('honest', [...common, ...better]);
    await node.pass(2_500);
    expect(node.chain.head.hash).toBe(better[2]?.hash);
  });

  it('counts again no more when a block of it turns out to be invalid', async () => {
    const bad = kit.mine(tip, { tamper: { stateRoot: `0x${'12'.repeat(32)}` } });
    await node.have(common);
    const chain = [...common, bad];
    node.peer('liar', chain);
    await node.pass();
    expect(node.network.faultsOf('liar')).toEqual(['stateRoot']);
    node.peer('other', chain, (peer) => {
      peer.bodies = 'silent';
    });
    await node.pass();
    expect(node.network.faultsOf('other')).toEqual(['parentInvalid']);
    expect(seen()).toEqual(NOTHING(20));
  });
});
