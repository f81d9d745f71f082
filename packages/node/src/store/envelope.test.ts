import { crc32, deflateRawSync } from 'node:zlib';
import { concatBytes, keccak256, sha256, textToBytes } from '@wattchain/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seal, unseal } from './envelope.js';
import { bodyKey, receiptsKey, undoKey } from './schema.js';

const HASH = `0x${'12'.repeat(32)}` as const;
const KEYS = [bodyKey(HASH), receiptsKey(HASH), undoKey(HASH), textToBytes('h1'), textToBytes('x1')];

/** Bytes that nothing makes shorter. */
function noise(length: number): Uint8Array {
  const blocks = Array.from({ length: Math.ceil(length / 32) }, (_, i) => sha256(textToBytes(`noise ${i}`)));
  return concatBytes(...blocks).slice(0, length);
}

describe('a sealed value', () => {
  it('comes back under its own key and no other, whatever it is', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 300 }),
        fc.constantFrom(...KEYS),
        fc.constantFrom(...KEYS),
        (value, key, other) => {
          const stored = seal(key, value);
          expect(unseal(key, stored)).toEqual(value);
          if (other !== key) expect(unseal(other, stored)).toBeUndefined();
        },
      ),
    );
  });

  it('comes back whatever its length, though short ones have tables of their own', () => {
    const bytes = Uint8Array.from({ length: 70_000 }, (_, i) => (i * i) >> 7);
    for (const length of [0, 1, 255, 256, 511, 512, 513, 2_047, 2_048, 4_095, 4_096, 32_768, 70_000]) {
      for (const value of [bytes.slice(0, length), noise(length)]) {
        expect(unseal(bodyKey(HASH), seal(bodyKey(HASH), value)), `${length} bytes`).toEqual(value);
      }
    }
  });

  it('is read where it is short and squeezed all the same, as earlier versions left it', () => {
    for (const length of [0, 1, 300, 2_047]) {
      const value = noise(length);
      const head = new Uint8Array(4);
      new DataView(head.buffer).setUint32(0, length);
      const content = concatBytes(head, deflateRawSync(value));
      const checksum = new Uint8Array(4);
      new DataView(checksum.buffer).setUint32(0, crc32(content, crc32(bodyKey(HASH))));
      expect(unseal(bodyKey(HASH), concatBytes(content, checksum)), ` bytes`).toEqual(value);
    }
  });

  it('stays as it is where making it shorter would cost more than all else', () => {
    const zeros = new Uint8Array(2_048);
    expect(seal(bodyKey(HASH), zeros.subarray(1)).length).toBe(2_047 + 8);
    expect(seal(bodyKey(HASH), zeros).length).toBeLessThan(100);
  });

  it('is told from one with a changed bit or a cut end', () => {
    const value = sha256(textToBytes('value'));
    for (const key of KEYS) {
      const stored = seal(key, value);
      for (let bit = 0; bit < stored.length * 8; bit++) {
        const harmed = stored.slice();
        harmed[bit >> 3] = (harmed[bit >> 3] as number) ^ (1 << (bit & 7));
        expect(unseal(key, harmed), `bit ${bit}`).toBeUndefined();
      }
      for (let length = 0; length < stored.length; length++) {
        expect(unseal(key, stored.subarray(0, length)), `${length} bytes`).toBeUndefined();
      }
    }
  });

  it('takes less where its entries have much in common', () => {
    const entry = Uint8Array.of(...keccak256(textToBytes('seller')), ...new Uint8Array(200));
    const list = Uint8Array.from(Array.from({ length: 40 }, () => [...entry]).flat());
    expect(seal(receiptsKey(HASH), list).length).toBeLessThan(list.length / 50);
    expect(seal(textToBytes('h'), list).length).toBe(list.length + 4);
  });

  it('that claims another length than it has is none, and is not unpacked beyond what it claims', () => {
    const key = bodyKey(HASH);
    const content = seal(key, new Uint8Array(1_000_000)).slice(0, -4);
    for (const [length, fits] of [
      [1_000_000, true],
      [999_999, false],
      [9, false],
      [0, false],
      [2 ** 32 - 1, false],
    ] as const) {
      new DataView(content.buffer).setUint32(0, length);
      const checksum = new Uint8Array(4);
      new DataView(checksum.buffer).setUint32(0, crc32(content, crc32(key)));
      expect(unseal(key, Uint8Array.of(...content, ...checksum)) !== undefined, `${length}`).toBe(fits);
    }
  });
});
