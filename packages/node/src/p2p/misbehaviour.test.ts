import { noise } from '@chainsafe/libp2p-noise';
import { yamux } from '@chainsafe/libp2p-yamux';
import { tcp } from '@libp2p/tcp';
import { multiaddr } from '@multiformats/multiaddr';
import { encodeHeader, numberToBytes } from '@wattchain/core';
import { createLibp2p } from 'libp2p';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ALICE, ChainKit, solve, testGenesis, testTransaction } from '../../testing/chainKit.js';
import { letTimePass, ManualRuntime } from '../../testing/manualRuntime.js';
import { type NetNode, NetworkKit, until, untilHead } from '../../testing/networkKit.js';
import { ScriptedPeer } from '../../testing/scriptedPeer.js';
import { type Logger, silentLogger } from '../base/log.js';
import type { Cancel } from '../runtime.js';
import { encodeEnvelope } from './envelope.js';
import { type PeerFault, SCORE } from './faultPolicy.js';
import {
  encodeBlockAnnouncement,
  encodeBodiesRequest,
  encodeBodiesResponse,
  encodeHeadersRequest,
  encodeHeadersResponse,
  encodeStatus,
  encodeTransactionsRequest,
} from './messages.js';

/** What the log says about faults of peers. */
interface FaultLine {
  readonly peer: string;
  readonly fault: PeerFault;
  readonly sentence: string;
}

let net: NetworkKit;
let kit: ChainKit;
let runtime: ManualRuntime;
let stopTime: Cancel;
let faults: FaultLine[];
let log: Logger;
const peers: ScriptedPeer[] = [];

beforeEach(() => {
  net = new NetworkKit();
  kit = new ChainKit();
  runtime = new ManualRuntime(Date.now());
  stopTime = letTimePass(runtime, 5);
  faults = [];
  const note = (fields: object, message: string) => {
    if (message === 'fault of a peer') faults.push(fields as FaultLine);
  };
  log = { ...silentLogger, debug: note, warn: note };
});
afterEach(async () => {
  await Promise.all(peers.splice(0).map((peer) => peer.stop()));
  await net.stop();
  stopTime();
});

async function scripted(as: ChainKit = kit): Promise<ScriptedPeer> {
  const peer = await ScriptedPeer.start(as);
  peers.push(peer);
  return peer;
}

async function joined(node: NetNode): Promise<ScriptedPeer> {
  const peer = await scripted();
  await peer.join(node.address);
  return peer;
}

function sentences(code: PeerFault['code']): string[] {
  return faults.filter(({ fault }) => fault.code === code).map(({ sentence }) => sentence);
}

describe('bytes that are no message', () => {
  it('cost the connection, and the third time the way back, until the ban is over', async () => {
    const node = await net.start({ kit, runtime, log });
    const peer = await scripted();
    for (let i = 0; i < 3; i++) {
      const peerId = await peer.transport.dial(node.address);
      await peer.request(peerId, 'status', Uint8Array.of(0xdd, 0x01, 0xff, 0xff, 0xff));
      await peer.untilDisconnected(peerId);
    }
    expect(sentences('messageEnvelope')).toEqual(['disconnect', 'disconnect', 'ban']);
    await peer.join(node.address).catch(() => undefined);
    expect(node.network.handshakes).toBe(0);
    runtime.advance(SCORE.banMs + 1);
    await peer.join(node.address);
    await until([node], () => node.network.handshakes === 1);
  });

  it('are refused before they are read, when they claim to be large', async () => {
    const node = await net.start({ kit, log });
    const raw = await createLibp2p({
      transports: [tcp()],
      connectionEncrypters: [noise()],
      streamMuxers: [yamux()],
    });
    const connection = await raw.dial(multiaddr(node.address));
    const closed = new Promise((resolve) => connection.addEventListener('close', resolve));
    const stream = await connection.newStream('/wattchain/status/1');
    stream.send(numberToBytes(2 ** 31, 4));
    await closed;
    expect(faults.map(({ fault }) => fault)).toEqual([{ code: 'messageTooLarge', got: 2 ** 31, expected: 1024 }]);
    await raw.stop();
  });

  it('are refused in gossip, and not passed on', async () => {
    const node = await net.start({ kit, log });
    const peer = await joined(node);
    await peer.publish('blocks', (attempt) => encodeEnvelope(['no header', attempt]));
    await peer.untilDisconnected(node.network.id);
    expect(sentences('messageShape')).toEqual(['disconnect']);
  });
});

describe('a peer that does not keep to the order', () => {
  it('is asked to leave when it says nothing', async () => {
    const node = await net.start({ kit, log, runtime });
    const peer = await scripted();
    const peerId = await peer.transport.dial(node.address);
    await peer.untilDisconnected(peerId);
    expect(faults.map(({ fault }) => fault.code)).toEqual(['handshakeTimeout']);
  });

  it('gets nothing before the handshake', async () => {
    const node = await net.start({ kit, log, runtime });
    const peer = await scripted();
    const peerId = await peer.transport.dial(node.address);
    const answer = await peer.request(peerId, 'headers', encodeHeadersRequest([kit.genesis.hash]));
    expect(answer.fault?.code).toBe('requestBroken');
    expect(faults.map(({ fault }) => fault.code)).toEqual(['handshakeTimeout']);
  });

  it('is told to wait when it asks too much, and is blamed when it does not', async () => {
    const node = await net.start({ kit, log });
    const peer = await joined(node);
    const request = encodeBodiesRequest(Array.from({ length: 64 }, () => kit.genesis.hash));
    let busy = 0;
    for (let isAnswered = true; isAnswered; ) {
      const { value } = await peer.request(node.network.id, 'bodies', request);
      if (value && value.length < 10) busy++;
      isAnswered = value !== undefined;
    }
    await peer.untilDisconnected(node.network.id);
    expect(busy).toBeGreaterThanOrEqual(16);
    expect(new Set(faults.map(({ fault }) => fault.code))).toEqual(new Set(['rateLimited']));
  });
});

describe('a peer that lies', () => {
  it('about its work is banned, and the node follows the honest one', async () => {
    const blocks = kit.mineMany(kit.genesisBlock, 3);
    const tip = blocks[2] as (typeof blocks)[number];
    const liar = await scripted();
    const honest = await net.start({ kit, blocks });
    liar.answers.headers = () => encodeHeadersResponse(blocks.slice(0, 1).map(({ header }) => header));
    const node = await net.start({ kit, log, peers: [honest.address] });
    await liar.join(node.address, liar.status(tip, { totalWork: 2n ** 200n, height: 5 }));
    await liar.untilDisconnected(node.network.id);
    await untilHead([node], tip);
    expect(sentences('falseTotalWork')).toEqual(['ban']);
    expect(node.sync.status().highestHeight).toBe(3);
  });

  it('with headers without work is banned', async () => {
    const block = kit.mine(kit.genesisBlock);
    const hard = new ChainKit(testGenesis({ firstTarget: '0x1' }));
    const liar = await scripted(hard);
    const node = await net.start({ kit: hard, log });
    // The block of an easy network: its target is not the one of this network.
    liar.answers.headers = () => encodeHeadersResponse([{ ...block.header, parentHash: hard.genesis.hash }]);
    await liar.join(node.address, liar.status(hard.genesisBlock, { totalWork: 5n, height: 1 }));
    await liar.untilDisconnected(node.network.id);
    expect(faults.map(({ sentence }) => sentence)).toEqual(['ban']);
    expect(faults[0]?.fault.code).toMatch(/^header(Work|Target)$/);
  });

  it('about what a block does is banned', async () => {
    const block = kit.mine(kit.genesisBlock, { tamper: { stateRoot: `0x${'12'.repeat(32)}` } });
    const node = await net.start({ kit, log });
    const peer = await joined(node);
    await peer.publish('blocks', (attempt) => {
      // Gossip knows a message by its content; until it has formed, each try is another block.
      const header = solve({ ...block.header, extra: numberToBytes(attempt, 4) });
      return encodeBlockAnnouncement(header, block.body);
    });
    await peer.untilDisconnected(node.network.id);
    expect(sentences('stateRoot')).toEqual(['ban']);
  });

  it('about a body is banned, and another peer is asked', async () => {
    const blocks = kit.mineMany(kit.genesisBlock, 40);
    const [first, tip] = [blocks[0], blocks[39]] as [(typeof blocks)[number], (typeof blocks)[number]];
    const wrong = kit.mine(kit.genesisBlock, { transactions: [testTransaction(kit.genesis, ALICE)] }).body;
    const liar = await scripted();
    liar.answers.headers = () => encodeHeadersResponse(blocks.map(({ header }) => header));
    liar.answers.bodies = () => encodeBodiesResponse([wrong]);
    const node = await net.start({ kit, log, runtime });
    await liar.join(node.address, liar.status(tip));
    // Whether it comes while the liar is asked or after it was banned: bodies are asked from both in turn. From the address of
    // the liar nobody unknown comes in, so this one is told of.
    const honest = await net.start({ kit, blocks });
    await node.network.addPeer(honest.address);
    await untilHead([node, honest], tip);
    expect(node.chain.bodyBytes(first.hash)).toEqual(first.body);
    expect(faults.filter(({ sentence }) => sentence === 'ban').map(({ peer }) => peer)).toEqual([liar.id]);
    expect(sentences('transactionCount')).toContain('ban');
  });

  it('with a transaction of another network is disconnected', async () => {
    const other = testGenesis({ chainId: 20_000_002 });
    const node = await net.start({ kit, log });
    const peer = await joined(node);
    await peer.request(node.network.id, 'transactions', encodeTransactionsRequest([testTransaction(other, ALICE).raw]));
    await peer.untilDisconnected(node.network.id);
    expect(sentences('txChainId')).toEqual(['disconnect']);
    expect(node.mempool.size).toBe(0);
  });
});

describe('a peer that stalls', () => {
  it('is left behind for one that answers', async () => {
    const blocks = kit.mineMany(kit.genesisBlock, 40);
    const tip = blocks[39] as (typeof blocks)[number];
    const stalling = await scripted();
    const node = await net.start({ kit, log, runtime });
    await stalling.join(node.address, stalling.status(tip, { totalWork: tip.record.totalWork + 1n }));
    await until([node], () => node.network.handshakes === 1);
    const late = await net.start({ kit, blocks, peers: [node.address] });
    await untilHead([node, late], tip);
    // A single failure is forgiven: it may be busy.
    expect(node.network.handshakes).toBe(2);
  });
});

it('counts a header of more than its size as no header', async () => {
  const node = await net.start({ kit, log });
  const peer = await scripted();
  const long = new Uint8Array(400).fill(7);
  peer.answers.headers = () => encodeEnvelope([0, [long]]);
  await peer.join(node.address, peer.status(kit.genesisBlock, { totalWork: 9n, height: 1 }));
  await peer.untilDisconnected(node.network.id);
  expect(sentences('messageShape')).toEqual(['disconnect']);
  expect(encodeHeader(kit.genesisBlock.header).length).toBeLessThan(400);
  expect(encodeStatus(peer.status()).length).toBeLessThan(1024);
});
