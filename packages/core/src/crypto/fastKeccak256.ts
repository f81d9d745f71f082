import { createPermutation } from './keccakPermute.js';

/** Keccak-256 as Ethereum uses it, on lanes of 64 bits, for messages of any length; `@noble/hashes` is its readable twin. */

/** Bytes of the message between two permutations: 17 of the 25 lanes. */
const RATE_BYTES = 136;
const RATE_LANES = RATE_BYTES / 8;
const DIGEST_BYTES = 32;

const lanes = new BigUint64Array(25);
const laneBytes = new Uint8Array(lanes.buffer);
const block = new BigUint64Array(RATE_LANES);
const blockBytes = new Uint8Array(block.buffer);
const permute = createPermutation(lanes);

/** Whether this machine stores numbers with the lowest byte first, as Keccak's lanes are; on others this code is wrong. */
export const LANES_ARE_BYTES: boolean = new Uint8Array(BigUint64Array.of(1n).buffer)[0] === 1;

/** 32 bytes of their own. */
export function fastKeccak256(message: Uint8Array): Uint8Array {
  lanes.fill(0n);
  let offset = 0;
  for (; message.length - offset >= RATE_BYTES; offset += RATE_BYTES) {
    blockBytes.set(message.subarray(offset, offset + RATE_BYTES));
    absorb();
  }
  const rest = message.length - offset;
  blockBytes.set(offset === 0 ? message : message.subarray(offset));
  blockBytes.fill(0, rest);
  // Keccak's padding as it was before FIPS 202: a one, zeros, a one; both may share a byte.
  blockBytes[rest] = 0x01;
  blockBytes[RATE_BYTES - 1] = (blockBytes[RATE_BYTES - 1] as number) | 0x80;
  absorb();
  return laneBytes.slice(0, DIGEST_BYTES);
}

function absorb(): void {
  for (let i = 0; i < RATE_LANES; i++) lanes[i] = BigInt.asUintN(64, (lanes[i] as bigint) ^ (block[i] as bigint));
  permute();
}
