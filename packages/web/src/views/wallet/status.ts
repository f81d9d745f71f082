import type { Hex } from 'viem';
import { status, tick } from '../../api/live.js';
import { request } from '../../api/node.js';

/** What `watt_transactionStatus` answers. */
export type TransactionStatus =
  | { readonly status: 'unknown' }
  | { readonly status: 'waiting'; readonly reason: { readonly text: string } }
  | ({ readonly status: 'included' } & Included)
  | ({ readonly status: 'failed'; readonly failure: { readonly reason: string; readonly data: Hex } } & Included);

interface Included {
  readonly height: number;
  readonly confirmations: number;
  readonly needed: number;
  readonly confirmed: boolean;
}

/** What can change no more is asked for once; by hash, of one chain. */
const finals = new Map<Hex, TransactionStatus>();
let finalsOf: Hex | undefined;
const MAX_FINALS = 500;

/** Where a transaction is now. */
export async function readStatus(hash: Hex): Promise<TransactionStatus> {
  const genesisHash = status.peek()?.genesisHash;
  if (genesisHash !== finalsOf || finals.size > MAX_FINALS) finals.clear();
  finalsOf = genesisHash;
  const known = finals.get(hash);
  if (known !== undefined) return known;
  const answer = await request<TransactionStatus>('watt_transactionStatus', hash);
  if ('confirmed' in answer && answer.confirmed) finals.set(hash, answer);
  return answer;
}

/** Resolves with the status of a transaction once it is in a block. */
export function whenIncluded(hash: Hex): Promise<TransactionStatus & Included> {
  return new Promise((resolve) => {
    let isOver = false;
    const stop = tick.subscribe(() => {
      // A node that does not answer now does at a later tick.
      readStatus(hash).then(
        (answer) => {
          if (isOver || !('height' in answer)) return;
          isOver = true;
          stop();
          resolve(answer);
        },
        () => undefined,
      );
    });
  });
}
