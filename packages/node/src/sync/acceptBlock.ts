import type { BlockFault, Header, Outcome } from '@wattchain/core';
import type { Logger } from '../base/log.js';
import type { Chain } from '../chain/chain.js';
import type { AcceptResult } from '../chain/types.js';

/** Gives a block to the chain; `unavailable` when the chain takes none now. */
export type AcceptBlock = (
  header: Header,
  body: Uint8Array,
  peerId: string,
) => Promise<Outcome<AcceptResult, BlockFault> | 'unavailable'>;

/**
 * {@link Chain.acceptBlock} for blocks of peers. A chain that is closed, overloaded or broken says so to the node itself;
 * to a peer's block it means that nobody can judge it now.
 */
export function createAcceptBlock(chain: Chain, log: Logger): AcceptBlock {
  return async (header, body, peerId) => {
    try {
      return await chain.acceptBlock(header, body, peerId);
    } catch (error) {
      log.debug({ height: header.height, peer: peerId, error }, 'the chain takes no block now');
      return 'unavailable';
    }
  };
}
