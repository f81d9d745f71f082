import { describe, expect, it } from 'vitest';
import { ChainKit, MINER, TEST_START_MS, type TestBlock, testGenesis } from '../../testing/chainKit.js';
import { SyncKit } from '../../testing/syncKit.js';

const kit = new ChainKit();
const common = kit.mineMany(kit.genesisBlock, 20, 'common');
const codesOf = ({ sync }: SyncKit) => sync.warnings().map(({ code }) => code);

async function withNode(work: (node: SyncKit) => Promise<void>, options: Parameters<typeof SyncKit.start>[0] = {}) {
  const node = await SyncKit.start({ kit, ...options });
  await work(node);
  await node.stop();
}

describe('a clock that is off', () => {
  const withOffsets = (offsets: readonly (number | undefined)[], minerAddress = MINER.address) =>
    withNodeAt(offsets, minerAddress);

  async function withNodeAt(offsets: readonly (number | undefined)[], minerAddress: typeof MINER.address) {
    const node = await SyncKit.start({ kit, minerAddress });
    for (const [i, offset] of offsets.entries()) {
      node.peer(`peer-${i}`, [], (peer) => {
        peer.clockOffsetMs = offset;
      });
    }
    const details = node.sync.warnings().map(({ detail }) => detail);
    await node.stop();
    return details;
  }

  it.each<[string, (number | undefined)[], string[]]>([
    ['of two seconds is none', [2_000, 2_100, 2_200], []],
    ['that nobody speaks of is none', [undefined, undefined], []],
    [
      'is said from half of what blocks may lead',
      [2_600, 3_000, 3_000],
      ["this node's clock is about 3 s behind its peers': set it"],
    ],
    [
      'says what it costs a node that is behind',
      [120_000, 119_800, 121_000],
      ["this node's clock is about 120 s behind its peers': it takes their blocks so much later; set it"],
    ],
    [
      'says what it costs a miner that is ahead',
      [-120_000, -119_800, -121_000],
      ["this node's clock is about 120 s ahead of its peers': they take no block that it makes now; set it"],
    ],
    ['is not what one liar says', [2 ** 45, 10, -10], []],
    ['is nothing when two contradict each other', [60_000, -60_000], []],
  ])('%s', async (_, offsets, details) => {
    expect(await withOffsets(offsets)).toEqual(details);
  });

  it('shows by the newest block when it is set back', async () => {
    await withNode(async (node) => {
      await node.have(common);
      const leadMs = () => (common[19] as TestBlock).header.timestampMs - node.runtime.clock.nowMs();
      node.runtime.jumpClock(leadMs() - 5_000);
      expect(codesOf(node)).toEqual([]);
      node.runtime.jumpClock(-3_595_000);
      expect(node.sync.warnings().map(({ detail }) => detail)).toEqual([
        "the newest block is 3600 s later than this node's clock, and nothing can follow it for 3595 s: compare the clock with one outside the network",
      ]);
    });
  });

  it('shows by the times of blocks when peers say none', async () => {
    const future = kit.mineMany(common[19] as TestBlock, 60, 'future');
    await withNode(
      async (node) => {
        await node.have(common);
        for (const id of ['a', 'b']) node.peer(id, [...common, ...future]);
        await node.pass(1_000);
        expect(codesOf(node)).toEqual(['clockOff']);
        expect(node.sync.status()).toMatchObject({ syncing: true, highestHeight: 80 });
      },
      { nowMs: TEST_START_MS + 20_000 },
    );
  });
});

describe('members that do not answer', () => {
  it('are said by name, while they are too many, whether or not the node mines', async () => {
    await withNode(async (node) => {
      for (const [seen, silent, details] of [
        [3, ['d'], []],
        [
          2,
          ['c', 'd'],
          [
            '2 of 4 members answer from this chain, 3 are needed to mine; these do not answer, or with a clock that is off: c, d',
          ],
        ],
        [4, [], []],
      ] as const) {
        node.network.members = { seen, needed: 3, total: 4, silent, apart: [] };
        expect(node.sync.warnings().map(({ detail }) => detail)).toEqual(details);
      }
    });
  });

  it('are nothing where nobody says who they are', async () => {
    await withNode(async (node) => {
      node.network.members = { seen: 1, needed: 2, total: 1, silent: [], apart: [] };
      expect(codesOf(node)).toEqual([]);
    });
  });
});

describe('blocks of its own that nobody takes', () => {
  it('are said by the miner that made them', async () => {
    const own = kit.mineMany(common[19] as TestBlock, 5, 'own');
    const nowMs = (own[0] as TestBlock).header.timestampMs;
    await withNode(
      async (node) => {
        await node.have([...common, ...own]);
        const peers = ['a', 'b', 'c'].map((id) => node.peer(id, common));
        await node.pass(29_000);
        expect(codesOf(node)).toEqual([]);
        await node.pass(2_000);
        expect(node.sync.warnings()).toMatchObject([
          { code: 'blocksNotTaken', detail: expect.stringContaining('block 21, which this node made') },
        ]);
        // One that says it has them changes nothing, two do.
        for (const [count, codes] of [
          [1, ['blocksNotTaken']],
          [2, []],
        ] as const) {
          for (const peer of peers.slice(0, count)) peer.chain = [...common, ...own];
          expect(codesOf(node)).toEqual(codes);
        }
      },
      { nowMs, minerAddress: MINER.address },
    );
  });

  it('are nothing to a node that does not mine, or of which a peer is ahead', async () => {
    const own = kit.mineMany(common[19] as TestBlock, 5, 'own');
    await withNode(async (node) => {
      await node.have([...common, ...own]);
      node.peer('a', common);
      await node.pass(1_000);
      expect(codesOf(node)).toEqual([]);
    });
    await withNode(
      async (node) => {
        await node.have(common);
        node.peer('a', [...common, ...own], (peer) => {
          peer.headers = 'busy';
        });
        await node.pass(1_000);
        expect(codesOf(node)).toEqual([]);
      },
      { minerAddress: MINER.address },
    );
  });
});

describe('a head that stays old', () => {
  it('is told once a node has waited as long, whoever is connected, and no more when a block comes', async () => {
    await withNode(async (node) => {
      await node.have(common);
      // Whoever keeps blocks from it claims to have none.
      for (const id of ['a', 'b', 'c']) node.peer(id, common);
      await node.pass(30_000);
      expect(codesOf(node)).toEqual([]);
      await node.pass(50);
      expect(node.sync.warnings()).toMatchObject([
        { code: 'headOld', detail: expect.stringContaining('none of 3 peers') },
      ]);
      const timestampMs = node.runtime.clock.nowMs();
      await node.have([kit.mine(common[19] as TestBlock, { timestampMs })]);
      expect(codesOf(node)).toEqual([]);
      node.runtime.advance(30_000);
      expect(codesOf(node)).toEqual([]);
      node.runtime.advance(1);
      expect(codesOf(node)).toEqual(['headOld']);
    });
  });

  it('is older than twenty intervals where those are long', async () => {
    const slow = new ChainKit(testGenesis({ blockIntervalMs: 15_000 }));
    const node = await SyncKit.start({ kit: slow, nowMs: TEST_START_MS });
    node.runtime.advance(300_000);
    expect(codesOf(node)).toEqual([]);
    node.runtime.advance(1);
    expect(codesOf(node)).toEqual(['headOld']);
    await node.stop();
  });
});

it('a split says who, since when, and what to do, on both sides', async () => {
  const light = kit.mineMany(common[19] as TestBlock, 12, 'light');
  const heavy = kit.mineMany(common[19] as TestBlock, 13, 'heavy');
  const sides = [
    [light, heavy, 'it has more work and is refused', '12 blocks ago'],
    [heavy, light, 'it has less work and does not come over', '13 blocks ago'],
  ] as const;
  for (const [ours, theirs, what, when] of sides) {
    await withNode(async (node) => {
      await node.have([...common, ...ours]);
      node.peer('other', [...common, ...theirs]);
      await node.pass(1_000);
      const [warning] = node.sync.warnings();
      expect(warning?.code).toBe('chainSplit');
      for (const part of ['peer other', 'since block 20', when, what, 'watt_allowDeepReorg']) {
        expect(warning?.detail).toContain(part);
      }
    });
  }
  expect(testGenesis().confirmations).toBe(12);
});

it('a split that lies further back than blocks can be undone says what helps then', async () => {
  const ours = kit.mineMany(common[19] as TestBlock, 65, 'ours');
  const theirs = kit.mineMany(common[19] as TestBlock, 66, 'theirs');
  await withNode(async (node) => {
    await node.have([...common, ...ours]);
    node.peer('other', [...common, ...theirs]);
    await node.pass(1_000);
    const [warning] = node.sync.warnings();
    expect(warning?.code).toBe('chainSplit');
    expect(warning?.detail).toContain('65 blocks ago');
    expect(warning?.detail).toContain('delete the folder "chain" of its data directory');
    expect(warning?.detail).not.toContain('watt_allowDeepReorg');
    node.chain.allowDeepReorg();
    await node.pass(1_000);
    expect(node.chain.head.hash).toBe(ours.at(-1)?.hash);
  });
});

it('the override is refused where it cannot help, with what helps, and given where it can', async () => {
  for (const [depth, isRefused] of [
    [64, false],
    [65, true],
  ] as const) {
    const ours = kit.mineMany(common[19] as TestBlock, depth, 'ours');
    const theirs = kit.mineMany(common[19] as TestBlock, depth + 1, 'theirs');
    await withNode(async (node) => {
      await node.have([...common, ...ours]);
      node.peer('other', [...common, ...theirs]);
      await node.pass(1_000);
      let overrides = 0;
      node.chain.on('override', () => overrides++);
      const allow = () => node.sync.allowDeepReorg();
      if (isRefused) {
        const message = expect.stringContaining("left this node's at block 20, 65 blocks ago: nothing was allowed");
        const hint = expect.stringContaining('delete the folder "chain" of its data directory');
        expect(allow).toThrow(expect.objectContaining({ code: 'splitTooDeep', message, hint }));
      } else allow();
      expect(overrides).toBe(isRefused ? 0 : 1);
      await node.pass(1_000);
      expect(node.chain.head.hash).toBe((isRefused ? ours : theirs).at(-1)?.hash);
    });
  }
});
