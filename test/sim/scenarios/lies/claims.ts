import type { Hash, HeaderRecord } from '@wattchain/core';
import type { Disguise } from '../../world/simNode.js';
import { ChainMask } from './chainMask.js';

const NOBODYS_HASH: Hash = `0x${'77'.repeat(32)}`;

/** Claims more work than any chain has, a little more each time. */
class ClaimedWork extends ChainMask {
  #claims = 0n;

  override get head(): HeaderRecord {
    return { ...this.chain.head, hash: NOBODYS_HASH, totalWork: 2n ** 255n + this.#claims++ };
  }
}

/** Tells statuses that look true and are not: more work than its head has, a head that is not there, less than it has. */
class ForgedStatus extends ChainMask {
  #told = 0;

  override get head(): HeaderRecord {
    const { head } = this.chain;
    const { header, totalWork } = head;
    switch (this.#told++ % 4) {
      case 0:
        return { ...head, totalWork: totalWork + 1n };
      case 1:
        return { ...head, hash: NOBODYS_HASH, header: { ...header, height: header.height + 1 } };
      case 2:
        return { ...head, totalWork: totalWork / 2n };
      default:
        return head;
    }
  }
}

export const claimedWork: Disguise = { name: 'claimedWork', view: (chain) => new ClaimedWork(chain) };
export const forgedStatus: Disguise = { name: 'forgedStatus', view: (chain) => new ForgedStatus(chain) };
