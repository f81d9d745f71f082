import { type Address, EMPTY_BYTES, fromHex, toHex } from '../bytes.js';
import type { Outcome } from '../error.js';
import { keccak256 } from '../hash.js';
import { addressOf, isValidSignature, recoverAddress, sign } from '../keys.js';
import { MAX_TRANSACTION_BYTES } from '../params.js';
import type { TransactionFormFault } from './fault.js';
import {
  assembleTransaction,
  badEncoding,
  decodeFields,
  encodeFields,
  FIRST_PROTECTED_V,
  requireRanges,
} from './fields.js';
import { encodeRlp, encodeRlpNumber } from './rlp.js';
import type { Signature, Transaction, UnsignedTransaction } from './types.js';

const UNPROTECTED_V = [27, 28];

/**
 * Signs a transaction (EIP-155). Throws `badTransaction` with the field that is out of range, `badPrivateKey`.
 *
 * @example
 * signTransaction({ nonce: 0, gasPrice: 1n, gasLimit: 21_000, to, value: 10n ** 18n, data: EMPTY_BYTES, chainId }, privateKey)
 */
export function signTransaction(tx: UnsignedTransaction, privateKey: Uint8Array): Transaction {
  requireRanges(tx);
  return assembleTransaction(tx, sign(signingDigest(tx), privateKey), addressOf(privateKey));
}

/**
 * The transaction that `raw` is on the network `chainId`, its sender recovered, or the fault of its form.
 * Exactly one encoding of a transaction is accepted: the result's `raw` equals the input.
 */
export function decodeTransaction(raw: Uint8Array, chainId: number): Outcome<Transaction, TransactionFormFault> {
  if (raw.length > MAX_TRANSACTION_BYTES) {
    return { fault: { code: 'txTooLarge', got: raw.length, expected: MAX_TRANSACTION_BYTES } };
  }
  const first = raw[0];
  if (first === undefined) return badEncoding('a transaction has at least one byte');
  if (first < 0xc0) return { fault: { code: 'txType', got: first } };

  // A copy, so that neither a buffer of the network is kept alive nor a later write to it changes the transaction.
  const bytes = raw.slice();
  const fields = decodeFields(bytes);
  if (fields.fault) return fields;
  const { v, r, s, ...rest } = fields.value;

  if (UNPROTECTED_V.includes(v)) return { fault: { code: 'txUnprotected' } };
  if (v < FIRST_PROTECTED_V) return badSignature(`v is ${v}, at least ${FIRST_PROTECTED_V} is expected`);
  const recovery = (v - FIRST_PROTECTED_V) % 2 === 0 ? 0 : 1;
  const signature: Signature = { r, s, recovery };
  if (!isValidSignature(signature)) return badSignature('0 < r < n and 0 < s <= n/2 is expected');
  const signedChainId = (v - FIRST_PROTECTED_V - recovery) / 2;
  if (signedChainId !== chainId) return { fault: { code: 'txChainId', got: signedChainId, expected: chainId } };

  const unsigned: UnsignedTransaction = { ...rest, chainId };
  const sender = recoverAddress(signingDigest(unsigned), signature);
  if (sender === undefined) return badSignature('no key gives this signature');
  return { value: { ...unsigned, signature, sender, hash: toHex(keccak256(bytes)), raw: bytes } };
}

/** Address of the contract that `sender` deploys with `nonce`: last 20 bytes of keccak256(rlp([sender, nonce])). */
export function contractAddress(sender: Address, nonce: number): Address {
  return toHex(keccak256(encodeRlp([fromHex(sender), encodeRlpNumber(nonce)])).subarray(12));
}

function signingDigest(tx: UnsignedTransaction): Uint8Array {
  return keccak256(encodeRlp([...encodeFields(tx), encodeRlpNumber(tx.chainId), EMPTY_BYTES, EMPTY_BYTES]));
}

function badSignature(detail: string): { fault: TransactionFormFault } {
  return { fault: { code: 'txSignature', detail } };
}
