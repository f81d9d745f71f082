import { WattchainError } from '@wattchain/core';

/** Which part of a list to read. */
export interface PageBounds {
  /** Entries to return at most: 1 to {@link MAX_PAGE}, default 50. */
  readonly limit?: number;
  /** Only entries that came before this id: `next` of the page before. Default: from the newest on. */
  readonly before?: bigint;
}

/** A part of a list. */
export interface Page<Entry> {
  /** Newest first. */
  readonly entries: readonly Entry[];
  /**
   * `before` of the page that goes on; absent where the list ends. A page stops looking after a bounded number of entries, so it may
   * hold fewer than `limit`, even none, and yet have a next one.
   */
  readonly next?: bigint;
}

/** Most entries of a page. */
export const MAX_PAGE = 500;
const DEFAULT_PAGE = 50;

/** How a contract's numbered entries are read. */
interface Entries<Entry> extends PageBounds {
  /** The contract's counter: ids run from 1 to it. */
  readonly count: bigint;
  /** Requests that `read` sends at once. */
  readonly requestsEach: number;
  readonly read: (id: bigint) => Promise<Entry>;
  /** The contract's word on which of {@link MARKS_EACH} entries from an id on are wanted: bit n for id first + n. Absent: all. */
  readonly marks?: ((first: bigint) => Promise<bigint>) | undefined;
  /** What the contract cannot be asked; absent: nothing. */
  readonly accepts?: ((entry: Entry) => boolean) | undefined;
}

/** Entries that the contract answers for in one word. */
const MARKS_EACH = 256n;
/** Words of marks that are asked for at a time, and for one page: it looks back on 16,384 entries. */
const WORDS_AT_ONCE = 8;
const WORDS_A_PAGE = 64;
/** Entries that a page reads one by one. */
const READS_A_PAGE = 1_000;
/** Requests of a list that wait for answers at a time: half of what a node takes as one JSON-RPC batch. */
const MAX_REQUESTS_IN_FLIGHT = 50;

/** What `read` throws for an entry that is not there. */
const UNKNOWN_CODES: ReadonlySet<string> = new Set(['unknownOffer', 'unknownTrade', 'unknownPayout']);

/**
 * A page of a contract's entries, newest first, through its counter and views: which are in the wanted states it says 256 at a time,
 * and only these are read. A list over events would say what was, not how it stands, and need ranges of blocks.
 */
export async function listPage<Entry>(entries: Entries<Entry>): Promise<Page<Entry>> {
  const { count, before = count + 1n, requestsEach, accepts = () => true } = entries;
  const limit = requireLimit(entries.limit);
  const found: { id: bigint; entry: Entry }[] = [];
  let newest = before > count ? count : before - 1n;
  let words = 0;
  let reads = 0;
  while (newest > 0n && words < WORDS_A_PAGE && reads < READS_A_PAGE) {
    const ids = await wantedUpTo(entries, newest);
    words += WORDS_AT_ONCE;
    newest -= MARKS_EACH * BigInt(WORDS_AT_ONCE);
    for (let at = 0; at < ids.length; ) {
      const part = ids.slice(at, at + widthOf(requestsEach, entries.accepts ? limit : limit - found.length));
      at += part.length;
      reads += part.length;
      const read = await Promise.all(part.map((id) => readUnlessGone(entries.read, id)));
      found.push(...read.flat().filter(({ entry }) => accepts(entry)));
      if (found.length >= limit) return pageOf(found.slice(0, limit), found[limit - 1]?.id);
      if (reads >= READS_A_PAGE) return pageOf(found, part.at(-1));
    }
  }
  return pageOf(found, newest + 1n);
}

/** All entries of a list that ends in reasonable time, such as what is open: page after page, oldest first. */
export async function readPages<Entry>(readPage: (bounds: PageBounds) => Promise<Page<Entry>>): Promise<Entry[]> {
  const all: Entry[] = [];
  let before: bigint | undefined;
  do {
    const page: Page<Entry> = await readPage({ limit: MAX_PAGE, ...(before === undefined ? {} : { before }) });
    all.push(...page.entries);
    before = page.next;
  } while (before !== undefined);
  return all.reverse();
}

/** The ids of all entries that a contract marks, oldest first; no entry is read. `count` and `marks` as of {@link Entries}. */
export async function listIds(count: bigint, marks: (first: bigint) => Promise<bigint>): Promise<bigint[]> {
  const ids: bigint[] = [];
  for (let newest = count; newest > 0n; newest -= MARKS_EACH * BigInt(WORDS_AT_ONCE)) {
    ids.push(...(await wantedUpTo({ marks }, newest)));
  }
  return ids.reverse();
}

function requireLimit(limit = DEFAULT_PAGE): number {
  if (Number.isInteger(limit) && limit >= 1 && limit <= MAX_PAGE) return limit;
  throw new WattchainError('badLimit', `a page of ${limit} entries was asked for, not of 1 to ${MAX_PAGE}`, {
    values: { limit },
    hint: 'ask for less and go on with `before`',
  });
}

const widthOf = (requestsEach: number, wanted: number) =>
  Math.min(Math.floor(MAX_REQUESTS_IN_FLIGHT / requestsEach), wanted);

function pageOf<Entry>(found: readonly { readonly entry: Entry }[], next: bigint | undefined): Page<Entry> {
  const entries = found.map(({ entry }) => entry);
  return next === undefined || next <= 1n ? { entries } : { entries, next };
}

/** The wanted ids of {@link WORDS_AT_ONCE} words up to one, newest first. */
async function wantedUpTo({ marks }: Pick<Entries<unknown>, 'marks'>, newest: bigint): Promise<bigint[]> {
  const firsts: bigint[] = [];
  for (let end = newest; end > 0n && firsts.length < WORDS_AT_ONCE; end -= MARKS_EACH)
    firsts.push(end > MARKS_EACH ? end - MARKS_EACH + 1n : 1n);
  const ends = firsts.map((_, at) => newest - BigInt(at) * MARKS_EACH);
  const words = await Promise.all(firsts.map((first) => marks?.(first)));
  return words.flatMap((word, at) => {
    const ids: bigint[] = [];
    const [first = 1n, end = 0n] = [firsts[at], ends[at]];
    for (let id = end; id >= first; id--) if (word === undefined || (word >> (id - first)) & 1n) ids.push(id);
    return ids;
  });
}

/** One entry, or none when a reorganisation took it back since it was counted. */
async function readUnlessGone<Entry>(
  read: (id: bigint) => Promise<Entry>,
  id: bigint,
): Promise<[{ id: bigint; entry: Entry }] | []> {
  try {
    return [{ id, entry: await read(id) }];
  } catch (error) {
    if (error instanceof WattchainError && UNKNOWN_CODES.has(error.code)) return [];
    throw error;
  }
}
