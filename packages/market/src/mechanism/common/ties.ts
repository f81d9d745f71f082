import { type Address, bigIntToBytes, bytesToBigInt, fromHex, keccak256 } from '@wattchain/core';

const WORD_BYTES = 32;

/**
 * What decides between owners that are equal otherwise: `keccak256(abi.encode(uint256 periodStart, address owner))`, the smaller
 * number first. It depends on nothing that an owner or a miner can choose at the time, so arrival decides nothing.
 */
export function tieHash(periodStart: bigint, owner: Address): bigint {
  const word = new Uint8Array(WORD_BYTES);
  const address = fromHex(owner);
  word.set(address, WORD_BYTES - address.length);
  return bytesToBigInt(keccak256(bigIntToBytes(periodStart, WORD_BYTES), word));
}

/** The order of owners in one period; a hash is computed when it is first needed. */
export class TieOrder {
  readonly #hashes = new Map<Address, bigint>();

  /** @param periodStart meter time, seconds */
  constructor(readonly periodStart: bigint) {}

  /** Negative where `a` comes first, 0 for the same owner. */
  compare(a: Address, b: Address): number {
    if (a === b) return 0;
    return this.#hashOf(a) < this.#hashOf(b) ? -1 : 1;
  }

  #hashOf(owner: Address): bigint {
    const known = this.#hashes.get(owner);
    if (known !== undefined) return known;
    const hash = tieHash(this.periodStart, owner);
    this.#hashes.set(owner, hash);
    return hash;
  }
}
