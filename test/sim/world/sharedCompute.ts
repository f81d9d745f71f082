import { decodeTransactions, keccak256, toHex } from '@wattchain/core';
import { type Compute, type DecodedTransaction, nextTurn } from '@wattchain/node/parts';

/** Transactions of a generation; the one before it is remembered, too. */
const GENERATION = 32_768;

/**
 * Decodes transactions for all nodes of a world, each once: who signed one is recovered when the first node sees it, and the others
 * find the answer by the hash of all its bytes. This is the one thing that simulated nodes do not do each for itself, because it would
 * take most of the time; everything that depends on a node's state is checked by every node.
 */
export class SharedCompute implements Compute {
  readonly threads = 0;
  #fresh = new Map<string, DecodedTransaction>();
  #before = new Map<string, DecodedTransaction>();
  /** Transactions that were decoded, not found. */
  decoded = 0;

  readonly decodeSigned = (raws: readonly Uint8Array[], chainId: number): DecodedTransaction[] =>
    raws.map((raw) => this.#decode(raw, chainId));

  async decode(raws: readonly Uint8Array[], { chainId }: { readonly chainId: number }): Promise<DecodedTransaction[]> {
    await nextTurn();
    return this.decodeSigned(raws, chainId);
  }

  async stop(): Promise<void> {}

  #decode(raw: Uint8Array, chainId: number): DecodedTransaction {
    const key = `${chainId} ${toHex(keccak256(raw))}`;
    const known = this.#fresh.get(key) ?? this.#before.get(key);
    if (known !== undefined) return known;
    const [outcome] = decodeTransactions([raw], chainId) as [DecodedTransaction];
    this.decoded++;
    this.#fresh.set(key, outcome);
    if (this.#fresh.size >= GENERATION) {
      this.#before = this.#fresh;
      this.#fresh = new Map();
    }
    return outcome;
  }
}
