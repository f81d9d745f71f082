import { WattchainError } from '@wattchain/core';
import type { SigningClient, TransactionOptions } from '@wattchain/market';
import { BaseError, createClient, custom, type Hex, keccak256, type LocalAccount, zeroHash } from 'viem';
import { sendRawTransaction } from 'viem/actions';
import { reader } from '../api/community.js';
import { status } from '../api/live.js';
import { client, viemChain } from '../api/node.js';
import { isUnreachable } from '../api/rules.js';
import { asSentence, refusalInWords } from '../model/transactionWords.js';
import { keepSent } from './sent.js';
import type { SentTransaction } from './sentStorage.js';
import { KeyError, signerOf } from './session.js';

/** One transaction of what a person is about to do. */
export interface Step {
  /** What it does, for the person who signs it: `Send 5 WATT to 0x1f9a…c2D1`. */
  readonly text: string;
  readonly run: (client: SigningClient, options: TransactionOptions) => Promise<Hex>;
}

/** Why nothing was sent, or why it is not known whether it was, as a sentence. */
export class SendError extends Error {
  /** Whether the node may have taken the transaction; then it is in the list of what was sent. */
  readonly isUnsure: boolean;
  constructor(message: string, options: { readonly isUnsure?: boolean; readonly cause: unknown }) {
    super(message, { cause: options.cause });
    this.isUnsure = options.isUnsure ?? false;
  }
}

/** What a step would cost. */
export interface Rehearsal {
  readonly gas: bigint;
  /** Gas limit times gas price: the fee is at most that. */
  readonly feeWei: bigint;
}

/**
 * Prepares a step as {@link send} would, up to the signature: it asks the node what the step would do now and what it takes.
 * Throws {@link SendError} when the node or a contract refuses it.
 */
export async function rehearse(address: Hex, step: Step): Promise<Rehearsal> {
  let prepared: { gas?: bigint | undefined; gasPrice?: bigint | undefined } | undefined;
  const account: LocalAccount = {
    ...signerOf(address),
    signTransaction: async (transaction) => {
      prepared = transaction;
      return '0x';
    },
  };
  try {
    await step.run(
      clientFor(account, async () => zeroHash),
      {},
    );
  } catch (error) {
    throw new SendError(wordsOf(error), { cause: error });
  }
  const { gas = 0n, gasPrice = 0n } = prepared ?? {};
  return { gas, feeWei: gas * gasPrice };
}

/** Attempts of a transaction whose nonce another one took meanwhile. */
const MAX_ATTEMPTS = 4;

/** Signs a step and sends it, one at a time for an account. Throws {@link SendError}. */
export async function send(address: Hex, step: Step): Promise<Hex> {
  return oneAtATime(address, async () => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await sendOnce(address, step);
      } catch (error) {
        if (attempt === MAX_ATTEMPTS || !isNonceTaken(error)) throw error;
      }
    }
  });
}

async function sendOnce(address: Hex, step: Step): Promise<Hex> {
  const genesisHash = status.peek()?.genesisHash;
  let sent: SentTransaction | undefined;
  const signing = clientFor(signerOf(address), async (raw) => {
    if (genesisHash === undefined) throw new KeyError('the node has not answered yet');
    sent = { genesisHash, hash: keccak256(raw), from: address, text: step.text, sentMs: Date.now(), raw };
    return sendRawTransaction(client, { serializedTransaction: raw });
  });
  try {
    const hash = await step.run(signing, {});
    if (sent !== undefined) await keepSent(sent);
    return hash;
  } catch (error) {
    if (sent === undefined || !isUnreachable(error)) throw new SendError(wordsOf(error), { cause: error });
    await keepSent(sent);
    throw new SendError(
      'The node stopped answering while it was being sent. It may have arrived: see "Sent from this browser" in the wallet, from where it can be sent again without being counted twice.',
      { isUnsure: true, cause: error },
    );
  }
}

/** Sends once more, unchanged, what a node does not know any more; a chain takes it at most once. Throws {@link SendError}. */
export async function sendAgain({ raw }: SentTransaction): Promise<void> {
  try {
    await sendRawTransaction(client, { serializedTransaction: raw });
  } catch (error) {
    if (!/already known/.test(messageOf(error))) throw new SendError(wordsOf(error), { cause: error });
  }
}

/** Reads through the page's client, and hands signed transactions to `submit`. */
function clientFor(account: LocalAccount, submit: (raw: Hex) => Promise<Hex>): SigningClient {
  const now = status.peek();
  if (now === undefined) throw new SendError('The node has not answered yet. Nothing was sent.', { cause: undefined });
  const transport = custom(
    {
      request: async ({ method, params }: { method: string; params?: unknown }) =>
        method === 'eth_sendRawTransaction'
          ? submit((params as [Hex])[0])
          : client.request({ method, params } as Parameters<typeof client.request>[0]),
    },
    { retryCount: 0 },
  );
  return createClient({ account, chain: viemChain(now), transport });
}

/** Two tabs that send for one account take turns; where the browser has no locks, a nonce that is taken is asked for again. */
async function oneAtATime<T>(address: Hex, act: () => Promise<T>): Promise<T> {
  if (!('locks' in navigator)) return act();
  return navigator.locks.request(`wattchain-nonce-${address}`, act) as Promise<T>;
}

const isNonceTaken = (error: unknown) =>
  error instanceof SendError && /nonce too low|replacement transaction underpriced/.test(messageOf(error.cause));

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Why something did not work, as a sentence that a person can act on. */
export function wordsOf(error: unknown): string {
  if (error instanceof SendError || error instanceof KeyError) return asSentence(error.message);
  if (error instanceof WattchainError && error.code === 'refused') {
    const { error: name, args } = error.values;
    return refusalInWords(String(name), args as readonly unknown[], reader.peek());
  }
  if (error instanceof WattchainError) {
    return asSentence(error.hint === undefined ? error.message : `${error.message}: ${error.hint}`);
  }
  if (isUnreachable(error)) return 'The node does not answer. Nothing was sent, and what you typed is still here.';
  if (/insufficient funds/.test(messageOf(error))) {
    return 'The account has too few coins (WATT) for this and its fee.';
  }
  return asSentence(error instanceof BaseError ? error.details || error.shortMessage : messageOf(error));
}
