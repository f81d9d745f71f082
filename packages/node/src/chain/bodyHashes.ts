import { type Hash, keccak256, type Pieces, type RecallTransaction, toHex } from '@wattchain/core';

const NUMBER_BYTES = 4;
/** Bytes that are hashed at once: about a millisecond. */
const BYTES_PER_PIECE = 32_768;

/**
 * The hashes of an encoded body's transactions, in order and in pieces; no sender is recovered for them. Of other bytes it gives
 * anything.
 */
export function* hashesInBody(body: Uint8Array, recall: RecallTransaction): Pieces<Hash[]> {
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const hashes: Hash[] = [];
  let rested = 0;
  for (let offset = NUMBER_BYTES; offset + NUMBER_BYTES <= body.length; ) {
    const end = offset + NUMBER_BYTES + view.getUint32(offset);
    const raw = body.subarray(offset + NUMBER_BYTES, end);
    hashes.push(recall(raw)?.hash ?? toHex(keccak256(raw)));
    offset = end;
    if (offset - rested < BYTES_PER_PIECE) continue;
    rested = offset;
    yield;
  }
  return hashes;
}

/** Hash of the transaction at a position of an encoded body; `undefined` where there is none. */
export function hashInBody(body: Uint8Array, position: number): Hash | undefined {
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  let offset = NUMBER_BYTES;
  for (let left = position; offset + NUMBER_BYTES <= body.length; left--) {
    const end = offset + NUMBER_BYTES + view.getUint32(offset);
    if (left === 0) return toHex(keccak256(body.subarray(offset + NUMBER_BYTES, end)));
    offset = end;
  }
  return undefined;
}
