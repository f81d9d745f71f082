/**
 * Peers that keep to no rule, on the real transport: what each does comes to nothing, and honest peers have what they came
 * for meanwhile. What they gossip is in hostileGossip.test.ts, what peers say within the rules and is wrong in misbehaviour.test.ts.
 */
import type { Connection, Stream } from '@libp2p/interface';
import { peerIdFromPrivateKey, peerIdFromString } from '@libp2p/peer-id';
import { multiaddr } from '@multiformats/multiaddr';
import { numberToBytes, textToBytes } from '@wattchain/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AttackedNetwork } from '../../testing/attackedNetwork.js';
import { ALICE, ChainKit, type TestBlock, testTransaction } from '../../testing/chainKit.js';
import { letTimePass, ManualRuntime } from '../../testing/manualRuntime.js';
import { type NetNode, until, untilHandshakes, untilHead } from '../../testing/networkKit.js';
import { type RawPeerOptions, rawSocket, untilClosed, varint } from '../../testing/rawPeer.js';
import type { Logger } from '../base/log.js';
import { systemRuntime } from '../runtime.js';
import { decodeEnvelope, encodeEnvelope } from './envelope.js';
import {
  MAX_CONNECTIONS_PER_PEER,
  MAX_PEERS,
  MAX_PEERS_PER_NETWORK,
  MAX_PENDING_PER_NETWORK,
  P2P_VERSION,
} from './limits.js';
import { encodeBodiesRequest } from './messages.js';
import { createPeerKey } from './peerKey.js';
import { forgetGone } from './peerMemory.js';

/** Addresses of attackers; honest nodes dial from 127.0.0.1. */
const [FIRST, SECOND] = ['127.0.9.1', '127.0.9.2'] as const;
const TOO_LARGE = numberToBytes(2 ** 31, 4);

let net: AttackedNetwork;
let kit: ChainKit;
let faults: AttackedNetwork['faults'];
let log: Logger;
let ends: AttackedNetwork['ends'];
beforeEach(() => {
  net = new AttackedNetwork();
  ({ kit, faults, log, ends } = net);
});
afterEach(() => net.stop());

const raw = (options?: RawPeerOptions) => net.raw(options);

/** How many of so many new keys an address brings in, one after the other. */
async function joinFrom(from: string, node: NetNode, count: number): Promise<number> {
  let joined = 0;
  for (let i = 0; i < count; i++) if (await (await raw({ from })).join(node.address)) joined++;
  return joined;
}

async function send(connection: Connection, protocol: string, bytes: Uint8Array): Promise<Stream> {
  const stream = await connection.newStream(protocol);
  stream.send(bytes);
  return stream;
}

let largeChain: TestBlock[] | undefined;

/** Blocks whose bodies together fill an answer: 100 KB each. */
function largeBlocks(): TestBlock[] {
  largeChain ??= mineLargeBlocks(new ChainKit());
  return largeChain;
}

function mineLargeBlocks(kit: ChainKit): TestBlock[] {
  const data = new Uint8Array(50_000).fill(7);
  const blocks: TestBlock[] = [];
  for (let i = 0; i < 40; i++) {
    const transactions = [2 * i, 2 * i + 1].map((nonce) =>
      testTransaction(kit.genesis, ALICE, { nonce, data, gasLimit: 900_000 }),
    );
    blocks.push(kit.mine(blocks.at(-1) ?? kit.genesisBlock, { transactions }));
  }
  return blocks;
}

describe('connections', () => {
  it('that say nothing take the places of their own address alone', async () => {
    const node = await net.start({ log });
    let closed = 0;
    const COUNT = 64;
    const enough = new Promise<void>((resolve) => {
      for (let i = 0; i < COUNT; i++) {
        void rawSocket(node.address, FIRST).then((socket) => {
          ends.push(() => socket.destroy());
          socket.once('close', () => ++closed === COUNT - MAX_PENDING_PER_NETWORK && resolve());
          // Whoever does not read is not told that the other side is gone.
          socket.resume();
        });
      }
    });
    await enough;
    const honest = await net.start({ peers: [node.address] });
    await untilHandshakes([node, honest], 1);
    expect(closed).toBeGreaterThanOrEqual(COUNT - MAX_PENDING_PER_NETWORK);
  });

  it('without encryption, or with bytes of another protocol, do not become peers', async () => {
    const node = await net.start({ log });
    const message = (text: string) => [...varint(text.length + 1), ...textToBytes(`${text}\n`)];
    const plain = await rawSocket(
      node.address,
      FIRST,
      Uint8Array.from([...message('/multistream/1.0.0'), ...message('/plaintext/2.0.0')]),
    );
    ends.push(() => plain.destroy());
    let answer = '';
    await new Promise<void>((resolve) => {
      plain.on('data', (bytes) => {
        answer += String(bytes);
        if (answer.includes('\x03na\n')) resolve();
      });
    });
    const http = await rawSocket(
      node.address,
      FIRST,
      textToBytes(`GET / HTTP/1.1\r\nHost: ${'x'.repeat(200)}\r\n\r\n`),
    );
    http.resume();
    await new Promise((resolve) => http.once('close', resolve));
    expect(node.network.handshakes).toBe(0);
  });

  it('of one key are two at most, also when they are opened at once', async () => {
    const node = await net.start({ log });
    const honest = await net.start({ peers: [node.address] });
    await untilHandshakes([node, honest], 1);
    const privateKey = await createPeerKey(systemRuntime().random);
    const same = await Promise.all(Array.from({ length: 5 }, () => raw({ from: FIRST, privateKey })));
    await Promise.allSettled(same.map((peer) => peer.join(node.address)));
    const open = () => same.flatMap(({ connections }) => connections);
    while (open().length > MAX_CONNECTIONS_PER_PEER) await Promise.race(open().map(untilClosed));
    expect(node.network.peers().map(({ id }) => id)).toContain(honest.network.id);
    expect(node.network.handshakes).toBeLessThanOrEqual(2);
  });

  it('of new keys are bounded by address, and honest newcomers find a place', async () => {
    const node = await net.start({ log });
    expect(await joinFrom(FIRST, node, MAX_PEERS_PER_NETWORK + 2)).toBe(MAX_PEERS_PER_NETWORK);
    const honest = await net.start({ peers: [node.address] });
    await untilHandshakes([honest], 1);
    expect(node.network.handshakes).toBe(MAX_PEERS_PER_NETWORK + 1);
  });
});

describe('a node whose places strangers have all taken', () => {
  it('has its static peers and its members all the same, also when they come back, and honest newcomers', async () => {
    const dataDir = await net.directory();
    const member = await net.start();
    const listening = await net.start({ dataDir });
    const node = await net.start({ log, peers: [listening.address], members: [member.network.id] });
    await untilHandshakes([node], 1);
    const addresses = Array.from({ length: MAX_PEERS / MAX_PEERS_PER_NETWORK }, (_, i) => `127.0.9.${10 + i}`);
    const joined = await Promise.all(addresses.map((from) => joinFrom(from, node, MAX_PEERS_PER_NETWORK)));
    expect(joined.reduce((sum, count) => sum + count)).toBe(MAX_PEERS);
    expect(node.network.handshakes).toBe(MAX_PEERS + 1);
    // A member dials; a static peer leaves, and is dialled when it is there again.
    await member.network.addPeer(node.address);
    await untilHandshakes([member], 1);
    const listen = listening.address.replace(/\/p2p\/.*$/, '');
    await listening.stop();
    const again = await net.start({ dataDir, listen });
    await untilHandshakes([again], 1);
    await until([node], () => node.network.handshakes === MAX_PEERS + 2);
    // An honest stranger from another address gets a place of whoever has most.
    const honest = await net.start({ peers: [node.address] });
    await untilHandshakes([honest], 1);
    await until([node], () => node.network.handshakes === MAX_PEERS + 2);
  });
});

describe('a ban', () => {
  it('is not escaped by a new key, and shuts nobody out who comes from elsewhere or is known', async () => {
    const friend = await net.start();
    const node = await net.start({ log, members: [friend.network.id] });
    for (let key = 0; key < 3; key++) {
      const liar = await raw({ from: FIRST });
      const connection = await liar.dial(node.address);
      await send(connection, '/wattchain/status/1', TOO_LARGE);
      await untilClosed(connection);
    }
    expect(faults.map(({ fault, sentence }) => [fault.code, sentence])).toEqual(
      Array.from({ length: 3 }, () => ['messageTooLarge', 'disconnect']),
    );
    expect(await joinFrom(FIRST, node, 2)).toBe(0);
    expect(await joinFrom(SECOND, node, 1)).toBe(1);
    await friend.network.addPeer(node.address);
    await untilHandshakes([friend], 1);
  });
});

describe('a crowd of keys that come and go', () => {
  it('is forgotten: of whoever is gone nothing stays in libp2p’s memory of peers', async () => {
    const node = await net.start({ log });
    const peer = await raw({ from: FIRST });
    const { peerStore } = peer.libp2p;
    await peer.join(node.address);
    const multiaddrs = [multiaddr('/ip4/127.0.0.1/tcp/1')];
    for (let i = 0; i < 20; i++) {
      await peerStore.merge(peerIdFromPrivateKey(await createPeerKey(systemRuntime().random)), { multiaddrs });
    }
    await peerStore.merge(peerIdFromString(node.network.id), { multiaddrs });
    expect(await peerStore.all()).toHaveLength(21);
    await forgetGone(peer.libp2p);
    expect((await peerStore.all()).map(({ id }) => id.toString())).toEqual([node.network.id]);
  });
});

describe('streams', () => {
  it('of one protocol are four at a time, and others have theirs', async () => {
    const node = await net.start({ log });
    const honest = await net.start({ peers: [node.address] });
    await untilHandshakes([node, honest], 1);
    const attacker = await raw({ from: FIRST });
    const connection = await attacker.dial(node.address);
    const opened = await Promise.allSettled(
      Array.from({ length: 500 }, () => connection.newStream('/wattchain/bodies/1', { maxOutboundStreams: 1_000 })),
    );
    const streams = opened.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
    while (streams.filter(({ status }) => status === 'open').length > 4) {
      await Promise.race(streams.filter(({ status }) => status === 'open').map(untilClosed));
    }
    await honest.network.refreshStatus(node.network.id);
    expect((await honest.network.requestHeaders(node.network.id, [kit.genesis.hash])).value).toEqual([]);
  });

  it('whose request comes byte by byte, or not at all, end in time', async () => {
    const runtime = new ManualRuntime(Date.now());
    ends.push(letTimePass(runtime, 10));
    const node = await net.start({ log, runtime });
    const attacker = await raw({ from: FIRST });
    await attacker.join(node.address);
    const [connection] = attacker.connections as [Connection];
    const slow = await send(connection, '/wattchain/headers/1', numberToBytes(1_000, 4));
    const silent = await connection.newStream('/wattchain/headers/1');
    const drip = setInterval(() => slow.status === 'open' && slow.send(Uint8Array.of(1)), 50);
    ends.push(() => clearInterval(drip));
    await Promise.all([untilClosed(slow), untilClosed(silent)]);
    expect(connection.status).toBe('open');
  });

  it('of protocols that this version does not know are refused, and nothing else', async () => {
    const node = await net.start({ log });
    const attacker = await raw({ from: FIRST });
    await attacker.join(node.address);
    const [connection] = attacker.connections as [Connection];
    await expect(connection.newStream('/wattchain/snapshots/9')).rejects.toThrow();
    expect([connection.status, node.network.handshakes, faults]).toEqual(['open', 1, []]);
  });
});

describe('a node of a later version', () => {
  it('is told ours and leaves, whatever else it says of itself, and nothing is held against it', async () => {
    const refusals: unknown[] = [];
    const node = await net.start({ log });
    node.network.on('refused', ({ fault }) => refusals.push(fault));
    const later = await raw({ from: FIRST });
    const connection = await later.dial(node.address);
    const answer = await later.request(connection, 'status', encodeEnvelope([7, 'another genesis', [null], 1, 2, 3]));
    const [code, ours] = decodeEnvelope(answer).value as [number, readonly unknown[]];
    expect([code, ours[0]]).toEqual([1, P2P_VERSION]);
    await untilClosed(connection);
    expect(refusals).toEqual([{ code: 'wrongVersion', got: 7, expected: P2P_VERSION }]);
    expect(faults).toEqual([]);
  });
});

describe('answers', () => {
  it('that nobody reads end in time; who does it again and again is disconnected, and others are served', async () => {
    const runtime = new ManualRuntime(Date.now());
    const stopTime = letTimePass(runtime, 20);
    ends.push(stopTime);
    const blocks = largeBlocks();
    const node = await net.start({ kit, log, runtime, blocks });
    const attacker = await raw({ from: FIRST });
    await attacker.join(node.address);
    const [connection] = attacker.connections as [Connection];
    const request = encodeBodiesRequest(blocks.map(({ hash }) => hash));
    const frame = Uint8Array.from([...numberToBytes(request.length, 4), ...request]);
    while (connection.status === 'open') {
      const streams = await Promise.allSettled(
        Array.from({ length: 4 }, async () => {
          const stream = await connection.newStream('/wattchain/bodies/1');
          stream.pause();
          stream.send(frame);
          return stream;
        }),
      );
      await Promise.race([
        untilClosed(connection),
        Promise.all(streams.map((outcome) => outcome.status === 'fulfilled' && untilClosed(outcome.value))),
      ]);
    }
    expect(new Set(faults.map(({ fault }) => fault.code))).toEqual(new Set(['answerNotRead']));
    expect(faults[4]?.sentence).toBe('disconnect');
    stopTime();
    ends.push(letTimePass(runtime, 1));
    const honest = await net.start({ kit, peers: [node.address] });
    await untilHead([honest], blocks.at(-1) as TestBlock);
  });

  it('of many megabytes in both directions at once hold each other up nowhere', async () => {
    const blocks = largeBlocks();
    const [a, b] = [await net.start({ kit, blocks }), await net.start({ kit, blocks })];
    await a.network.addPeer(b.address);
    await untilHandshakes([a, b], 1);
    const hashes = blocks.map(({ hash }) => hash);
    const asked = [a, b, a, b].map((node) =>
      node.network.requestBodies(node === a ? b.network.id : a.network.id, hashes),
    );
    for (const { value } of await Promise.all(asked)) {
      expect(value?.reduce((sum, body) => sum + (body?.length ?? 0), 0)).toBeGreaterThan(3_900_000);
    }
  });
});
