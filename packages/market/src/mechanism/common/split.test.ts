import fc from 'fast-check';
import { encodeAbiParameters, keccak256 } from 'viem';
import { describe, expect, it } from 'vitest';
import { ownerOf } from '../../../testing/fontanaWeek.js';
import { splitByLargestRemainder, sum } from './split.js';
import { TieOrder, tieHash } from './ties.js';

const weightsToParts = (weights: readonly bigint[]) =>
  weights.map((weight, index) => ({ owner: ownerOf(index + 1), weight }));

describe('largest remainder', () => {
  const weights = fc.array(
    fc.oneof(fc.constant(0n), fc.bigInt({ min: 0n, max: 30n }), fc.bigInt({ min: 0n, max: 10n ** 20n })),
    {
      minLength: 1,
      maxLength: 12,
    },
  );

  it('sums to the whole, each part less than a unit from its exact share', () => {
    fc.assert(
      fc.property(weights, fc.bigInt({ min: 0n, max: 10n ** 24n }), (list, total) => {
        const whole = sum(list);
        fc.pre(whole > 0n);
        const parts = splitByLargestRemainder(total, weightsToParts(list), new TieOrder(7n));
        expect(sum(parts)).toBe(total);
        parts.forEach((part, index) => {
          const away = part * whole - total * (list[index] ?? 0n);
          expect(away < whole && -away < whole).toBe(true);
        });
      }),
    );
  });

  it('gives what is left over to the smallest hash among equals, whoever stands first', () => {
    const ties = new TieOrder(1_498_892_400n);
    const parts = weightsToParts([5n, 5n, 5n, 5n]);
    const shares = splitByLargestRemainder(6n, parts, ties);
    const back = splitByLargestRemainder(6n, [...parts].reverse(), ties).reverse();
    expect(back).toEqual(shares);
    const lucky = parts
      .map(({ owner }) => owner)
      .sort((a, b) => (tieHash(1_498_892_400n, a) < tieHash(1_498_892_400n, b) ? -1 : 1));
    expect(
      parts
        .filter((_, index) => shares[index] === 2n)
        .map(({ owner }) => owner)
        .sort(),
    ).toEqual(lucky.slice(0, 2).sort());
  });

  it('splits nothing among nobody, and refuses to split something', () => {
    expect(splitByLargestRemainder(0n, weightsToParts([0n, 0n]), new TieOrder(0n))).toEqual([0n, 0n]);
    expect(() => splitByLargestRemainder(1n, weightsToParts([0n]), new TieOrder(0n))).toThrow('among nobody');
  });
});

it('the tie hash is that of the ABI encoding of period and owner', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n }), fc.nat(2 ** 30), (start, home) => {
      const encoded = encodeAbiParameters([{ type: 'uint256' }, { type: 'address' }], [start, ownerOf(home)]);
      expect(tieHash(start, ownerOf(home))).toBe(BigInt(keccak256(encoded)));
    }),
    { numRuns: 20 },
  );
});
