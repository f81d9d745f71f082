import { assert, type HeaderRecord, type Receipt, type Transaction } from '@wattchain/core';
import { FEE_BLOCKS_PER_TURN, MAX_FEE_BLOCKS } from '../limits.js';
import type { RpcBackend, RpcChain } from '../protocol/backend.js';
import type { BlockSelector } from '../protocol/parameter.js';
import { quantity } from '../protocol/quantity.js';
import { invalidParams, serverError } from '../protocol/rpcError.js';
import type { Turns } from '../protocol/turns.js';
import { canonicalBlock, requireHeader } from './blocks.js';
import type { Shape } from './format.js';

/** The network's minimum, or just above the best-paying transaction that the next block may have no room for. */
export function suggestGasPrice({ chain, mempool }: RpcBackend): bigint {
  const { blockGasLimit, minGasPriceWei } = chain.genesis;
  let gas = 0;
  for (const transaction of mempool.executable()) {
    gas += transaction.gasLimit;
    if (gas > blockGasLimit) return transaction.gasPrice + 1n;
  }
  return minGasPriceWei;
}

/**
 * `eth_feeHistory` of at most `count` blocks up to `newest`: how full they were, and gas prices at percentiles of their gas.
 * All of a gas price goes to the miner here, so base fees are 0, as the specification wants it of blocks before EIP-1559.
 */
export async function readFeeHistory(
  chain: RpcChain,
  count: number,
  newest: BlockSelector,
  percentiles: readonly number[] | undefined,
  turns: Turns,
): Promise<Shape> {
  if (count === 0) throw invalidParams('blockCount must be at least 1');
  const last = requireHeader(chain, newest).header.height;
  const first = Math.max(0, last - Math.min(count, MAX_FEE_BLOCKS) + 1);
  const gasUsedRatio: number[] = [];
  const reward: string[][] = [];
  for (let height = first; height <= last; height++) {
    if (height > first && (height - first) % FEE_BLOCKS_PER_TURN === 0) await turns.next();
    const record = chain.headerByHeight(height);
    // Only a reorganisation to a branch with fewer blocks takes heights away.
    if (record === undefined)
      throw serverError(`the chain was reorganised meanwhile: block ${height} is gone, ask again`);
    gasUsedRatio.push(record.header.gasUsed / record.header.gasLimit);
    if (percentiles) reward.push(gasPricesAt(chain, record, percentiles));
  }
  return {
    oldestBlock: quantity(first),
    baseFeePerGas: [...gasUsedRatio, 0].map(() => quantity(0)),
    gasUsedRatio,
    ...(percentiles === undefined ? {} : { reward }),
  };
}

/** The gas price that the transactions of so many percent of a block's gas did not exceed; zeros for an empty block. */
function gasPricesAt(chain: RpcChain, { hash, header }: HeaderRecord, percentiles: readonly number[]): string[] {
  if (header.transactionCount === 0) return percentiles.map(() => quantity(0));
  const { transactions, receipts } = canonicalBlock(chain, hash);
  const spent = transactions
    .map((transaction: Transaction, index) => ({
      gasPrice: transaction.gasPrice,
      gasUsed: (receipts[index] as Receipt).gasUsed,
    }))
    .sort((a, b) => (a.gasPrice < b.gasPrice ? -1 : a.gasPrice > b.gasPrice ? 1 : 0));
  return percentiles.map((percentile) => {
    const threshold = (header.gasUsed * percentile) / 100;
    let gas = 0;
    const found = spent.find(({ gasUsed }) => {
      gas += gasUsed;
      return gas >= threshold;
    });
    assert(found !== undefined, `block ${hash} used ${header.gasUsed} gas and its transactions ${gas}`);
    return quantity(found.gasPrice);
  });
}
