import { ByteReader } from '../byteReader.js';
import { type Hash, numberToBytes } from '../bytes.js';
import type { Outcome } from '../error.js';
import type { Genesis } from '../genesis.js';
import { merkleRoot } from '../merkle.js';
import { type Pieces, runToEnd } from '../pieces.js';
import { decodeDevelopmentTransactions } from '../transaction/development.js';
import type { TransactionFormFault } from '../transaction/fault.js';
import { decodeTransactions } from '../transaction/transaction.js';
import type { Transaction } from '../transaction/types.js';
import type { BodyFault } from './fault.js';
import { encodeHeader } from './header.js';
import type { Header } from './types.js';

const COUNT_BYTES = 4;
const LENGTH_BYTES = 4;
/** Transactions that are decoded at once: a few milliseconds. */
const TRANSACTIONS_PER_PIECE = 32;

/** Merkle root of the raw transactions, in the order of the body. */
export function transactionsRoot(transactions: readonly Transaction[]): Hash {
  return merkleRoot(transactions.map(({ raw }) => raw));
}

/** A body: count 4 ‖ for each transaction its length 4 ‖ raw. */
export function encodeBody(transactions: readonly Transaction[]): Uint8Array {
  const size = transactions.reduce((sum, { raw }) => sum + LENGTH_BYTES + raw.length, COUNT_BYTES);
  const body = new Uint8Array(size);
  body.set(numberToBytes(transactions.length, COUNT_BYTES));
  let offset = COUNT_BYTES;
  for (const { raw } of transactions) {
    body.set(numberToBytes(raw.length, LENGTH_BYTES), offset);
    body.set(raw, offset + LENGTH_BYTES);
    offset += LENGTH_BYTES + raw.length;
  }
  return body;
}

/**
 * Reverse of {@link encodeBody}, with every sender recovered (a tenth of a millisecond each).
 * It knows no header; a body that a peer sent goes through {@link openBody}, which refuses the wrong one for a hash's price.
 */
export function decodeBody(bytes: Uint8Array, genesis: Genesis): Outcome<Transaction[], BodyFault> {
  return runToEnd(decodeBodyInPieces(bytes, genesis));
}

/** Finds a transaction of this network that was decoded before, by its bytes. */
export type RecallTransaction = (raw: Uint8Array) => Transaction | undefined;

/** As {@link decodeBody}, in pieces of some transactions whose senders are recovered; those that are recalled cost nothing. */
export function* decodeBodyInPieces(
  bytes: Uint8Array,
  genesis: Genesis,
  recall?: RecallTransaction,
): Pieces<Outcome<Transaction[], BodyFault>> {
  const split = splitBody(bytes, genesis);
  return split.fault ? split : yield* decodeInPieces(split.value, genesis, recall);
}

/** The transactions of `header`'s body: size, count and root are checked before any signature. */
export function openBody(bytes: Uint8Array, header: Header, genesis: Genesis): Outcome<Transaction[], BodyFault> {
  const raws = rawTransactions(bytes, header, genesis);
  return raws.fault ? raws : runToEnd(decodeInPieces(raws.value, genesis));
}

/** The raw transactions of `header`'s body, views of `bytes`: size, count and root fit, more is not looked at. */
export function rawTransactions(bytes: Uint8Array, header: Header, genesis: Genesis): Outcome<Uint8Array[], BodyFault> {
  const split = splitBody(bytes, genesis);
  if (split.fault) return split;
  const fault = validateRawBody(header, split.value, genesis);
  return fault ? { fault } : split;
}

/** The transactions of a network that these bytes are, or what is wrong with each. */
export function decodeNetworkTransactions(
  raws: readonly Uint8Array[],
  { chainId, development }: Pick<Genesis, 'chainId' | 'development'>,
): Outcome<Transaction, TransactionFormFault>[] {
  return development ? decodeDevelopmentTransactions(raws, chainId) : decodeTransactions(raws, chainId);
}

/** Size of a block against `blockByteLimit`: the header and all raw transactions, each with its 4-byte length. */
export function blockSize(header: Header, transactions: readonly Transaction[]): number {
  return rawBlockSize(
    header,
    transactions.map(({ raw }) => raw),
  );
}

/** Whether `transactions` are the body that `header` commits to, within the network's size. */
export function validateBody(
  header: Header,
  transactions: readonly Transaction[],
  genesis: Genesis,
): BodyFault | undefined {
  return validateRawBody(
    header,
    transactions.map(({ raw }) => raw),
    genesis,
  );
}

function splitBody(bytes: Uint8Array, genesis: Genesis): Outcome<Uint8Array[], BodyFault> {
  const size = bytes.length - COUNT_BYTES;
  if (size > genesis.blockByteLimit) return tooLarge(size, genesis.blockByteLimit);
  const reader = new ByteReader(bytes);
  const count = reader.number(COUNT_BYTES);
  const raws: Uint8Array[] = [];
  for (let i = 0; i < count && !reader.isShort; i++) raws.push(reader.take(reader.number(LENGTH_BYTES)));
  if (reader.isShort) return badEncoding(`the body of ${count} transactions ends early, at byte ${bytes.length}`);
  if (reader.bytesLeft > 0) return badEncoding(`${reader.bytesLeft} bytes follow the body`);
  return { value: raws };
}

function validateRawBody(header: Header, raws: readonly Uint8Array[], genesis: Genesis): BodyFault | undefined {
  if (raws.length !== header.transactionCount) {
    return { code: 'transactionCount', got: raws.length, expected: header.transactionCount };
  }
  const size = rawBlockSize(header, raws);
  if (size > genesis.blockByteLimit) return tooLarge(size, genesis.blockByteLimit).fault;
  const root = merkleRoot(raws);
  if (root !== header.transactionsRoot) {
    return { code: 'transactionsRoot', got: root, expected: header.transactionsRoot };
  }
  return undefined;
}

/** A piece lies between two lots of transactions that are decoded; the first fault, by its place, is the body's. */
function* decodeInPieces(
  raws: readonly Uint8Array[],
  genesis: Genesis,
  recall: RecallTransaction = () => undefined,
): Pieces<Outcome<Transaction[], BodyFault>> {
  const transactions = raws.map(recall);
  const unknown = [...raws.keys()].filter((place) => transactions[place] === undefined);
  for (let from = 0; from < unknown.length; from += TRANSACTIONS_PER_PIECE) {
    if (from > 0) yield;
    const places = unknown.slice(from, from + TRANSACTIONS_PER_PIECE);
    const lot = places.map((place) => raws[place] as Uint8Array);
    for (const [i, { value, fault }] of decodeNetworkTransactions(lot, genesis).entries()) {
      const index = places[i] as number;
      if (fault) return { fault: { code: 'transactionForm', index, fault } };
      transactions[index] = value;
    }
  }
  return { value: transactions as Transaction[] };
}

function rawBlockSize(header: Header, raws: readonly Uint8Array[]): number {
  return raws.reduce((size, raw) => size + LENGTH_BYTES + raw.length, encodeHeader(header).length);
}

function tooLarge(got: number, expected: number): { fault: BodyFault } {
  return { fault: { code: 'blockTooLarge', got, expected } };
}

function badEncoding(detail: string): { fault: BodyFault } {
  return { fault: { code: 'blockEncoding', detail } };
}
