import type { Address, WattchainError } from '@wattchain/core';
import {
  type Abi,
  type Account,
  BaseError,
  type Chain,
  type Client,
  decodeErrorResult,
  type Hash,
  type Hex,
  isHex,
  type Log,
  type Transport,
} from 'viem';
import { estimateGas, sendTransaction } from 'viem/actions';
import { refusalError } from './refusal.js';

/** A viem client that reads: `createPublicClient({ chain, transport })`. */
export type ReadingClient = Client<Transport, Chain | undefined, Account | undefined>;

/** A viem client that signs: `createWalletClient({ account, chain, transport })`. The key stays in it. */
export type SigningClient = Client<Transport, Chain, Account>;

/** What the sender of a transaction may decide; everything has a default. */
export interface TransactionOptions {
  /** Gas limit. Default: the node's estimate and a quarter more; gas that is not used is paid back. With it nothing is estimated. */
  readonly gas?: bigint;
  /** Default: the next one by the node's count, pending transactions included. */
  readonly nonce?: number;
  /** Wei for a unit of gas. Default: what the node suggests. */
  readonly gasPriceWei?: bigint;
}

/** What the actions need of a receipt: viem's `TransactionReceipt` has it. */
export interface ReceiptLogs {
  readonly logs: readonly Log[];
}

interface Call {
  readonly address: Address;
  readonly abi: Abi;
  readonly data: Hex;
  readonly value?: bigint;
}

/**
 * Estimates, signs and sends a call as a legacy transaction and returns its hash; it does not wait.
 * @throws WattchainError `refused` when the contract would refuse it now: the message is the reason in words, `values` name
 *   the contract's error and its figures. viem's errors for everything else (connection, funds, nonce).
 */
export async function sendCall(client: SigningClient, call: Call, options: TransactionOptions = {}): Promise<Hash> {
  const { address, abi, data, value = 0n } = call;
  const { nonce, gasPriceWei } = options;
  const gas = options.gas ?? (await estimate(client, { address, abi, data, value }));
  return sendTransaction(client, {
    account: client.account,
    chain: client.chain,
    type: 'legacy',
    to: address,
    data,
    value,
    gas,
    ...(nonce === undefined ? {} : { nonce }),
    ...(gasPriceWei === undefined ? {} : { gasPrice: gasPriceWei }),
  });
}

async function estimate(client: SigningClient, { address, abi, data, value = 0n }: Call): Promise<bigint> {
  try {
    const gas = await estimateGas(client, { account: client.account, to: address, data, value });
    // The state may change until the transaction is included: a word that was there may be new by then, and costs more.
    return gas + gas / 4n;
  } catch (error) {
    throw refusalOf(error, abi) ?? error;
  }
}

/** The contract's reason in an error of viem, if there is one. */
function refusalOf(error: unknown, abi: Abi): WattchainError | undefined {
  if (!(error instanceof BaseError)) return undefined;
  const carrier = error.walk((cause) => revertData(cause) !== undefined);
  const data = revertData(carrier);
  if (data === undefined) return undefined;
  let decoded: { errorName: string; args?: readonly unknown[] | undefined };
  try {
    decoded = decodeErrorResult({ abi, data });
  } catch {
    decoded = { errorName: 'unknown', args: [data] };
  }
  const { errorName, args = [] } = decoded;
  return refusalError(errorName, args, error);
}

function revertData(error: unknown): Hex | undefined {
  if (typeof error !== 'object' || error === null || !('data' in error)) return undefined;
  return isHex(error.data) && error.data.length >= 10 ? error.data : undefined;
}
