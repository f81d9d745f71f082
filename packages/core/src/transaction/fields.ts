import { type Address, bytesToBigInt, EMPTY_BYTES, fromHex, isHexOf, toHex } from '../bytes.js';
import { type Outcome, WattchainError } from '../error.js';
import { MAX_CHAIN_ID, WORD_LIMIT } from '../params.js';
import { accessListOf, encodeAccessList } from './accessList.js';
import type { TransactionFormFault } from './fault.js';
import { validateFees } from './fees.js';
import { encodeRlpNumber, type RlpItem } from './rlp.js';
import type { TransactionFields, TransactionType, UnsignedTransaction } from './types.js';

/** The fields that a sender decides, their order in each kind of transaction, and their ranges. */

/** In the order of the RLP list; v (or yParity), r and s follow. The chain id of type 0 stands in v. */
const LAYOUTS = {
  0: ['nonce', 'gasPrice', 'gasLimit', 'to', 'value', 'data'],
  1: ['chainId', 'nonce', 'gasPrice', 'gasLimit', 'to', 'value', 'data', 'accessList'],
  2: ['chainId', 'nonce', 'maxPriorityFeePerGas', 'maxFeePerGas', 'gasLimit', 'to', 'value', 'data', 'accessList'],
} as const satisfies Readonly<Record<TransactionType, readonly FieldName[]>>;

type FieldName = Exclude<keyof TransactionFields, 'type'> | 'gasPrice';

const MAX_NUMBER = BigInt(Number.MAX_SAFE_INTEGER);
const MAX_WORD = WORD_LIMIT - 1n;

/** Number of fields of a kind, the signature not counted. */
export function fieldCount(type: TransactionType): number {
  return LAYOUTS[type].length;
}

/** The fields in the order of their kind. */
export function encodeFields(tx: TransactionFields): RlpItem[] {
  return LAYOUTS[tx.type].map((name): RlpItem => {
    switch (name) {
      case 'to':
        return tx.to === null ? EMPTY_BYTES : fromHex(tx.to);
      case 'data':
        return tx.data;
      case 'accessList':
        return encodeAccessList(tx.accessList);
      case 'gasPrice':
        return encodeRlpNumber(tx.maxFeePerGas);
      default:
        return encodeRlpNumber(tx[name]);
    }
  });
}

/**
 * Reverse of {@link encodeFields} for as many items as {@link fieldCount} says; each number in its range and in its shortest
 * form. `chainId` is the one of a kind that does not carry it there. `data` shares the items' memory.
 */
export function decodeFields(
  type: TransactionType,
  items: readonly RlpItem[],
  chainId: number,
): Outcome<TransactionFields, TransactionFormFault> {
  const fields: Draft = {
    type,
    nonce: 0,
    gasLimit: 0,
    to: null,
    value: 0n,
    data: EMPTY_BYTES,
    chainId,
    maxFeePerGas: 0n,
    maxPriorityFeePerGas: 0n,
    accessList: [],
  };
  const names = LAYOUTS[type];
  for (let i = 0; i < names.length; i++) {
    const fault = readField(fields, names[i] as FieldName, items[i] as RlpItem);
    if (fault !== undefined) return { fault };
  }
  return { value: fields };
}

/** Fields of which some are not read yet. */
type Draft = { -readonly [Name in keyof TransactionFields]: TransactionFields[Name] };

function readField(fields: Draft, name: FieldName, item: RlpItem): TransactionFormFault | undefined {
  if (name === 'accessList') {
    const list = accessListOf(item);
    if (list.fault) return badEncoding(list.fault.detail).fault;
    fields.accessList = list.value;
    return undefined;
  }
  if (!(item instanceof Uint8Array)) return badEncoding(`${name} is a list`).fault;
  if (name === 'data') {
    fields.data = item;
    return undefined;
  }
  if (name === 'to') {
    if (item.length !== 0 && item.length !== 20) {
      return badEncoding(`to has ${item.length} bytes, 0 or 20 are expected`).fault;
    }
    fields.to = item.length === 0 ? null : toHex(item);
    return undefined;
  }
  const read = decodeNumber(name, item, isWord(name) ? MAX_WORD : MAX_NUMBER);
  if (read.fault) return read.fault;
  // By name each: a name that is worked out finds its place anew for every transaction.
  if (name === 'nonce') fields.nonce = Number(read.value);
  else if (name === 'gasLimit') fields.gasLimit = Number(read.value);
  else if (name === 'chainId') fields.chainId = Number(read.value);
  else if (name === 'value') fields.value = read.value;
  else if (name === 'maxFeePerGas') fields.maxFeePerGas = read.value;
  else if (name === 'maxPriorityFeePerGas') fields.maxPriorityFeePerGas = read.value;
  else fields.maxFeePerGas = fields.maxPriorityFeePerGas = read.value;
  return undefined;
}

/** A number of at most `max` in its shortest form. */
export function decodeNumber(name: string, bytes: Uint8Array, max = MAX_WORD): Outcome<bigint, TransactionFormFault> {
  if (bytes[0] === 0) return badEncoding(`${name} has leading zeros`);
  // The length first: a number of 60,000 digits need not be computed to be refused.
  const value = bytes.length > 32 ? WORD_LIMIT : bytesToBigInt(bytes);
  return value > max ? badEncoding(`${name} is larger than ${max}`) : { value };
}

/** A sender's fields in their one form. Throws `badTransaction` with the field that is out of its range. */
export function requireFields(tx: UnsignedTransaction): TransactionFields {
  const { nonce, gasLimit, to, value, data, chainId } = tx;
  requireNumber('nonce', nonce, 0, Number.MAX_SAFE_INTEGER);
  requireNumber('gasLimit', gasLimit, 0, Number.MAX_SAFE_INTEGER);
  requireNumber('chainId', chainId, 1, MAX_CHAIN_ID);
  requireWord('value', value);
  if (to !== null && !isHexOf(to, 20)) throw badTransaction('to', to, 'an address, or null to deploy');
  if (tx.type === 2) {
    requireWord('maxFeePerGas', tx.maxFeePerGas);
    requireWord('maxPriorityFeePerGas', tx.maxPriorityFeePerGas);
  } else requireWord('gasPrice', tx.gasPrice);
  const fields: TransactionFields = {
    type: tx.type ?? 0,
    nonce,
    gasLimit,
    to: to === null ? null : (to.toLowerCase() as Address),
    value,
    data: data.slice(),
    chainId,
    maxFeePerGas: tx.type === 2 ? tx.maxFeePerGas : tx.gasPrice,
    maxPriorityFeePerGas: tx.type === 2 ? tx.maxPriorityFeePerGas : tx.gasPrice,
    accessList: tx.type === 1 || tx.type === 2 ? requireAccessList(tx.accessList) : [],
  };
  const fault = validateFees(fields);
  if (fault?.code === 'txPriorityFee') {
    throw badTransaction('maxPriorityFeePerGas', fault.got, `at most maxFeePerGas, ${fault.expected}`);
  }
  if (fault) throw badTransaction('gasLimit', gasLimit, 'gasLimit · gas price below 2^256');
  return fields;
}

function requireAccessList(list: TransactionFields['accessList']): TransactionFields['accessList'] {
  return list.map(({ address, storageKeys }) => {
    if (!isHexOf(address, 20)) throw badTransaction('accessList', address, 'addresses of 20 bytes');
    const wrong = storageKeys.find((key) => !isHexOf(key, 32));
    if (wrong !== undefined) throw badTransaction('accessList', wrong, 'storage keys of 32 bytes');
    return {
      address: address.toLowerCase() as Address,
      storageKeys: storageKeys.map((key) => key.toLowerCase() as typeof key),
    };
  });
}

function isWord(name: FieldName): boolean {
  return name !== 'nonce' && name !== 'gasLimit' && name !== 'chainId';
}

function requireNumber(field: string, value: number, min: number, max: number): void {
  if (Number.isSafeInteger(value) && value >= min && value <= max) return;
  throw badTransaction(field, value, `a whole number between ${min} and ${max}`);
}

function requireWord(field: string, value: bigint): void {
  if (value < 0n || value > MAX_WORD) throw badTransaction(field, value, 'a number between 0 and 2^256 - 1');
}

/** The error for a transaction that cannot be. */
export function badTransaction(field: string, got: unknown, expected: string): WattchainError {
  return new WattchainError('badTransaction', `the transaction's ${field} is ${String(got)}, expected ${expected}`, {
    values: { field, got, expected },
    hint: `correct ${field} and sign again`,
  });
}

/** The fault of bytes that are no transaction. */
export function badEncoding(detail: string): { fault: TransactionFormFault } {
  return { fault: { code: 'txEncoding', detail } };
}
