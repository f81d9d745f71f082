import { WattchainError } from '@wattchain/core';
import type { Address } from 'viem';

/** Entries of a contract that are numbered from 1, such as payouts. */
export interface NumberedEntries<Entry> {
  readonly count: () => Promise<bigint>;
  readonly read: (id: bigint) => Promise<Entry>;
}

/** Those of one holder as far as they are looked through. */
export interface OwnEntries<Entry> {
  /** The newest, newest first. */
  readonly newest: readonly Entry[];
  /** How many are known in all. */
  readonly known: number;
  readonly isComplete: boolean;
}

/** Entries that one look reads at most besides the holder's own. */
const ENTRIES_A_LOOK = 40n;
/** The newest are looked at each time: a reorganisation may give their numbers to others. */
const UNSETTLED = 10n;

/**
 * Looks for a holder's entries, newest first, some at each call: whoever else makes how many, a call takes a bounded number of requests,
 * and what is another's is read once.
 * @param shown of the holder's own entries so many of the newest are read each time
 */
export function ownEntries<Entry extends { readonly holder: Address }>(
  { count, read }: NumberedEntries<Entry>,
  holder: Address,
  shown: number,
): () => Promise<OwnEntries<Entry>> {
  const isOwn = (entry: Entry | undefined) => entry?.holder.toLowerCase() === holder.toLowerCase();
  const own = new Set<bigint>();
  // All above `low`, up to `high`, are looked through.
  let [low, high] = [-1n, -1n];
  return async () => {
    const last = await count();
    if (high < 0n || high > last) [low, high] = [low < 0n || low > last ? last : low, last];
    for (const id of own) if (id > last) own.delete(id);
    const newer = range(high, min(last, high + ENTRIES_A_LOOK));
    const older = range(max(low - ENTRIES_A_LOOK + BigInt(newer.length), 0n), low);
    const again = range(max(high - UNSETTLED, low), high);
    const ids = [...older, ...again, ...newer];
    const found = await Promise.all(ids.map((id) => readUnlessGone(read, id)));
    for (const [index, id] of ids.entries()) {
      if (isOwn(found[index])) own.add(id);
      else own.delete(id);
    }
    [low, high] = [low - BigInt(older.length), high + BigInt(newer.length)];
    const known = [...own].sort((a, b) => (a > b ? -1 : 1));
    const newest = await Promise.all(known.slice(0, shown).map((id) => readUnlessGone(read, id)));
    return {
      newest: newest.filter((entry) => entry !== undefined),
      known: known.length,
      isComplete: low === 0n && high === last,
    };
  };
}

/** The numbers above one and up to another. */
const range = (above: bigint, upTo: bigint): bigint[] =>
  Array.from({ length: Number(max(upTo - above, 0n)) }, (_, index) => above + 1n + BigInt(index));

const min = (a: bigint, b: bigint) => (a < b ? a : b);
const max = (a: bigint, b: bigint) => (a > b ? a : b);

/** A reorganisation may have taken an entry back since it was counted. */
async function readUnlessGone<Entry>(read: (id: bigint) => Promise<Entry>, id: bigint): Promise<Entry | undefined> {
  try {
    return await read(id);
  } catch (error) {
    if (error instanceof WattchainError) return undefined;
    throw error;
  }
}
