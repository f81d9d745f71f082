/**
 * The messages of the wire, each with its codec. Contents that are hashed or signed travel as the fixed binary or RLP
 * that is hashed or signed, inside a `bin`; the envelope around them is never hashed by consensus.
 *
 * Every decoder takes bytes from anybody, checks arity, types and lengths exactly, and returns a fault.
 */
import {
  bigIntToBytes,
  bytesToBigInt,
  decodeHeader,
  encodeHeader,
  fromHex,
  type Hash,
  type Header,
  type HeaderFault,
  MAX_TRANSACTION_BYTES,
  type Outcome,
  toHex,
  ZERO_HASH,
} from '@wattchain/core';
import { decodeEnvelope, type EnvelopeValue, encodeEnvelope } from './envelope.js';
import type { MessageFault } from './faultPolicy.js';
import {
  MAX_AGENT_LENGTH,
  MAX_BODIES,
  MAX_HEADER_BYTES,
  MAX_HEADERS,
  MAX_INLINE_BODY_BYTES,
  MAX_LOCATOR,
  MAX_PUSHED_TRANSACTIONS,
  P2P_VERSION,
} from './limits.js';

/** What two nodes tell each other first, and again when a head needs telling. */
export interface Status {
  /** `P2P_VERSION` of the sender. */
  readonly version: number;
  readonly genesisHash: Hash;
  readonly chainId: number;
  readonly headHash: Hash;
  readonly height: number;
  readonly totalWork: bigint;
  readonly agent: string;
  /** The sender's clock, milliseconds since 1970; absent when it says none. */
  readonly timeMs?: number | undefined;
}

/** `[version, genesisHash 32, chainId, headHash 32, height, totalWork 32, agent, timeMs]`; the time may be left out. */
export function encodeStatus(status: Status): Uint8Array {
  return encodeEnvelope(statusToValue(status));
}

export function decodeStatus(bytes: Uint8Array): Outcome<Status, MessageFault> {
  return decodeWith(bytes, valueToStatus);
}

/** Hashes of our chain, newest first: `[hash 32, …]`, 1 to {@link MAX_LOCATOR}. */
export function encodeHeadersRequest(locator: readonly Hash[]): Uint8Array {
  return encodeEnvelope(locator.map(fromHex));
}

export function decodeHeadersRequest(bytes: Uint8Array): Outcome<Hash[], MessageFault> {
  return decodeWith(bytes, (value) => hashList(value, 'locator', MAX_LOCATOR));
}

/** `[hash 32, …]`, 1 to {@link MAX_BODIES}. */
export function encodeBodiesRequest(hashes: readonly Hash[]): Uint8Array {
  return encodeEnvelope(hashes.map(fromHex));
}

export function decodeBodiesRequest(bytes: Uint8Array): Outcome<Hash[], MessageFault> {
  return decodeWith(bytes, (value) => hashList(value, 'hashes', MAX_BODIES));
}

/** `[raw, …]`: signed transactions, 1 to {@link MAX_PUSHED_TRANSACTIONS}. */
export function encodeTransactionsRequest(raws: readonly Uint8Array[]): Uint8Array {
  return encodeEnvelope(raws);
}

export function decodeTransactionsRequest(bytes: Uint8Array): Outcome<Uint8Array[], MessageFault> {
  return decodeWith(bytes, (value) =>
    list(value, 'transactions', 1, MAX_PUSHED_TRANSACTIONS).map((raw) =>
      binary(raw, 'transaction', 1, MAX_TRANSACTION_BYTES),
    ),
  );
}

/** Why a request is not answered: our status does not fit, it comes too often, it is not understood. */
export type RefusalReason = 'stranger' | 'busy' | 'malformed';

const RESPONSE_OK = 0;
const REFUSAL_CODES: readonly RefusalReason[] = ['stranger', 'busy', 'malformed'];

/** `[1 + index of the reason, status or nil]`; a stranger is told our status, so that it can say both genesis hashes. */
export function encodeRefusal(reason: RefusalReason, status?: Status): Uint8Array {
  return encodeEnvelope([1 + REFUSAL_CODES.indexOf(reason), status ? statusToValue(status) : null]);
}

/** An answer: its payload, or why there is none. */
export type Response<T> =
  | { readonly refusal?: undefined; readonly payload: T }
  | { readonly refusal: RefusalReason; readonly status: Status | undefined };

/** `[0, status]` */
export function encodeStatusResponse(status: Status): Uint8Array {
  return encodeEnvelope([RESPONSE_OK, statusToValue(status)]);
}

export function decodeStatusResponse(bytes: Uint8Array): Outcome<Response<Status>, MessageFault> {
  return decodeResponse(bytes, valueToStatus);
}

/** `[0, [header, …]]`, at most {@link MAX_HEADERS}. */
export function encodeHeadersResponse(headers: readonly Header[]): Uint8Array {
  return encodeEnvelope([RESPONSE_OK, headers.map(encodeHeader)]);
}

export function decodeHeadersResponse(bytes: Uint8Array): Outcome<Response<Header[]>, MessageFault | HeaderFault> {
  const response = decodeResponse(bytes, (value) =>
    list(value, 'headers', 0, MAX_HEADERS).map((header) => binary(header, 'header', 1, MAX_HEADER_BYTES)),
  );
  if (response.fault) return response;
  if (response.value.refusal) return { value: response.value };
  const headers: Header[] = [];
  for (const encoded of response.value.payload) {
    const header = decodeHeader(encoded);
    if (header.fault) return header;
    headers.push(header.value);
  }
  return { value: { payload: headers } };
}

/** `[0, [body or nil, …]]`, in the order of the request, possibly shorter. */
export function encodeBodiesResponse(bodies: readonly (Uint8Array | undefined)[]): Uint8Array {
  return encodeEnvelope([RESPONSE_OK, bodies.map((body) => body ?? null)]);
}

export function decodeBodiesResponse(
  bytes: Uint8Array,
  asked: number,
): Outcome<Response<(Uint8Array | undefined)[]>, MessageFault> {
  return decodeResponse(bytes, (value) =>
    list(value, 'bodies', 1, asked).map((body) =>
      body === null ? undefined : binary(body, 'body', 1, Number.POSITIVE_INFINITY),
    ),
  );
}

/** `[0, nil]`: taken, which says nothing about validity. */
export function encodeTransactionsResponse(): Uint8Array {
  return encodeEnvelope([RESPONSE_OK, null]);
}

export function decodeTransactionsResponse(bytes: Uint8Array): Outcome<Response<null>, MessageFault> {
  return decodeResponse(bytes, (value) => (value === null ? null : wrongShape('the payload is not nil')));
}

/** A block as it is announced: the body rides along when it is small. */
export interface BlockAnnouncement {
  readonly header: Header;
  /** Encoded body; absent above `MAX_INLINE_BODY_BYTES`, then it is asked from the announcing peer. */
  readonly body: Uint8Array | undefined;
}

/** `[header, body or nil]`; the body rides along up to {@link MAX_INLINE_BODY_BYTES}. */
export function encodeBlockAnnouncement(header: Header, body: Uint8Array): Uint8Array {
  return encodeEnvelope([encodeHeader(header), body.length <= MAX_INLINE_BODY_BYTES ? body : null]);
}

export function decodeBlockAnnouncement(bytes: Uint8Array): Outcome<BlockAnnouncement, MessageFault | HeaderFault> {
  const parts = decodeWith(bytes, (value) => {
    const [header, body] = tuple(value, 'announcement', 2) as [EnvelopeValue, EnvelopeValue];
    return {
      header: binary(header, 'header', 1, MAX_HEADER_BYTES),
      body: body === null ? undefined : binary(body, 'body', 1, MAX_INLINE_BODY_BYTES),
    };
  });
  if (parts.fault) return parts;
  const header = decodeHeader(parts.value.header);
  return header.fault ? header : { value: { header: header.value, body: parts.value.body } };
}

function statusToValue(status: Status): EnvelopeValue {
  return [
    status.version,
    fromHex(status.genesisHash),
    status.chainId,
    fromHex(status.headHash),
    status.height,
    bigIntToBytes(status.totalWork, 32),
    status.agent,
    ...(status.timeMs === undefined ? [] : [status.timeMs]),
  ];
}

/** Of another version that alone: how the rest is to be read it says itself. */
const NOTHING_KNOWN = { genesisHash: ZERO_HASH, chainId: 0, headHash: ZERO_HASH, height: 0, totalWork: 0n, agent: '' };

function valueToStatus(value: EnvelopeValue): Status {
  const [theirs] = Array.isArray(value) ? value : [];
  if (typeof theirs === 'number' && theirs !== P2P_VERSION) {
    return { version: integer(theirs, 'version', 0xffff), ...NOTHING_KNOWN };
  }
  const fields = list(value, 'status', 7, 8);
  return {
    version: integer(fields[0], 'version', 0xffff),
    genesisHash: hash(fields[1], 'genesisHash'),
    chainId: integer(fields[2], 'chainId', Number.MAX_SAFE_INTEGER),
    headHash: hash(fields[3], 'headHash'),
    height: integer(fields[4], 'height', 0xffff_ffff),
    totalWork: bytesToBigInt(binary(fields[5], 'totalWork', 32, 32)),
    agent: text(fields[6], 'agent', MAX_AGENT_LENGTH),
    ...(fields.length < 8 ? {} : { timeMs: integer(fields[7], 'timeMs', Number.MAX_SAFE_INTEGER) }),
  };
}

function decodeResponse<T>(
  bytes: Uint8Array,
  payload: (value: EnvelopeValue) => T,
): Outcome<Response<T>, MessageFault> {
  return decodeWith(bytes, (value): Response<T> => {
    const [code, content] = tuple(value, 'response', 2) as [EnvelopeValue, EnvelopeValue];
    const number = integer(code, 'response code', REFUSAL_CODES.length);
    if (number === RESPONSE_OK) return { payload: payload(content) };
    const refusal = REFUSAL_CODES[number - 1] as RefusalReason;
    return { refusal, status: content === null ? undefined : valueToStatus(content) };
  });
}

/** Inside a decoder a wrong shape unwinds to here, where it becomes the fault; it never leaves this file. */
class WrongShape {
  constructor(readonly detail: string) {}
}

function wrongShape(detail: string): never {
  throw new WrongShape(detail);
}

function decodeWith<T>(bytes: Uint8Array, decode: (value: EnvelopeValue) => T): Outcome<T, MessageFault> {
  const envelope = decodeEnvelope(bytes);
  if (envelope.fault) return envelope;
  try {
    return { value: decode(envelope.value) };
  } catch (error) {
    if (error instanceof WrongShape) return { fault: { code: 'messageShape', detail: error.detail } };
    throw error;
  }
}

function tuple(value: EnvelopeValue, name: string, length: number): readonly EnvelopeValue[] {
  return list(value, name, length, length);
}

function list(value: EnvelopeValue, name: string, least: number, most: number): readonly EnvelopeValue[] {
  if (!Array.isArray(value)) return wrongShape(`${name} is not an array`);
  if (value.length < least || value.length > most) {
    return wrongShape(`${name} has ${value.length} values, ${least} to ${most} are expected`);
  }
  return value;
}

function hashList(value: EnvelopeValue, name: string, most: number): Hash[] {
  return list(value, name, 1, most).map((item) => hash(item, name));
}

function hash(value: EnvelopeValue | undefined, name: string): Hash {
  return toHex(binary(value, name, 32, 32));
}

function binary(value: EnvelopeValue | undefined, name: string, least: number, most: number): Uint8Array {
  if (!(value instanceof Uint8Array)) return wrongShape(`${name} is not bytes`);
  if (value.length < least || value.length > most) {
    return wrongShape(`${name} has ${value.length} bytes, ${least} to ${most} are expected`);
  }
  return value;
}

function integer(value: EnvelopeValue | undefined, name: string, most: number): number {
  if (typeof value !== 'number') return wrongShape(`${name} is not a number`);
  if (value > most) return wrongShape(`${name} is ${value}, at most ${most} is expected`);
  return value;
}

function text(value: EnvelopeValue | undefined, name: string, mostCharacters: number): string {
  if (typeof value !== 'string') return wrongShape(`${name} is not text`);
  if (value.length > mostCharacters) {
    return wrongShape(`${name} has ${value.length} characters, at most ${mostCharacters} are expected`);
  }
  // Printable ASCII only, because it is shown in logs and terminals.
  if (!/^[\x20-\x7e]*$/.test(value)) return wrongShape(`${name} is not printable ASCII`);
  return value;
}
