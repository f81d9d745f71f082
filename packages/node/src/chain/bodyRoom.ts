import { encodeHeader, type Genesis, MINER_SEAL_BYTES, type Transaction } from '@wattchain/core';

/** Length in front of each raw transaction of a body (docs/protocol.md, "Execution"). */
const LENGTH_BYTES = 4;

const rooms = new WeakMap<Genesis, number>();

/** Bytes that a block of this network has for transactions beside a header without `extra`. */
export function bodyRoom(genesis: Genesis): number {
  const known = rooms.get(genesis) ?? computeRoom(genesis);
  rooms.set(genesis, known);
  return known;
}

function computeRoom(genesis: Genesis): number {
  const sealBytes = genesis.miners.length > 0 ? MINER_SEAL_BYTES : 0;
  const headerBytes = encodeHeader({ ...genesis.header, extra: new Uint8Array(0) }).length + sealBytes;
  return genesis.blockByteLimit - headerBytes;
}

/** Bytes that a transaction takes of that room. */
export function bytesInBody(transaction: Transaction): number {
  return LENGTH_BYTES + transaction.raw.length;
}
