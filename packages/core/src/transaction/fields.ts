import { type Address, bytesToBigInt, EMPTY_BYTES, fromHex, isHexOf, toHex } from '../bytes.js';
import { type Outcome, WattchainError } from '../error.js';
import { keccak256 } from '../hash.js';
import { MAX_CHAIN_ID, MAX_TRANSACTION_BYTES, WORD_LIMIT } from '../params.js';
import type { TransactionFormFault } from './fault.js';
import { decodeRlp, encodeRlp, encodeRlpNumber, type RlpItem } from './rlp.js';
import type { Signature, Transaction, UnsignedTransaction } from './types.js';

/** The nine fields of a transaction and their ranges, for those who make or read one whatever stands in its signature. */

/** EIP-155: v = 35 + 2 · chainId + recovery. */
export const FIRST_PROTECTED_V = 35;

const FIELD_NAMES = ['nonce', 'gasPrice', 'gasLimit', 'to', 'value', 'data', 'v', 'r', 's'] as const;

/**
 * The transaction with this signature, whose sender the caller knows. Throws `badTransaction` with the field that is out of
 * range.
 */
export function assembleTransaction(tx: UnsignedTransaction, signature: Signature, sender: Address): Transaction {
  const v = FIRST_PROTECTED_V + 2 * tx.chainId + signature.recovery;
  const raw = encodeRlp([
    ...encodeFields(tx),
    encodeRlpNumber(v),
    encodeRlpNumber(signature.r),
    encodeRlpNumber(signature.s),
  ]);
  if (raw.length > MAX_TRANSACTION_BYTES) {
    throw badTransaction('data', `of ${tx.data.length} bytes`, `at most ${MAX_TRANSACTION_BYTES} bytes in all`);
  }
  return {
    nonce: tx.nonce,
    gasPrice: tx.gasPrice,
    gasLimit: tx.gasLimit,
    to: tx.to === null ? null : (tx.to.toLowerCase() as Address),
    value: tx.value,
    data: tx.data.slice(),
    chainId: tx.chainId,
    signature,
    sender,
    hash: toHex(keccak256(raw)),
    raw,
  };
}

/** The six fields that a sender decides, as RLP items. */
export function encodeFields(tx: UnsignedTransaction): RlpItem[] {
  return [
    encodeRlpNumber(tx.nonce),
    encodeRlpNumber(tx.gasPrice),
    encodeRlpNumber(tx.gasLimit),
    tx.to === null ? EMPTY_BYTES : fromHex(tx.to),
    encodeRlpNumber(tx.value),
    tx.data,
  ];
}

/** What stands in a transaction's bytes, its signature not looked at. */
export interface DecodedFields extends Omit<UnsignedTransaction, 'chainId'> {
  readonly v: number;
  readonly r: bigint;
  readonly s: bigint;
}

/** Reads the nine fields; each number in its range and in its shortest form. `data` shares the bytes' memory. */
export function decodeFields(bytes: Uint8Array): Outcome<DecodedFields, TransactionFormFault> {
  const decoded = decodeRlp(bytes);
  if (decoded.fault) return badEncoding(decoded.fault.detail);
  const list = decoded.value as readonly RlpItem[];
  if (list.length !== FIELD_NAMES.length)
    return badEncoding(`${FIELD_NAMES.length} fields are expected, got ${list.length}`);
  const strings: Uint8Array[] = [];
  for (const [i, item] of list.entries()) {
    if (!(item instanceof Uint8Array)) return badEncoding(`${FIELD_NAMES[i]} is a list`);
    strings.push(item);
  }
  const [nonce, gasPrice, gasLimit, to, value, data, v, r, s] = strings as [
    Uint8Array,
    Uint8Array,
    Uint8Array,
    Uint8Array,
    Uint8Array,
    Uint8Array,
    Uint8Array,
    Uint8Array,
    Uint8Array,
  ];
  const detail =
    numberProblem('nonce', nonce, MAX_NUMBER) ??
    numberProblem('gasPrice', gasPrice, MAX_WORD) ??
    numberProblem('gasLimit', gasLimit, MAX_NUMBER) ??
    numberProblem('value', value, MAX_WORD) ??
    numberProblem('v', v, MAX_NUMBER) ??
    numberProblem('r', r, MAX_WORD) ??
    numberProblem('s', s, MAX_WORD) ??
    (to.length === 0 || to.length === 20 ? undefined : `to has ${to.length} bytes, 0 or 20 are expected`);
  if (detail !== undefined) return badEncoding(detail);
  return {
    value: {
      nonce: Number(bytesToBigInt(nonce)),
      gasPrice: bytesToBigInt(gasPrice),
      gasLimit: Number(bytesToBigInt(gasLimit)),
      to: to.length === 0 ? null : toHex(to),
      value: bytesToBigInt(value),
      data,
      v: Number(bytesToBigInt(v)),
      r: bytesToBigInt(r),
      s: bytesToBigInt(s),
    },
  };
}

const MAX_NUMBER = BigInt(Number.MAX_SAFE_INTEGER);
const MAX_WORD = WORD_LIMIT - 1n;

function numberProblem(name: string, bytes: Uint8Array, max: bigint): string | undefined {
  if (bytes[0] === 0) return `${name} has leading zeros`;
  // The length first: a number of 60,000 digits need not be computed to be refused.
  if (bytes.length > 32 || bytesToBigInt(bytes) > max) return `${name} is larger than ${max}`;
  return undefined;
}

/** Throws `badTransaction` unless every field is in its range. */
export function requireRanges(tx: UnsignedTransaction): void {
  for (const field of ['nonce', 'gasLimit', 'chainId'] as const) {
    const value = tx[field];
    const max = field === 'chainId' ? MAX_CHAIN_ID : Number.MAX_SAFE_INTEGER;
    const min = field === 'chainId' ? 1 : 0;
    if (!Number.isSafeInteger(value) || value < min || value > max) {
      throw badTransaction(field, value, `a whole number between ${min} and ${max}`);
    }
  }
  for (const field of ['gasPrice', 'value'] as const) {
    const value = tx[field];
    if (value < 0n || value > MAX_WORD) throw badTransaction(field, value, 'a number between 0 and 2^256 - 1');
  }
  if (tx.to !== null && !isHexOf(tx.to, 20)) throw badTransaction('to', tx.to, 'an address, or null to deploy');
}

function badTransaction(field: string, got: unknown, expected: string): WattchainError {
  return new WattchainError('badTransaction', `the transaction's ${field} is ${String(got)}, expected ${expected}`, {
    values: { field, got, expected },
    hint: `correct ${field} and sign again`,
  });
}

/** The fault of bytes that are no transaction. */
export function badEncoding(detail: string): { fault: TransactionFormFault } {
  return { fault: { code: 'txEncoding', detail } };
}
