import { assert } from '../error.js';
import { expandNonce, findCandidate, HEAD_WORDS } from './kernel.js';
import { expandSchedule, INITIAL_STATE, runRounds } from './sha256Rounds.js';
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
 * Extra nonces that a miner does well to try per header nonce: the schedule that they share then costs 0.5 %, and preparing
 * their midstates for a new template 0.2 ms.
 */
export const MIDSTATE_COUNT = 128;
/** Tries between two looks at the stop word: about 50 µs, of which a look takes 0.03 %. */
export const STOP_POLL_TRIES = 256;

/** A target as eight 32-bit words, most significant first. */
export function targetToWords(target: bigint): Uint32Array {
  return Uint32Array.from({ length: 8 }, (_, i) => Number((target >> BigInt(32 * (7 - i))) & 0xffff_ffffn));
}

/**
 * Tries every headerNonce from `nonceStart` to before `nonceEnd` (at most 2^32) in order, and for each the
 * `midstateCount` extra nonces from `extraNonceStart` in order, until one meets the target.
 *
 * `stop`, a word in shared memory, ends the search without a solution once it holds 1; it is looked at before the
 * first try and every 256 tries. Says how many tries were made, the successful one included.
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
  assert(targetWords.length === 8, 'a target has 8 words', targetWords.length);
  assert(nonceStart >= 0 && nonceEnd <= 2 ** 32, 'header nonces have 4 bytes', nonceEnd);
  assert(extraNonceStart + BigInt(midstateCount) <= 2n ** 64n, 'extra nonces have 8 bytes', extraNonceStart);
  const target = targetWords.reduce((number, word) => (number << 32n) | BigInt(word), 0n);
  // The kernel is given int32s only: a number above 2^31 is another representation to V8, which throws the compiled kernel
  // away at the first one, and in one process of ten does not compile the whole of it again (a third of the speed).
  const topWord = (targetWords[0] as number) | 0;
  const heads = headsOf(sealHash, extraNonceStart, midstateCount);
  const schedule = new Int32Array(64);
  let tries = 0;
  let triesToPoll = 0;

  for (let headerNonce = nonceStart; headerNonce < nonceEnd; headerNonce++) {
    expandNonce(headerNonce | 0, schedule);
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

function headsOf(sealHash: Uint8Array, extraNonceStart: bigint, midstateCount: number): Int32Array {
  if (
    lastHeads?.extraNonceStart !== extraNonceStart ||
    lastHeads.heads.length !== midstateCount * HEAD_WORDS ||
    lastHeads.sealHash.some((byte, i) => byte !== sealHash[i])
  ) {
    const heads = prepareHeads(sealHash, extraNonceStart, midstateCount);
    lastHeads = { sealHash: sealHash.slice(), extraNonceStart, heads };
  }
  return lastHeads.heads;
}

/**
 * Per midstate: the state after round 12 of the second block for headerNonce 0, and the midstate's last word. A new
 * template waits for this, so the loop allocates nothing and works on words alone.
 */
function prepareHeads(sealHash: Uint8Array, extraNonceStart: bigint, midstateCount: number): Int32Array {
  const block1 = new Int32Array(64);
  putWords(powBlock1(sealHash, extraNonceStart), block1);
  const [high, low] = [block1[8] as number, block1[9] as number];
  // The first eight rounds see the seal hash alone.
  const afterSealHash = INITIAL_STATE.slice();
  runRounds(afterSealHash, block1, 0, 8);
  const state = new Int32Array(8);
  const heads = new Int32Array(midstateCount * HEAD_WORDS);
  for (let i = 0; i < midstateCount; i++) {
    const extraNonceLow = (low + i) | 0;
    block1[9] = extraNonceLow;
    block1[8] = high + (extraNonceLow >>> 0 < low >>> 0 ? 1 : 0);
    expandSchedule(block1);
    state.set(afterSealHash);
    runRounds(state, block1, 8, 64);
    for (let k = 0; k < 8; k++) state[k] = (state[k] as number) + (INITIAL_STATE[k] as number);
    heads[i * HEAD_WORDS + 8] = state[7] as number;
    runRounds(state, TAIL_WORDS, 0, 13);
    heads.set(state, i * HEAD_WORDS);
  }
  return heads;
}

/** The second block's words 0 to 12: the tag and headerNonce 0. */
const TAIL_WORDS = putWords(POW_TAG, new Int32Array(13));

/** Writes big-endian words to the front of `words`. */
function putWords(bytes: Uint8Array, words: Int32Array): Int32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let i = 0; 4 * i < bytes.length; i++) words[i] = view.getInt32(4 * i);
  return words;
}
