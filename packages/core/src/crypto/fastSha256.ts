import { INITIAL_STATE } from '../pow/sha256Rounds.js';
import { compress } from './sha256Compress.js';

/** SHA-256 (FIPS 180-4) with spelled-out rounds, for messages of any length; `@noble/hashes` is its readable twin. */

const BLOCK_BYTES = 64;
const BLOCK_WORDS = 16;
const DIGEST_BYTES = 32;
/** Blocks whose words are taken over from a message at once. */
const CHUNK_BLOCKS = 16;
/** A one and the length in bits, which follow the message. */
const LEAST_PADDING = 9;

/** Words of a chunk, and of one more block that the padding of a full chunk takes. */
const words = new Int32Array((CHUNK_BLOCKS + 1) * BLOCK_WORDS);
const state = new Int32Array(8);

/** 32 bytes of their own. */
export function fastSha256(message: Uint8Array): Uint8Array {
  const digest = new Uint8Array(DIGEST_BYTES);
  fastSha256Into(message, message.length, digest, 0);
  return digest;
}

/** The digest of the first `length` bytes of a message, written into `target` from `at` on. */
export function fastSha256Into(message: Uint8Array, length: number, target: Uint8Array, at: number): void {
  for (let i = 0; i < state.length; i++) state[i] = INITIAL_STATE[i] as number;
  let offset = 0;
  // The last chunk is the padded one, with at most a chunk of the message left.
  for (const chunk = CHUNK_BLOCKS * BLOCK_BYTES; length - offset > chunk; offset += chunk) {
    takeWords(message, offset, CHUNK_BLOCKS * BLOCK_WORDS);
    compressBlocks(CHUNK_BLOCKS);
  }
  compressLast(message, offset, length);
  for (let i = 0, to = at; i < state.length; i++, to += 4) {
    const word = state[i] as number;
    target[to] = word >>> 24;
    target[to + 1] = word >>> 16;
    target[to + 2] = word >>> 8;
    target[to + 3] = word;
  }
}

/** The rest of a message of `length` bytes, and its padding: a one, zeros, the length in bits. */
function compressLast(message: Uint8Array, offset: number, length: number): void {
  const rest = length - offset;
  const blocks = Math.ceil((rest + LEAST_PADDING) / BLOCK_BYTES);
  const wholeWords = rest >> 2;
  takeWords(message, offset, wholeWords);
  let last = 0x80 << (8 * (3 - (rest & 3)));
  for (let i = 4 * wholeWords; i < rest; i++) last |= (message[offset + i] as number) << (8 * (3 - (i & 3)));
  words[wholeWords] = last;
  const end = blocks * BLOCK_WORDS;
  for (let i = wholeWords + 1; i < end - 2; i++) words[i] = 0;
  words[end - 2] = Math.floor(length / 2 ** 29);
  words[end - 1] = length << 3;
  compressBlocks(blocks);
}

/** Big-endian words of a message. */
function takeWords(message: Uint8Array, offset: number, count: number): void {
  for (let i = 0, from = offset; i < count; i++, from += 4) {
    words[i] =
      ((message[from] as number) << 24) |
      ((message[from + 1] as number) << 16) |
      ((message[from + 2] as number) << 8) |
      (message[from + 3] as number);
  }
}

/** Takes the first blocks of `words` into the state. */
function compressBlocks(count: number): void {
  for (let block = 0; block < count; block++) compress(state, words, block * BLOCK_WORDS);
}
