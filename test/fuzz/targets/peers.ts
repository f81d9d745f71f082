import { encodeHeader, type Header, textToBytes } from '@wattchain/core';
import { decodeEnvelope, encodeEnvelope } from '../../../packages/node/src/p2p/envelope.js';
import { MAX_BODIES, P2P_VERSION } from '../../../packages/node/src/p2p/limits.js';
import {
  decodeBlockAnnouncement,
  decodeBodiesRequest,
  decodeBodiesResponse,
  decodeHeadersRequest,
  decodeHeadersResponse,
  decodeStatus,
  decodeStatusResponse,
  decodeTransactionsRequest,
  decodeTransactionsResponse,
  encodeBlockAnnouncement,
  encodeBodiesRequest,
  encodeBodiesResponse,
  encodeHeadersRequest,
  encodeHeadersResponse,
  encodeRefusal,
  encodeStatus,
  encodeStatusResponse,
  encodeTransactionsRequest,
  encodeTransactionsResponse,
  type Response,
  type Status,
} from '../../../packages/node/src/p2p/messages.js';
import { ENVELOPE } from '../structure.js';
import type { Target } from '../target.js';
import { canonical } from './canonical.js';
import { blocks, chainKit, signedTransactions } from './fixtures.js';

const STATUS: Status = {
  version: P2P_VERSION,
  genesisHash: `0x${'11'.repeat(32)}`,
  chainId: 77,
  headHash: `0x${'22'.repeat(32)}`,
  height: 70_000,
  totalWork: 2n ** 200n,
  agent: 'Wattchain/0.1.0',
  timeMs: 1_700_000_000_000,
};
const { timeMs: _, ...SILENT } = STATUS;

const hashes = () => blocks().map(({ hash }) => hash);
const found = () => blocks().map(({ header }) => header);
const rawTransactions = () => signedTransactions().map(({ raw }) => raw);

/** Of a status of another version nothing but that is read. */
const isOurs = (status: Status | undefined) => status === undefined || status.version === P2P_VERSION;
const statusAgain = (status: Status) => (isOurs(status) ? encodeStatus(status) : undefined);

/** What an answer is written as again. */
const answered =
  <T>(encode: (payload: T) => Uint8Array | undefined) =>
  (response: Response<T>) => {
    if (response.refusal === undefined) return encode(response.payload);
    return isOurs(response.status) ? encodeRefusal(response.refusal, response.status) : undefined;
  };
const REFUSALS = () => [encodeRefusal('busy'), encodeRefusal('malformed'), encodeRefusal('stranger', STATUS)];

const structure = ENVELOPE;

/** The messages of the wire: each has one encoding, so that one message is not gossiped as many. */
export const PEER_TARGETS: readonly Target[] = [
  canonical({
    name: 'message',
    structure,
    seeds: () => [
      encodeEnvelope([null, true, false, 0, 127, 128, 65_536, 2 ** 40, 'text', new Uint8Array(300), [[], [1]]]),
      encodeEnvelope('a longer text, of more than thirty-one characters'),
      encodeStatus(STATUS),
    ],
    decode: decodeEnvelope,
    encode: encodeEnvelope,
  }),
  canonical({
    name: 'status',
    structure,
    seeds: () => [encodeStatus(STATUS), encodeStatus(SILENT)],
    decode: decodeStatus,
    encode: statusAgain,
  }),
  canonical({
    name: 'headersRequest',
    structure,
    seeds: () => [encodeHeadersRequest(hashes())],
    decode: decodeHeadersRequest,
    encode: encodeHeadersRequest,
  }),
  canonical({
    name: 'bodiesRequest',
    structure,
    seeds: () => [encodeBodiesRequest(hashes())],
    decode: decodeBodiesRequest,
    encode: encodeBodiesRequest,
  }),
  canonical({
    name: 'transactionsRequest',
    structure,
    seeds: () => [encodeTransactionsRequest(rawTransactions()), encodeTransactionsRequest([Uint8Array.of(1)])],
    decode: decodeTransactionsRequest,
    encode: encodeTransactionsRequest,
  }),
  canonical({
    name: 'statusResponse',
    structure,
    seeds: () => [encodeStatusResponse(STATUS), ...REFUSALS()],
    decode: decodeStatusResponse,
    encode: answered((status: Status) => (isOurs(status) ? encodeStatusResponse(status) : undefined)),
  }),
  canonical<Response<Header[]>>({
    name: 'headersResponse',
    inputsPerRound: 2_048,
    structure,
    seeds: () => [encodeHeadersResponse(found()), encodeHeadersResponse([]), ...REFUSALS()],
    decode: decodeHeadersResponse,
    encode: answered(encodeHeadersResponse),
  }),
  canonical<Response<(Uint8Array | undefined)[]>>({
    name: 'bodiesResponse',
    structure,
    seeds: () => [encodeBodiesResponse([...blocks().map(({ body }) => body), undefined]), ...REFUSALS()],
    decode: (bytes) => decodeBodiesResponse(bytes, MAX_BODIES),
    encode: answered(encodeBodiesResponse),
  }),
  canonical<Response<null>>({
    name: 'transactionsResponse',
    structure,
    seeds: () => [encodeTransactionsResponse(), ...REFUSALS()],
    decode: decodeTransactionsResponse,
    encode: answered(encodeTransactionsResponse),
  }),
  canonical({
    name: 'announcement',
    structure,
    seeds: () => [
      ...blocks().map(({ header, body }) => encodeBlockAnnouncement(header, body)),
      encodeEnvelope([encodeHeader(chainKit().genesis.header), null]),
    ],
    dictionary: [textToBytes('WC')],
    decode: decodeBlockAnnouncement,
    encode: ({ header, body }) => encodeEnvelope([encodeHeader(header), body ?? null]),
  }),
];
