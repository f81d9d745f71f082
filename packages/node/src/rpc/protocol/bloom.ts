import { fromHex, type Hex, keccak256, type Log, type Pieces, runToEnd, toHex } from '@wattchain/core';
import { LOGS_PER_PIECE } from '../limits.js';

const BLOOM_BYTES = 256;

/**
 * Ethereum's 2048-bit bloom over the addresses and topics of logs (Yellow Paper, section 4.3.1). Consensus does not know it;
 * clients expect it in blocks and receipts.
 */
export function logsBloom(logs: readonly Log[]): Hex {
  return runToEnd(logsBloomInPieces(logs));
}

/** The same in pieces: there may be tens of thousands of logs in a block, and each has up to five hashes. */
export function* logsBloomInPieces(logs: readonly Log[]): Pieces<Hex> {
  const bloom = new Uint8Array(BLOOM_BYTES);
  // Most logs are of few contracts and kinds, and the hashes are what takes time.
  const added = new Set<Hex>();
  for (const [position, log] of logs.entries()) {
    if (position % LOGS_PER_PIECE === LOGS_PER_PIECE - 1) yield;
    for (const entry of [log.address, ...log.topics]) {
      if (added.has(entry)) continue;
      added.add(entry);
      addToBloom(bloom, entry);
    }
  }
  return toHex(bloom);
}

/** Sets three bits: the low 11 bits of the first three pairs of bytes of the entry's Keccak-256, bit 0 in the last byte. */
function addToBloom(bloom: Uint8Array, entry: Hex): void {
  const hash = keccak256(fromHex(entry));
  for (const pair of [0, 2, 4]) {
    const bit = (((hash[pair] as number) << 8) | (hash[pair + 1] as number)) & 2047;
    const index = BLOOM_BYTES - 1 - (bit >> 3);
    bloom[index] = (bloom[index] as number) | (1 << (bit & 7));
  }
}
