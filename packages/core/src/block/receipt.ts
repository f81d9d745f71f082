import { ByteReader } from '../byteReader.js';
import { concatBytes, fromHex, type Hash, numberToBytes, toHex } from '../bytes.js';
import { assert, type Outcome } from '../error.js';
import { merkleRoot } from '../merkle.js';
import { type Pieces, runToEnd } from '../pieces.js';
import { FAILURE_CODES, type Failure, type Log, type Receipt } from './types.js';

const NO_FAILURE = 0xff;
/** Topics of a log, as in Ethereum. */
const MAX_TOPICS = 4;
/** Logs that are decoded at once: less than a millisecond. */
const LOGS_PER_PIECE = 128;

/** Why bytes are not a receipt. */
export interface ReceiptFault {
  readonly code: 'receiptEncoding';
  readonly detail: string;
}

/** A receipt as the receipts root commits to it (docs/protocol.md, Trees of lists). */
export function encodeReceipt(receipt: Receipt): Uint8Array {
  return concatBytes(
    numberToBytes(receipt.gasUsed, 8),
    encodeFailure(receipt.failure),
    numberToBytes(receipt.logs.length, 2),
    ...receipt.logs.map(encodeLog),
  );
}

/** Reverse of {@link encodeReceipt}; exactly one encoding is accepted, nothing may follow it. */
export function decodeReceipt(bytes: Uint8Array): Outcome<Receipt, ReceiptFault> {
  return runToEnd(decodeReceiptInPieces(bytes));
}

/** As {@link decodeReceipt}, in pieces: a transaction may write thousands of logs. */
export function* decodeReceiptInPieces(bytes: Uint8Array): Pieces<Outcome<Receipt, ReceiptFault>> {
  const reader = new ByteReader(bytes);
  const gasUsed = reader.bigInt(8);
  const failureIndex = reader.number(1);
  let failure: Failure | null = null;
  if (failureIndex !== NO_FAILURE) {
    const code = FAILURE_CODES[failureIndex];
    if (code === undefined) return badEncoding(`no failure has the number ${failureIndex}`);
    failure = { code, data: reader.take(reader.number(2)).slice() };
  }
  const logCount = reader.number(2);
  const logs: Log[] = [];
  for (let i = 0; i < logCount && !reader.isShort; i++) {
    if (i % LOGS_PER_PIECE === LOGS_PER_PIECE - 1) yield;
    const address = toHex(reader.take(20));
    const topicCount = reader.number(1);
    if (topicCount > MAX_TOPICS) return badEncoding(`log ${i} has ${topicCount} topics, at most ${MAX_TOPICS}`);
    const topics = Array.from({ length: topicCount }, () => toHex(reader.take(32)));
    logs.push({ address, topics, data: reader.take(reader.number(4)).slice() });
  }
  if (reader.isShort) return badEncoding(`the receipt ends early, at byte ${bytes.length}`);
  if (reader.bytesLeft > 0) return badEncoding(`${reader.bytesLeft} bytes follow the receipt`);
  if (gasUsed > BigInt(Number.MAX_SAFE_INTEGER)) return badEncoding(`gasUsed is ${gasUsed}, below 2^53 is expected`);
  return { value: { gasUsed: Number(gasUsed), failure, logs } };
}

/** Merkle root of the encoded receipts, in the order of the block's transactions. */
export function receiptsRoot(receipts: readonly Receipt[]): Hash {
  return merkleRoot(receipts.map(encodeReceipt));
}

function encodeFailure(failure: Failure | null): Uint8Array {
  if (failure === null) return Uint8Array.of(NO_FAILURE);
  return concatBytes(
    Uint8Array.of(FAILURE_CODES.indexOf(failure.code)),
    numberToBytes(failure.data.length, 2),
    failure.data,
  );
}

function encodeLog(log: Log): Uint8Array {
  assert(log.topics.length <= MAX_TOPICS, `a log of ${log.topics.length} topics`);
  return concatBytes(
    fromHex(log.address),
    Uint8Array.of(log.topics.length),
    ...log.topics.map(fromHex),
    numberToBytes(log.data.length, 4),
    log.data,
  );
}

function badEncoding(detail: string): { fault: ReceiptFault } {
  return { fault: { code: 'receiptEncoding', detail } };
}
