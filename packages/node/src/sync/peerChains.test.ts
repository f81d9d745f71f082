import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ChainKit, TEST_START_MS, type TestBlock, testGenesis } from '../../testing/chainKit.js';
import type { FakePeer } from '../../testing/fakeNetwork.js';
import { SyncKit } from '../../testing/syncKit.js';

const kit = new ChainKit();
const { genesisBlock } = kit;
const common = kit.mineMany(genesisBlock, 20, 'common');
const tip = common[19] as TestBlock;
const HUGE = 2n ** 255n;

let node: SyncKit;
beforeEach(async () => {
  node = await SyncKit.start({ kit });
});
afterEach(() => node.stop());

const claimsMuch = (peer: FakePeer) => {
  peer.claim = { totalWork: HUGE, height: 1_000_000, hash: `0x${'77'.repeat(32)}` };
};

/** Whether anything that a client or miner sees rests on a better chain. */
function seen() {
  const { syncing, highestHeight } = node.sync.status();
  return { ahead: node.sync.peerChains.ahead()?.header.height, syncing, highestHeight };
}
const NOTHING = (height: number) => ({ ahead: undefined, syncing: false, highestHeight: height });

describe('a claim without headers', () => {
  it.each<[string, (peer: FakePeer) => void]>([
    ['is busy', (peer) => Object.assign(peer, { headers: 'busy' })],
    ['never answers', (peer) => Object.assign(peer, { headers: 'silent' })],
  ])('counts for nothing when the peer %s, and costs it the connection when it goes on for minutes', async (_, lie) => {
    await node.have(common);
    const liar = node.peer('liar', common, (peer) => {
      claimsMuch(peer);
      lie(peer);
    });
    for (let second = 0; second < 30; second++) {
      expect(seen()).toEqual(NOTHING(20));
      await node.pass(1_000);
      // It claims a little more every second.
      liar.claim = { ...liar.claim, totalWork: HUGE + BigInt(second) };
      node.network.tell(liar);
    }
    expect(liar.asked.headers).toBeLessThan(40);
    expect(node.network.faultsOf('liar').length).toBeGreaterThanOrEqual(1);
    expect(node.network.isConnected('liar')).toBe(true);
    await node.pass(300_000);
    expect(node.network.isConnected('liar')).toBe(false);
    expect(new Set(node.network.faultsOf('liar'))).toEqual(new Set(['claimNotShown']));
    // It comes back: one more failure is enough.
    node.network.join(liar);
    await node.pass(90_000);
    expect(node.network.isConnected('liar')).toBe(false);
    expect(node.network.scores.isBanned('liar')).toBe(false);
  });

  it.each<[string, (peer: FakePeer) => void]>([
    ['headers that never reach it', () => {}],
    [
      'one header at a time',
      (peer) => {
        peer.headers = (locator) => peer.headersAfter(locator).slice(0, 1);
      },
    ],
    [
      'nothing',
      (peer) => {
        peer.headers = () => [];
      },
    ],
  ])('is a lie when %s come, and costs the way back', async (_, lie) => {
    await node.have(common.slice(0, 10));
    node.peer('liar', common, (peer) => {
      claimsMuch(peer);
      lie(peer);
    });
    await node.pass();
    expect(node.network.faultsOf('liar')).toEqual(['falseTotalWork']);
    expect(node.network.scores.isBanned('liar')).toBe(true);
    expect(seen().ahead).toBeUndefined();
  });

  it('of more work than a known block has is one, too', async () => {
    await node.have(common);
    node.peer('liar', common, (peer) => {
      peer.claim = { totalWork: HUGE };
    });
    await node.pass();
    expect(node.network.faultsOf('liar')).toEqual(['falseTotalWork']);
  });

  it('of many identities costs one attempt each, and holds nobody up', async () => {
    await node.have(common.slice(0, 3));
    const lie = (id: string, headers: 'busy' | 'silent') =>
      node.peer(id, common, (peer) => {
        claimsMuch(peer);
        Object.assign(peer, { headers, bodies: 'silent' });
      });
    for (let i = 0; i < 20; i++) lie(`liar-${i}`, i % 2 === 0 ? 'busy' : 'silent');
    await node.pass(1_000);
    node.peer('honest', common);
    // A stranger more each half second changes nothing.
    for (let i = 0; i < 24; i++) {
      await node.pass(500);
      lie(`stranger-${i}`, 'silent');
    }
    expect(node.height).toBe(20);
    expect(seen()).toEqual(NOTHING(20));
  });
});

describe('an honest peer', () => {
  it('that is busy for a while loses nothing, and its chain is taken once it is shown', async () => {
    const honest = node.peer('honest', common, (peer) => {
      peer.headers = 'busy';
    });
    await node.pass(60_000);
    expect(seen()).toEqual(NOTHING(0));
    honest.headers = 'honest';
    await node.pass(60_000);
    expect(node.height).toBe(20);
    expect(node.network.isConnected('honest')).toBe(true);
    expect(node.network.scores.score('honest')).toBeGreaterThan(-20);
  });

  it('is asked again at once when it announces a block that is missed, whatever it said before', async () => {
    const honest = node.peer('honest', common.slice(0, 1));
    await node.pass(100);
    honest.chain = common.slice(0, 3);
    expect(await node.network.gossip('honest', common[2] as TestBlock)).toBe('later');
    // Both blocks come from elsewhere, so that its headers say nothing new.
    await node.have(common.slice(1, 3));
    await node.pass(600);
    honest.chain = common.slice(0, 5);
    expect(await node.network.gossip('honest', common[4] as TestBlock)).toBe('later');
    await node.pass(1_000);
    expect(node.height).toBe(5);
  });

  it('whose chain moves between claim and answer tells no lie', async () => {
    const honest = node.peer('honest', common.slice(0, 10), (peer) => {
      peer.headers = (locator) => {
        // By the time it answers it has left its last blocks for a branch with more work, and grown.
        peer.chain = [...common.slice(0, 8), ...kit.mineMany(common[7] as TestBlock, 6, 'moved')];
        peer.old.push(...common);
        return peer.headersAfter(locator);
      };
    });
    await node.pass(6_000);
    expect(node.chain.head.hash).toBe(honest.head.hash);
    expect(node.network.penalties).toEqual([]);
  });

  it('that answers late is waited for by a node that is far behind, a silent one is not', async () => {
    const short = kit.mineMany(genesisBlock, 15, 'short');
    node.peer('short', short);
    const late = node.peer('late', common, (peer) => {
      peer.headers = 'busy';
    });
    await node.pass(500);
    late.headers = 'honest';
    await node.pass(5_500);
    expect(node.chain.head.hash).toBe(tip.hash);
    const other = await SyncKit.start({ kit });
    other.peer('short', short);
    other.peer('silent', common, (peer) => {
      claimsMuch(peer);
      peer.headers = 'silent';
    });
    await other.pass(6_500);
    expect(other.chain.head.hash).toBe(short[14]?.hash);
    await other.stop();
  });
});

it('a peer that did not show its chain is asked again in time, although the clock was an hour ahead then', async () => {
  await node.have(common.slice(0, 10));
  node.runtime.jumpClock(3_600_000);
  const peer = node.peer('peer', common, (peer) => Object.assign(peer, { headers: 'silent' }));
  await node.pass(8_000);
  expect(peer.asked.headers).toBe(1);
  node.runtime.jumpClock(-3_600_000);
  peer.headers = 'honest';
  await node.pass(10_000);
  expect(node.chain.head.header.height).toBe(20);
});

it('a node that is far behind follows the best of its static peers, in whatever order they come', async () => {
  const short = kit.mineMany(genesisBlock, 15, 'short');
  node.network.staticPeers = 2;
  node.peer('short', short);
  await node.pass(100);
  node.peer('long', common);
  await node.pass(2_000);
  expect(node.chain.head.hash).toBe(tip.hash);
});

it('a node does not take the shorter of two chains while it fetches the longer one', async () => {
  const [short, long] = [kit.mineMany(tip, 8, 'short'), kit.mineMany(tip, 14, 'long')];
  await node.have(common);
  const slow = node.peer('long', [...common, ...long], (peer) => {
    peer.bodies = 'busy';
  });
  node.peer('short', [...common, ...short]);
  await node.pass(1_000);
  slow.bodies = 'honest';
  // Eight are fewer than twelve, but three of them and nine of the others are not.
  const own = kit.mineMany(tip, 3, 'own');
  await node.have(own);
  await node.pass(6_000);
  expect(node.chain.head.hash).toBe(long[13]?.hash);
  const far = await SyncKit.start({ kit });
  far.network.staticPeers = 2;
  const busy = far.peer('long', [...common, ...long], (peer) => {
    peer.bodies = 'busy';
  });
  far.peer('short', common.slice(0, 15));
  far.peer('other', kit.mineMany(genesisBlock, 15, 'other'));
  await far.pass(1_000);
  expect(far.height).toBe(0);
  busy.bodies = 'honest';
  await far.pass(6_000);
  expect(far.chain.head.hash).toBe(long[13]?.hash);
  await far.stop();
});

describe('a chain that fork choice refuses', () => {
  const ours = kit.mineMany(tip, 12, 'ours');
  const theirs = kit.mineMany(tip, 14, 'theirs');

  it('counts for nothing, raises the alarm once, and is taken when the operator says so', async () => {
    let alarms = 0;
    node.chain.on('alarm', () => alarms++);
    await node.have([...common, ...ours]);
    const other = node.peer('other', [...common, ...theirs]);
    await node.pass(60_000);
    expect(seen()).toEqual(NOTHING(32));
    expect(node.sync.peerChains.split).toMatchObject({ peerId: 'other', other: { hash: theirs[13]?.hash } });
    other.chain = [...other.chain, ...kit.mineMany(theirs[13] as TestBlock, 3, 'theirs')];
    node.network.tell(other);
    await node.pass(2_000);
    expect(seen()).toEqual(NOTHING(32));
    expect(alarms).toBe(1);
    node.chain.allowDeepReorg();
    await node.pass(2_000);
    expect(node.chain.head.hash).toBe(other.head.hash);
    expect(node.sync.peerChains.split).toBeUndefined();
    expect(node.network.isConnected('other')).toBe(true);
  });

  it('is an alarm on the heavier side too, until nobody is on it', async () => {
    await node.have([...common, ...theirs]);
    const other = node.peer('other', [...common, ...ours]);
    await node.pass(1_000);
    expect(node.sync.peerChains.split).toMatchObject({ peerId: 'other', other: { hash: ours[11]?.hash } });
    expect(seen()).toEqual(NOTHING(34));
    other.chain = [...common, ...theirs];
    node.network.tell(other);
    await node.pass(1_000);
    expect(node.sync.peerChains.split).toBeUndefined();
  });

  it('and its end with the last peer that shows it', async () => {
    await node.have([...common, ...ours]);
    node.peer('other', [...common, ...theirs]);
    await node.pass(1_000);
    expect(node.sync.peerChains.split).toBeDefined();
    node.network.leave('other');
    expect(node.sync.peerChains.split).toBeUndefined();
  });

  it('begins at twelve blocks: eleven are left for the better chain', async () => {
    await node.have([...common, ...ours.slice(0, 11)]);
    node.peer('other', [...common, ...theirs]);
    await node.pass();
    expect(node.height).toBe(34);
    expect(node.chain.head.hash).toBe(theirs[13]?.hash);
    expect(node.sync.peerChains.split).toBeUndefined();
  });

  it('is no alarm where a lighter one is cheap, or would give way', async () => {
    // Blocks far apart are easy, so a long fork from the beginning takes a fraction of the work.
    const easy = kit.mineMany(kit.mine(genesisBlock, { timestampMs: TEST_START_MS + 9_000_000 }), 12, 'easy');
    await node.have([...common, ...theirs]);
    node.peer('cheap', easy.slice(0, 12));
    node.peer('behind', [...common, ...ours.slice(0, 11)]);
    await node.pass(2_000);
    expect(node.sync.peerChains.split).toBeUndefined();
    expect(node.height).toBe(34);
  });
});

describe('blocks from the future', () => {
  it('are told of as what the clock keeps this node from, when its peers agree', async () => {
    const nowMs = TEST_START_MS + 20_000;
    const late = await SyncKit.start({ kit: new ChainKit(testGenesis()), nowMs });
    const blocks = late.kit.mineMany(late.kit.genesisBlock, 60, 'clock');
    const peers = ['a', 'b', 'c'].map((id) =>
      late.peer(id, blocks, (peer) => {
        peer.clockOffsetMs = 40_000;
      }),
    );
    await late.pass(7_000);
    // 20 s, seven more that passed, and 5 s ahead are allowed; it looks each half second.
    expect([31, 32]).toContain(late.height);
    expect(late.sync.status()).toMatchObject({ syncing: true, currentHeight: late.height, highestHeight: 60 });
    expect(late.sync.peerChains.ahead()).toBeUndefined();
    for (const peer of peers.slice(1)) peer.clockOffsetMs = 0;
    expect(late.sync.status().syncing).toBe(false);
    expect(late.network.penalties).toEqual([]);
    // Whoever is on them says more of its clock than its own words do.
    const newest = blocks.at(-1)?.header.timestampMs;
    expect(late.network.futures).toEqual(new Map(peers.map(({ id }) => [id, newest])));
    await late.pass(10_000);
    expect(late.height).toBeGreaterThanOrEqual(41);
    await late.pass(60_000);
    expect([late.height, ...late.network.futures.values()]).toEqual([60, undefined, undefined, undefined]);
    await late.stop();
  });
});

it('a block that the headers of a peer have told of is no news when it is announced', async () => {
  await node.have([...common, ...kit.mineMany(tip, 3, 'ours')]);
  const theirs = kit.mineMany(tip, 2, 'theirs');
  const peer = node.peer('other', [...common, ...theirs]);
  await node.pass(1_000);
  const before = peer.asked.headers;
  expect(before).toBeGreaterThan(0);
  node.sync.peerChains.hear('other', (theirs[1] as TestBlock).hash);
  await node.pass(2_000);
  expect(peer.asked.headers).toBe(before);
  const [next] = kit.mineMany(theirs[1] as TestBlock, 1);
  node.sync.peerChains.hear('other', (next as TestBlock).hash);
  await node.pass(2_000);
  expect(peer.asked.headers).toBeGreaterThan(before);
});
