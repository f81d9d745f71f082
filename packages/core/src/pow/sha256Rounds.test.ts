import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import vectors from '../../../../test/vectors/sha256.json' with { type: 'json' };
import { renderCompression } from '../../scripts/generateKernel.mjs';
import { concatBytes, fromHex, textToBytes, toHex } from '../bytes.js';
import { expandSchedule, INITIAL_STATE, ROUND_CONSTANTS, runRounds } from './sha256Rounds.js';

/** SHA-256's rounds 0 to 63 in place; `words` is an expanded schedule. */
type Compression = (state: Int32Array, words: Int32Array) => void;

const folder = mkdtempSync(join(tmpdir(), 'wattchain-rounds-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The rounds as the kernel's generator writes them. */
async function loadGenerated(): Promise<Compression> {
  const path = join(folder, 'compression.mjs');
  writeFileSync(path, renderCompression());
  const { compress } = (await import(/* @vite-ignore */ pathToFileURL(path).href)) as { compress: Compression };
  const negated = new Int32Array(64);
  return (state, words) => {
    for (let t = 0; t < 64; t++) negated[t] = -((words[t] as number) + (ROUND_CONSTANTS[t] as number));
    compress(state, negated);
  };
}

/** SHA-256 around a compression (FIPS 180-4, 5.1.1 and 6.2.2). */
function hashWith(compress: Compression, message: Uint8Array): Uint8Array {
  const padded = new Uint8Array(64 * Math.ceil((message.length + 9) / 64));
  padded.set(message);
  padded[message.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setUint32(padded.length - 4, 8 * message.length);
  const sum = INITIAL_STATE.slice();
  const state = new Int32Array(8);
  const words = new Int32Array(64);
  for (let offset = 0; offset < padded.length; offset += 64) {
    for (let i = 0; i < 16; i++) words[i] = view.getInt32(offset + 4 * i);
    expandSchedule(words);
    state.set(sum);
    compress(state, words);
    for (let k = 0; k < 8; k++) sum[k] = (sum[k] as number) + (state[k] as number);
  }
  const digest = new DataView(new ArrayBuffer(32));
  for (let k = 0; k < 8; k++) digest.setInt32(4 * k, sum[k] as number);
  return new Uint8Array(digest.buffer);
}

describe.each([
  ['the rounds that prepare the search', (state, words) => runRounds(state, words, 0, 64)] as [string, Compression],
  ['the rounds that the kernel’s generator writes', await loadGenerated()] as [string, Compression],
])('%s', (_name, compress) => {
  it.each(vectors.examples)('hash the standard’s $text × $times', ({ text, times, digest }) => {
    expect(toHex(hashWith(compress, textToBytes(text.repeat(times))))).toBe(digest);
  });

  it('hash the CAVP’s short messages', () => {
    for (const { message, digest } of vectors.short) {
      expect(toHex(hashWith(compress, fromHex(message))), message).toBe(digest);
    }
  });

  it('pass the CAVP’s Monte Carlo test: 100,000 messages in a chain', () => {
    const { seed, checkpoints } = vectors.monteCarlo;
    let last = fromHex(seed);
    for (let count = 0; count < 100; count++) {
      const digests = [last, last, last];
      for (let i = 0; i < 1000; i++) digests.push(hashWith(compress, concatBytes(...digests.slice(-3))));
      last = digests.at(-1) as Uint8Array;
      const checkpoint = checkpoints.find((other) => other.count === count);
      if (checkpoint !== undefined) expect(toHex(last)).toBe(checkpoint.digest);
    }
  });
});
