import { constants } from 'node:os';
import { WattchainError } from '@wattchain/core';
import { type Command, Option } from 'commander';
import type { Hash, TransactionReceipt } from 'viem';
import { type Connection, isUnreachable } from '../client.js';
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
    .addOption(new Option('--confirm', 'wait until it is confirmed (12 confirmations)').conflicts('wait'));
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
  const { receipt, status } = await waitForTransaction(connection, { hash, what, confirmations, output });
  const news = await readReceipt(receipt);
  const place = describeTransaction(status, connection.genesis.confirmations);
  const lines = [what, news.text, place, hash].filter((line) => line !== '');
  output.result({ ...status, hash, ...news.values }, lines.join('\n'));
}

/** Between two words about a transaction that is still on its way. */
const NEWS_MS = 10_000;
/** A transaction that the node does not know for so long has left its pool; a reorganisation brings it back sooner. */
const LOST_MS = 15_000;
/** So long a node may be away before waiting for it ends: a restart takes less. */
const UNREACHABLE_MS = 60_000;

/** What a wait is about. */
interface Wait {
  readonly hash: Hash;
  /** What the transaction does, in words. */
  readonly what: string;
  /** 1: in a block. */
  readonly confirmations?: number;
  /** Told every ten seconds where the transaction is, and whether blocks come at all; and its hash when the wait is interrupted. */
  readonly output: Output;
}

/**
 * Waits until a transaction has so many confirmations, as long as the node knows it.
 * Errors: `transactionFailed` with the reason; `transactionLost` when it left the node's pool without a block; `nodeUnreachable`
 * when the node has not answered for a minute.
 */
export async function waitForTransaction(
  connection: Connection,
  wait: Wait,
): Promise<{ readonly receipt: TransactionReceipt; readonly status: TransactionStatus }> {
  const onSignal = (signal: NodeJS.Signals) => {
    tellInterrupted(wait);
    process.exit(128 + constants.signals[signal]);
  };
  for (const signal of SIGNALS) process.once(signal, onSignal);
  try {
    return await waitUninterrupted(connection, wait);
  } finally {
    for (const signal of SIGNALS) process.off(signal, onSignal);
  }
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** What was sent stays sent: whoever stops waiting gets its hash, in the form that was asked for. */
function tellInterrupted({ hash, what, output }: Wait): void {
  output.result({ hash, status: 'sent', what }, `${what}\nsent ${hash}\nfollow it with: wattchain tx ${hash}`);
}

async function waitUninterrupted(
  connection: Connection,
  { hash, what, confirmations = 1, output }: Wait,
): Promise<{ readonly receipt: TransactionReceipt; readonly status: TransactionStatus }> {
  const { client, genesis } = connection;
  const news = new WaitingNews(connection, output.progress);
  let knownMs = Date.now();
  let answeredMs = Date.now();
  for (;;) {
    try {
      const status = await readTransactionStatus(connection, hash);
      answeredMs = Date.now();
      if (status.status !== 'unknown') knownMs = answeredMs;
      if ((status.confirmations ?? 0) >= confirmations) {
        if (status.status === 'failed') throw failed(what, hash, status, genesis.confirmations);
        return { receipt: await client.getTransactionReceipt({ hash }), status };
      }
      if (answeredMs - knownMs > LOST_MS) throw lost(what, hash, status, genesis.confirmations);
      await news.tell(describeTransaction(status, genesis.confirmations));
    } catch (error) {
      if (!isUnreachable(error)) throw error;
      if (Date.now() - answeredMs > UNREACHABLE_MS) throw unreachable(connection.rpcUrl, hash, error);
      await news.tell('the node does not answer');
      // What a node forgets in a restart is asked for again from its first answer on.
      knownMs = Date.now();
    }
    await new Promise((resolve) => setTimeout(resolve, client.pollingInterval));
  }
}

/** Says where a transaction is, every ten seconds, and since when no block came. */
class WaitingNews {
  #toldMs = Date.now();
  #head: bigint | undefined;

  constructor(
    private readonly connection: Connection,
    private readonly progress: (text: string) => void,
  ) {}

  async tell(place: string): Promise<void> {
    if (Date.now() - this.#toldMs < NEWS_MS) return;
    this.#toldMs = Date.now();
    const head = await this.connection.client.getBlockNumber({ cacheTime: 0 }).catch(() => undefined);
    const isStill = head !== undefined && head === this.#head;
    this.#head = head;
    this.progress(isStill ? `${place}; no block came within ${NEWS_MS / 1000} s, the newest is ${head}` : place);
  }
}

function failed(what: string, hash: Hash, status: TransactionStatus, needed: number): WattchainError {
  return new WattchainError('transactionFailed', `${what}: ${describeTransaction(status, needed)}`, {
    values: { hash, ...status },
    hint: status.failure?.hint ?? 'it cost its gas and changed nothing else',
  });
}

function lost(what: string, hash: Hash, status: TransactionStatus, needed: number): WattchainError {
  return new WattchainError('transactionLost', `${what}: ${describeTransaction(status, needed)}`, {
    values: { hash },
    hint: 'a node that was started again has forgotten what waited; it can be sent again',
  });
}

function unreachable(rpcUrl: string, hash: Hash, cause: unknown): WattchainError {
  return new WattchainError('nodeUnreachable', `the node at ${rpcUrl} stopped answering before ${hash} was confirmed`, {
    values: { rpcUrl, hash },
    hint: `when it is back: wattchain tx ${hash}`,
    cause,
  });
}
