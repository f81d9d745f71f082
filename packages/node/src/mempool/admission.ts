import { type Account, type Genesis, isPublishedAddress, type Transaction } from '@wattchain/core';
import { intrinsicGas } from '@wattchain/vm';
import { TokenBucket } from '../base/tokenBucket.js';
import { bodyRoom, bytesInBody } from '../chain/bodyRoom.js';
import type { Stopwatch } from '../runtime.js';
import type { AccountQueue } from './accountQueue.js';
import type { PoolFault } from './types.js';

/** A replacement pays at least a tenth more, as geth asks … */
const REPLACEMENT_BUMP_DIVISOR = 10n;
/** … but at least this much more, because a tenth of a very small price is nothing. */
const MIN_REPLACEMENT_BUMP_WEI = 1n;

/** Whether the transaction could ever be executed, in the order of the protocol's checks. */
export function validateAdmission(
  transaction: Transaction,
  account: Pick<Account, 'nonce' | 'balance'>,
  genesis: Genesis,
): PoolFault | undefined {
  const { sender, nonce, maxFeePerGas, gasLimit, data, to, accessList, costWei } = transaction;
  if (!genesis.testbed && isPublishedAddress(sender)) return { code: 'publishedKey', sender };
  if (nonce < account.nonce) return { code: 'nonceTooLow', got: nonce, expected: account.nonce, sender };
  if (maxFeePerGas < genesis.minGasPriceWei) {
    return { code: 'gasPriceTooLow', got: maxFeePerGas, expected: genesis.minGasPriceWei };
  }
  const leastGas = intrinsicGas(data, to === null, accessList);
  if (gasLimit < leastGas) return { code: 'intrinsicGas', got: gasLimit, expected: leastGas };
  if (gasLimit > genesis.blockGasLimit) {
    return { code: 'gasLimitTooHigh', got: gasLimit, expected: genesis.blockGasLimit };
  }
  if (account.balance < costWei) {
    return { code: 'insufficientFunds', got: account.balance, expected: costWei, sender };
  }
  const room = bodyRoom(genesis);
  const bytes = bytesInBody(transaction);
  return bytes > room ? { code: 'txTooLarge', got: bytes, expected: room } : undefined;
}

/** Whether a transaction may take the place of another with its nonce: both fees rise; a gas price is both of them. */
export function validateReplacement(transaction: Transaction, replaced: Transaction): PoolFault | undefined {
  for (const field of ['maxFeePerGas', 'maxPriorityFeePerGas'] as const) {
    const tenth = (replaced[field] + REPLACEMENT_BUMP_DIVISOR - 1n) / REPLACEMENT_BUMP_DIVISOR;
    const expected = replaced[field] + (tenth > MIN_REPLACEMENT_BUMP_WEI ? tenth : MIN_REPLACEMENT_BUMP_WEI);
    const got = transaction[field];
    if (got < expected) return { code: 'replacementUnderpriced', field, got, expected };
  }
  return undefined;
}

/** Counts a replacement in an account's queue, unless there were too many of late. */
export function countReplacement(queue: AccountQueue, perMinute: number, stopwatch: Stopwatch): PoolFault | undefined {
  queue.replacements ??= new TokenBucket({ capacity: perMinute, perSecond: perMinute / 60 }, stopwatch);
  if (queue.replacements.take(1)) return undefined;
  return { code: 'replacementLimit', expected: perMinute, sender: queue.sender };
}
