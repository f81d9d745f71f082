import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ELEMENT } from './curve.js';
import { FIELD_PRIME, field, LIMB_COUNT, readElement, storeElement } from './fieldElements.js';

const EDGES = [
  0n,
  1n,
  2n ** 26n - 1n,
  2n ** 26n,
  2n ** 52n,
  2n ** 64n - 1n,
  2n ** 64n,
  2n ** 128n,
  2n ** 192n,
  2n ** 234n,
];
const numbers = fc.oneof(
  fc.bigInt(0n, 2n ** 256n - 1n),
  fc.constantFrom(...EDGES, FIELD_PRIME - 1n, FIELD_PRIME, FIELD_PRIME + 1n, 2n ** 256n - 1n),
  fc.nat(255).map((bit) => 2n ** BigInt(bit)),
);

it('numbers come back modulo the prime, also from limbs that are longer than a product’s', () => {
  // The last places, which recovering leaves free: its constants stand in the first, and other tests of this process need them.
  const [a, b] = [LIMB_COUNT - ELEMENT, LIMB_COUNT - 2 * ELEMENT];
  fc.assert(
    fc.property(numbers, numbers, fc.nat(3), (one, other, doublings) => {
      storeElement(a, one);
      expect(readElement(a)).toBe(one % FIELD_PRIME);
      storeElement(b, other);
      field.add(a, a, b);
      for (let i = 0; i < doublings; i++) field.add(a, a, a);
      expect(readElement(a)).toBe((2n ** BigInt(doublings) * (one + other)) % FIELD_PRIME);
      field.multiply(a, a, b);
      expect(readElement(a)).toBe((2n ** BigInt(doublings) * (one + other) * other) % FIELD_PRIME);
    }),
    { numRuns: 2_000 },
  );
});
