import { access, copyFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  bytesEqual,
  type Genesis,
  genesisRecord,
  type Hash,
  type HeaderRecord,
  isBetter,
  recordOf,
  toHex,
  unlessDamaged,
} from '@wattchain/core';
import type { Logger } from '../../base/log.js';
import type { Runtime } from '../../runtime.js';
import { openLevelStore } from '../../store/levelStore.js';
import { requireStopped, salvageFolder } from '../../store/salvage.js';
import {
  bodyKey,
  COMMIT_KEY,
  type CommitRecord,
  decodeCommit,
  decodeStoredHeader,
  GENESIS_KEY,
  requireTheseBlocks,
  type StoredHeader,
  VERSION_KEY,
} from '../../store/schema.js';
import type { Store } from '../../store/store.js';
import { Chain } from '../chain.js';
import { MARK_FILE, readHeadMark } from '../headMark.js';
import { requireNetwork } from '../openChain.js';

export interface ReindexOptions {
  /** Folder of the store, which no node has open. */
  readonly folder: string;
  readonly genesis: Genesis;
  readonly runtime: Runtime;
  readonly log: Logger;
  /** Told of the height now and then. */
  readonly onProgress?: (height: number, of: number) => void;
}

/** What became of a store that was built anew. */
export interface Reindexed {
  readonly head: HeaderRecord;
  /** Head of the old store, as far as it can be read. */
  readonly oldHead: Pick<CommitRecord, 'height' | 'hash'> | undefined;
  /** Blocks of which header and body could be read. */
  readonly blocks: number;
  /** Why the chain ends below the old head, or below a block that was on disk; `undefined` when it does not. */
  readonly missing: string | undefined;
  /** The old store, to be deleted by hand. */
  readonly oldFolder: string;
}

const PROGRESS_BLOCKS = 1_000;

/**
 * Builds a store anew from the headers and bodies that can be read of the old one, by executing every block again: state, receipts,
 * places and undo records come out of that, and each block is validated as if a peer had sent it. So it mends a damaged store, and makes one
 * of this version of an older one whose blocks were stored as now. The old store is only replaced when that is done, and kept beside the
 * new one. Throws `storeUnavailable`, `storeLocked`, `storeVersion`, `genesisMismatch`, `storeFailed`.
 */
export async function reindexStore(options: ReindexOptions): Promise<Reindexed> {
  const { folder, genesis, runtime, log } = options;
  await finishReindex(folder);
  await requireStopped(folder);
  const [builtFolder, bodiesFolder, oldFolder] = [`${folder}.reindex`, `${folder}.bodies`, `${folder}.old`];
  for (const path of [builtFolder, bodiesFolder]) await rm(path, { recursive: true, force: true });
  const bodies = await openLevelStore(bodiesFolder);
  try {
    const found = await salvageBlocks(folder, bodies, genesis);
    const store = await openLevelStore(builtFolder);
    let head: HeaderRecord;
    let missing: string | undefined;
    try {
      const chain = await Chain.open({ store, genesis, runtime, log });
      missing = await execute(chain, found, bodies, options);
      head = chain.head;
      const marked = await readHeadMark(folder);
      // What a file took with it leaves no gap behind: only the mark beside the database knows of it.
      if (missing === undefined && marked !== undefined && chain.headerByHash(marked) === undefined)
        missing = `nothing can be read of block ${marked}, which was on disk, nor how many blocks led to it`;
      await chain.close();
    } finally {
      await store.close();
    }
    // With it a node says at its start which block it had.
    await copyFile(join(folder, MARK_FILE), join(builtFolder, MARK_FILE)).catch(() => {});
    await requireStopped(folder);
    for (const path of [newFolderOf(folder), oldFolder]) await rm(path, { recursive: true, force: true });
    // A folder of this name is a complete store, whenever the process ends.
    await rename(builtFolder, newFolderOf(folder));
    await rename(folder, oldFolder);
    await finishReindex(folder);
    return { head, oldHead: found.oldHead, blocks: found.records.size - 1, missing, oldFolder };
  } finally {
    await bodies.close();
    await rm(bodiesFolder, { recursive: true, force: true });
  }
}

/**
 * Puts a new store in its place, where the process that made it ended after it had moved the old one away and before it did this. Returns
 * whether there was one. Without it a node would begin an empty chain there.
 */
export async function finishReindex(folder: string): Promise<boolean> {
  if (await isThere(folder)) return false;
  if (!(await isThere(newFolderOf(folder)))) return false;
  await rename(newFolderOf(folder), folder);
  return true;
}

const newFolderOf = (folder: string) => `${folder}.new`;

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

interface Found {
  /** Blocks with a way to genesis, each with its body; genesis too. */
  readonly records: ReadonlyMap<Hash, HeaderRecord>;
  readonly oldHead: CommitRecord | undefined;
}

/** Collects headers in memory and bodies in a store of their own. */
async function salvageBlocks(folder: string, bodies: Store, genesis: Genesis): Promise<Found> {
  const children = new Map<Hash, StoredHeader[]>();
  const withBody = new Set<Hash>();
  let commit: { readonly sequence: number; readonly record: CommitRecord } | undefined;
  let version: Uint8Array | undefined;
  let network: Uint8Array | undefined;
  for await (const { entries } of salvageFolder(folder)) {
    const writes = [];
    for (const { sequence, key, value } of entries) {
      if (value === undefined) continue;
      const [prefix, hash] = [String.fromCharCode(key[0] ?? 0), toHex(key.subarray(1))];
      if (bytesEqual(key, VERSION_KEY)) version = value;
      else if (bytesEqual(key, GENESIS_KEY)) network = value;
      else if (prefix === 'b') {
        writes.push({ key, value });
        withBody.add(hash);
      } else if (prefix === 'h') {
        const record = unlessDamaged(() => decodeStoredHeader(hash, value), undefined);
        if (record === undefined) continue;
        const siblings = children.get(record.header.parentHash) ?? [];
        if (!siblings.some((sibling) => sibling.hash === hash)) {
          children.set(record.header.parentHash, [...siblings, record]);
        }
      } else if (key.length === COMMIT_KEY.length && key[0] === COMMIT_KEY[0] && sequence >= (commit?.sequence ?? 0)) {
        const record = unlessDamaged(() => decodeCommit(value), undefined);
        if (record !== undefined) commit = { sequence, record };
      }
    }
    await bodies.batch(writes);
  }
  // In this order, because another layout of headers gives the same network another genesis hash.
  if (version !== undefined) requireTheseBlocks(version);
  if (network !== undefined) requireNetwork(network, genesis);
  return { records: connect(children, withBody, genesis), oldHead: commit?.record };
}

/** What hangs together from genesis on, by height. */
function connect(
  children: ReadonlyMap<Hash, readonly StoredHeader[]>,
  withBody: ReadonlySet<Hash>,
  genesis: Genesis,
): Map<Hash, HeaderRecord> {
  const first = genesisRecord(genesis);
  const records = new Map([[first.hash, first]]);
  // A map goes on to what is added while it is walked through.
  for (const parent of records.values()) {
    for (const { hash, header } of children.get(parent.hash) ?? []) {
      if (withBody.has(hash)) records.set(hash, { ...recordOf(header, parent, genesis), hash });
    }
  }
  return records;
}

/** Gives the new chain first the old one, or what is best of it, then what stood beside it. Returns why it ends early. */
async function execute(
  chain: Chain,
  { records, oldHead }: Found,
  bodies: Store,
  { onProgress }: ReindexOptions,
): Promise<string | undefined> {
  const tip = records.get(oldHead?.hash ?? '0x') ?? [...records.values()].reduce((a, b) => (isBetter(b, a) ? b : a));
  const path: HeaderRecord[] = [];
  for (let record: HeaderRecord | undefined = tip; record && record.header.height > 0; ) {
    path.push(record);
    record = records.get(record.header.parentHash);
  }
  const main = new Set(path.map(({ hash }) => hash));
  const beside = [...records.values()].filter(({ hash, header }) => header.height > 0 && !main.has(hash));
  let missing: string | undefined;
  for (const { hash, header } of [...path.reverse(), ...beside]) {
    const body = bodies.get(bodyKey(hash));
    const { fault } = body === undefined ? { fault: undefined } : await chain.acceptBlock(header, body, 'reindex');
    if (fault !== undefined && main.has(hash)) missing ??= `block ${header.height} is refused: ${fault.code}`;
    if (header.height % PROGRESS_BLOCKS === 0) onProgress?.(header.height, tip.header.height);
  }
  const { height } = chain.head.header;
  if (oldHead === undefined || height >= oldHead.height) return missing;
  return missing ?? `header or body of block ${height + 1} cannot be read`;
}
