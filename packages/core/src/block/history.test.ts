import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import vectors from '../../../../test/vectors/history.json' with { type: 'json' };
import { bigIntToBytes, concatBytes, fromHex, type Hash, numberToBytes, toHex } from '../bytes.js';
import { sha256 } from '../hash.js';
import { appendToHistory, type History, type HistoryNode, newestPeakSize } from './history.js';

vi.mock('../hash.js', async (importOriginal) => {
  const original = await importOriginal<typeof import('../hash.js')>();
  return { ...original, sha256: vi.fn(original.sha256) };
});

// The readable twin: mountains from scratch, the largest first, joined from the oldest on.

function naiveNode(tag: number, ...nodes: HistoryNode[]): HistoryNode {
  const parts = nodes.flatMap(({ hash, work, activeMs }) => [
    fromHex(hash),
    bigIntToBytes(work, 32),
    numberToBytes(activeMs, 8),
  ]);
  return {
    hash: toHex(sha256(concatBytes(Uint8Array.of(tag), ...parts))),
    work: nodes.reduce((sum, { work }) => sum + work, 0n),
    activeMs: nodes.reduce((sum, { activeMs }) => sum + activeMs, 0),
  };
}

function naiveMountain(blocks: readonly HistoryNode[]): HistoryNode {
  const [first] = blocks;
  if (first !== undefined && blocks.length === 1) return naiveNode(0, first);
  const middle = blocks.length / 2;
  return naiveNode(1, naiveMountain(blocks.slice(0, middle)), naiveMountain(blocks.slice(middle)));
}

function naiveTop(blocks: readonly HistoryNode[]): HistoryNode {
  const peaks: HistoryNode[] = [];
  for (let start = 0; start < blocks.length; ) {
    const size = 2 ** Math.floor(Math.log2(blocks.length - start));
    peaks.push(naiveMountain(blocks.slice(start, start + size)));
    start += size;
  }
  return peaks.reduce((top, peak) => naiveNode(1, top, peak));
}

function historyOfAll(blocks: readonly HistoryNode[], from?: History): History {
  const history = blocks.reduce<History | undefined>(appendToHistory, from);
  return history ?? expect.fail('no blocks');
}

const hash = fc.uint8Array({ minLength: 32, maxLength: 32 }).map(toHex);
const block: fc.Arbitrary<HistoryNode> = fc.record({
  hash,
  work: fc.bigInt({ min: 0n, max: 2n ** 240n }),
  activeMs: fc.nat(2 ** 40),
});

describe('a history', () => {
  it('equals the vectors', () => {
    let history: History | undefined;
    for (const row of vectors.blocks) {
      if (history !== undefined) {
        const { hash, work, activeMs } = history.top;
        expect([hash, String(work), activeMs]).toEqual([row.historyRoot, row.workBefore, row.activeMsBefore]);
      }
      const { activeMs } = row;
      history = appendToHistory(history, { hash: row.blockHash as Hash, work: BigInt(row.work), activeMs });
    }
  });

  it('is what its readable twin makes of the blocks, on branches of one chain too', () => {
    const branches = fc.tuple(fc.array(block, { minLength: 1, maxLength: 40 }), fc.array(block), fc.array(block));
    fc.assert(
      fc.property(branches, ([shared, one, other]) => {
        const trunk = historyOfAll(shared);
        for (const branch of [one, other, []]) {
          expect(historyOfAll(branch, trunk).top).toEqual(naiveTop([...shared, ...branch]));
        }
      }),
    );
  });

  it('says how many blocks its newest peak is over, and which block was the last before it', () => {
    const blocks = fc.sample(block, { numRuns: 64, seed: 1 });
    for (let count = 1; count <= blocks.length; count++) {
      const { size, before, lastBlock } = historyOfAll(blocks.slice(0, count));
      expect(size).toBe(newestPeakSize(count - 1));
      expect(lastBlock).toBe(blocks[count - 1]?.hash);
      expect(before?.lastBlock).toBe(blocks[count - size - 1]?.hash);
    }
  });

  it('has another root for everything that a liar may change: a block, its work, its time, the order, the number', () => {
    const honest = fc.sample(block, { numRuns: 13, seed: 2 });
    const root = historyOfAll(honest).top.hash;
    const roots = honest.flatMap((at, index) => {
      const other = (changed: Partial<HistoryNode>) => honest.with(index, { ...at, ...changed });
      const next = honest[(index + 1) % honest.length] as HistoryNode;
      // The same sums, otherwise distributed: what a node says of the work below it must hold on every level.
      const shifted = other({ work: at.work + 1n }).with((index + 1) % honest.length, {
        ...next,
        work: next.work - 1n,
      });
      return [
        other({ hash: `0x${'00'.repeat(32)}` }),
        other({ work: at.work + 1n }),
        other({ activeMs: at.activeMs + 1 }),
        shifted,
        honest.with(index, next).with((index + 1) % honest.length, at),
        honest.toSpliced(index, 1),
        [...honest, at],
      ].map((blocks) => historyOfAll(blocks).top.hash);
    });
    expect(new Set([root, ...roots]).size).toBe(1 + roots.length);
  });

  it('does not take an inner node for a block: the first bytes of what is hashed differ', () => {
    const [one, two] = fc.sample(block, { numRuns: 2, seed: 3 }) as [HistoryNode, HistoryNode];
    const { top } = historyOfAll([one, two]);
    expect(appendToHistory(undefined, top).top.hash).not.toBe(top.hash);
  });

  it('costs three hashes a block on average, however long it is', () => {
    const next: HistoryNode = { hash: `0x${'11'.repeat(32)}`, work: 1n, activeMs: 1 };
    let history: History | undefined;
    for (const blocks of [4_096, 8_192]) {
      vi.mocked(sha256).mockClear();
      for (let i = 0; i < blocks; i++) history = appendToHistory(history, next);
      expect(vi.mocked(sha256).mock.calls.length / blocks).toBeLessThanOrEqual(3);
    }
  });
});
