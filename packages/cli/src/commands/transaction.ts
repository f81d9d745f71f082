import { WattchainError } from '@wattchain/core';
import type { Command } from 'commander';
import type { Hash } from 'viem';
import type { Connection } from '../client.js';
import type { Output } from '../output.js';
import { describeTransaction } from './chain.js';

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

/**
 * Waits as the options say and prints what became of a sent transaction: `{ hash, status, … }`.
 * Errors: `transactionFailed` with the reason.
 */
export async function reportTransaction(
  output: Output,
  connection: Connection,
  options: WaitOptions,
  hash: Hash,
  what: string,
  extra: Record<string, unknown> = {},
): Promise<void> {
  if (options.wait === false) {
    output.result({ hash, status: 'sent', ...extra }, `${what}\nsent ${hash}\nfollow it with: wattchain tx ${hash}`);
    return;
  }
  output.progress(`sent ${hash}, waiting …`);
  const confirmations = options.confirm ? connection.genesis.confirmations : 1;
  const timeout = connection.genesis.blockIntervalMs * 60 * confirmations + 30_000;
  await connection.client.waitForTransactionReceipt({ hash, confirmations, timeout });
  const status = await connection.watt<Parameters<typeof describeTransaction>[0]>('watt_transactionStatus', [hash]);
  if (status.status === 'failed') {
    throw new WattchainError(
      'transactionFailed',
      `${what}: ${describeTransaction(status, connection.genesis.confirmations)}`,
      {
        values: { hash, ...status },
        hint: 'it cost its gas and changed nothing else',
      },
    );
  }
  output.result(
    { ...status, hash, ...extra },
    `${what}\n${describeTransaction(status, connection.genesis.confirmations)}\n${hash}`,
  );
}
