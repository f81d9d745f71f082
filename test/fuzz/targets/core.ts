import {
  decodeBody,
  decodeDevelopmentTransactions,
  decodeHeader,
  decodeReceipt,
  decodeRlp,
  decodeStateEdit,
  decodeTransaction,
  encodeBody,
  encodeHeader,
  encodeReceipt,
  encodeRlp,
  encodeStateEdit,
  type Outcome,
  type Receipt,
  type StateEdit,
  type Transaction,
  textToBytes,
} from '@wattchain/core';
import { assembleTransaction, decodeEnvelope, type Envelope } from '../../../packages/core/src/transaction/envelope.js';
import { ALICE } from '../../../packages/node/testing/chainKit.js';
import { RLP, TYPED_RLP } from '../structure.js';
import type { Target } from '../target.js';
import { canonical } from './canonical.js';
import {
  blocks,
  chainKit,
  developmentGenesis,
  developmentTransactions,
  headers,
  signedTransactions,
} from './fixtures.js';

const raws = (transactions: readonly Transaction[]) => transactions.map(({ raw }) => raw);

const RECEIPTS: readonly Receipt[] = [
  { gasUsed: 21_000, failure: null, logs: [] },
  { gasUsed: 9, failure: { code: 'revert', data: textToBytes('why') }, logs: [] },
  {
    gasUsed: 2 ** 40,
    failure: null,
    logs: [
      { address: ALICE.address, topics: [], data: new Uint8Array(0) },
      {
        address: ALICE.address,
        topics: [`0x${'1b'.repeat(32)}`, `0x${'2c'.repeat(32)}`],
        data: textToBytes('data of an event'),
      },
    ],
  },
];

const EDITS: readonly StateEdit[] = [
  { address: ALICE.address },
  { address: ALICE.address, balance: 0n, nonce: 300, code: new Uint8Array(0) },
  { address: ALICE.address, code: textToBytes('code'), word: { slot: 1n << 200n, value: 0n } },
];

/** Only one transaction at a time, as they travel. */
const one = (outcomes: Outcome<Transaction, unknown>[]) => outcomes[0] as Outcome<Transaction, unknown>;

/** What blocks and transactions are made of: each value has one encoding. */
export const CORE_TARGETS: readonly Target[] = [
  canonical({
    name: 'rlp',
    seeds: () => [
      ...raws(signedTransactions()).map((raw) => ((raw[0] as number) < 0x80 ? raw.subarray(1) : raw)),
      ...EDITS.map(encodeStateEdit),
      Uint8Array.of(0xc0),
    ],
    structure: RLP,
    decode: decodeRlp,
    encode: encodeRlp,
  }),
  canonical({ name: 'header', seeds: headers, decode: decodeHeader, encode: encodeHeader }),
  canonical({
    name: 'body',
    inputsPerRound: 256,
    maxBytes: 8_192,
    seeds: () => blocks().map(({ body }) => body),
    decode: (bytes) => decodeBody(bytes, chainKit().genesis),
    encode: encodeBody,
  }),
  canonical<Envelope>({
    name: 'envelope',
    seeds: () => raws([...signedTransactions(), ...developmentTransactions()]),
    structure: TYPED_RLP,
    decode: decodeEnvelope,
    encode: ({ fields, signature }) => assembleTransaction(fields, signature, ALICE.address).raw,
  }),
  canonical({
    name: 'transaction',
    inputsPerRound: 512,
    seeds: () => raws(signedTransactions()),
    structure: TYPED_RLP,
    decode: (bytes) => decodeTransaction(bytes, chainKit().genesis.chainId),
    encode: (transaction) => assembleTransaction(transaction, transaction.signature, transaction.sender).raw,
  }),
  canonical({
    name: 'developmentTransaction',
    inputsPerRound: 512,
    seeds: () => raws([...signedTransactions(), ...developmentTransactions()]),
    structure: TYPED_RLP,
    decode: (bytes) => one(decodeDevelopmentTransactions([bytes], developmentGenesis().chainId)),
    encode: (transaction) => assembleTransaction(transaction, transaction.signature, transaction.sender).raw,
  }),
  canonical({
    name: 'stateEdit',
    maxBytes: 65_536,
    inputsPerRound: 2_048,
    seeds: () => EDITS.map(encodeStateEdit),
    structure: RLP,
    decode: decodeStateEdit,
    encode: encodeStateEdit,
  }),
  canonical({
    name: 'receipt',
    seeds: () => RECEIPTS.map(encodeReceipt),
    decode: decodeReceipt,
    encode: encodeReceipt,
  }),
];
