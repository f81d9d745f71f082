import { maxLeadMs } from '@wattchain/core';
import { beforeEach, describe, expect, it } from 'vitest';
import { ChainKit, TEST_START_MS } from '../../testing/chainKit.js';
import { ScriptedNetwork, settle } from '../../testing/scriptedNetwork.js';
import { MAX_PEERS, MEMBERSHIP, PATIENCE, peerPatience } from './limits.js';
import { encodeStatus, encodeStatusResponse } from './messages.js';

const kit = new ChainKit();

let net: ScriptedNetwork;
beforeEach(async () => {
  net = await ScriptedNetwork.start(kit);
});

describe('members', () => {
  const STEP_MS = 500;

  /** Lets time pass; peers whose answers are cut off still ask this node. */
  async function pass(durationMs: number): Promise<void> {
    for (let passedMs = 0; passedMs < durationMs; passedMs += STEP_MS) {
      for (const peerId of net.cut) await net.handlers.request(peerId, 'status', encodeStatus(net.status()));
      net.runtime.advance(STEP_MS);
      await settle();
    }
  }

  it('are seen by their answers, from the handshake on, and not by their questions', async () => {
    const told: number[] = [];
    net.network.on('members', ({ seen }) => told.push(seen));
    expect(net.network.members).toEqual({ seen: 1, needed: 3, total: 4, silent: ['one', 'two', 'three'], apart: [] });
    for (const peerId of ['one', 'two', 'stranger']) await net.join(peerId);
    expect(net.network.members).toEqual({ seen: 3, needed: 3, total: 4, silent: ['three'], apart: [] });
    await pass(20_000);
    expect(told).toEqual([2, 3]);
    net.cut.add('one');
    await pass(6 * kit.genesis.blockIntervalMs);
    expect(net.network.members).toMatchObject({ seen: 2, silent: ['one', 'three'] });
    expect([told, net.network.handshakes]).toEqual([[2, 3, 2], 3]);
    net.cut.clear();
    await pass(peerPatience(kit.genesis.blockIntervalMs).firstByteMs + 2 * PATIENCE.statusAgainMs);
    expect([net.network.members.seen, told]).toEqual([3, [2, 3, 2, 3]]);
  });

  it('that come and go are seen while they answer, however often that changes', async () => {
    for (const peerId of ['one', 'two']) await net.join(peerId);
    for (let times = 0; times < 5; times++) {
      net.cut.add('two');
      await pass(6_000);
      expect(net.network.members.seen).toBe(2);
      net.cut.clear();
      await pass(6_000);
      expect(net.network.members.seen).toBe(3);
    }
  });

  it('are seen or not whatever somebody does to the clock', async () => {
    for (const peerId of ['one', 'two']) await net.join(peerId);
    for (const byMs of [3_600_000, -7_200_000]) {
      net.runtime.jumpClock(byMs);
      expect(net.network.members.seen).toBe(3);
      await pass(20_000);
      expect(net.network.members.seen).toBe(3);
    }
    net.cut.add('one');
    net.runtime.jumpClock(-3_600_000);
    await pass(6 * kit.genesis.blockIntervalMs);
    expect(net.network.members.seen).toBe(2);
  });

  it('are not seen any more when their last connection closes', async () => {
    for (const peerId of ['one', 'two']) await net.join(peerId);
    net.handlers.disconnected('two');
    expect(net.network.members.seen).toBe(2);
  });

  it('are asked in between where blocks come faster than time', async () => {
    const blocks = kit.mineMany(kit.genesisBlock, 12);
    for (const peerId of ['one', 'two']) await net.join(peerId);
    // The blocks are old, and gossip reaches the peers.
    net.runtime.jumpClock(1_000_000);
    await pass(peerPatience(kit.genesis.blockIntervalMs).gossipFormingMs + STEP_MS);
    // They take what they hear of.
    net.answer = async () => encodeStatusResponse(net.status(undefined, net.chain.head));
    const grow = async (part: typeof blocks) => {
      for (const { header, body, record } of part) {
        await net.chain.acceptBlock(header, body);
        net.network.announceBlock(record);
      }
    };
    const asked = MEMBERSHIP.blocks / 2;
    await grow(blocks.slice(0, asked));
    await settle();
    await grow(blocks.slice(asked, asked + MEMBERSHIP.blocks - 1));
    expect(net.network.members.seen).toBe(3);
    await grow(blocks.slice(asked + MEMBERSHIP.blocks - 1, asked + MEMBERSHIP.blocks));
    expect(net.network.members.seen).toBe(1);
    // The next answer makes up for it at once.
    net.runtime.advance(PATIENCE.statusAgainMs);
    await settle();
    expect(net.network.members.seen).toBe(3);
  });

  it('that answer and do not take the blocks of this node are not seen', async () => {
    const blocks = kit.mineMany(kit.genesisBlock, MEMBERSHIP.blocks);
    for (const peerId of ['one', 'two']) await net.join(peerId);
    net.runtime.jumpClock(1_000_000);
    for (const { header, body } of blocks) await net.chain.acceptBlock(header, body);
    await pass(20_000);
    expect(net.network.members).toMatchObject({ seen: 1, silent: ['three'], apart: ['one', 'two'] });
    net.network.noteParted('one', true);
    expect(net.network.members).toMatchObject({ seen: 2, apart: ['two'] });
    // A block of it that gossip brings, or its next status, shows that it does.
    net.network.noteHead('two', net.chain.head);
    expect(net.network.members).toMatchObject({ seen: 3, apart: [] });
  });

  it('take no place of each other: one comes in although strangers fill the node', async () => {
    for (let i = 0; i < MAX_PEERS; i++)
      net.handlers.connected({ peerId: `stranger-${i}`, address: '', direction: 'inbound' });
    expect(['stranger', 'one'].map((peerId) => net.handlers.admits(peerId, 'inbound', ''))).toEqual([false, true]);
  });
});

it('a member on blocks from the future is not seen, whatever its clock says, until their time has come', async () => {
  const ask = async () => {
    net.answer = async () => encodeStatusResponse(net.status(net.runtime.clock.nowMs()));
    const asked = net.network.refreshStatus('one');
    net.runtime.advance(PATIENCE.statusAgainMs);
    await asked;
    await settle();
    return net.network.members.seen;
  };
  await net.join('one', TEST_START_MS);
  expect(net.network.members.seen).toBe(2);
  const mostMs = maxLeadMs(kit.genesis);
  net.network.noteFuture('one', net.runtime.clock.nowMs() + 3_600_000);
  expect(await ask()).toBe(1);
  // Near the limit it takes what this node mines.
  net.network.noteFuture('one', net.runtime.clock.nowMs() + 1.4 * mostMs);
  expect(await ask()).toBe(2);
  net.network.noteFuture('one', net.runtime.clock.nowMs() + 3_600_000);
  expect(await ask()).toBe(1);
  net.network.noteFuture('one', undefined);
  expect(await ask()).toBe(2);
});
