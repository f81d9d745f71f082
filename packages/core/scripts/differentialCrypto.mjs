/**
 * Compares this project's recovery of signers with noble's on random signatures.
 *
 *   npm run differential:crypto -- [--signatures 1000000] [--seed 1] [--state FILE]
 *
 * What was compared is written to the state file (by default one of the seed's in the system's folder for such), so a run that
 * was ended goes on where it was; with `--signatures` larger than before it goes on too.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { sha256 } from '@noble/hashes/sha2.js';

/**
 * @typedef {import('../src/crypto/recover.js').RecoverySource} RecoverySource
 * @typedef {object} Subjects
 * @property {(sources: readonly RecoverySource[]) => (Uint8Array | undefined)[]} fast
 * @property {(source: RecoverySource) => Uint8Array | undefined} noble
 * @property {(digest: Uint8Array, privateKey: Uint8Array) => { r: bigint, s: bigint, recovery: 0 | 1 }} sign
 */

const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
/** Signatures that are recovered in one call: no multiple of how many are worked on together. */
const BATCH = 100;
const text = new TextEncoder();

const toNumber = (/** @type {Uint8Array} */ bytes) => bytes.reduce((value, byte) => (value << 8n) | BigInt(byte), 0n);

/**
 * Signature number `index` of a seed. Every second is made with a key, and half of these get their other form with a high s;
 * of the others every r is random, so half of them have no signer.
 * @param {number} seed
 * @param {number} index
 * @param {Subjects} subjects
 * @returns {RecoverySource}
 */
function signatureOf(seed, index, { sign }) {
  const draw = (/** @type {string} */ what) => sha256(text.encode(`${seed} ${index} ${what}`));
  const digest = draw('digest');
  const parity = /** @type {0 | 1} */ (/** @type {number} */ (draw('parity')[0]) & 1);
  if (index % 2 === 0) {
    return { digest, r: toNumber(draw('r')) % ORDER, s: toNumber(draw('s')) % ORDER, yParity: parity };
  }
  const { r, s, recovery } = sign(digest, draw('key'));
  if (parity === 0) return { digest, r, s, yParity: recovery };
  return { digest, r, s: ORDER - s, yParity: recovery === 0 ? 1 : 0 };
}

/**
 * Compares signatures `from` to before `to`; how many have a signer, or the first that is recovered differently.
 * @param {number} seed
 * @param {number} from
 * @param {number} to
 * @param {Subjects} subjects
 * @returns {{ signers: number, different?: { index: number, source: RecoverySource } }}
 */
export function compareSignatures(seed, from, to, subjects) {
  let signers = 0;
  for (let start = from; start < to; start += BATCH) {
    const count = Math.min(BATCH, to - start);
    const sources = Array.from({ length: count }, (_, i) => signatureOf(seed, start + i, subjects));
    const keys = subjects.fast(sources);
    for (const [i, source] of sources.entries()) {
      const [key, expected] = [keys[i], subjects.noble(source)];
      if (expected !== undefined) signers++;
      const isSame =
        key === undefined || expected === undefined ? key === expected : toNumber(key) === toNumber(expected);
      if (!isSame) return { signers, different: { index: start + i, source } };
    }
  }
  return { signers };
}

async function main() {
  const { values } = parseArgs({
    options: {
      signatures: { type: 'string', default: '1000000' },
      seed: { type: 'string', default: '1' },
      state: { type: 'string' },
    },
  });
  const [seed, total] = [Number(values.seed), Number(values.signatures)];
  const path = values.state ?? join(tmpdir(), `wattchain-differential-crypto-${seed}.json`);
  const { recoverPublicKeys, recoverPublicKeyByNoble, sign } = await import('@wattchain/core');
  const subjects = { fast: recoverPublicKeys, noble: recoverPublicKeyByNoble, sign };
  let { compared, signers } = { compared: 0, signers: 0 };
  if (existsSync(path)) {
    const state = JSON.parse(readFileSync(path, 'utf8'));
    if (state.seed === seed) ({ compared, signers } = state);
  }
  console.log(`seed ${seed}, ${compared} of ${total} signatures compared before; the state is in ${path}`);
  while (compared < total) {
    const end = Math.min(total, compared + 1000);
    const result = compareSignatures(seed, compared, end, subjects);
    if (result.different) {
      const { digest, r, s, yParity } = result.different.source;
      const hex = Buffer.from(digest).toString('hex');
      console.error(`signature ${result.different.index} differs: digest ${hex}, r ${r}, s ${s}, yParity ${yParity}`);
      process.exit(1);
    }
    compared = end;
    signers += result.signers;
    writeFileSync(path, JSON.stringify({ seed, compared, signers }));
    if (compared % 20_000 === 0) console.log(`${compared} compared, ${signers} of them have a signer`);
  }
  console.log(`${compared} signatures compared, ${signers} of them have a signer: none differs`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
