import {
  type BodyFault,
  type Genesis,
  type Header,
  type Outcome,
  rawTransactions,
  type Transaction,
} from '@wattchain/core';
import type { Compute } from '../compute/compute.js';
import type { KnownTransactions } from './knownTransactions.js';

/** The transactions of a body, or its first fault. */
export type OpenedBody = Outcome<readonly Transaction[], BodyFault>;

/** Bodies that are opened before their block's turn has come: about what other threads do while one block is executed. */
const MAX_AHEAD = 4;

/**
 * Opens bodies of blocks. Transactions that this node knows cost nothing; the others are computed, and known from then on. A body of
 * strangers' transactions takes longer than others may wait, so it is never opened in one piece.
 */
export class BodyOpener {
  #ahead = 0;

  constructor(
    private readonly chain: { readonly genesis: Genesis; readonly known: KnownTransactions },
    private readonly compute: Compute,
  ) {}

  async open(header: Header, bytes: Uint8Array): Promise<OpenedBody> {
    const { genesis, known } = this.chain;
    const raws = rawTransactions(bytes, header, genesis);
    if (raws.fault) return raws;
    const transactions = raws.value.map(known.find);
    const places = [...transactions.keys()].filter((place) => transactions[place] === undefined);
    const unknown = places.map((place) => raws.value[place] as Uint8Array);
    const decoded = unknown.length === 0 ? [] : await this.compute.decode(unknown, genesis);
    for (const [i, { value, fault }] of decoded.entries()) {
      const index = places[i] as number;
      if (fault) return { fault: { code: 'transactionForm', index, fault } };
      transactions[index] = value;
      known.remember(value);
    }
    return { value: transactions as Transaction[] };
  }

  /** Begins with a body while other blocks have their turn, where other threads do it and have not enough to do; else `undefined`. */
  openAhead(header: Header, bytes: Uint8Array): Promise<OpenedBody> | undefined {
    if (this.compute.threads === 0 || this.#ahead >= MAX_AHEAD) return undefined;
    this.#ahead++;
    const opened = this.open(header, bytes).finally(() => {
      this.#ahead--;
    });
    // Who takes the block hears of an error; not every block comes that far.
    opened.catch(() => {});
    return opened;
  }
}
