/**
 * Peers that keep to no rule, from several addresses at once, against one of three real nodes: its memory and its event loop stay
 * within bounds, it keeps its honest peers, and the chain grows everywhere. Item by item it is hostile.test.ts of the node's p2p.
 * `WATTCHAIN_HOSTILE_ROUNDS=200 npx vitest run --project functional test/functional/hostile.test.ts` goes on for longer; the figures
 * are printed.
 */
import { PUBLISHED_ADDRESSES, parseGenesis, textToBytes } from '@wattchain/core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { encodeBodiesRequest, encodeHeadersRequest, encodeStatus } from '../../packages/node/src/p2p/messages.js';
import { ChainKit } from '../../packages/node/testing/chainKit.js';
import { gossipFrame, RawPeer, rawSocket, varint } from '../../packages/node/testing/rawPeer.js';
import { TestNetwork, type TestNode, testGenesis, waitUntil } from './framework.js';

const ROUNDS = Number(process.env.WATTCHAIN_HOSTILE_ROUNDS ?? 2);
/** Of an attacked node: what it holds at most, and by how much its event loop may be late in 99 of 100 looks on a busy machine. */
const MAX_RESIDENT_BYTES = 400_000_000;
const MAX_LAG_SECONDS = 2;
/** Attackers' addresses: with more than a node has places for. */
const ADDRESSES = ['127.0.9.1', '127.0.9.2', '127.0.9.3', '127.0.9.4', '127.0.9.5'];
const KEYS_PER_ADDRESS = 8;

const [MINER = ''] = PUBLISHED_ADDRESSES;
const genesis = testGenesis([MINER], 500);
const kit = new ChainKit(parseGenesis(genesis));
const ends: (() => unknown)[] = [];
let network: TestNetwork;
let victim: TestNode;
let address: string;

beforeAll(async () => {
  network = await TestNetwork.create(genesis, { nodes: 3, miners: [0] }, MINER);
  await network.start();
  victim = network.node(1);
  address = `/ip4/127.0.0.1/tcp/${victim.p2pPort}`;
  await waitUntil('a chain and three nodes that know each other', async () => {
    return (await lowest()) >= 3 && (await peersOf(victim)).length === 2;
  });
});
afterAll(async () => {
  await Promise.all(ends.map((end) => end()));
  await network.remove();
});

const lowest = async () => Math.min(...(await Promise.all(network.nodes.map((node) => node.height()))));
const peersOf = (node: TestNode) => node.rpc<{ id: string }[]>('watt_peers');

async function figures(): Promise<{ residentBytes: number; lagSeconds: number }> {
  const text = await (await fetch(`${victim.rpcUrl}/metrics`)).text();
  const valueIn = (name: string) =>
    Number(
      text
        .split('\n')
        .find((line) => line.startsWith(name))
        ?.split(' ')[1],
    );
  return {
    residentBytes: valueIn('wattchain_process_resident_memory_bytes'),
    lagSeconds: valueIn('wattchain_event_loop_lag_seconds{quantile="p99"}'),
  };
}

/** Gossip that is no news: topics, ids, frames that are none. */
function noise(round: number): Uint8Array[] {
  const prefix = `wattchain/${kit.genesis.hash.slice(2, 10)}`;
  const ids = Array.from({ length: 250 }, (_, i) => textToBytes(`${round} ${i}`.padEnd(20)));
  const topics = Array.from({ length: 16 }, (_, i) => `${round} ${i} ${'x'.repeat(500)}`);
  return [
    gossipFrame({ subscribe: [`${prefix}/blocks`, `${prefix}/transactions`, ...topics.slice(2)] }),
    gossipFrame({ have: [{ topic: `${prefix}/blocks`, ids }] }),
    gossipFrame({ want: ids }),
    gossipFrame({ graft: topics }),
    gossipFrame({ messages: topics.map((topic) => ({ topic, data: textToBytes(topic) })) }),
    Uint8Array.from([...varint(60_000), ...new Uint8Array(60_000).fill(255)]),
  ];
}

/** One key: a handshake, then everything that costs the node something and nothing is held against. It goes on until it is thrown out. */
async function attack(peer: RawPeer, round: number): Promise<void> {
  const connection = peer.connections[0] ?? (await peer.dial(address));
  await peer.request(connection, 'status', encodeStatus(peer.status()));
  await Promise.allSettled(Array.from({ length: 12 }, () => connection.newStream('/wattchain/headers/1')));
  await Promise.allSettled([
    peer.request(connection, 'headers', encodeHeadersRequest([kit.genesis.hash])),
    peer.request(connection, 'bodies', encodeBodiesRequest(Array.from({ length: 64 }, () => kit.genesis.hash))),
  ]);
  const stream = await peer.gossip(connection);
  for (const frame of noise(round)) if (stream.status === 'open') stream.send(frame);
}

test('a crowd of hostile peers from several addresses costs a node bounded memory and time, and no honest peer', async () => {
  const honest = (await peersOf(victim)).map(({ id }) => id);
  expect(honest).toHaveLength(2);
  for (const from of ADDRESSES) {
    for (let i = 0; i < 50; i++) {
      const socket = await rawSocket(address, from).catch(() => undefined);
      if (socket) ends.push(() => socket.destroy());
    }
  }
  const crowd = await Promise.all(
    ADDRESSES.flatMap((from) => Array.from({ length: KEYS_PER_ADDRESS }, () => RawPeer.start(kit, { from }))),
  );
  ends.push(...crowd.map((peer) => () => peer.stop()));
  const before = await lowest();
  for (let round = 0; round < ROUNDS; round++) {
    // Who is refused or thrown out tries again in the next round.
    await Promise.allSettled(crowd.map((peer) => attack(peer, round)));
    expect((await peersOf(victim)).map(({ id }) => id)).toEqual(expect.arrayContaining(honest));
  }
  await waitUntil('the chain to grow everywhere', async () => (await lowest()) >= before + 3);
  const { residentBytes, lagSeconds } = await figures();
  const connected = (await peersOf(victim)).length;
  console.info(
    `${crowd.length} hostile keys, ${ROUNDS} rounds: ${connected} peers, ${Math.round(residentBytes / 1e6)} MB, lag p99 ${lagSeconds} s`,
  );
  expect(connected).toBeLessThanOrEqual(32 + honest.length);
  expect(residentBytes).toBeLessThan(MAX_RESIDENT_BYTES);
  expect(lagSeconds).toBeLessThan(MAX_LAG_SECONDS);
});
