import { ByteReader } from '../byteReader.js';
import { type Hash, toHex } from '../bytes.js';
import { ByteWriter } from '../byteWriter.js';
import { assert, type Outcome } from '../error.js';
import { merkleRoot } from '../merkle.js';
import { type Pieces, runToEnd } from '../pieces.js';
import { FAILURE_CODES, type Failure, type Log, type Receipt } from './types.js';

const NO_FAILURE = 0xff;
/** Topics of a log, as in Ethereum. */
const MAX_TOPICS = 4;
const ADDRESS_BYTES = 20;
const TOPIC_BYTES = 32;
/** Logs that are decoded at once: less than a millisecond. */
const LOGS_PER_PIECE = 128;

/** Why bytes are not a receipt. */
export interface ReceiptFault {
  readonly code: 'receiptEncoding';
  readonly detail: string;
}

/** A receipt as the receipts root commits to it (docs/protocol.md, Trees of lists). */
export function encodeReceipt({ gasUsed, failure, logs }: Receipt): Uint8Array {
  const failureBytes = failure === null ? 1 : 1 + 2 + failure.data.length;
  const writer = new ByteWriter(8 + failureBytes + 2 + logs.reduce((sum, log) => sum + logBytes(log), 0));
  writer.number(gasUsed, 8);
  if (failure === null) {
    writer.number(NO_FAILURE, 1);
  } else {
    writer.number(FAILURE_CODES.indexOf(failure.code), 1);
    writer.number(failure.data.length, 2);
    writer.bytes(failure.data);
  }
  writer.number(logs.length, 2);
  for (const log of logs) writeLog(writer, log);
  return writer.end();
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
    const address = toHex(reader.take(ADDRESS_BYTES));
    const topicCount = reader.number(1);
    if (topicCount > MAX_TOPICS) return badEncoding(`log ${i} has ${topicCount} topics, at most ${MAX_TOPICS}`);
    const topics = Array.from({ length: topicCount }, () => toHex(reader.take(TOPIC_BYTES)));
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

function logBytes({ topics, data }: Log): number {
  return ADDRESS_BYTES + 1 + TOPIC_BYTES * topics.length + 4 + data.length;
}

function writeLog(writer: ByteWriter, { address, topics, data }: Log): void {
  assert(topics.length <= MAX_TOPICS, 'too many topics of a log', topics.length);
  writer.hex(address);
  writer.number(topics.length, 1);
  for (const topic of topics) writer.hex(topic);
  writer.number(data.length, 4);
  writer.bytes(data);
}

function badEncoding(detail: string): { fault: ReceiptFault } {
  return { fault: { code: 'receiptEncoding', detail } };
}
