import { type Address, fromHex, toHex } from '../bytes.js';
import { recoverAddresses } from '../crypto/signers.js';
import type { Outcome } from '../error.js';
import { keccak256 } from '../hash.js';
import { addressOf, isValidSignature, sign } from '../keys.js';
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
  return decodeTransactions([raw], chainId)[0] as Outcome<Transaction, TransactionFormFault>;
}

/** {@link decodeTransaction} of each; the senders of many are recovered in two thirds of the time. */
export function decodeTransactions(
  raws: readonly Uint8Array[],
  chainId: number,
): Outcome<Transaction, TransactionFormFault>[] {
  return openEnvelopes(raws.map(decodeEnvelope), chainId);
}

/** The transactions in envelopes that somebody signed for the network `chainId`; what is no envelope stays its fault. */
export function openEnvelopes(
  envelopes: readonly Outcome<Envelope, TransactionFormFault>[],
  chainId: number,
): Outcome<Transaction, TransactionFormFault>[] {
  const faults = envelopes.map(({ value, fault }) => fault ?? validateEnvelope(value, chainId));
  const opened = openValid(envelopes.flatMap(({ value }, i) => (value && !faults[i] ? [value] : []))).values();
  return faults.map((fault) =>
    fault ? { fault } : (opened.next().value as Outcome<Transaction, TransactionFormFault>),
  );
}

/** All that can be wrong with an envelope, but that nobody's key gives its signature. */
function validateEnvelope({ fields, signature }: Envelope, chainId: number): TransactionFormFault | undefined {
  if (!isValidSignature(signature)) return badSignature('0 < r < n and 0 < s <= n/2 is expected').fault;
  if (fields.chainId !== chainId) return { code: 'txChainId', got: fields.chainId, expected: chainId };
  return validateFees(fields);
}

function openValid(envelopes: readonly Envelope[]): Outcome<Transaction, TransactionFormFault>[] {
  const senders = recoverAddresses(
    envelopes.map(({ digest, signature: { r, s, recovery } }) => ({ digest, r, s, yParity: recovery })),
  );
  return envelopes.map(({ fields, signature, raw }, i) => {
    const sender = senders[i];
    if (sender === undefined) return badSignature('no key gives this signature');
    return { value: toTransaction(fields, signature, sender, raw) };
  });
}

/** Address of the contract that `sender` deploys with `nonce`: last 20 bytes of keccak256(rlp([sender, nonce])). */
export function contractAddress(sender: Address, nonce: number): Address {
  return toHex(keccak256(encodeRlp([fromHex(sender), encodeRlpNumber(nonce)])).subarray(12));
}
