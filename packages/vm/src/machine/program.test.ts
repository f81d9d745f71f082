import { AssertionFailure, type Hash } from '@wattchain/core';
import { expect, it } from 'vitest';
import { contract } from '../../testing/testSupport.js';
import { programOf } from './program.js';

/** The real key is the code's hash; any text that stands for one content does. */
function hashNumber(n: number): Hash {
  return `0x${n.toString(16).padStart(64, '0')}`;
}

it('decodes code once while it is in use, and forgets what was used longest ago', () => {
  // 20,000 bytes each, so 52 fit the cache.
  const code = contract({ selector: 1, lines: Array.from({ length: 19_986 }, () => ['STOP'] as const) });
  let reads = 0;
  const use = (n: number) =>
    programOf(hashNumber(n), () => {
      reads += 1;
      return code;
    });
  for (let n = 0; n < 52; n++) use(n);
  expect(use(0)).toBe(use(0));
  expect(reads).toBe(52);
  use(52);
  use(0);
  expect(reads).toBe(53);
  use(1);
  expect(reads).toBe(54);
});

it('stops at stored code that is malformed', () => {
  expect(() => programOf(hashNumber(1_000), () => Uint8Array.of(1, 2, 3))).toThrow(AssertionFailure);
});
