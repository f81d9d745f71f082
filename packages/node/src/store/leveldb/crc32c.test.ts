import { textToBytes } from '@wattchain/core';
import { expect, test } from 'vitest';
import { crc32c, maskCrc } from './crc32c.js';

test('equals the check value of the catalogue and the vectors of RFC 3720, B.4', () => {
  expect(crc32c(textToBytes('123456789'))).toBe(0xe3069283);
  expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
  expect(crc32c(new Uint8Array(32).fill(0xff))).toBe(0x62a8ab43);
  expect(crc32c(textToBytes('6789'), crc32c(textToBytes('12345')))).toBe(0xe3069283);
  // leveldb/util/crc32c_test.cc: a masked checksum is another number.
  expect(maskCrc(crc32c(textToBytes('foo')))).not.toBe(crc32c(textToBytes('foo')));
});
