import { assert, blockHash, type Hash, type Header, type Outcome, textToBytes } from '@wattchain/core';
import { beforeEach, describe, expect, it } from 'vitest';
import { ChainKit, TEST_START_MS, type TestBlock } from '../../testing/chainKit.js';
import { ManualRuntime } from '../../testing/manualRuntime.js';
import { silentLogger } from '../base/log.js';
import { Chain } from '../chain/chain.js';
import type { PeerFault } from '../p2p/faultPolicy.js';
import { MAX_HEADERS, MAX_LOCATOR } from '../p2p/limits.js';
import { MemoryStore } from '../store/memoryStore.js';
import {
  fetchHeaderChain,
  firstMissing,
  forkPoint,
  type HeaderChain,
  isSegment,
  locatorOf,
  type Segment,
} from './headerChain.js';

const kit = new ChainKit();
const long = kit.mineMany(kit.genesisBlock, MAX_HEADERS + 100, 'long');
let chain: Chain;
let asked: (readonly Hash[])[];

beforeEach(async () => {
  asked = [];
  const runtime = new ManualRuntime(TEST_START_MS + 10_000_000);
  chain = await Chain.open({ store: new MemoryStore(), genesis: kit.genesis, runtime, log: silentLogger });
});

async function have(blocks: readonly TestBlock[]): Promise<void> {
  for (const { header, body } of blocks) await chain.acceptBlock(header, body);
}

/** Walks along answers given one after another. */
function walk(
  answers: readonly (readonly TestBlock[] | readonly Header[])[],
  nowMs = TEST_START_MS + 10_000_000,
  known?: HeaderChain,
) {
  const rest = [...answers];
  const ask = async (locator: readonly Hash[]): Promise<Outcome<Header[], PeerFault>> => {
    asked.push(locator);
    return { value: (rest.shift() ?? []).map((block) => ('header' in block ? block.header : block)) };
  };
  return fetchHeaderChain({ chain, nowMs: () => nowMs, ask, pause: async () => {} }, known);
}

describe('locator', () => {
  it('is dense at the head, sparse below, and ends in genesis', async () => {
    await have(long.slice(0, 100));
    const heights = locatorOf(chain).map((hash) => chain.headerByHash(hash)?.header.height);
    expect(heights).toEqual([100, 99, 98, 97, 96, 95, 94, 93, 92, 91, 89, 85, 77, 61, 29, 0]);
    const { genesis } = kit;
    const head = { ...chain.head, header: { ...chain.head.header, height: 2 ** 32 - 1 } };
    expect(locatorOf({ head, genesis, canonicalHash: () => genesis.hash }).length).toBeLessThanOrEqual(MAX_LOCATOR);
  });
});

describe('a header chain', () => {
  it('is followed over several answers, and its work is counted', async () => {
    await have(long.slice(0, 10));
    const [first, second] = [long.slice(5, 5 + MAX_HEADERS), long.slice(5 + MAX_HEADERS)];
    const { value } = await walk([first, second]);
    const tip = long.at(-1);
    expect(value?.tip).toEqual(tip?.record);
    expect(value && forkPoint(chain, value)?.header.height).toBe(10);
    expect(value?.segments.map(({ count }) => count)).toEqual([first.length, second.length]);
    expect(asked).toHaveLength(2);
    expect(asked[1]?.[0]).toBe(first.at(-1)?.hash);
    expect(asked[1]?.length).toBeLessThanOrEqual(MAX_LOCATOR);
  });

  it('that grew is followed from where it ended, and its fork moves with our own chain', async () => {
    const fork = kit.mineMany(long[4] as TestBlock, 30, 'fork');
    await have(long.slice(0, 6));
    const { value: known } = await walk([fork.slice(0, 10)]);
    assert(known !== undefined, 'it has more');
    const { value } = await walk([fork.slice(10, 20)], undefined, known);
    expect(asked.at(-1)?.[0]).toBe(fork[9]?.hash);
    assert(value !== undefined, 'it has more');
    expect([value.tip.hash, value.base.hash, value.hashes.length]).toEqual([fork[19]?.hash, long[4]?.hash, 20]);
    expect(value.segments.map(({ count }) => count)).toEqual([20]);
    const [before] = [forkPoint(chain, value)];
    expect(before?.hash).toBe(long[4]?.hash);
    expect(before && firstMissing(chain, value, before)).toBe(fork[0]?.hash);
    await have(fork.slice(0, 8));
    const after = forkPoint(chain, value);
    expect(after?.hash).toBe(fork[7]?.hash);
    expect(after && firstMissing(chain, value, after)).toBe(fork[8]?.hash);
    await have(long.slice(0, 40));
    expect(forkPoint(chain, value)?.hash).toBe(long[4]?.hash);
    // Our own chain is longer now; the other one stays beside it and grows.
    asked = [];
    const { value: grown } = await walk([fork.slice(20, 25)], undefined, value);
    expect(grown?.tip.hash).toBe(fork[24]?.hash);
    expect(asked.map(([newest]) => newest)).toEqual([fork[19]?.hash]);
  });

  it('that is ahead of ours all the time is kept from where ours ends', async () => {
    let { value } = await walk([long.slice(0, 3)]);
    for (let height = 1; height <= 40; height++) {
      await have(long.slice(height - 1, height));
      ({ value } = await walk([long.slice(height + 2, height + 3)], undefined, value));
      assert(value !== undefined, 'it has more');
      expect([value.base.hash, value.tip.hash]).toEqual(
        [long[height - 1], long[height + 2]].map((block) => block?.hash),
      );
      expect(value.hashes).toEqual(long.slice(height, height + 3).map(({ hash }) => hash));
      const [segment, ...others] = value.segments;
      expect(others).toEqual([]);
      expect(segment).toMatchObject({ parentHash: value.base.hash, lastHash: value.tip.hash, count: 3 });
      expect(isSegment(segment?.headers ?? [], segment as Segment, blockHash)).toBe(true);
    }
    // Of several segments those that are ours go whole.
    const [first, second] = [long.slice(40, 40 + MAX_HEADERS), long.slice(40 + MAX_HEADERS, -1)];
    const { value: far } = await walk([first, second]);
    await have(long.slice(40, -2));
    const { value: near } = await walk([long.slice(-1)], undefined, far);
    expect(near?.base.hash).toBe(long.at(-3)?.hash);
    expect(near?.segments.map(({ count }) => count)).toEqual([2]);
    expect(near?.hashes).toEqual(long.slice(-2).map(({ hash }) => hash));
  });

  it('that stayed beside ours and was left for ours is asked for once more, by our hashes', async () => {
    const fork = kit.mineMany(long[4] as TestBlock, 10, 'left');
    await have(long.slice(0, 6));
    const { value: known } = await walk([fork]);
    await have(long.slice(0, 40));
    asked = [];
    expect(await walk([[], []], undefined, known)).toEqual({ value: undefined });
    expect(asked.map(([newest]) => newest)).toEqual([fork[9]?.hash, chain.head.hash]);
    const { value } = await walk([[], long.slice(40, 42)], undefined, known);
    expect(value?.tip.hash).toBe(long[41]?.hash);
    // What became part of our chain is not asked for.
    const { value: ours } = await walk([long.slice(40, 42)]);
    await have(long.slice(40, 45));
    asked = [];
    await walk([[]], undefined, ours);
    expect(asked.map(([newest]) => newest)).toEqual([chain.head.hash]);
  });

  it('with a block that was found to be invalid is refused', async () => {
    const bad = kit.mine(kit.genesisBlock, { tamper: { stateRoot: `0x${'12'.repeat(32)}` } });
    await have([bad]);
    expect((await walk([[bad]])).fault).toEqual({ code: 'parentInvalid', got: bad.hash });
  });

  it('is nothing when the peer has nothing more', async () => {
    expect(await walk([[]])).toEqual({ value: undefined });
  });

  it('begins anew when the peer changes its chain in the middle', async () => {
    const other = kit.mineMany(kit.genesisBlock, 3, 'other');
    const { value } = await walk([long.slice(0, MAX_HEADERS), other]);
    expect(value?.tip.hash).toBe(other[2]?.hash);
    expect(value?.segments).toHaveLength(1);
    const flapping = [long.slice(0, MAX_HEADERS), kit.mineMany(kit.genesisBlock, MAX_HEADERS, 'x')];
    const { fault } = await walk(Array.from({ length: 10 }, (_, i) => flapping[i % 2] ?? []));
    expect(fault?.code).toBe('requestBroken');
  });

  it('ends before a header from the future, and says so', async () => {
    const [past, next] = [long[0], long[1]] as [TestBlock, TestBlock];
    const { value } = await walk([[past, next]], past.header.timestampMs - 5_000);
    expect(value?.tip.hash).toBe(past.hash);
    expect(value?.future?.hash).toBe(next.hash);
  });

  it.each<[string, () => Header[], PeerFault['code']]>([
    ['that follows nothing of ours', () => long.slice(3, 5).map(({ header }) => header), 'headersUnlinked'],
    ['with a gap', () => [long[0], long[2]].flatMap((block) => block?.header ?? []), 'headerParent'],
    [
      'without work',
      () => [{ ...(long[0] as TestBlock).header, headerNonce: 0, extra: textToBytes('?') }],
      'headerWork',
    ],
    [
      'with the history of another chain',
      () => [kit.mine(kit.genesisBlock, { tamper: { historyRoot: kit.genesis.hash } }).header],
      'headerHistory',
    ],
    ['with a wrong height', () => [kit.mine(kit.genesisBlock, { tamper: { height: 7 } }).header], 'headerHeight'],
  ])('is refused: one %s', async (_, headers, code) => {
    expect((await walk([headers()])).fault?.code).toBe(code);
  });
});

describe('a segment that is fetched again', () => {
  it('must be the one that was validated', () => {
    const blocks = long.slice(0, 5);
    const segment: Segment = {
      parentHash: kit.genesis.hash,
      lastHash: (blocks[4] as TestBlock).hash,
      count: 5,
      headers: undefined,
    };
    const headers = long.slice(0, 8).map(({ header }) => header);
    expect(isSegment(headers, segment, blockHash)).toBe(true);
    expect(isSegment(headers.slice(0, 4), segment, blockHash)).toBe(false);
    expect(isSegment(headers.slice(1), segment, blockHash)).toBe(false);
    const swapped = [...headers.slice(0, 2), ...kit.mineMany(long[1] as TestBlock, 3, 'y').map(({ header }) => header)];
    expect(isSegment(swapped, segment, blockHash)).toBe(false);
  });
});
