import type { Genesis, Hash, HeaderRecord } from '@wattchain/core';
import type { ChainView } from '@wattchain/node/parts';

/** A node's chain as its peers are told of it: the truth, but for what a lie overrides. */
export class ChainMask implements ChainView {
  constructor(protected readonly chain: ChainView) {}

  get genesis(): Genesis {
    return this.chain.genesis;
  }

  get head(): HeaderRecord {
    return this.chain.head;
  }

  headerByHash(hash: Hash): HeaderRecord | undefined {
    return this.chain.headerByHash(hash);
  }

  headerByHeight(height: number): HeaderRecord | undefined {
    return this.chain.headerByHeight(height);
  }

  canonicalHash(height: number): Hash | undefined {
    return this.chain.canonicalHash(height);
  }

  bodyBytes(hash: Hash): Uint8Array | undefined {
    return this.chain.bodyBytes(hash);
  }
}
