import { expect, it } from 'vitest';
import { measureDisk } from './measureDisk.js';

it('counts what a chain of trades leaves in its folder', async () => {
  const { blocks, parts, folderBytes } = await measureDisk({ transactions: 120, transactionsPerBlock: 40 }, () => {});
  expect(blocks).toBe(3);
  const counts = new Map(parts.map(({ kind, count }) => [kind, count]));
  // With genesis.
  for (const kind of ['header', 'body', 'receipts of block', 'canonical block of height']) {
    expect(counts.get(kind), kind).toBe(4);
  }
  expect(counts.get('place of transaction')).toBe(120);
  expect(folderBytes).toBeGreaterThan(120 * 64);
  // The bound of a long chain, in which undo records are few. Files hold more here: so little is not tidied.
  const kept = parts.filter(({ kind }) => kind !== 'undo record of block');
  expect(kept.reduce((sum, { bytes }) => sum + bytes, 0) / 120).toBeLessThan(400);
});
