import { WattchainError } from '@wattchain/core';

/** Which part of a list to read. */
export interface ListBounds {
  /** First id to look at; ids count from 1. Default 1. To go on after a list that `limit` cut off, begin after its last id. */
  readonly fromId?: bigint;
  /** Entries to return at most; reading stops there. Default all. */
  readonly limit?: number;
}

/** How a contract's numbered entries are read. */
interface Entries<Entry> extends ListBounds {
  /** The contract's counter: ids run from 1 to it. */
  readonly count: bigint;
  /** Requests that `read` sends at once. */
  readonly requestsEach: number;
  readonly read: (id: bigint) => Promise<Entry>;
  readonly accepts: (entry: Entry) => boolean;
}

/** Requests of a list that wait for answers at a time: half of what a node takes as one JSON-RPC batch. */
const MAX_REQUESTS_IN_FLIGHT = 50;

/** What `read` throws for an entry that is not there. */
const UNKNOWN_CODES: ReadonlySet<string> = new Set(['unknownOffer', 'unknownTrade', 'unknownPayout']);

/**
 * The entries that are accepted, oldest first, read through the contract's counter and views: a list over events would need
 * ranges of blocks, of which a node answers a limited number at a time. Filters are applied after reading.
 */
export async function listById<Entry>(entries: Entries<Entry>): Promise<Entry[]> {
  const { count, requestsEach, accepts, fromId = 1n, limit = Number.POSITIVE_INFINITY } = entries;
  const width = Math.floor(MAX_REQUESTS_IN_FLIGHT / requestsEach);
  const found: Entry[] = [];
  for (let start = fromId < 1n ? 1n : fromId; start <= count && found.length < limit; start += BigInt(width)) {
    const left = Number(count - start) + 1;
    const ids = Array.from({ length: Math.min(width, left) }, (_, index) => start + BigInt(index));
    const read = await Promise.all(ids.map((id) => readUnlessGone(entries.read, id)));
    found.push(...read.flat().filter(accepts));
  }
  return found.slice(0, limit);
}

/** One entry, or none when a reorganisation took it back since it was counted. */
async function readUnlessGone<Entry>(read: (id: bigint) => Promise<Entry>, id: bigint): Promise<[Entry] | []> {
  try {
    return [await read(id)];
  } catch (error) {
    if (error instanceof WattchainError && UNKNOWN_CODES.has(error.code)) return [];
    throw error;
  }
}
