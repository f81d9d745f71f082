import {
  bytesEqual,
  encodeBody,
  type Hash,
  keccak256,
  type Pieces,
  runToEnd,
  type Transaction,
  toHex,
} from '@wattchain/core';

/** Finds a transaction that was validated before, by its hash. */
export type RecallTransaction = (hash: Hash) => Transaction | undefined;

const NUMBER_BYTES = 4;
/** Bytes that are hashed at once: about a millisecond. */
const BYTES_PER_PIECE = 32_768;

/**
 * The transactions of an encoded body when all of them are known, which saves recovering their senders (milliseconds
 * each); `undefined` when one is not, or the bytes are no body. Whether it is the right body is still to be validated.
 */
export function recallBody(body: Uint8Array, recall: RecallTransaction): Transaction[] | undefined {
  const transactions: Transaction[] = [];
  for (const hash of runToEnd(hashesInBody(body))) {
    const transaction = recall(hash);
    if (transaction === undefined) return undefined;
    transactions.push(transaction);
  }
  // This one comparison stands for every check of the encoding.
  return bytesEqual(encodeBody(transactions), body) ? transactions : undefined;
}

/**
 * The hashes of an encoded body's transactions, in order and in pieces; no sender is recovered for them. Of other bytes it gives
 * anything.
 */
export function* hashesInBody(body: Uint8Array): Pieces<Hash[]> {
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const hashes: Hash[] = [];
  let rested = 0;
  for (let offset = NUMBER_BYTES; offset + NUMBER_BYTES <= body.length; ) {
    const end = offset + NUMBER_BYTES + view.getUint32(offset);
    hashes.push(toHex(keccak256(body.subarray(offset + NUMBER_BYTES, end))));
    offset = end;
    if (offset - rested < BYTES_PER_PIECE) continue;
    rested = offset;
    yield;
  }
  return hashes;
}
