/** `txpool_*`: what waits in the pool, as geth groups it. `watt_mempool` says why. */
import type { Address, Pieces, Transaction } from '@wattchain/core';
import type { PoolEntry } from '../../mempool/types.js';
import { CAROL, POOL_TRANSACTION } from '../description/examples.js';
import { CHARACTERS_PER_PIECE, MAX_LISTED_TRANSACTIONS } from '../limits.js';
import type { RpcBackend } from '../protocol/backend.js';
import { type Method, method } from '../protocol/method.js';
import { addressParameter } from '../protocol/parameter.js';
import { quantity } from '../protocol/quantity.js';
import { mapOf, objectOf, QUANTITY, shape, TEXT } from '../protocol/schema.js';
import { type Shape, transactionToRpc } from './format.js';

const BY_NONCE = mapOf(shape('Transaction'));

export const poolMethods: readonly Method[] = [
  method({
    name: 'txpool_status',
    parameters: [],
    result: 'How many transactions are ready for a block (pending), and how many wait for a nonce or coins (queued).',
    schema: objectOf({ pending: QUANTITY, queued: QUANTITY }),
    cost: 'lookup',
    example: { params: [], result: { pending: '0x1', queued: '0x1' } },
    handle: ({ node: { mempool } }) => ({
      pending: quantity(mempool.load.ready),
      queued: quantity(mempool.load.queued),
    }),
  }),
  method({
    name: 'txpool_content',
    parameters: [],
    result: 'The transactions of the pool by sender and nonce, at most 1,000.',
    schema: objectOf({ pending: mapOf(BY_NONCE), queued: mapOf(BY_NONCE) }),
    cost: 'range',
    example: {
      params: [],
      result: { pending: { [CAROL]: { 0: POOL_TRANSACTION } }, queued: {} },
    },
    handle: function* ({ node }) {
      const { pending, queued } = sortOut(yield* node.mempool.contentInPieces(MAX_LISTED_TRANSACTIONS));
      return { pending: yield* bySender(pending, inFull(node)), queued: yield* bySender(queued, inFull(node)) };
    },
  }),
  method({
    name: 'txpool_inspect',
    parameters: [],
    result: 'The same with a line of text for each transaction, as geth writes it: receiver, value, gas and its price.',
    schema: objectOf({ pending: mapOf(mapOf(TEXT)), queued: mapOf(mapOf(TEXT)) }),
    cost: 'range',
    example: {
      params: [],
      result: {
        pending: { [CAROL]: { 0: `${POOL_TRANSACTION.to}: 1 wei + 21000 gas × 100 wei` } },
        queued: {},
      },
    },
    handle: function* ({ node }) {
      const { pending, queued } = sortOut(yield* node.mempool.contentInPieces(MAX_LISTED_TRANSACTIONS));
      return { pending: yield* bySender(pending, inOneLine), queued: yield* bySender(queued, inOneLine) };
    },
  }),
  method({
    name: 'txpool_contentFrom',
    parameters: [addressParameter()],
    result: 'The transactions of one sender by nonce.',
    schema: objectOf({ pending: BY_NONCE, queued: BY_NONCE }),
    cost: 'range',
    example: { params: [CAROL], result: { pending: { 0: POOL_TRANSACTION }, queued: {} } },
    handle: function* ({ node }, address) {
      const { pending, queued } = sortOut(yield* node.mempool.contentInPieces(Number.POSITIVE_INFINITY, address));
      return { pending: yield* byNonce(pending, inFull(node)), queued: yield* byNonce(queued, inFull(node)) };
    },
  }),
];

function sortOut(entries: readonly PoolEntry[]): { readonly pending: PoolEntry[]; readonly queued: PoolEntry[] } {
  const isQueued = ({ reason }: PoolEntry) => reason.code === 'nonceGap' || reason.code === 'insufficientFunds';
  return { pending: entries.filter((entry) => !isQueued(entry)), queued: entries.filter(isQueued) };
}

function inFull({ chain }: RpcBackend): (transaction: Transaction) => Shape {
  return (transaction) => transactionToRpc(chain.genesis, transaction, undefined);
}

/** Geth's line, which people read and some tools take apart. */
function inOneLine({ to, value, gasLimit, maxFeePerGas }: Transaction): string {
  return `${to ?? 'contract creation'}: ${value} wei + ${gasLimit} gas × ${maxFeePerGas} wei`;
}

function* bySender(entries: readonly PoolEntry[], show: (transaction: Transaction) => unknown): Pieces<Shape> {
  const senders = new Map<Address, PoolEntry[]>();
  for (const entry of entries) {
    const own = senders.get(entry.transaction.sender);
    if (own === undefined) senders.set(entry.transaction.sender, [entry]);
    else own.push(entry);
  }
  const shown: [Address, Shape][] = [];
  for (const [sender, own] of senders) shown.push([sender, yield* byNonce(own, show)]);
  return Object.fromEntries(shown);
}

/** What is shown is as long as the transactions' bytes, which are as many as a pool holds. */
function* byNonce(entries: readonly PoolEntry[], show: (transaction: Transaction) => unknown): Pieces<Shape> {
  const shown: [number, unknown][] = [];
  let bytes = 0;
  for (const { transaction } of entries) {
    shown.push([transaction.nonce, show(transaction)]);
    bytes += transaction.raw.length;
    if (bytes < CHARACTERS_PER_PIECE) continue;
    bytes = 0;
    yield;
  }
  yield;
  return Object.fromEntries(shown);
}
