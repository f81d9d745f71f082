import { type Address, fromHex, toHex } from '../bytes.js';
import type { Outcome } from '../error.js';
import { keccak256 } from '../hash.js';
import { addressOf, isValidSignature, recoverAddress, sign } from '../keys.js';
import {
  assembleTransaction,
  badSignature,
  decodeEnvelope,
  type Envelope,
  signingDigest,
  toTransaction,
} from './envelope.js';
import type { TransactionFormFault } from './fault.js';
import { validateFees } from './fees.js';
import { requireFields } from './fields.js';
import { encodeRlp, encodeRlpNumber } from './rlp.js';
import type { Transaction, UnsignedTransaction } from './types.js';

/**
 * Signs a transaction. Throws `badTransaction` with the field that is out of range, `badPrivateKey`.
 *
 * @example
 * signTransaction({ nonce: 0, gasPrice: 1n, gasLimit: 21_000, to, value: 10n ** 18n, data: EMPTY_BYTES, chainId }, privateKey)
 */
export function signTransaction(tx: UnsignedTransaction, privateKey: Uint8Array): Transaction {
  const fields = requireFields(tx);
  return assembleTransaction(fields, sign(signingDigest(fields), privateKey), addressOf(privateKey));
}

/**
 * The transaction that `raw` is on the network `chainId`, its sender recovered, or the fault of its form.
 * Exactly one encoding of a transaction is accepted: the result's `raw` equals the input.
 */
export function decodeTransaction(raw: Uint8Array, chainId: number): Outcome<Transaction, TransactionFormFault> {
  const envelope = decodeEnvelope(raw);
  return envelope.fault ? envelope : openEnvelope(envelope.value, chainId);
}

/** The transaction in an envelope that somebody signed for the network `chainId`. */
export function openEnvelope(
  { fields, signature, digest, raw }: Envelope,
  chainId: number,
): Outcome<Transaction, TransactionFormFault> {
  if (!isValidSignature(signature)) return badSignature('0 < r < n and 0 < s <= n/2 is expected');
  if (fields.chainId !== chainId) return { fault: { code: 'txChainId', got: fields.chainId, expected: chainId } };
  const fault = validateFees(fields);
  if (fault) return { fault };
  const sender = recoverAddress(digest, signature);
  if (sender === undefined) return badSignature('no key gives this signature');
  return { value: toTransaction(fields, signature, sender, raw) };
}

/** Address of the contract that `sender` deploys with `nonce`: last 20 bytes of keccak256(rlp([sender, nonce])). */
export function contractAddress(sender: Address, nonce: number): Address {
  return toHex(keccak256(encodeRlp([fromHex(sender), encodeRlpNumber(nonce)])).subarray(12));
}
