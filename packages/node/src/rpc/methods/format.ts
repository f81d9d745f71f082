/** The shapes of Ethereum's execution API, with what this chain adds to them. */
import {
  blockSize,
  contractAddress,
  effectiveGasPrice,
  type Genesis,
  type Hash,
  type HeaderRecord,
  type Hex,
  type Log,
  type Pieces,
  type Receipt,
  sealHash,
  type Transaction,
  toHex,
  workOf,
} from '@wattchain/core';
import { describeFailure } from '@wattchain/vm';
import type { SyncStatus } from '../../sync/sync.js';
import { logsBloomInPieces } from '../protocol/bloom.js';
import { fixedHex, quantity } from '../protocol/quantity.js';
import type { ShownBlock } from './blocks.js';

/** Transactions or receipts that are put into shape at once: less than a millisecond. */
const TRANSACTIONS_PER_PIECE = 32;
/** Logs that are looked at or put into shape at once: the same. */
const LOGS_PER_PIECE = 512;
/** keccak256 of the RLP of an empty list: there are no uncles here. */
const EMPTY_UNCLES_HASH: Hash = '0x1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347';

/** A JSON object of a response. */
export type Shape = Readonly<Record<string, unknown>>;

/** A log's block and its place there. */
interface LogPlace {
  readonly record: HeaderRecord;
  readonly transactionHash: Hash;
  readonly transactionIndex: number;
  /** Counted through all transactions of the block. */
  readonly logIndex: number;
}

/** A log and where it stands. */
export interface PlacedLog extends LogPlace {
  readonly log: Log;
}

/**
 * A header as `newHeads` sends it. `baseFeePerGas` is the network's minimum gas price. `logsBloom` is `null` where the receipts
 * are not known (side branches). `historyRoot`, `timestampMs`, `target`, `extraNonce` and `minerSeal` are ours.
 */
export function headerToRpc(genesis: Genesis, record: HeaderRecord, bloom: Hex | null): Shape {
  const { header } = record;
  return {
    number: quantity(header.height),
    hash: record.hash,
    parentHash: header.parentHash,
    nonce: toRpcNonce(header.extraNonce, header.headerNonce),
    mixHash: toHex(sealHash(header)),
    sha3Uncles: EMPTY_UNCLES_HASH,
    logsBloom: bloom,
    transactionsRoot: header.transactionsRoot,
    stateRoot: header.stateRoot,
    receiptsRoot: header.receiptsRoot,
    historyRoot: header.historyRoot,
    miner: header.miner,
    difficulty: quantity(workOf(header.target)),
    extraData: toHex(header.extra),
    gasLimit: quantity(header.gasLimit),
    gasUsed: quantity(header.gasUsed),
    baseFeePerGas: quantity(genesis.minGasPriceWei),
    timestamp: quantity(Math.floor(header.timestampMs / 1000)),
    timestampMs: quantity(header.timestampMs),
    target: fixedHex(header.target, 32),
    extraNonce: fixedHex(header.extraNonce, 8),
    minerSeal: toHex(header.minerSeal),
  };
}

/** A block with its transactions in full or their hashes. */
export function* blockToRpc(genesis: Genesis, block: ShownBlock, full: boolean): Pieces<Shape> {
  const { record, transactions, receipts } = block;
  const logs = receipts?.flatMap((receipt) => receipt.logs);
  const bloom = logs === undefined ? null : yield* logsBloomInPieces(logs);
  const shown: (Shape | Hash)[] = [];
  for (const [index, transaction] of transactions.entries()) {
    shown.push(full ? transactionToRpc(genesis, transaction, { record, index }) : transaction.hash);
    if (index % TRANSACTIONS_PER_PIECE === TRANSACTIONS_PER_PIECE - 1) yield;
  }
  return {
    ...headerToRpc(genesis, record, bloom),
    totalDifficulty: quantity(record.totalWork),
    size: quantity(blockSize(record.header, transactions)),
    uncles: [],
    transactions: shown,
  };
}

/**
 * A transaction and where it stands, `undefined` while it waits. `gasPrice` of type 2 is what it paid, and as long as it waits
 * the most that it pays, as in geth.
 */
export function transactionToRpc(
  genesis: Genesis,
  transaction: Transaction,
  place: { readonly record: HeaderRecord; readonly index: number } | undefined,
): Shape {
  const { type, signature, maxFeePerGas, maxPriorityFeePerGas } = transaction;
  const gasPrice = place === undefined ? maxFeePerGas : effectiveGasPrice(transaction, genesis);
  const header = place?.record.header;
  return {
    blockHash: place?.record.hash ?? null,
    blockNumber: header === undefined ? null : quantity(header.height),
    blockTimestamp: header === undefined ? null : quantity(Math.floor(header.timestampMs / 1000)),
    transactionIndex: place === undefined ? null : quantity(place.index),
    hash: transaction.hash,
    type: quantity(type),
    chainId: quantity(transaction.chainId),
    nonce: quantity(transaction.nonce),
    from: transaction.sender,
    to: transaction.to,
    value: quantity(transaction.value),
    gas: quantity(transaction.gasLimit),
    gasPrice: quantity(gasPrice),
    ...(type === 2
      ? { maxFeePerGas: quantity(maxFeePerGas), maxPriorityFeePerGas: quantity(maxPriorityFeePerGas) }
      : {}),
    input: toHex(transaction.data),
    ...(type === 0 ? {} : { accessList: transaction.accessList, yParity: quantity(signature.recovery) }),
    v: quantity(type === 0 ? 35 + 2 * transaction.chainId + signature.recovery : signature.recovery),
    r: quantity(signature.r),
    s: quantity(signature.s),
  };
}

/** A block of which the receipts are known. */
type ExecutedShownBlock = ShownBlock & { readonly receipts: readonly Receipt[] };

/** The receipts of a block, in order; `revertReason` is ours and says in words why a transaction failed. */
export function* receiptsToRpc(genesis: Genesis, block: ExecutedShownBlock): Pieces<Shape[]> {
  let before: BeforeReceipt = { gasUsed: 0, logs: 0 };
  const shown: Shape[] = [];
  for (const [index, receipt] of block.receipts.entries()) {
    shown.push(yield* receiptToRpc(genesis, block, index, before));
    before = after(before, receipt);
    if (index % TRANSACTIONS_PER_PIECE === TRANSACTIONS_PER_PIECE - 1) yield;
  }
  return shown;
}

/** One of {@link receiptsToRpc}, without what the others take; `undefined` where there is none. */
export function* receiptAt(genesis: Genesis, block: ExecutedShownBlock, index: number): Pieces<Shape | undefined> {
  if (block.receipts[index] === undefined) return undefined;
  const before = block.receipts.slice(0, index).reduce(after, { gasUsed: 0, logs: 0 });
  return yield* receiptToRpc(genesis, block, index, before);
}

/** What the transactions of a block before one used and left. */
interface BeforeReceipt {
  readonly gasUsed: number;
  readonly logs: number;
}

function after({ gasUsed, logs }: BeforeReceipt, receipt: Receipt): BeforeReceipt {
  return { gasUsed: gasUsed + receipt.gasUsed, logs: logs + receipt.logs.length };
}

function* receiptToRpc(
  genesis: Genesis,
  { record, transactions, receipts }: ExecutedShownBlock,
  index: number,
  before: BeforeReceipt,
): Pieces<Shape> {
  const transaction = transactions[index] as Transaction;
  const receipt = receipts[index] as Receipt;
  const logs = yield* logsToRpc(placeLogs(record, transaction.hash, index, receipt, before.logs));
  return {
    transactionHash: transaction.hash,
    transactionIndex: quantity(index),
    blockHash: record.hash,
    blockNumber: quantity(record.header.height),
    from: transaction.sender,
    to: transaction.to,
    contractAddress: transaction.to === null ? contractAddress(transaction.sender, transaction.nonce) : null,
    cumulativeGasUsed: quantity(before.gasUsed + receipt.gasUsed),
    gasUsed: quantity(receipt.gasUsed),
    effectiveGasPrice: quantity(effectiveGasPrice(transaction, genesis)),
    logs,
    logsBloom: yield* logsBloomInPieces(receipt.logs),
    status: receipt.failure === null ? '0x1' : '0x0',
    type: quantity(transaction.type),
    ...(receipt.failure === null ? {} : { revertReason: describeFailure(receipt.failure) }),
  };
}

/** All logs of a block that `isWanted` takes, in order; `hashes` of the transactions are asked for only if there are any. */
export function* logsOf(
  record: HeaderRecord,
  hashes: () => Pieces<readonly Hash[]>,
  receipts: readonly Receipt[],
  isWanted: (log: Log) => boolean = () => true,
): Pieces<PlacedLog[]> {
  const wanted: PlacedLog[] = [];
  let known: readonly Hash[] | undefined;
  let logIndex = 0;
  for (const [transactionIndex, { logs }] of receipts.entries()) {
    for (const log of logs) {
      if (isWanted(log)) {
        known ??= yield* hashes();
        const transactionHash = known[transactionIndex] as Hash;
        wanted.push({ log, record, transactionHash, transactionIndex, logIndex });
      }
      logIndex += 1;
      if (logIndex % LOGS_PER_PIECE === 0) yield;
    }
  }
  return wanted;
}

/** A log; `removed` when the chain was reorganised and its block is no longer part of it. */
export function logToRpc({ log, ...place }: PlacedLog, removed: boolean): Shape {
  return {
    address: log.address,
    topics: log.topics,
    data: toHex(log.data),
    blockHash: place.record.hash,
    blockNumber: quantity(place.record.header.height),
    blockTimestamp: quantity(Math.floor(place.record.header.timestampMs / 1000)),
    transactionHash: place.transactionHash,
    transactionIndex: quantity(place.transactionIndex),
    logIndex: quantity(place.logIndex),
    removed,
  };
}

/** Logs of the chain, see {@link logToRpc}. */
export function* logsToRpc(logs: readonly PlacedLog[]): Pieces<Shape[]> {
  const shown: Shape[] = [];
  for (const log of logs) {
    shown.push(logToRpc(log, false));
    if (shown.length % LOGS_PER_PIECE === 0) yield;
  }
  return shown;
}

/** The heights between which a node catches up, `false` when it does not. */
export function syncToRpc({ syncing, startHeight, currentHeight, highestHeight }: SyncStatus): Shape | false {
  if (!syncing) return false;
  return {
    startingBlock: quantity(startHeight),
    currentBlock: quantity(currentHeight),
    highestBlock: quantity(highestHeight),
  };
}

function placeLogs(
  record: HeaderRecord,
  transactionHash: Hash,
  transactionIndex: number,
  receipt: Receipt,
  firstLogIndex: number,
): PlacedLog[] {
  return receipt.logs.map((log, position) => ({
    log,
    record,
    transactionHash,
    transactionIndex,
    logIndex: firstLogIndex + position,
  }));
}

/** Ethereum's 8-byte nonce: the low 4 bytes of our extra nonce, then our header nonce. */
function toRpcNonce(extraNonce: bigint, headerNonce: number): Hex {
  return fixedHex(((extraNonce & 0xffff_ffffn) << 32n) | BigInt(headerNonce), 8);
}
