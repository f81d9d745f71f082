import { type Address, concatBytes, EMPTY_BYTES, toHex } from '../bytes.js';
import type { Outcome } from '../error.js';
import { keccak256 } from '../hash.js';
import { MAX_TRANSACTION_BYTES } from '../params.js';
import type { TransactionFormFault } from './fault.js';
import { badEncoding, badTransaction, decodeFields, decodeNumber, encodeFields, fieldCount } from './fields.js';
import { decodeRlp, encodeListPrefix, encodeRlp, encodeRlpNumber, type RlpItem } from './rlp.js';
import type { Signature, Transaction, TransactionFields, TransactionType } from './types.js';

/** A transaction as bytes: `rlp(list)` for type 0, `type ‖ rlp(list)` for types 1 and 2 (EIP-2718). */

/** EIP-155: v = 35 + 2 · chainId + recovery. */
const FIRST_PROTECTED_V = 35;
const UNPROTECTED_V = [27, 28];
const MAX_V = BigInt(Number.MAX_SAFE_INTEGER);
/** First bytes from here on are lists of RLP, so legacy transactions; below 0x80 stands a type. */
const FIRST_LIST = 0xc0;
const TYPE_LIMIT = 0x80;

/** The encoding of no bytes, which stands where a signature would (EIP-155). */
const NOTHING = encodeRlp(EMPTY_BYTES);

/** What stands in an envelope; whether anybody signed it is not looked at. */
export interface Envelope {
  readonly fields: TransactionFields;
  readonly signature: Signature;
  /** What was signed: keccak256 of the envelope without its signature. */
  readonly digest: Uint8Array;
  readonly raw: Uint8Array;
}

/** Reads an envelope; exactly one encoding of each is accepted. What is read shares no memory with `raw`. */
export function decodeEnvelope(raw: Uint8Array): Outcome<Envelope, TransactionFormFault> {
  if (raw.length > MAX_TRANSACTION_BYTES) {
    return { fault: { code: 'txTooLarge', got: raw.length, expected: MAX_TRANSACTION_BYTES } };
  }
  const first = raw[0];
  if (first === undefined) return badEncoding('a transaction has at least one byte');
  const isTyped = first < TYPE_LIMIT;
  if (isTyped && raw.length === 1) return badEncoding('typed transaction too short: nothing follows the type');
  if (isTyped && first !== 1 && first !== 2) return { fault: { code: 'txType', got: first } };
  if (!isTyped && first < FIRST_LIST) return badEncoding('a transaction begins with a type or with a list');
  const type = isTyped ? (first as 1 | 2) : 0;

  // A copy, so that neither a buffer of the network is kept alive nor a later write to it changes the transaction.
  const bytes = raw.slice();
  const decoded = decodeRlp(isTyped ? bytes.subarray(1) : bytes);
  if (decoded.fault) return badEncoding(decoded.fault.detail);
  if (decoded.value instanceof Uint8Array) return badEncoding('a list of fields follows the type');
  const items: readonly RlpItem[] = decoded.value;
  const count = fieldCount(type);
  if (items.length !== count + 3) return badEncoding(`${count + 3} fields are expected, got ${items.length}`);
  const signed = decodeSignature(type, items.slice(count));
  if (signed.fault) return signed;
  const { chainId, signature } = signed.value;
  const fields = decodeFields(type, items.slice(0, count), chainId);
  if (fields.fault) return fields;
  // Each item has one encoding, so what was signed stands in the bytes already.
  const begin = beginOf(items[0] as Uint8Array) - bytes.byteOffset;
  const payload = bytes.subarray(begin, beginOf(items[count] as Uint8Array) - bytes.byteOffset);
  return { value: { fields: fields.value, signature, digest: digestOf(type, payload, chainId), raw: bytes } };
}

/** What a sender signs. */
export function signingDigest(fields: TransactionFields): Uint8Array {
  return digestOf(fields.type, concatBytes(...encodeFields(fields).map(encodeRlp)), fields.chainId);
}

/** The transaction with this signature, whose sender the caller knows. Throws `badTransaction` when it is too long. */
export function assembleTransaction(fields: TransactionFields, signature: Signature, sender: Address): Transaction {
  const { type, chainId } = fields;
  const v = type === 0 ? FIRST_PROTECTED_V + 2 * chainId + signature.recovery : signature.recovery;
  const items = [...encodeFields(fields), ...[v, signature.r, signature.s].map(encodeRlpNumber)];
  const raw = withType(type, encodeRlp(items));
  if (raw.length > MAX_TRANSACTION_BYTES) {
    const what = fields.accessList.length === 0 ? 'data' : 'data and access list';
    throw badTransaction(what, `of ${raw.length} bytes`, `at most ${MAX_TRANSACTION_BYTES} bytes in all`);
  }
  return toTransaction(fields, signature, sender, raw);
}

/** A transaction with all that follows from its bytes. */
export function toTransaction(
  fields: TransactionFields,
  signature: Signature,
  sender: Address,
  raw: Uint8Array,
): Transaction {
  const { type, nonce, gasLimit, to, value, data, chainId, maxFeePerGas, maxPriorityFeePerGas, accessList } = fields;
  // Each by its name, which takes a tenth of what spreading the fields takes.
  return {
    type,
    nonce,
    gasLimit,
    to,
    value,
    data,
    chainId,
    maxFeePerGas,
    maxPriorityFeePerGas,
    accessList,
    signature,
    sender,
    hash: toHex(keccak256(raw)),
    raw,
    costWei: BigInt(gasLimit) * maxFeePerGas + value,
  };
}

/** The last three items; the chain id is read from v where the kind has it there, else 0. */
function decodeSignature(
  type: TransactionType,
  items: readonly RlpItem[],
): Outcome<{ readonly chainId: number; readonly signature: Signature }, TransactionFormFault> {
  const first = readNumber(type === 0 ? 'v' : 'yParity', items[0] as RlpItem, MAX_V);
  if (first.fault) return first;
  const second = readNumber('r', items[1] as RlpItem);
  if (second.fault) return second;
  const third = readNumber('s', items[2] as RlpItem);
  if (third.fault) return third;
  const [v, r, s] = [Number(first.value), second.value, third.value];
  if (type !== 0) {
    if (v > 1) return badSignature(`yParity is ${v}, 0 or 1 is expected`);
    return { value: { chainId: 0, signature: { r, s, recovery: v as 0 | 1 } } };
  }
  if (UNPROTECTED_V.includes(v)) return { fault: { code: 'txUnprotected' } };
  if (v < FIRST_PROTECTED_V) return badSignature(`v is ${v}, at least ${FIRST_PROTECTED_V} is expected`);
  const recovery = (v - FIRST_PROTECTED_V) % 2 === 0 ? 0 : 1;
  return { value: { chainId: (v - FIRST_PROTECTED_V - recovery) / 2, signature: { r, s, recovery } } };
}

function readNumber(name: string, item: RlpItem, max?: bigint): Outcome<bigint, TransactionFormFault> {
  return item instanceof Uint8Array ? decodeNumber(name, item, max) : badEncoding(`${name} is a list`);
}

/** Where in the memory that it is a view of the encoding of a number begins. */
function beginOf(number: Uint8Array): number {
  const isItsOwnEncoding = number.length === 1 && (number[0] as number) < TYPE_LIMIT;
  return number.byteOffset - (isItsOwnEncoding ? 0 : 1);
}

/** `payload` are the encoded fields. */
function digestOf(type: TransactionType, payload: Uint8Array, chainId: number): Uint8Array {
  if (type !== 0) return keccak256(Uint8Array.of(type), encodeListPrefix(payload.length), payload);
  const protection = concatBytes(encodeRlp(encodeRlpNumber(chainId)), NOTHING, NOTHING);
  return keccak256(encodeListPrefix(payload.length + protection.length), payload, protection);
}

function withType(type: TransactionType, list: Uint8Array): Uint8Array {
  return type === 0 ? list : concatBytes(Uint8Array.of(type), list);
}

/** The fault of a signature that is none. */
export function badSignature(detail: string): { fault: TransactionFormFault } {
  return { fault: { code: 'txSignature', detail } };
}
