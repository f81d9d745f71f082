import { WattchainError } from '@wattchain/core';
import type { Command } from 'commander';
import type { Hash, TransactionReceipt } from 'viem';
import type { Connection } from '../client.js';
import type { Output } from '../output.js';
import { describeTransaction, readTransactionStatus } from './chain.js';

type TransactionStatus = Awaited<ReturnType<typeof readTransactionStatus>>;

/** Options of every command that sends a transaction. */
export interface WaitOptions {
  readonly wait?: boolean;
  readonly confirm?: boolean;
}

/** Adds `--no-wait` and `--confirm`. */
export function withWait(command: Command): Command {
  return command
    .option('--no-wait', 'do not wait for the transaction to be in a block')
    .option('--confirm', 'wait until it is confirmed (12 confirmations)');
}

/** What a receipt tells beside the transaction's place: fields of the JSON result, and lines of text. */
export interface ReceiptNews {
  readonly values: Record<string, unknown>;
  readonly text: string;
}

/**
 * Waits as the options say and prints what became of a sent transaction: `{ hash, status, … }` and what `readReceipt` finds in
 * its receipt. Errors: `transactionFailed` with the reason.
 */
export async function reportTransaction(
  output: Output,
  connection: Connection,
  options: WaitOptions,
  hash: Hash,
  what: string,
  readReceipt: (receipt: TransactionReceipt) => ReceiptNews | Promise<ReceiptNews> = () => ({ values: {}, text: '' }),
): Promise<void> {
  if (options.wait === false) {
    output.result({ hash, status: 'sent' }, `${what}\nsent ${hash}\nfollow it with: wattchain tx ${hash}`);
    return;
  }
  output.progress(`sent ${hash}, waiting …`);
  const confirmations = options.confirm ? connection.genesis.confirmations : 1;
  const { receipt, status } = await waitForTransaction(connection, hash, what, confirmations);
  const news = await readReceipt(receipt);
  const place = describeTransaction(status, connection.genesis.confirmations);
  const lines = [what, news.text, place, hash].filter((line) => line !== '');
  output.result({ ...status, hash, ...news.values }, lines.join('\n'));
}

/**
 * Waits until a transaction has so many confirmations.
 * Errors: `transactionFailed` with the reason; viem's `WaitForTransactionReceiptTimeoutError` when no block takes it.
 */
export async function waitForTransaction(
  connection: Connection,
  hash: Hash,
  what: string,
  confirmations = 1,
): Promise<{ readonly receipt: TransactionReceipt; readonly status: TransactionStatus }> {
  const timeout = connection.genesis.blockIntervalMs * 60 * confirmations + 30_000;
  const receipt = await connection.client.waitForTransactionReceipt({ hash, confirmations, timeout });
  const status = await readTransactionStatus(connection, hash);
  if (status.status === 'failed') {
    throw new WattchainError(
      'transactionFailed',
      `${what}: ${describeTransaction(status, connection.genesis.confirmations)}`,
      {
        values: { hash, ...status },
        hint: status.failure?.hint ?? 'it cost its gas and changed nothing else',
      },
    );
  }
  return { receipt, status };
}
