import { INITIAL_STATE } from '../pow/sha256Rounds.js';
import { compress } from './sha256Compress.js';

/** SHA-256 (FIPS 180-4) with spelled-out rounds, for messages of any length; `@noble/hashes` is its readable twin. */

const BLOCK_BYTES = 64;
const BLOCK_WORDS = 16;
/** Bytes that are taken over from a message at once. */
const CHUNK_BYTES = 16 * BLOCK_BYTES;

const bytes = new Uint8Array(CHUNK_BYTES);
const view = new DataView(bytes.buffer);
const words = new Int32Array(CHUNK_BYTES / 4);
const state = new Int32Array(8);

/** 32 bytes of their own. */
export function fastSha256(message: Uint8Array): Uint8Array {
  state.set(INITIAL_STATE);
  let offset = 0;
  // The last chunk is the padded one, with less than a chunk of the message left.
  for (; message.length - offset >= CHUNK_BYTES; offset += CHUNK_BYTES) {
    bytes.set(message.subarray(offset, offset + CHUNK_BYTES));
    compressBlocks(CHUNK_BYTES);
  }
  compressLast(offset === 0 ? message : message.subarray(offset), message.length);
  const digest = new Uint8Array(32);
  for (let i = 0; i < 8; i++) {
    const word = state[i] as number;
    digest[4 * i] = word >>> 24;
    digest[4 * i + 1] = word >>> 16;
    digest[4 * i + 2] = word >>> 8;
    digest[4 * i + 3] = word;
  }
  return digest;
}

/** The rest of a message of `length` bytes, and its padding: a one, zeros, the length in bits. */
function compressLast(rest: Uint8Array, length: number): void {
  const padded = (rest.length + 9 + BLOCK_BYTES - 1) & -BLOCK_BYTES;
  let filled = rest.length;
  bytes.set(rest);
  bytes[filled++] = 0x80;
  if (padded > CHUNK_BYTES) {
    // The length no longer fits into the chunk: a block of its own follows.
    bytes.fill(0, filled);
    compressBlocks(CHUNK_BYTES);
    filled = 0;
  }
  const end = padded > CHUNK_BYTES ? BLOCK_BYTES : padded;
  bytes.fill(0, filled, end - 8);
  view.setUint32(end - 8, Math.floor(length / 2 ** 29));
  view.setUint32(end - 4, length << 3);
  compressBlocks(end);
}

/** Takes the first so many of `bytes`, whole blocks, into the state. */
function compressBlocks(byteCount: number): void {
  const wordCount = byteCount / 4;
  for (let i = 0; i < wordCount; i++) words[i] = view.getInt32(4 * i);
  for (let from = 0; from < wordCount; from += BLOCK_WORDS) compress(state, words, from);
}
