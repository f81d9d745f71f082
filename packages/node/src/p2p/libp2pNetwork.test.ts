import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ChainKit, testGenesis } from '../../testing/chainKit.js';
import { listenAddress, NetworkKit, until, untilHandshakes } from '../../testing/networkKit.js';
import { silentLogger } from '../base/log.js';
import type { Refusal } from './network.js';

let net: NetworkKit;
beforeEach(() => {
  net = new NetworkKit();
});
afterEach(() => net.stop());

describe('handshake', () => {
  it('makes both sides know each other', async () => {
    const kit = new ChainKit();
    const blocks = kit.mineMany(kit.genesisBlock, 3);
    const a = await net.start({ kit, blocks });
    const b = await net.start({ kit, blocks: blocks.slice(0, 1), peers: [a.address] });
    await untilHandshakes([a, b], 1);
    const [seenByB] = b.network.peers();
    expect(seenByB).toMatchObject({ id: a.network.id, direction: 'outbound', agent: 'Wattchain/test' });
    expect(seenByB?.head).toEqual({
      hash: blocks[2]?.hash,
      height: 3,
      totalWork: blocks[2]?.record.totalWork,
    });
    expect(seenByB?.clockOffsetMs).toBe(0);
    expect(a.network.peers()[0]).toMatchObject({ id: b.network.id, direction: 'inbound' });
  });

  it('works for two nodes that dial each other', async () => {
    const first = await net.start();
    await first.stop();
    const listen = listenAddress(first);
    const b = await net.start({ peers: [first.address] });
    const a = await net.start({ dataDir: first.dataDir, listen, peers: [b.address] });
    await untilHandshakes([a, b], 1);
    expect([a.network.handshakes, b.network.handshakes]).toEqual([1, 1]);
  });

  it('does not take a copy of itself for a peer', async () => {
    const lines: string[] = [];
    const log = { ...silentLogger, warn: (_: object, message: string) => lines.push(message) };
    const a = await net.start();
    const b = await net.start();
    const copy = await net.start({ peers: [listenAddress(a), b.address], dataDir: a.dataDir, log });
    await untilHandshakes([copy, b], 1);
    expect(copy.network.peers().map(({ id }) => id)).toEqual([b.network.id]);
    expect(a.network.handshakes).toBe(0);
    expect(lines).toEqual([`${listenAddress(a)} is this node itself, or another one with a copy of its peer.key`]);
  });

  it('refuses another genesis on both sides, with both hashes', async () => {
    const ours = new ChainKit(testGenesis({ name: 'ours' }));
    const theirs = new ChainKit(testGenesis({ name: 'theirs' }));
    const lines: object[] = [];
    const log = { ...silentLogger, warn: (fields: object, message: string) => lines.push({ ...fields, message }) };
    const a = await net.start({ kit: ours, log });
    const refusals: Refusal[] = [];
    a.network.on('refused', (refusal) => refusals.push(refusal));
    const b = await net.start({ kit: theirs, peers: [a.address] });
    b.network.on('refused', (refusal) => refusals.push(refusal));
    await until([a, b], () => refusals.length >= 2);
    const [hashA, hashB] = [ours.genesis.hash, theirs.genesis.hash];
    const seenBy = (id: string) => refusals.find(({ peerId }) => peerId !== id)?.fault;
    expect(seenBy(a.network.id)).toEqual({ code: 'wrongGenesis', got: hashB, expected: hashA });
    expect(seenBy(b.network.id)).toEqual({ code: 'wrongGenesis', got: hashA, expected: hashB });
    expect(lines).toContainEqual(
      expect.objectContaining({ theirs: hashB, ours: hashA, message: 'peer refused: it has another genesis block' }),
    );
    expect([a.network.handshakes, b.network.handshakes]).toEqual([0, 0]);
  });

  it('lets in only who is on the allow-list', async () => {
    const a = await net.start();
    const friendDir = await net.directory();
    const friend = await net.start({ dataDir: friendDir });
    await friend.stop();
    const guarded = await net.start({ allow: [friend.network.id] });
    const stranger = await net.start({ peers: [guarded.address, a.address] });
    const friendAgain = await net.start({ dataDir: friendDir, peers: [guarded.address] });
    await untilHandshakes([friendAgain, guarded, stranger, a], 1);
    expect(guarded.network.peers().map(({ id }) => id)).toEqual([friend.network.id]);
    expect(stranger.network.peers().map(({ id }) => id)).toEqual([a.network.id]);
  });

  it('comes back after a restart of the other side, with the same identity', async () => {
    const a = await net.start();
    const b = await net.start({ peers: [a.address] });
    await untilHandshakes([a, b], 1);
    const listen = listenAddress(a);
    await a.stop();
    await until([b], () => b.network.handshakes === 0);
    const again = await net.start({ dataDir: a.dataDir, listen });
    expect(again.network.id).toBe(a.network.id);
    await untilHandshakes([again, b], 1);
  });
});

it('says which address cannot be listened on', async () => {
  const a = await net.start();
  const listen = listenAddress(a);
  await expect(net.start({ listen })).rejects.toMatchObject({ code: 'p2pListen', values: { listen: [listen] } });
  await expect(net.start({ listen: 'localhost:3000' })).rejects.toMatchObject({ code: 'badAddress' });
});
