/** The named shapes of answers, which the OpenRPC document carries and the table of methods refers to. */
import {
  ADDRESS,
  anyOf,
  BOOLEAN,
  BYTES,
  bytesOf,
  constant,
  DECIMAL,
  HASH,
  INTEGER,
  listOf,
  mapOf,
  NUMBER,
  nullable,
  objectOf,
  oneOf,
  QUANTITY,
  type Schema,
  shape,
  TEXT,
} from '../protocol/schema.js';

/** Fields of a header, which a block has as well. */
const HEADER_FIELDS: Readonly<Record<string, Schema>> = {
  number: QUANTITY,
  hash: HASH,
  parentHash: HASH,
  nonce: bytesOf(8),
  mixHash: HASH,
  sha3Uncles: HASH,
  logsBloom: nullable(bytesOf(256)),
  transactionsRoot: HASH,
  stateRoot: HASH,
  receiptsRoot: HASH,
  historyRoot: HASH,
  miner: ADDRESS,
  difficulty: QUANTITY,
  extraData: BYTES,
  gasLimit: QUANTITY,
  gasUsed: QUANTITY,
  baseFeePerGas: QUANTITY,
  timestamp: QUANTITY,
  timestampMs: QUANTITY,
  target: bytesOf(32),
  extraNonce: bytesOf(8),
  minerSeal: BYTES,
};

/** Fields of every kind of transaction. */
const TRANSACTION_FIELDS: Readonly<Record<string, Schema>> = {
  blockHash: nullable(HASH),
  blockNumber: nullable(QUANTITY),
  blockTimestamp: nullable(QUANTITY),
  transactionIndex: nullable(QUANTITY),
  hash: HASH,
  chainId: QUANTITY,
  nonce: QUANTITY,
  from: ADDRESS,
  to: nullable(ADDRESS),
  value: QUANTITY,
  gas: QUANTITY,
  gasPrice: QUANTITY,
  input: BYTES,
  v: QUANTITY,
  r: QUANTITY,
  s: QUANTITY,
};

/** Fields of types 1 and 2 beside them. */
const TYPED_FIELDS: Readonly<Record<string, Schema>> = {
  accessList: listOf(shape('AccessListEntry')),
  yParity: oneOf('0x0', '0x1'),
};

/** Fields of a log. */
const LOG_FIELDS: Readonly<Record<string, Schema>> = {
  address: ADDRESS,
  topics: { ...listOf(HASH), maxItems: 4 },
  data: BYTES,
  blockHash: HASH,
  blockNumber: QUANTITY,
  blockTimestamp: QUANTITY,
  transactionHash: HASH,
  transactionIndex: QUANTITY,
  logIndex: QUANTITY,
  removed: BOOLEAN,
};

/** Hashes beside the path from the root down, then the leaf where it ends, if any. */
const PROOF: Schema = { ...listOf(anyOf(HASH, bytesOf(65))), maxItems: 257 };

const WAIT_REASON = anyOf(
  objectOf({ code: constant('nonceGap'), got: INTEGER, expected: INTEGER, text: TEXT }),
  objectOf({ code: constant('insufficientFunds'), got: DECIMAL, expected: DECIMAL, text: TEXT }),
  objectOf({ code: oneOf('blockFull', 'notMinedYet'), text: TEXT }),
);

const WAITING_FIELDS: Readonly<Record<string, Schema>> = {
  hash: HASH,
  from: ADDRESS,
  to: nullable(ADDRESS),
  nonce: INTEGER,
  valueWei: DECIMAL,
  gasLimit: INTEGER,
  gasPriceWei: DECIMAL,
  addedMs: INTEGER,
  reason: WAIT_REASON,
};

const PLACED_FIELDS: Readonly<Record<string, Schema>> = {
  hash: HASH,
  blockHash: HASH,
  height: INTEGER,
  index: INTEGER,
  confirmations: INTEGER,
  needed: INTEGER,
  confirmed: BOOLEAN,
};

/** A line of a contract's source, and where a macro brought the instruction, its line in the macro. */
const SOURCE_LINE = objectOf(
  { file: TEXT, line: INTEGER, text: TEXT },
  { macro: objectOf({ line: INTEGER, text: TEXT }) },
);

/** By name. */
export const SHAPES: Readonly<Record<string, Schema>> = {
  Block: objectOf({
    ...HEADER_FIELDS,
    totalDifficulty: QUANTITY,
    size: QUANTITY,
    uncles: { ...listOf(HASH), maxItems: 0 },
    transactions: anyOf(listOf(HASH), listOf(shape('Transaction'))),
  }),
  Transaction: anyOf(
    objectOf({ ...TRANSACTION_FIELDS, type: constant('0x0') }),
    objectOf({ ...TRANSACTION_FIELDS, ...TYPED_FIELDS, type: constant('0x1') }),
    objectOf({
      ...TRANSACTION_FIELDS,
      ...TYPED_FIELDS,
      type: constant('0x2'),
      maxFeePerGas: QUANTITY,
      maxPriorityFeePerGas: QUANTITY,
    }),
  ),
  AccessListEntry: objectOf({ address: ADDRESS, storageKeys: listOf(HASH) }),
  AccessListResult: objectOf({ accessList: listOf(shape('AccessListEntry')), gasUsed: QUANTITY }, { error: TEXT }),
  Receipt: objectOf(
    {
      transactionHash: HASH,
      transactionIndex: QUANTITY,
      blockHash: HASH,
      blockNumber: QUANTITY,
      from: ADDRESS,
      to: nullable(ADDRESS),
      contractAddress: nullable(ADDRESS),
      cumulativeGasUsed: QUANTITY,
      gasUsed: QUANTITY,
      effectiveGasPrice: QUANTITY,
      logs: listOf(shape('Log')),
      logsBloom: bytesOf(256),
      status: oneOf('0x0', '0x1'),
      type: oneOf('0x0', '0x1', '0x2'),
    },
    { revertReason: TEXT },
  ),
  Log: objectOf(LOG_FIELDS),
  AccountProof: objectOf({
    address: ADDRESS,
    nonce: QUANTITY,
    balance: QUANTITY,
    codeHash: HASH,
    storageHash: HASH,
    accountProof: PROOF,
    storageProof: listOf(objectOf({ key: HASH, value: QUANTITY, proof: PROOF })),
  }),
  FeeHistory: objectOf(
    { oldestBlock: QUANTITY, baseFeePerGas: listOf(QUANTITY), gasUsedRatio: listOf(NUMBER) },
    { reward: listOf(listOf(QUANTITY)) },
  ),
  SyncProgress: objectOf({ startingBlock: QUANTITY, currentBlock: QUANTITY, highestBlock: QUANTITY }),
  Head: objectOf({ hash: HASH, height: INTEGER, timestampMs: INTEGER, stateRoot: HASH, totalWork: DECIMAL }),
  Miner: objectOf(
    {
      address: nullable(ADDRESS),
      enabled: BOOLEAN,
      hashesPerSecond: NUMBER,
      blocksFound: INTEGER,
      duty: NUMBER,
      threads: INTEGER,
      joulesPerHash: NUMBER,
    },
    { paused: objectOf({ code: TEXT, detail: TEXT }) },
  ),
  WaitingTransaction: objectOf(WAITING_FIELDS),
  TransactionStatus: anyOf(
    objectOf({ status: constant('unknown'), hash: HASH }),
    objectOf({ status: constant('waiting'), ...WAITING_FIELDS }),
    objectOf({ status: constant('included'), ...PLACED_FIELDS }),
    objectOf({
      status: constant('failed'),
      ...PLACED_FIELDS,
      failure: objectOf({ code: TEXT, reason: TEXT, data: BYTES }),
    }),
  ),
  OpcodeTrace: objectOf(
    { gas: INTEGER, failed: BOOLEAN, returnValue: BYTES, structLogs: listOf(shape('OpcodeStep')) },
    { truncated: constant(true) },
  ),
  OpcodeStep: objectOf(
    { pc: INTEGER, op: TEXT, gas: INTEGER, gasCost: INTEGER, depth: INTEGER, contract: ADDRESS },
    {
      immediates: listOf(anyOf(TEXT, INTEGER)),
      stack: listOf(QUANTITY),
      storage: mapOf(bytesOf(32)),
      error: TEXT,
      source: SOURCE_LINE,
    },
  ),
  CallTrace: objectOf(
    {
      type: oneOf('CALL', 'STATICCALL', 'CREATE'),
      from: ADDRESS,
      to: ADDRESS,
      value: QUANTITY,
      gas: QUANTITY,
      gasUsed: QUANTITY,
      input: BYTES,
    },
    {
      output: BYTES,
      error: TEXT,
      revertReason: TEXT,
      pc: INTEGER,
      source: SOURCE_LINE,
      calls: listOf(shape('CallTrace')),
      logs: listOf(objectOf({ address: ADDRESS, topics: listOf(HASH), data: BYTES })),
      truncated: constant(true),
    },
  ),
};
