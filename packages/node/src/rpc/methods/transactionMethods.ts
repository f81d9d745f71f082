/** `eth_*` methods about transactions: sending, finding, receipts. */
import { MAX_TRANSACTION_BYTES, type Pieces, type Transaction } from '@wattchain/core';
import {
  BLOCK_2_HASH,
  RECEIPT,
  SENT_HASH,
  SIGNED_TRANSACTION,
  TRANSACTION,
  TRANSACTION_HASH,
} from '../description/examples.js';
import type { RpcBackend, RpcChain } from '../protocol/backend.js';
import { type Method, method, type TogetherOutcome } from '../protocol/method.js';
import {
  type BlockSelector,
  bytesParameter,
  hashParameter,
  heightParameter,
  indexParameter,
} from '../protocol/parameter.js';
import { type RpcError, serverError } from '../protocol/rpcError.js';
import { HASH, nullable, shape } from '../protocol/schema.js';
import { canonicalBlock, findBlock, findTransaction } from './blocks.js';
import { sendFaultMessage } from './faultMessage.js';
import { receiptAt, type Shape, transactionToRpc } from './format.js';

export const transactionMethods: readonly Method[] = [
  method({
    name: 'eth_sendRawTransaction',
    // Twice the limit, so that a transaction which is only somewhat too large meets the fault that says so.
    parameters: [bytesParameter('transaction', 'the signed transaction', 2 * MAX_TRANSACTION_BYTES)],
    result: "The transaction's hash, once the pool has it.",
    schema: HASH,
    cost: 'execution',
    errors: [
      {
        code: 'rpcServer',
        when: 'the pool does not take it, in geth’s words: nonce too low, already known, insufficient funds …; or the node takes no blocks any more, so that it knows of no account what it can pay',
      },
    ],
    example: { params: [SIGNED_TRANSACTION], result: SENT_HASH },
    handle: ({ node }, raw) => {
      const refusal = refusalOf(node.chain);
      if (refusal !== undefined) throw refusal;
      const outcome = node.mempool.addRaw(raw, 'local');
      if (outcome.fault) throw serverError(sendFaultMessage(outcome.fault));
      return outcome.value.hash;
    },
    handleTogether: ({ node }, lists) => sendTogether(node, lists),
  }),
  method({
    name: 'eth_getTransactionByHash',
    parameters: [hashParameter('hash')],
    result: 'The transaction, with nulls for its block while it waits in the pool; null when it is not known.',
    schema: nullable(shape('Transaction')),
    cost: 'block',
    example: { params: [TRANSACTION_HASH], result: TRANSACTION },
    handle: function* ({ node }, hash) {
      const found = yield* findTransaction(node, hash);
      return found === undefined ? null : transactionToRpc(node.chain.genesis, found.transaction, found.place);
    },
  }),
  method({
    name: 'eth_getTransactionByBlockHashAndIndex',
    parameters: [hashParameter('hash'), indexParameter()],
    result: 'The transaction at that position; null when there is none.',
    schema: nullable(shape('Transaction')),
    cost: 'block',
    example: { params: [BLOCK_2_HASH, '0x0'], result: TRANSACTION },
    handle: ({ node: { chain } }, hash, index) => transactionAt(chain, { hash, requireCanonical: false }, index),
  }),
  method({
    name: 'eth_getTransactionByBlockNumberAndIndex',
    parameters: [heightParameter(), indexParameter()],
    result: 'The transaction at that position; null when there is none.',
    schema: nullable(shape('Transaction')),
    cost: 'block',
    example: { params: ['0x2', '0x0'], result: TRANSACTION },
    handle: ({ node: { chain } }, block, index) => transactionAt(chain, block, index),
  }),
  method({
    name: 'eth_getTransactionReceipt',
    parameters: [hashParameter('hash')],
    result: 'What the transaction did, with revertReason in words when it failed; null until it is in a block.',
    schema: nullable(shape('Receipt')),
    cost: 'block',
    example: { params: [TRANSACTION_HASH], result: RECEIPT },
    handle: function* ({ node: { chain } }, hash) {
      const place = chain.transactionPlace(hash);
      if (place === undefined) return null;
      return (yield* receiptAt(chain.genesis, yield* canonicalBlock(chain, place.blockHash), place.index)) ?? null;
    },
  }),
];

/** Why a node takes no transactions, whatever they are: its store stopped the chain. */
function refusalOf({ damage }: Pick<RpcChain, 'damage'>): RpcError | undefined {
  if (!damage?.stopped) return undefined;
  return serverError(`this node takes no more blocks and so no transactions, send them to another: ${damage.detail}`);
}

/** Gives signed transactions to the pool as one; the hash of each, or why the pool does not take it. */
export function* sendTogether(
  { chain, mempool }: RpcBackend,
  lists: readonly (readonly [raw: Uint8Array])[],
): Pieces<TogetherOutcome[]> {
  const refusal = refusalOf(chain);
  if (refusal !== undefined) return lists.map(() => ({ error: refusal }));
  const raws = lists.map(([raw]) => raw);
  const outcomes = yield* mempool.addRawsInPieces(raws, 'local');
  return outcomes.map(({ value, fault }) =>
    fault ? { error: serverError(sendFaultMessage(fault)) } : { result: value.hash },
  );
}

function* transactionAt(chain: RpcChain, selector: BlockSelector, index: number): Pieces<Shape | null> {
  const block = yield* findBlock(chain, selector);
  const transaction: Transaction | undefined = block?.transactions[index];
  return block === undefined || transaction === undefined
    ? null
    : transactionToRpc(chain.genesis, transaction, { record: block.record, index });
}
