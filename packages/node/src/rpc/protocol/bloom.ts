import { fromHex, type Hex, keccak256, type Log, toHex } from '@wattchain/core';

const BLOOM_BYTES = 256;

/**
 * Ethereum's 2048-bit bloom over the addresses and topics of logs (Yellow Paper, section 4.3.1). Consensus does not know it;
 * clients expect it in blocks and receipts.
 */
export function logsBloom(logs: readonly Log[]): Hex {
  const bloom = new Uint8Array(BLOOM_BYTES);
  for (const log of logs) {
    addToBloom(bloom, log.address);
    for (const topic of log.topics) addToBloom(bloom, topic);
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
