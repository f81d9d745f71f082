import { ELEMENT } from './curve.js';
import { createField, type Field } from './field.js';

/** The elements that recovering works on, and how numbers come to them and back. */

/** The field's prime (SEC 2, section 2.4.1). */
export const FIELD_PRIME: bigint = 2n ** 256n - 2n ** 32n - 977n;

const LIMB_BITS = 26n;
/** Room for some hundred elements: 64 KiB. */
const limbs: BigUint64Array = new BigUint64Array(8192);

export const LIMB_COUNT: number = limbs.length;
export const field: Field = createField(limbs);

/** Stores a number below 2^256; every limb is as short as a product's. */
export function storeElement(o: number, value: bigint): void {
  let rest = value;
  for (let i = 0; i < ELEMENT; i++) {
    limbs[o + i] = BigInt.asUintN(26, rest);
    rest >>= LIMB_BITS;
  }
}

/** The number from 0 to p − 1 that an element is. */
export function readElement(a: number): bigint {
  let value = 0n;
  for (let i = ELEMENT - 1; i >= 0; i--) value = (value << LIMB_BITS) + (limbs[a + i] as bigint);
  return value % FIELD_PRIME;
}
