import {
  assert,
  effectiveGasPrice,
  type HeaderRecord,
  type Pieces,
  type Receipt,
  type Transaction,
} from '@wattchain/core';
import { MAX_FEE_BLOCKS, TRANSACTIONS_PER_PIECE } from '../limits.js';
import type { RpcBackend, RpcChain } from '../protocol/backend.js';
import type { BlockSelector } from '../protocol/parameter.js';
import { quantity } from '../protocol/quantity.js';
import { invalidParams, serverError } from '../protocol/rpcError.js';
import { canonicalBlock, requireHeader } from './blocks.js';
import type { Shape } from './format.js';

/** The network's minimum, or just above the best-paying transaction that the next block may have no room for. */
export function* suggestGasPrice({ chain, mempool }: RpcBackend): Pieces<bigint> {
  let gas = 0;
  let looks = 0;
  for (const transaction of mempool.executable()) {
    gas += transaction.gasLimit;
    if (gas > chain.genesis.blockGasLimit) return effectiveGasPrice(transaction, chain.genesis) + 1n;
    if (++looks % TRANSACTIONS_PER_PIECE === 0) yield;
  }
  return chain.genesis.minGasPriceWei;
}

/** What a transaction pays above the base fee at {@link suggestGasPrice}: 0 unless blocks are full. */
export function* suggestPriorityFee(node: RpcBackend): Pieces<bigint> {
  return (yield* suggestGasPrice(node)) - node.chain.genesis.minGasPriceWei;
}

/**
 * `eth_feeHistory` of at most `count` blocks up to `newest`: how full they were, the base fee, which never changes, and what
 * was paid above it at percentiles of their gas.
 */
export function* readFeeHistory(
  chain: RpcChain,
  count: number,
  newest: BlockSelector,
  percentiles: readonly number[] | undefined,
): Pieces<Shape> {
  if (count === 0) throw invalidParams('blockCount must be at least 1');
  const last = requireHeader(chain, newest).header.height;
  const first = Math.max(0, last - Math.min(count, MAX_FEE_BLOCKS) + 1);
  const gasUsedRatio: number[] = [];
  const reward: string[][] = [];
  for (let height = first; height <= last; height++) {
    yield;
    const record = chain.headerByHeight(height);
    // Only a reorganisation to a branch with fewer blocks takes heights away.
    if (record === undefined)
      throw serverError(`the chain was reorganised meanwhile: block ${height} is gone, ask again`);
    gasUsedRatio.push(record.header.gasUsed / record.header.gasLimit);
    if (percentiles) reward.push(yield* priorityFeesAt(chain, record, percentiles));
  }
  return {
    oldestBlock: quantity(first),
    baseFeePerGas: [...gasUsedRatio, 0].map(() => quantity(chain.genesis.minGasPriceWei)),
    gasUsedRatio,
    ...(percentiles === undefined ? {} : { reward }),
  };
}

/** What the transactions of so many percent of a block's gas paid at most above the base fee; zeros for an empty block. */
function* priorityFeesAt(
  chain: RpcChain,
  { hash, header }: HeaderRecord,
  percentiles: readonly number[],
): Pieces<string[]> {
  if (header.transactionCount === 0) return percentiles.map(() => quantity(0));
  const { transactions, receipts } = yield* canonicalBlock(chain, hash);
  const spent = transactions
    .map((transaction: Transaction, index) => ({
      priorityFee: priorityFeeOf(chain, transaction),
      gasUsed: (receipts[index] as Receipt).gasUsed,
    }))
    .sort((a, b) => (a.priorityFee < b.priorityFee ? -1 : a.priorityFee > b.priorityFee ? 1 : 0));
  return percentiles.map((percentile) => {
    const threshold = (header.gasUsed * percentile) / 100;
    let gas = 0;
    const found = spent.find(({ gasUsed }) => {
      gas += gasUsed;
      return gas >= threshold;
    });
    assert(found !== undefined, `block ${hash} used ${header.gasUsed} gas and its transactions ${gas}`);
    return quantity(found.priorityFee);
  });
}

/** 0 for an edit of a development chain's state, which pays nothing. */
function priorityFeeOf({ genesis }: RpcChain, transaction: Transaction): bigint {
  const fee = effectiveGasPrice(transaction, genesis) - genesis.minGasPriceWei;
  return fee > 0n ? fee : 0n;
}
