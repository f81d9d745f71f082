import { type Hash, type HeaderRecord, type Log, type Pieces, storeDamaged } from '@wattchain/core';
import { MAX_LOG_BLOCKS, MAX_RESPONSE_BYTES, MAX_RETURNED_LOGS } from '../limits.js';
import type { RpcChain } from '../protocol/backend.js';
import type { LogCriteria, LogFilter } from '../protocol/parameter.js';
import { invalidParams, serverError } from '../protocol/rpcError.js';
import { findHeader, requireHeader } from './blocks.js';
import { logsOf, type PlacedLog } from './format.js';

/** Characters of a log in an answer without its data: most of it hashes. */
const SHOWN_LOG_CHARACTERS = 500;
/** Headers that are looked up at once: some milliseconds where none is in memory. */
const HEADERS_PER_PIECE = 64;

/** Whether a log is what the criteria ask for: its address is listed, and each listed topic stands in its position. */
export function matchesLog(log: Log, { addresses, topics }: LogCriteria): boolean {
  if (addresses.size > 0 && !addresses.has(log.address)) return false;
  if (topics.length > log.topics.length) return false;
  return topics.every((any, position) => any.size === 0 || any.has(log.topics[position] as Hash));
}

/**
 * The logs of a filter, oldest first, in pieces of at most a block of a bounded range; the blocks are those that
 * were canonical at the start. Throws −32602 when the range is too wide or gives too many, −32000 when a reorganisation
 * took a block away in between.
 */
export function* readLogs(chain: RpcChain, filter: LogFilter): Pieces<PlacedLog[]> {
  const found: PlacedLog[] = [];
  let characters = 0;
  for (const record of yield* blocksOf(chain, filter)) {
    yield;
    if (record.header.transactionCount === 0) continue;
    const matching = yield* matchingLogs(chain, record, filter);
    for (const { log } of matching) characters += SHOWN_LOG_CHARACTERS + 2 * log.data.length;
    if (characters > MAX_RESPONSE_BYTES) {
      throw invalidParams(
        `the logs up to block ${record.header.height} have more than ${MAX_RESPONSE_BYTES} bytes; ask for fewer blocks or name an address`,
      );
    }
    found.push(...matching);
    if (found.length > MAX_RETURNED_LOGS) {
      throw invalidParams(
        `the query gives more than ${MAX_RETURNED_LOGS} logs: up to block ${record.header.height} there are ${found.length}; ask for fewer blocks or name an address`,
      );
    }
  }
  return found;
}

/** The headers of a filter's range, as they stand at one time. */
function* blocksOf(chain: RpcChain, { from, to }: LogFilter): Pieces<HeaderRecord[]> {
  if (from === to && 'hash' in from) return [requireHeader(chain, from)];
  const head = chain.head.header.height;
  const first = 'height' in from ? from.height : requireHeader(chain, from).header.height;
  const asked = 'height' in to ? to.height : requireHeader(chain, to).header.height;
  if (first > asked) throw invalidParams(`invalid block range params: fromBlock ${first} is above toBlock ${asked}`);
  if (first > head) {
    throw invalidParams(
      `block range extends beyond current head block: fromBlock ${first} is not there yet, the newest block is ${head}`,
    );
  }
  const last = Math.min(asked, head);
  if (last - first >= MAX_LOG_BLOCKS) {
    throw invalidParams(
      `blocks ${first} to ${last} are ${last - first + 1}, at most ${MAX_LOG_BLOCKS} are read at once; ask for parts`,
    );
  }
  const records: HeaderRecord[] = [];
  for (let height = first; height <= last; height++) {
    const record = findHeader(chain, { height });
    const before = records.at(-1);
    if (record === undefined || (before !== undefined && record.header.parentHash !== before.hash)) {
      throw serverError(`the chain was reorganised while logs were read: block ${height} is another one, ask again`);
    }
    records.push(record);
    if (records.length % HEADERS_PER_PIECE === 0) yield;
  }
  return records;
}

function* matchingLogs(chain: RpcChain, record: HeaderRecord, criteria: LogCriteria): Pieces<PlacedLog[]> {
  const receipts = yield* chain.receiptsInPieces(record.hash);
  if (receipts === undefined) {
    throw serverError(`the chain was reorganised while logs were read: block ${record.hash} is gone, ask again`);
  }
  const hashes = function* () {
    const found = yield* chain.transactionHashes(record.hash);
    if (found === undefined) throw storeDamaged(`block ${record.hash} has receipts and no body`);
    return found;
  };
  return yield* logsOf(record, hashes, receipts, (log) => matchesLog(log, criteria));
}
