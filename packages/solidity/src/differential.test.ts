/**
 * Every contract of the corpus on our machine and on the EVM: the same calls, the same results. Small; `npm run differential` is the
 * same at any length.
 */
import { assert } from '@wattchain/core';
import { describe, expect, test } from 'vitest';
import { runDifferential } from '../testing/differential.js';
import { runPrograms } from '../testing/programs/run.js';
import { corpusFiles, subjectOf } from '../testing/subjects.js';

const CALLS = 120;
/** What solc's older code generator cannot compile, or compiles otherwise. */
const ONLY_IR = ['encodings.sol', 'newerSolc.sol', 'references.sol'];
/** solc's newer code generator needs longer for each of these than the older one for all others together. */
const LONG = ['aggregates.sol', 'energy.sol'];

describe('our machine and the EVM agree on', () => {
  const files = corpusFiles().filter(({ name }) => !LONG.includes(name));
  test.each(files.map((file) => [file.name, file] as const))('%s', async (name, file) => {
    const subject = subjectOf(file, ONLY_IR.includes(name) ? 'ir' : 'quick');
    const { agreed, difference } = await runDifferential({ subject, seed: 1, calls: CALLS });
    expect(difference).toBeUndefined();
    expect(agreed).toBeGreaterThanOrEqual(CALLS);
  });

  test('random programs', async () => {
    const { agreed, dropped, differences } = await runPrograms({ seed: 1, programs: 3, from: 0 });
    expect(differences).toEqual([]);
    expect(agreed).toBe(3 - dropped);
    expect(agreed).toBeGreaterThan(1);
  });
});

test('a fault is found, and told with the few calls that show it', async () => {
  const file = corpusFiles().find(({ name }) => name === 'coin.sol');
  assert(file !== undefined, 'the corpus has a coin');
  const faulty = {
    name: file.name,
    text: file.text.replace('balances[receiver] += amount', '$&; balances[receiver] |= 1'),
  };
  expect(faulty.text).not.toBe(file.text);
  const subject = { ...subjectOf(file, 'quick'), ours: subjectOf(faulty, 'quick').ours };
  const { difference } = await runDifferential({ subject, seed: 1, calls: CALLS });
  expect(difference?.what).toContain('storage word');
  expect(difference?.steps).toHaveLength(2);
  expect(difference?.steps[1]).toContain('Coin.mint(');
});
