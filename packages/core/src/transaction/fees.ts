import type { GenesisRules } from '../genesis.js';
import { WORD_LIMIT } from '../params.js';
import type { TransactionFormFault } from './fault.js';
import type { TransactionFields } from './types.js';

/** Rules of EIP-1559 for transactions, with a base fee that is the network's minimum gas price and never changes. */

/** Wei for a unit of gas that the sender pays and the miner earns: the base fee and the priority fee, at most the maximum. */
export function effectiveGasPrice(
  { maxFeePerGas, maxPriorityFeePerGas }: Pick<TransactionFields, 'maxFeePerGas' | 'maxPriorityFeePerGas'>,
  { minGasPriceWei }: Pick<GenesisRules, 'minGasPriceWei'>,
): bigint {
  const price = minGasPriceWei + maxPriorityFeePerGas;
  return price < maxFeePerGas ? price : maxFeePerGas;
}

/** What no state can heal in the fees of a transaction. */
export function validateFees({
  gasLimit,
  maxFeePerGas,
  maxPriorityFeePerGas,
}: TransactionFields): Extract<TransactionFormFault, { code: 'txPriorityFee' | 'txFeeOverflow' }> | undefined {
  if (maxPriorityFeePerGas > maxFeePerGas) {
    return { code: 'txPriorityFee', got: maxPriorityFeePerGas, expected: maxFeePerGas };
  }
  const product = BigInt(gasLimit) * maxFeePerGas;
  return product < WORD_LIMIT ? undefined : { code: 'txFeeOverflow', got: product };
}
