import {
  type AccessList,
  type Address,
  bytesEqual,
  EMPTY_BYTES,
  fromHex,
  type Hash,
  isHexOf,
  MAX_TRANSACTION_BYTES,
} from '@wattchain/core';
import { MAX_FILTER_VALUES, MAX_PERCENTILES, MAX_PROOF_SLOTS } from '../limits.js';
import {
  readAddress,
  readBytes,
  readField,
  readHash,
  readList,
  readNumber,
  readObject,
  readQuantity,
  unexpected,
} from './readers.js';
import { invalidParams } from './rpcError.js';
import { anyOf, BOOLEAN, oneOf, type Schema } from './schema.js';
import {
  ADDRESS_TAKEN,
  BLOCK_TAGS,
  BLOCK_TAKEN,
  BYTES_TAKEN,
  CALL_TAKEN,
  CRITERIA_TAKEN,
  FILTER_TAKEN,
  fixedBytesTaken,
  HASH_TAKEN,
  HEIGHT_TAKEN,
  QUANTITY_TAKEN,
  SLOT_TAKEN,
  SLOTS_TAKEN,
  TRACE_TAKEN,
} from './takenSchemas.js';

/** A parameter of a method: what it is called, what it takes, and the checker that reads it. */
export interface Parameter<T> {
  readonly name: string;
  /** What it takes, as messages and documentation say it. */
  readonly takes: string;
  /** JSON Schema of the same. */
  readonly schema: Schema;
  /** Whether it may be left out or `null`; `read` then gets `undefined`. */
  readonly optional: boolean;
  /** The value as handlers take it; throws −32602 with what was expected and what came. */
  read(value: unknown): T;
}

/** The values that a list of parameters gives to a handler. */
export type Values<P extends readonly Parameter<unknown>[]> = {
  readonly [K in keyof P]: P[K] extends Parameter<infer T> ? T : never;
};

/** Which block a caller means. `pending` is the newest block, `safe` and `finalized` the newest confirmed one. */
export type BlockSelector =
  | { readonly tag: 'latest' | 'pending' | 'safe' | 'finalized' | 'earliest' }
  | { readonly height: number }
  | { readonly hash: Hash; readonly requireCanonical: boolean };

/** What `eth_call` and `eth_estimateGas` run. */
export interface CallRequest {
  readonly from: Address | undefined;
  readonly to: Address | null;
  readonly value: bigint;
  readonly data: Uint8Array;
  readonly gas: number | undefined;
  readonly accessList: AccessList | undefined;
}

/** Which logs a caller wants. */
export interface LogCriteria {
  /** Any of these contracts; empty: of all. */
  readonly addresses: ReadonlySet<Address>;
  /** Position by position any of these topics; an empty position takes all. */
  readonly topics: readonly ReadonlySet<Hash>[];
}

/** Logs of a range of blocks or of one. */
export interface LogFilter extends LogCriteria {
  readonly from: BlockSelector;
  readonly to: BlockSelector;
}

/** What a trace shows. */
export interface TraceOptions {
  /** Geth's opcode logger, or its tracer of calls. */
  readonly tracer: 'opcodes' | 'callTracer';
  /** Steps at most; 0: as many as the node gives. */
  readonly limit: number;
  readonly withStack: boolean;
  readonly withStorage: boolean;
  /** Of calls only the transaction's own. */
  readonly onlyTopCall: boolean;
  /** Calls with the logs that they wrote. */
  readonly withLog: boolean;
}

const LATEST: BlockSelector = { tag: 'latest' };

/** The same parameter, which may be left out. */
export function optional<T>(parameter: Parameter<T>, fallback: T): Parameter<T> {
  return { ...parameter, optional: true, read: (value) => (value === undefined ? fallback : parameter.read(value)) };
}

function required<T>(name: string, takes: string, schema: Schema, read: (value: unknown) => T): Parameter<T> {
  return { name, takes, schema, optional: false, read };
}

/** An account or contract: 20 bytes of hex. */
export function addressParameter(name = 'address'): Parameter<Address> {
  return required(name, 'an address: 0x and 40 hexadecimal digits', ADDRESS_TAKEN, readAddress);
}

/** A hash: 32 bytes of hex. */
export function hashParameter(name: string): Parameter<Hash> {
  return required(name, 'a hash: 0x and 64 hexadecimal digits', HASH_TAKEN, readHash);
}

/** A number such as an index: minimal hex. */
export function indexParameter(name = 'index'): Parameter<number> {
  return required(name, 'a number such as "0x1f"', QUANTITY_TAKEN, readNumber);
}

/** True or false. */
export function flagParameter(name: string): Parameter<boolean> {
  return required(name, 'true or false', BOOLEAN, readFlag);
}

/** One of a few words. */
export function wordParameter<const W extends string>(name: string, words: readonly W[]): Parameter<W> {
  return required(name, `one of ${words.join(', ')}`, oneOf(...words), (value) => {
    const word = words.find((known) => known === value);
    if (word === undefined) throw unexpected(`one of ${words.map((known) => `"${known}"`).join(', ')}`, value);
    return word;
  });
}

/** A text of at most `maxLength` characters. */
export function textParameter(name: string, takes: string, maxLength: number): Parameter<string> {
  return required(name, takes, { type: 'string', minLength: 1, maxLength }, (value) => {
    if (typeof value !== 'string' || value === '' || value.length > maxLength) throw unexpected(takes, value);
    return value;
  });
}

/** A block by number or tag. */
export function heightParameter(name = 'block'): Parameter<BlockSelector> {
  return required(name, `a block number such as "0x1f", or ${BLOCK_TAGS.join(', ')}`, HEIGHT_TAKEN, readHeight);
}

/** A block by number, tag or hash (EIP-1898); the newest when left out. */
export function blockParameter(name = 'block'): Parameter<BlockSelector> {
  const takes = `a block number such as "0x1f", a tag (${BLOCK_TAGS.join(', ')}), or {blockHash} or {blockNumber}`;
  return optional(required(name, takes, BLOCK_TAKEN, readBlock), LATEST);
}

/** Bytes of any length up to `maxBytes`. */
export function bytesParameter(name: string, takes: string, maxBytes: number): Parameter<Uint8Array> {
  return required(name, takes, { ...BYTES_TAKEN, maxLength: 2 + 2 * maxBytes }, (value) => readBytes(value, maxBytes));
}

/** Exactly so many bytes of hex. */
export function fixedBytesParameter(name: string, length: number): Parameter<Uint8Array> {
  const takes = `${length} bytes: 0x and ${2 * length} hexadecimal digits`;
  return required(name, takes, fixedBytesTaken(length), (value) => {
    if (!isHexOf(value, length)) throw unexpected(takes, value);
    return fromHex(value);
  });
}

/** A storage slot: a number, or 32 bytes of hex as most clients send it. */
export function slotParameter(name: string): Parameter<bigint> {
  return required(name, 'a storage slot: 0x and 1 to 64 hexadecimal digits', SLOT_TAKEN, readSlot);
}

/** Several storage slots. */
export function slotsParameter(name: string): Parameter<readonly bigint[]> {
  return required(name, `a list of at most ${MAX_PROOF_SLOTS} storage slots`, SLOTS_TAKEN, (value) =>
    readList(value, 'storage slots', MAX_PROOF_SLOTS, readSlot),
  );
}

/** Percentiles, each at least the one before. */
export function percentilesParameter(name: string): Parameter<readonly number[]> {
  const takes = 'a rising list of numbers from 0 to 100';
  const schema = { type: 'array', items: { type: 'number', minimum: 0, maximum: 100 }, maxItems: MAX_PERCENTILES };
  return required(name, takes, schema, (value) =>
    readList(value, 'percentiles', MAX_PERCENTILES, (percentile, index, all) => {
      const isRising = index === 0 || Number(all[index - 1]) <= Number(percentile);
      if (typeof percentile !== 'number' || percentile < 0 || percentile > 100 || !isRising) {
        throw unexpected(takes, value);
      }
      return percentile;
    }),
  );
}

/** The object of a call; fees, nonce and type are ignored, since nothing here depends on them, but fees that no transaction can have. */
export function callParameter(): Parameter<CallRequest> {
  return required(
    'call',
    'an object with from, to, value, data (or input), gas and accessList',
    CALL_TAKEN,
    (value) => {
      const fields = readObject(value);
      const data = readField(fields, 'data', readCallData);
      const input = readField(fields, 'input', readCallData);
      if (data !== undefined && input !== undefined && !bytesEqual(data, input)) {
        throw invalidParams('both "data" and "input" are given and they differ: leave one of them out');
      }
      requirePossibleFees(fields);
      return {
        from: readField(fields, 'from', readAddress),
        to: readField(fields, 'to', readAddress) ?? null,
        value: readField(fields, 'value', readQuantity) ?? 0n,
        data: input ?? data ?? EMPTY_BYTES,
        gas: readField(fields, 'gas', readNumber),
        accessList: readField(fields, 'accessList', readAccessList),
      };
    },
  );
}

/** What a client estimates with a tip above the whole fee, it could not send: the words are geth's, which clients recognise. */
function requirePossibleFees(fields: Record<string, unknown>): void {
  const most = readField(fields, 'maxFeePerGas', readQuantity);
  const tip = readField(fields, 'maxPriorityFeePerGas', readQuantity);
  if (most === undefined || tip === undefined || tip <= most) return;
  throw invalidParams(
    `max priority fee per gas higher than max fee per gas: maxPriorityFeePerGas: ${tip}, maxFeePerGas: ${most}`,
  );
}

/** State and block overrides, which this node does not take: absent or empty. */
export function noOverrides(name: string): Parameter<undefined> {
  return optional(
    required(name, 'left out: overrides are not supported', { type: 'object', maxProperties: 0 }, (value) => {
      if (Object.keys(readObject(value)).length > 0) {
        throw invalidParams(`${name} are not supported: the call runs on the state as it stands`);
      }
      return undefined;
    }),
    undefined,
  );
}

/** The options of geth's traces; others of them (memory, return data, timeout) mean nothing here and are ignored. */
export function traceOptionsParameter(): Parameter<TraceOptions> {
  const takes = 'an object with limit, disableStack, disableStorage, or tracer "callTracer" and its tracerConfig';
  const read = (value: unknown): TraceOptions => {
    const fields = readObject(value);
    const flag = (from: Record<string, unknown>, name: string) => readField(from, name, readFlag) ?? false;
    const config = readField(fields, 'tracerConfig', readObject) ?? {};
    return {
      tracer: readField(fields, 'tracer', readTracer) ?? 'opcodes',
      limit: readField(fields, 'limit', readLimit) ?? 0,
      withStack: !flag(fields, 'disableStack'),
      withStorage: !flag(fields, 'disableStorage'),
      onlyTopCall: flag(config, 'onlyTopCall'),
      withLog: flag(config, 'withLog'),
    };
  };
  return optional(required('options', takes, TRACE_TAKEN, read), read({}));
}

function readFlag(value: unknown): boolean {
  if (typeof value !== 'boolean') throw unexpected('true or false', value);
  return value;
}

function readTracer(value: unknown): TraceOptions['tracer'] {
  if (value === '') return 'opcodes';
  if (value !== 'callTracer') throw unexpected('"callTracer", or nothing for the opcodes', value);
  return value;
}

function readLimit(value: unknown): number {
  if (!Number.isSafeInteger(value) || (value as number) < 0) throw unexpected('a whole number', value);
  return value as number;
}

/** What a subscription may say more: criteria for `logs`, `true` for whole transactions; taken as it fits the kind. */
export function subscriptionOptionsParameter(): Parameter<LogCriteria | boolean> {
  return optional<LogCriteria | boolean>(
    required(
      'options',
      'for logs an object with address and topics, for newPendingTransactions true or false',
      anyOf(BOOLEAN, CRITERIA_TAKEN),
      (value) => (typeof value === 'boolean' ? value : readCriteria(readObject(value))),
    ),
    false,
  );
}

/** All logs. */
export const ALL_LOGS: LogCriteria = { addresses: new Set(), topics: [] };

/** The filter of `eth_getLogs`. */
export function logFilterParameter(): Parameter<LogFilter> {
  const takes = 'an object with address, topics and either fromBlock and toBlock or blockHash';
  return required('filter', takes, FILTER_TAKEN, (value) => {
    const fields = readObject(value);
    const criteria = readCriteria(fields);
    const hash = readField(fields, 'blockHash', readHash);
    const from = readField(fields, 'fromBlock', readHeight);
    const to = readField(fields, 'toBlock', readHeight);
    if (hash !== undefined) {
      if (from !== undefined || to !== undefined) {
        throw invalidParams('"blockHash" cannot be combined with "fromBlock" or "toBlock"');
      }
      const block = { hash, requireCanonical: true };
      return { ...criteria, from: block, to: block };
    }
    return { ...criteria, from: from ?? LATEST, to: to ?? LATEST };
  });
}

function readCriteria(fields: Record<string, unknown>): LogCriteria {
  const addresses =
    readField(fields, 'address', (value) => readOneOrMore(value, 'addresses', readAddress)) ?? new Set();
  const topics = readField(fields, 'topics', (value) => {
    if (!Array.isArray(value) || value.length > 4) throw unexpected('a list of at most 4 topics', value);
    // A null takes every topic, also as one of several (geth).
    const takesAll = (topic: unknown) => topic === null || (Array.isArray(topic) && topic.includes(null));
    return value.map((topic: unknown) =>
      takesAll(topic) ? new Set<Hash>() : readOneOrMore(topic, 'topics', readHash),
    );
  });
  return { addresses, topics: topics ?? [] };
}

function readOneOrMore<T>(value: unknown, what: string, read: (value: unknown) => T): ReadonlySet<T> {
  return new Set(Array.isArray(value) ? readList(value, what, MAX_FILTER_VALUES, read) : [read(value)]);
}

function readSlot(value: unknown): bigint {
  if (typeof value !== 'string' || !/^0x[0-9a-fA-F]{1,64}$/.test(value)) {
    throw unexpected('a storage slot, 0x and 1 to 64 hexadecimal digits', value);
  }
  return BigInt(value);
}

function readBlock(value: unknown): BlockSelector {
  if (isHexOf(value, 32)) return { hash: readHash(value), requireCanonical: false };
  if (typeof value !== 'object' || value === null) return readHeight(value);
  const fields = readObject(value);
  const hash = readField(fields, 'blockHash', readHash);
  const height = readField(fields, 'blockNumber', readNumber);
  if (hash !== undefined && height === undefined) {
    return { hash, requireCanonical: fields.requireCanonical === true };
  }
  if (height !== undefined && hash === undefined) return { height };
  throw unexpected('an object with either "blockHash" or "blockNumber"', value);
}

function readHeight(value: unknown): BlockSelector {
  const tag = BLOCK_TAGS.find((known) => known === value);
  if (tag !== undefined) return { tag };
  if (typeof value !== 'string' || !value.startsWith('0x')) {
    throw unexpected(`a block number such as "0x1f" or one of ${BLOCK_TAGS.join(', ')}`, value);
  }
  return { height: readNumber(value) };
}

/** More entries or keys than a transaction has bytes for are in none. */
function readAccessList(value: unknown): AccessList {
  return readList(value, 'entries', Math.floor(MAX_TRANSACTION_BYTES / 20), (entry) => {
    const fields = readObject(entry);
    const keys = fields.storageKeys ?? [];
    return {
      address: readAddress(fields.address),
      storageKeys: readList(keys, 'storage keys', MAX_TRANSACTION_BYTES / 32, readHash),
    };
  });
}

/** Calldata of a call may be as long as what a transaction can carry. */
function readCallData(value: unknown): Uint8Array {
  return readBytes(value, MAX_TRANSACTION_BYTES);
}
