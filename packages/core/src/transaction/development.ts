import { type Address, bigIntToBytes, bytesToBigInt, fromHex, toHex, ZERO_ADDRESS } from '../bytes.js';
import { assert, type Outcome } from '../error.js';
import { MAX_CODE_BYTES } from '../params.js';
import { assembleTransaction, decodeEnvelope, toTransaction } from './envelope.js';
import type { TransactionFormFault } from './fault.js';
import { validateFees } from './fees.js';
import { badEncoding, requireFields } from './fields.js';
import { decodeRlp, encodeRlp, encodeRlpNumber, type RlpItem } from './rlp.js';
import { openEnvelopes } from './transaction.js';
import type { Transaction, UnsignedTransaction } from './types.js';

/**
 * Transactions that only a development chain knows (docs/protocol.md, "Development chains"): those of impersonated accounts,
 * and edits of the state. Where a signature would stand they have r = the sender's address and s = 0, which no signature can
 * have, so `decodeTransaction` refuses them on every other network.
 */

/** Where edits of the state are sent to; nobody has a key of this address. */
export const STATE_EDIT_ADDRESS: Address = '0xed17ed17ed17ed17ed17ed17ed17ed17ed17ed17';

/** No edit makes a balance as large as this, so that no sum of balances leaves the words. */
export const EDITED_BALANCE_LIMIT = 1n << 192n;

const ADDRESS_LIMIT = 1n << 160n;

/** A change that a developer makes to one account. What is absent stays as it is. */
export interface StateEdit {
  readonly address: Address;
  /** In wei, below {@link EDITED_BALANCE_LIMIT}. */
  readonly balance?: bigint;
  readonly nonce?: number;
  /** No bytes take the code away. */
  readonly code?: Uint8Array;
  readonly word?: { readonly slot: bigint; readonly value: bigint };
}

/** A transaction of `sender` that nobody signed. Throws `badTransaction` with the field that is out of range. */
export function createUnsignedTransaction(tx: UnsignedTransaction, sender: Address): Transaction {
  return assembleTransaction(requireFields(tx), { r: BigInt(sender), s: 0n, recovery: 0 }, sender);
}

/** `decodeTransactions` that also takes what only a development chain knows. */
export function decodeDevelopmentTransactions(
  raws: readonly Uint8Array[],
  chainId: number,
): Outcome<Transaction, TransactionFormFault>[] {
  const envelopes = raws.map(decodeEnvelope);
  const isUnsigned = envelopes.map(({ value }) => {
    if (value === undefined || value.fields.chainId !== chainId) return false;
    const { r, s, recovery } = value.signature;
    return s === 0n && r < ADDRESS_LIMIT && recovery === 0;
  });
  const signed = openEnvelopes(
    envelopes.filter((_, i) => !isUnsigned[i]),
    chainId,
  ).values();
  return envelopes.map(({ value }, i) => {
    if (value === undefined || !isUnsigned[i]) return signed.next().value as Outcome<Transaction, TransactionFormFault>;
    const { fields, signature, raw } = value;
    const fault = validateFees(fields);
    return fault ? { fault } : { value: toTransaction(fields, signature, toHex(bigIntToBytes(signature.r, 20)), raw) };
  });
}

/** The transaction that makes an edit in the block at `height`: without gas, and with the height as its nonce. */
export function createStateEdit(edit: StateEdit, height: number, chainId: number): Transaction {
  const data = encodeStateEdit(edit);
  return createUnsignedTransaction(
    { nonce: height, gasPrice: 0n, gasLimit: 0, to: STATE_EDIT_ADDRESS, value: 0n, data, chainId },
    ZERO_ADDRESS,
  );
}

/** Whether a transaction edits the state instead of running anything. */
export function isStateEdit({ signature, sender, to }: Transaction): boolean {
  return signature.s === 0n && to === STATE_EDIT_ADDRESS && sender === ZERO_ADDRESS;
}

/** `rlp([address, [balance], [nonce], [code], [slot, value]])`; the list of what stays as it is is empty. */
export function encodeStateEdit({ address, balance, nonce, code, word }: StateEdit): Uint8Array {
  assert(
    code === undefined || code.length <= MAX_CODE_BYTES,
    'the code of an edit is no longer than that of a deployment',
  );
  return encodeRlp([
    fromHex(address),
    balance === undefined ? [] : [encodeRlpNumber(balance)],
    nonce === undefined ? [] : [encodeRlpNumber(nonce)],
    code === undefined ? [] : [code],
    word === undefined ? [] : [encodeRlpNumber(word.slot), encodeRlpNumber(word.value)],
  ]);
}

/** Reverse of {@link encodeStateEdit}. */
export function decodeStateEdit(data: Uint8Array): Outcome<StateEdit, TransactionFormFault> {
  const decoded = decodeRlp(data);
  if (decoded.fault) return badEncoding(decoded.fault.detail);
  const [address, ...parts] = Array.isArray(decoded.value) ? (decoded.value as readonly RlpItem[]) : [];
  if (!(address instanceof Uint8Array) || address.length !== 20) return badEncoding('an edit begins with an address');
  const lists = parts.map(readStrings);
  const [balance, nonce, code, word] = lists;
  if (lists.length !== 4 || !balance || !nonce || !code || !word) return badEncoding('an edit has four lists of bytes');
  const isShort = balance.length <= 1 && nonce.length <= 1 && code.length <= 1 && [0, 2].includes(word.length);
  const numbers = [...balance, ...nonce, ...word];
  if (!isShort || numbers.some((bytes) => bytes.length > 32 || bytes[0] === 0)) {
    return badEncoding('a part of an edit has a wrong length');
  }
  if (balance[0] !== undefined && bytesToBigInt(balance[0]) >= EDITED_BALANCE_LIMIT) {
    return badEncoding('the balance of an edit is too large');
  }
  if (code[0] !== undefined && code[0].length > MAX_CODE_BYTES) return badEncoding('the code of an edit is too long');
  if (nonce[0] !== undefined && bytesToBigInt(nonce[0]) > BigInt(Number.MAX_SAFE_INTEGER)) {
    return badEncoding('the nonce of an edit is too large');
  }
  return {
    value: {
      address: toHex(address),
      ...(balance[0] === undefined ? {} : { balance: bytesToBigInt(balance[0]) }),
      ...(nonce[0] === undefined ? {} : { nonce: Number(bytesToBigInt(nonce[0])) }),
      ...(code[0] === undefined ? {} : { code: code[0] }),
      ...(word[0] === undefined || word[1] === undefined
        ? {}
        : { word: { slot: bytesToBigInt(word[0]), value: bytesToBigInt(word[1]) } }),
    },
  };
}

function readStrings(item: RlpItem): readonly Uint8Array[] | undefined {
  if (item instanceof Uint8Array) return undefined;
  return item.every((element) => element instanceof Uint8Array) ? (item as readonly Uint8Array[]) : undefined;
}
