/** Gossip of peers that keep to no rule, on the real transport: it comes to nothing, and honest nodes have their news through who is attacked. */

import type { Connection } from '@libp2p/interface';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AttackedNetwork } from '../../testing/attackedNetwork.js';
import type { ChainKit } from '../../testing/chainKit.js';
import { type NetNode, untilHandshakes, untilHead } from '../../testing/networkKit.js';
import { gossipFrame, untilClosed, varint } from '../../testing/rawPeer.js';
import type { Logger } from '../base/log.js';
import { systemRuntime } from '../runtime.js';
import { encodeEnvelope } from './envelope.js';

/** Address of attackers; honest nodes dial from 127.0.0.1. */
const FIRST = '127.0.9.1';

let net: AttackedNetwork;
let kit: ChainKit;
let faults: AttackedNetwork['faults'];
let log: Logger;
beforeEach(() => {
  net = new AttackedNetwork();
  ({ kit, faults, log } = net);
});
afterEach(() => net.stop());

describe('gossip', () => {
  const randomIds = (count: number) => Array.from({ length: count }, () => systemRuntime().random.bytes(20));
  const topicsOf = () => {
    const prefix = `wattchain/${kit.genesis.hash.slice(2, 10)}`;
    return [`${prefix}/blocks`, `${prefix}/transactions`] as const;
  };

  /** A node between two honest ones, and an attacker that speaks gossip to it. */
  async function between() {
    const node = await net.start({ kit, log });
    const [maker, taker] = [
      await net.start({ kit, peers: [node.address] }),
      await net.start({ kit, peers: [node.address] }),
    ];
    await untilHandshakes([node], 2);
    const attacker = await net.raw({ from: FIRST });
    await attacker.join(node.address);
    const [connection] = attacker.connections as [Connection];
    return { node, maker, taker, connection, stream: await attacker.gossip(connection) };
  }

  /** A block still comes from one honest node to the other, through the one that is attacked. */
  async function expectNews({ node, maker, taker }: { node: NetNode; maker: NetNode; taker: NetNode }): Promise<void> {
    const block = kit.mine(kit.genesisBlock);
    await maker.accept(block);
    await untilHead([node, taker], block);
    const known = node.network.peers().map(({ id }) => id);
    expect(known).toEqual(expect.arrayContaining([maker.network.id, taker.network.id]));
  }

  it('floods of topics, ids and grafts, of frames that are none and messages of no topic come to nothing', async () => {
    const nodes = await between();
    const { stream } = nodes;
    const [blocks, transactions] = topicsOf();
    const unknown = Array.from({ length: 16 }, (_, i) => `topic ${i} ${'x'.repeat(1_000)}`);
    const frames = [
      gossipFrame({ subscribe: unknown }),
      gossipFrame({ subscribe: Array.from({ length: 5_000 }, (_, i) => `t${i}`) }),
      gossipFrame({ subscribe: [blocks, transactions], graft: [blocks, transactions, ...unknown.slice(0, 8)] }),
      gossipFrame({ have: [{ topic: blocks, ids: randomIds(1_000) }] }),
      gossipFrame({ have: Array.from({ length: 16 }, () => ({ topic: transactions, ids: randomIds(64) })) }),
      gossipFrame({ want: randomIds(256) }),
      gossipFrame({ want: randomIds(5_000) }),
      gossipFrame({
        messages: Array.from({ length: 200 }, (_, i) => ({ topic: unknown[i % 16] as string, data: Uint8Array.of(i) })),
      }),
      Uint8Array.from([...varint(1_000), ...new Uint8Array(1_000).fill(255)]),
    ];
    for (let round = 0; round < 20; round++) {
      for (const frame of frames) if (stream.status === 'open' && !stream.send(frame)) await stream.onDrain();
    }
    await expectNews(nodes);
  });

  it('messages that are none cost the connection', async () => {
    const nodes = await between();
    const { node, stream, connection } = nodes;
    const [blocks] = topicsOf();
    for (let i = 0; stream.status === 'open' && i < 1_000; i++) {
      stream.send(gossipFrame({ messages: [{ topic: blocks, data: encodeEnvelope(['no header', i]) }] }));
      await new Promise(setImmediate);
    }
    await untilClosed(connection);
    expect(faults[0]).toMatchObject({ fault: { code: 'messageShape' } });
    await expectNews(nodes);
    expect(node.network.handshakes).toBe(2);
  });

  it('a frame that claims 2^31 bytes is the last that its sender is heard with, and not a byte of it is kept', async () => {
    const nodes = await between();
    const [blocks] = topicsOf();
    nodes.stream.send(varint(2 ** 31));
    // Whoever was still read would be disconnected for these.
    const data = encodeEnvelope(['no header']);
    for (let i = 0; i < 100; i++) nodes.stream.send(gossipFrame({ messages: [{ topic: blocks, data }] }));
    await expectNews(nodes);
    expect(faults).toEqual([]);
  });
});
