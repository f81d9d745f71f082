import { type Hex, keccak256, type Log, textToBytes, toHex, ZERO_ADDRESS } from '@wattchain/core';
import { keccak256 as ethersKeccak256 } from 'ethers';
import { expect, test } from 'vitest';
import { logsBloom } from './bloom.js';

const log = (entries: readonly Hex[]): Log => ({
  address: entries[0] as Hex,
  topics: entries.slice(1),
  data: new Uint8Array(0),
});

test("gives the digest of go-ethereum's core/types/bloom9_test.go, TestBloomExtensively", () => {
  const entries = Array.from({ length: 100 }, (_, i) => toHex(textToBytes(`xxxxxxxxxx data ${i} yyyyyyyyyyyyyy`)));
  const bloom = logsBloom([log(entries.slice(0, 3)), log(entries.slice(3))]);
  const bytes = Uint8Array.from(Buffer.from(bloom.slice(2), 'hex'));
  expect(toHex(keccak256(bytes))).toBe('0xc8d3ca65cdb4874300a9e39475508f23ed6da09fdbc487f89a2dcf50b09eb263');
});

test('equals the definition computed on one large number', () => {
  const entries: Hex[] = [ZERO_ADDRESS, `0x${'ab'.repeat(32)}`, `0x${'01'.repeat(32)}`];
  let number = 0n;
  for (const entry of entries) {
    const hash = ethersKeccak256(entry);
    for (const start of [2, 6, 10]) {
      number |= 1n << (BigInt(`0x${hash.slice(start, start + 4)}`) % 2048n);
    }
  }
  expect(logsBloom([log(entries)])).toBe(`0x${number.toString(16).padStart(512, '0')}`);
});

test('is all zeros without logs', () => {
  expect(logsBloom([])).toBe(`0x${'00'.repeat(256)}`);
});
