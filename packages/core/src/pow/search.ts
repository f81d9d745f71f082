import { assert } from '../error.js';
import { findCandidate, HEAD_WORDS } from './kernel.js';
import { meetsTarget, POW_TAG, powBlock1, powHash } from './verify.js';

/**
 * The search for a block's proof of work: `powHash` for many nonces. The first SHA-256 block is compressed once per
 * extra nonce (its state is the midstate); the second block depends on headerNonce alone, so its message schedule is
 * expanded once per nonce and shared by all midstates. What is done per try is `pow/kernel.ts`; what that takes for a
 * candidate is checked by the readable `powHash` before it leaves.
 */

/** What meets the target. */
export interface PowSolution {
  readonly extraNonce: bigint;
  readonly headerNonce: number;
}

/** How a search ended: with or without a solution, and after how many tries. */
export interface SearchResult {
  readonly solution?: PowSolution;
  readonly tries: number;
}

/**
 * Extra nonces that a miner does well to try per header nonce: their shared schedule then costs about 2 %, and preparing their
 * midstates for a new template 0.4 ms.
 */
export const MIDSTATE_COUNT = 128;
/** Tries between two looks at the stop word. */
const STOP_POLL_TRIES = 1024;

/** First 32 bits of the fractional parts of the cube roots of the first 64 primes (FIPS 180-4, 4.2.2). */
// biome-ignore format: eight words a line, as the standard prints them.
const K = Int32Array.of(
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
  0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
  0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
  0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
  0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
  0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
  0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
);
/** First 32 bits of the fractional parts of the square roots of the first 8 primes (FIPS 180-4, 5.3.3). */
const INITIAL_STATE = Int32Array.of(
  0x6a09e667,
  0xbb67ae85,
  0x3c6ef372,
  0xa54ff53a,
  0x510e527f,
  0x9b05688c,
  0x1f83d9ab,
  0x5be0cd19,
);
/** Bits of the whole message: 64 bytes of block1, 48 of the tag, 4 of headerNonce. */
const MESSAGE_BITS = 8 * (64 + 48 + 4);

/** A target as eight 32-bit words, most significant first. */
export function targetToWords(target: bigint): Uint32Array {
  return Uint32Array.from({ length: 8 }, (_, i) => Number((target >> BigInt(32 * (7 - i))) & 0xffff_ffffn));
}

/**
 * Tries every headerNonce from `nonceStart` to before `nonceEnd` (at most 2^32) in order, and for each the
 * `midstateCount` extra nonces from `extraNonceStart` in order, until one meets the target.
 *
 * `stop`, a word in shared memory, ends the search without a solution once it holds 1; it is looked at before the
 * first try and every 1024 tries. Says how many tries were made, the successful one included.
 */
export function search(
  sealHash: Uint8Array,
  targetWords: Uint32Array,
  extraNonceStart: bigint,
  midstateCount: number,
  nonceStart: number,
  nonceEnd: number,
  stop: Int32Array | undefined,
): SearchResult {
  assert(targetWords.length === 8, `a target has 8 words, not ${targetWords.length}`);
  assert(nonceStart >= 0 && nonceEnd <= 2 ** 32, `header nonces ${nonceStart} to ${nonceEnd} exceed 4 bytes`);
  const target = targetWords.reduce((number, word) => (number << 32n) | BigInt(word), 0n);
  // The kernel is given int32s only: a number above 2^31 is another representation to V8, which throws the compiled kernel
  // away at the first one, and in one process of ten does not compile the whole of it again (a third of the speed).
  const topWord = (targetWords[0] as number) | 0;
  const heads = headsOf(sealHash, extraNonceStart, midstateCount);
  const tail = newTail();
  // What the kernel subtracts.
  const schedule = new Int32Array(64);
  let tries = 0;
  let triesToPoll = 0;

  for (let headerNonce = nonceStart; headerNonce < nonceEnd; headerNonce++) {
    expandTail(headerNonce, tail);
    for (let t = 16; t < 64; t++) schedule[t] = -((tail[t] as number) + (K[t] as number));
    for (let from = 0; from < midstateCount; ) {
      if (triesToPoll === 0) {
        if (stop !== undefined && Atomics.load(stop, 0) === 1) return { tries };
        triesToPoll = STOP_POLL_TRIES;
      }
      const to = Math.min(midstateCount, from + triesToPoll);
      const found = findCandidate(heads, schedule, headerNonce | 0, from, to, topWord);
      const next = found === -1 ? to : found + 1;
      tries += next - from;
      triesToPoll -= next - from;
      from = next;
      if (found === -1) continue;
      const extraNonce = extraNonceStart + BigInt(found);
      if (meetsTarget(powHash(sealHash, extraNonce, headerNonce), target)) {
        return { solution: { extraNonce, headerNonce }, tries };
      }
    }
  }
  return { tries };
}

/** The heads of the last search, which the next one mostly needs again: a miner searches in slices. */
let lastHeads:
  | { readonly sealHash: Uint8Array; readonly extraNonceStart: bigint; readonly heads: Int32Array }
  | undefined;

/** Per midstate: the state after round 12 of the second block for headerNonce 0, and the midstate's last word. */
function headsOf(sealHash: Uint8Array, extraNonceStart: bigint, midstateCount: number): Int32Array {
  if (
    lastHeads?.extraNonceStart === extraNonceStart &&
    lastHeads.heads.length === midstateCount * HEAD_WORDS &&
    lastHeads.sealHash.every((byte, i) => byte === sealHash[i])
  ) {
    return lastHeads.heads;
  }
  const block1 = new Int32Array(64);
  const tail = newTail();
  expandTail(0, tail);
  const state = new Int32Array(8);
  const heads = new Int32Array(midstateCount * HEAD_WORDS);
  for (let i = 0; i < midstateCount; i++) {
    putWords(powBlock1(sealHash, extraNonceStart + BigInt(i)), block1);
    expandSchedule(block1);
    state.set(INITIAL_STATE);
    runRounds(state, block1, 0, 64);
    for (let k = 0; k < 8; k++) state[k] = (state[k] as number) + (INITIAL_STATE[k] as number);
    heads[i * HEAD_WORDS + 8] = state[7] as number;
    runRounds(state, tail, 0, 13);
    heads.set(state, i * HEAD_WORDS);
  }
  lastHeads = { sealHash: sealHash.slice(), extraNonceStart, heads };
  return heads;
}

const TAG_WORDS = putWords(POW_TAG, new Int32Array(12));

/** The second block: tag ‖ headerNonce ‖ SHA-256's padding, and room for its schedule. */
function newTail(): Int32Array {
  const tail = new Int32Array(64);
  tail.set(TAG_WORDS);
  tail[13] = 0x8000_0000;
  tail[15] = MESSAGE_BITS;
  return tail;
}

/** Puts a headerNonce into the second block and expands its message schedule. */
function expandTail(headerNonce: number, tail: Int32Array): void {
  tail[12] = headerNonce;
  expandSchedule(tail);
}

/** Writes big-endian words to the front of `words`. */
function putWords(bytes: Uint8Array, words: Int32Array): Int32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let i = 0; 4 * i < bytes.length; i++) words[i] = view.getInt32(4 * i);
  return words;
}

/** Fills words 16 to 63 from the first 16 (FIPS 180-4, 6.2.2 step 1). */
function expandSchedule(w: Int32Array): void {
  for (let t = 16; t < 64; t++) {
    const early = w[t - 15] as number;
    const late = w[t - 2] as number;
    const sigma0 = rotateRight(early, 7) ^ rotateRight(early, 18) ^ (early >>> 3);
    const sigma1 = rotateRight(late, 17) ^ rotateRight(late, 19) ^ (late >>> 10);
    w[t] = (sigma1 + (w[t - 7] as number) + sigma0 + (w[t - 16] as number)) | 0;
  }
}

/** SHA-256 rounds `from` to before `to` (FIPS 180-4, 6.2.2 step 3), in place. */
function runRounds(state: Int32Array, schedule: Int32Array, from: number, to: number): void {
  let a = state[0] as number;
  let b = state[1] as number;
  let c = state[2] as number;
  let d = state[3] as number;
  let e = state[4] as number;
  let f = state[5] as number;
  let g = state[6] as number;
  let h = state[7] as number;
  for (let t = from; t < to; t++) {
    const sum1 = rotateRight(e, 6) ^ rotateRight(e, 11) ^ rotateRight(e, 25);
    const choice = (e & f) ^ (~e & g);
    const t1 = (h + sum1 + choice + (K[t] as number) + (schedule[t] as number)) | 0;
    const sum0 = rotateRight(a, 2) ^ rotateRight(a, 13) ^ rotateRight(a, 22);
    const majority = (a & b) ^ (a & c) ^ (b & c);
    h = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + sum0 + majority) | 0;
  }
  state[0] = a;
  state[1] = b;
  state[2] = c;
  state[3] = d;
  state[4] = e;
  state[5] = f;
  state[6] = g;
  state[7] = h;
}

function rotateRight(word: number, bits: number): number {
  return (word >>> bits) | (word << (32 - bits));
}
