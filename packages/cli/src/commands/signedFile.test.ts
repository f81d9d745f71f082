import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GENESIS_ADDRESSES } from '@wattchain/market';
import { stringToHex } from 'viem';
import { afterAll, describe, expect, test } from 'vitest';
import type { Connection } from '../client.js';
import { readCorrectionFile, readSignedFile, writeCorrectionFile, writeSignedFile } from './signedFile.js';

const directory = mkdtempSync(join(tmpdir(), 'wattchain-signed-'));
const file = join(directory, 'signed.json');
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const at = (chainId: number) => ({ genesis: { chainId }, contracts: () => GENESIS_ADDRESSES }) as unknown as Connection;
const meter = stringToHex('roof 8', { size: 32 });
const signature = `0x${'ab'.repeat(65)}` as const;
const reading = { meter, number: 7n, periodStart: 1_530_716_400n, producedMwh: 1n, consumedMwh: 2n ** 63n, signature };

describe('a file of signed readings', () => {
  test('is read as it was written', () => {
    writeSignedFile(file, at(5), [reading]);
    expect(readSignedFile(file, at(5))).toEqual([{ ...reading, place: `${file}, reading 1` }]);
  });

  test('counts on the chain alone that it was signed for', () => {
    writeSignedFile(file, at(5), [reading]);
    expect(() => readSignedFile(file, at(6))).toThrow(
      expect.objectContaining({ code: 'foreignSignature', message: expect.stringContaining('chain 5') as string }),
    );
  });

  const registry = GENESIS_ADDRESSES.registryAddress;
  test.each([
    ['no JSON', 'meter,start', 'it is not a JSON object'],
    ['a list', '[]', 'it is not a JSON object'],
    [
      'no readings',
      JSON.stringify({ chainId: 5, registry, readings: [] }),
      '"readings" is not a list of 1 to 20000 readings',
    ],
    ['a gap', JSON.stringify({ chainId: 5, registry, readings: [null] }), 'reading 1: it is missing'],
    [
      'a number',
      JSON.stringify({ chainId: 5, registry, readings: [{ meter: 'm', number: 1 }] }),
      'its "number" is not text',
    ],
    [
      'a fraction',
      JSON.stringify({ chainId: 5, registry, readings: [{ meter: 'm', number: '1.5' }] }),
      'its "number" is "1.5", not a whole number',
    ],
  ])('with %s is refused', (_, content, message) => {
    writeFileSync(file, content);
    expect(() => readSignedFile(file, at(5))).toThrow(
      expect.objectContaining({ code: 'badSignedFile', message: expect.stringContaining(message) as string }),
    );
  });

  test('with a signature of another length is refused', () => {
    writeSignedFile(file, at(5), [{ ...reading, signature: '0xabcd' }]);
    expect(() => readSignedFile(file, at(5))).toThrow('its "signature" is not 64 or 65 bytes as hexadecimal text');
  });
});

test('a correction is read as it was written', () => {
  const correction = {
    meter,
    periodStart: 0n,
    correction: 2n,
    oldProducedMwh: 1n,
    oldConsumedMwh: 0n,
    newProducedMwh: 3n,
    newConsumedMwh: 4n,
  };
  writeCorrectionFile(file, at(5), { correction, sourceSignature: signature });
  expect(readCorrectionFile(file, at(5))).toEqual({ correction, sourceSignature: signature });
});
