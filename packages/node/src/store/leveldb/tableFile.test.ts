import { concatBytes } from '@wattchain/core';
import { expect, test } from 'vitest';
import { crc32c, maskCrc } from './crc32c.js';
import { readTable } from './tableFile.js';

const MAGIC = [0x57, 0xfb, 0x80, 0x8b, 0x24, 0x75, 0x47, 0xdb];
/** A block without entries and restarts. */
const EMPTY = [0, 0, 0, 0];

function block(...content: number[]): Uint8Array {
  const typed = Uint8Array.from([...content, 0]);
  const checksum = new Uint8Array(4);
  new DataView(checksum.buffer).setUint32(0, maskCrc(crc32c(typed)), true);
  return concatBytes(typed, checksum);
}

/** A table whose index is that block; its metaindex is empty. */
function tableWith(index: readonly number[]): Uint8Array {
  const handles = [0, EMPTY.length, EMPTY.length + 5, index.length];
  const footer = Uint8Array.from([...handles, ...new Array<number>(36).fill(0), ...MAGIC]);
  return concatBytes(block(...EMPTY), block(...index), footer);
}

test('a length of a key that lies takes no memory', () => {
  expect(readTable(tableWith(EMPTY))).toEqual([]);
  // Nothing shared, then 2^42 bytes of key, which no array can have.
  const endless = [0, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01, 0, ...EMPTY];
  expect(readTable(tableWith(endless))).toMatchObject([{ detail: 'the stored chain is damaged: a block is cut off' }]);
});
