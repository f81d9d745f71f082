import { encodeBody, textToBytes } from '@wattchain/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ALICE, ChainKit, testTransaction } from '../../testing/chainKit.js';
import { checkEnvelope, type EnvelopeValue, encodeEnvelope } from './envelope.js';
import {
  MAX_BODIES,
  MAX_BODIES_BYTES,
  MAX_GOSSIP_BYTES,
  MAX_HEADER_BYTES,
  MAX_HEADERS,
  MAX_INLINE_BODY_BYTES,
  MAX_LOCATOR,
  MAX_PUSHED_BYTES,
  MAX_PUSHED_TRANSACTIONS,
  requestProtocols,
} from './limits.js';
import * as messages from './messages.js';

const kit = new ChainKit();
const block = kit.mine(kit.genesisBlock, { extra: textToBytes('x'.repeat(32)) });
const { hash } = block;
const status: messages.Status = {
  version: 1,
  genesisHash: kit.genesis.hash,
  chainId: kit.genesis.chainId,
  headHash: hash,
  height: 2 ** 32 - 1,
  totalWork: 2n ** 255n,
  agent: 'Wattchain/0.1.0',
};
const timed: messages.Status = { ...status, timeMs: 1_700_000_000_123 };
const sealed = { ...block.header, minerSeal: new Uint8Array(65).fill(9) };
const raw = testTransaction(kit.genesis, ALICE).raw;

describe('every message', () => {
  it.each<[string, Uint8Array, (bytes: Uint8Array) => unknown, unknown]>([
    ['status', messages.encodeStatus(status), messages.decodeStatus, status],
    ['status with a time', messages.encodeStatus(timed), messages.decodeStatus, timed],
    ['headers request', messages.encodeHeadersRequest([hash]), messages.decodeHeadersRequest, [hash]],
    ['bodies request', messages.encodeBodiesRequest([hash]), messages.decodeBodiesRequest, [hash]],
    ['transactions', messages.encodeTransactionsRequest([raw]), messages.decodeTransactionsRequest, [raw]],
    ['status response', messages.encodeStatusResponse(status), messages.decodeStatusResponse, { payload: status }],
    ['headers', messages.encodeHeadersResponse([sealed]), messages.decodeHeadersResponse, { payload: [sealed] }],
    ['taken', messages.encodeTransactionsResponse(), messages.decodeTransactionsResponse, { payload: null }],
    ['busy', messages.encodeRefusal('busy'), messages.decodeHeadersResponse, { refusal: 'busy' }],
    [
      'stranger',
      messages.encodeRefusal('stranger', status),
      messages.decodeStatusResponse,
      { refusal: 'stranger', status },
    ],
    [
      'bodies',
      messages.encodeBodiesResponse([block.body, undefined]),
      (bytes: Uint8Array) => messages.decodeBodiesResponse(bytes, 2),
      { payload: [block.body, undefined] },
    ],
    [
      'announcement',
      messages.encodeBlockAnnouncement(sealed, block.body),
      messages.decodeBlockAnnouncement,
      { header: sealed, body: block.body },
    ],
  ])('comes back: %s', (_, bytes, decode, expected) => {
    expect(checkEnvelope(bytes)).toBeUndefined();
    expect(decode(bytes)).toEqual({ value: expected });
  });

  it('fits its limit when it is as large as it may be', () => {
    const protocols = requestProtocols(262_144);
    const hashes = (count: number) => Array.from({ length: count }, () => hash);
    const longStatus = { ...status, version: 65_535, agent: 'a'.repeat(64), chainId: 2 ** 31 };
    const bytes = (count: number, size: number) => Array.from({ length: count }, () => new Uint8Array(size).fill(1));
    const within: [Uint8Array, number][] = [
      [messages.encodeStatus(longStatus), protocols.status.maxRequestBytes],
      [messages.encodeRefusal('stranger', longStatus), protocols.status.maxResponseBytes],
      [messages.encodeHeadersRequest(hashes(MAX_LOCATOR)), protocols.headers.maxRequestBytes],
      [messages.encodeBodiesRequest(hashes(MAX_BODIES)), protocols.bodies.maxRequestBytes],
      [
        messages.encodeBodiesResponse(bytes(MAX_BODIES, MAX_BODIES_BYTES / MAX_BODIES)),
        protocols.bodies.maxResponseBytes,
      ],
      [
        messages.encodeTransactionsRequest(bytes(MAX_PUSHED_TRANSACTIONS, MAX_PUSHED_BYTES / MAX_PUSHED_TRANSACTIONS)),
        protocols.transactions.maxRequestBytes,
      ],
      [messages.encodeTransactionsResponse(), protocols.transactions.maxResponseBytes],
      [messages.encodeBlockAnnouncement(sealed, new Uint8Array(MAX_INLINE_BODY_BYTES)), MAX_GOSSIP_BYTES.blocks],
    ];
    for (const [message, limit] of within) {
      expect(message.length).toBeLessThanOrEqual(limit);
      expect(checkEnvelope(message)).toBeUndefined();
    }
    const headers = messages.encodeHeadersResponse(Array.from({ length: MAX_HEADERS }, () => sealed));
    expect(headers.length).toBeLessThanOrEqual(protocols.headers.maxResponseBytes);
    expect(messages.decodeHeadersResponse(headers).value).toMatchObject({ payload: { length: MAX_HEADERS } });
  });

  it('leaves a large body out of the announcement', () => {
    const body = encodeBody(Array.from({ length: 400 }, () => testTransaction(kit.genesis, ALICE)));
    expect(body.length).toBeGreaterThan(MAX_INLINE_BODY_BYTES);
    const announcement = messages.encodeBlockAnnouncement(block.header, body);
    expect(announcement.length).toBeLessThanOrEqual(MAX_HEADER_BYTES + 8);
    expect(messages.decodeBlockAnnouncement(announcement).value?.body).toBeUndefined();
  });
});

describe('a wrong shape', () => {
  const fields: readonly EnvelopeValue[] = [
    1,
    new Uint8Array(32),
    1,
    new Uint8Array(32),
    1,
    new Uint8Array(32),
    'agent',
  ];
  it.each([
    ['no array', 7, 'status is not an array'],
    ['a field too few', fields.slice(1), 'status has 6 values, 7 to 8 are expected'],
    ['a field too many', [...fields, 1, 1], 'status has 9 values, 7 to 8 are expected'],
    ['text as a time', [...fields, 'now'], 'timeMs is not a number'],
    ['a short hash', fields.with(1, new Uint8Array(31)), 'genesisHash has 31 bytes, 32 to 32 are expected'],
    ['text as a hash', fields.with(3, 'head'), 'headHash is not bytes'],
    ['bytes as a number', fields.with(4, new Uint8Array(1)), 'height is not a number'],
    ['a large height', fields.with(4, 2 ** 32), 'height is 4294967296, at most 4294967295 is expected'],
    ['a long agent', fields.with(6, 'a'.repeat(65)), 'agent has 65 characters, at most 64 are expected'],
    ['an agent that rings', fields.with(6, 'a\u0007'), 'agent is not printable ASCII'],
  ])('is a fault that says what: %s', (_, value, detail) => {
    expect(messages.decodeStatus(encodeEnvelope(value)).fault).toEqual({ code: 'messageShape', detail });
  });

  it('is nothing in a status of another version, of which only that is read', () => {
    for (const later of [[2], [2, 'anything', [null]], [...fields.with(0, 2), 1, 1, 1]]) {
      expect(messages.decodeStatus(encodeEnvelope(later)).value?.version).toBe(2);
    }
    expect(messages.decodeStatus(encodeEnvelope([70_000])).fault?.code).toBe('messageShape');
  });

  it('is found in every other message', () => {
    const none = encodeEnvelope([]);
    expect(messages.decodeHeadersRequest(none).fault?.code).toBe('messageShape');
    expect(messages.decodeBodiesRequest(none).fault?.code).toBe('messageShape');
    expect(messages.decodeTransactionsRequest(none).fault?.code).toBe('messageShape');
    expect(messages.decodeHeadersResponse(none).fault?.code).toBe('messageShape');
    expect(messages.decodeBodiesResponse(messages.encodeBodiesResponse([]), 1).fault?.code).toBe('messageShape');
    const bodies = messages.encodeBodiesResponse([undefined, undefined]);
    expect(messages.decodeBodiesResponse(bodies, 1).fault?.code).toBe('messageShape');
    expect(messages.decodeTransactionsResponse(encodeEnvelope([0, 1])).fault?.code).toBe('messageShape');
    expect(messages.decodeStatusResponse(encodeEnvelope([4, null])).fault?.code).toBe('messageShape');
    expect(messages.decodeBlockAnnouncement(none).fault?.code).toBe('messageShape');
    expect(messages.decodeBlockAnnouncement(encodeEnvelope([new Uint8Array(10), null])).fault?.code).toBe(
      'headerVersion',
    );
    expect(messages.decodeHeadersResponse(encodeEnvelope([0, [new Uint8Array(10)]])).fault?.code).toBe('headerVersion');
  });

  it('never throws, whatever comes', () => {
    const decoders = [
      messages.decodeStatus,
      messages.decodeHeadersRequest,
      messages.decodeBodiesRequest,
      messages.decodeTransactionsRequest,
      messages.decodeStatusResponse,
      messages.decodeHeadersResponse,
      (bytes: Uint8Array) => messages.decodeBodiesResponse(bytes, 3),
      messages.decodeTransactionsResponse,
      messages.decodeBlockAnnouncement,
    ];
    const item = fc.oneof(fc.nat(), fc.constant(null), fc.string(), fc.uint8Array({ maxLength: 40 }), fc.boolean());
    const anything = fc.oneof(item, fc.array(fc.oneof(item, fc.array(item, { maxLength: 4 })), { maxLength: 8 }));
    fc.assert(
      fc.property(fc.oneof(anything.map(encodeEnvelope), fc.uint8Array({ maxLength: 80 })), (bytes) => {
        for (const decode of decoders) expect(decode(bytes)).toBeTypeOf('object');
      }),
      { numRuns: 2_000 },
    );
  });
});
