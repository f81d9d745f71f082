import {
  ACCOUNT_PREFIX,
  type Address,
  assert,
  type Block,
  ByteMap,
  commitState,
  type ExecutionFault,
  type Fork,
  fromHex,
  type Genesis,
  type Hash,
  type HeaderRecord,
  type KeyValueReader,
  type KeyValueWrite,
  type Outcome,
  Overlay,
  type Pieces,
  type StateChange,
  storeDamaged,
  type Transaction,
  toHex,
} from '@wattchain/core';
import { type BlockPiece, type BlockResult, executeBlockInPieces } from '@wattchain/vm';
import {
  bodyKey,
  COMMIT_KEY,
  canonicalKey,
  decodePlaces,
  encodeCommit,
  encodeHeaderRecord,
  encodePlaces,
  encodeReceipts,
  encodeUndo,
  type HeightAndIndex,
  headerKey,
  placeKey,
  receiptsKey,
  undoDepth,
  undoKey,
} from '../store/schema.js';
import type { ChainIndex } from './chainIndex.js';
import { requireSameResult } from './executedBlock.js';
import type { BlockSummary } from './types.js';

/** Everything that moving the head means: one batch of writes, and what to tell the listeners. */
export interface HeadChange {
  /** The commit record is the last one. */
  readonly writes: readonly KeyValueWrite[];
  readonly added: readonly BlockSummary[];
  readonly removed: readonly BlockSummary[];
  /** Whose flat values change. */
  readonly changedAccounts: ReadonlySet<Address>;
}

/** Which block of a branch does not hold what its header promises. */
export interface BadBlock {
  readonly hash: Hash;
  readonly fault: ExecutionFault;
}

/** The block that is to be the head, which the store does not have yet. */
export interface Tip {
  readonly record: HeaderRecord;
  readonly transactions: readonly Transaction[];
  /** Encoded. */
  readonly body: Uint8Array;
  /** What it does, where that is known, and whether to execute it all the same and compare. */
  readonly known?: { readonly result: BlockResult; readonly isRechecked: boolean } | undefined;
}

/** What is done before others get their turn: some milliseconds of transfers, some ten of the dearest code. */
const PIECE: BlockPiece = { gas: 500_000, keys: 128 };

/**
 * Works out the way from the head to the tip in memory, in pieces: undoes what leaves, executes what joins. Nothing is written, and
 * nobody else may move the head in between. The store's own gaps throw `storeDamaged`.
 */
export function* planHeadChange(
  index: ChainIndex,
  genesis: Genesis,
  fork: Fork,
  tip: Tip,
): Pieces<Outcome<HeadChange, BadBlock>> {
  const overlay = new Overlay(index.reader);
  const removed: BlockSummary[] = [];
  for (const record of fork.removed) {
    const summary = yield* index.summaryInPieces(record);
    if (summary === undefined) throw storeDamaged(`block ${record.hash} is not complete`);
    removed.push(summary);
  }
  const undone = undoBlocks(index, overlay, fork);
  const changedAccounts = new Set(accountsOf(undone));
  for (const summary of removed) unlink(overlay, summary);

  const added: BlockSummary[] = [];
  for (const record of fork.added) {
    const { header } = record;
    const isTip = record.hash === tip.record.hash;
    const transactions = isTip ? tip.transactions : yield* index.transactionsInPieces(record.hash);
    if (transactions === undefined) throw storeDamaged(`the body of block ${record.hash} is missing`);
    const known = isTip ? tip.known : undefined;
    const outcome = yield* execute(overlay, { header, transactions }, genesis, known);
    if (outcome.fault) return { fault: { hash: record.hash, fault: outcome.fault } };
    const { receipts, encodedReceipts, changes, writes } = outcome.value;
    overlay.apply(writes);
    for (const address of accountsOf(changes)) changedAccounts.add(address);
    const summary = { record, transactions, receipts };
    if (header.gasUsed >= PIECE.gas) yield;
    link(overlay, { summary, encodedReceipts, changes }, undoDepth(genesis));
    added.push(summary);
    if (header.gasUsed >= PIECE.gas) yield;
  }
  const { hash, header } = tip.record;
  overlay.set(headerKey(hash), encodeHeaderRecord(tip.record));
  overlay.set(bodyKey(hash), tip.body);

  const commit = encodeCommit({
    height: header.height,
    hash,
    stateRoot: header.stateRoot,
    previousHead: (fork.removed.at(-1) ?? fork.ancestor).hash,
  });
  return {
    value: { writes: [...overlay.writes(), { key: COMMIT_KEY, value: commit }], added, removed, changedAccounts },
  };
}

/** What a block does to the state of its parent; a result that is known already is taken over. */
function* execute(
  reader: KeyValueReader,
  block: Block,
  genesis: Genesis,
  known: Tip['known'],
): Pieces<Outcome<BlockResult, ExecutionFault>> {
  if (known !== undefined && !known.isRechecked) return { value: known.result };
  const outcome = yield* executeBlockInPieces(reader, block, genesis, PIECE);
  if (known !== undefined) requireSameResult(known.result, outcome);
  return outcome;
}

/** What keeping a block beside the canonical chain means. */
export function sideWrites({ record, body }: Tip): KeyValueWrite[] {
  return [
    { key: headerKey(record.hash), value: encodeHeaderRecord(record) },
    { key: bodyKey(record.hash), value: body },
  ];
}

/** Whether the undo records reach from the head down to the fork's ancestor. */
export function canUndo(index: ChainIndex, fork: Fork): boolean {
  return fork.removed.every((record) => index.undo(record.hash) !== undefined);
}

/** Accounts among the keys of changes. */
function accountsOf(changes: readonly StateChange[]): Address[] {
  return changes.flatMap(({ key }) => (key[0] === ACCOUNT_PREFIX ? [toHex(key.subarray(1))] : []));
}

/** Takes the state back to the ancestor in one update of the tree; gives what that changed. */
function undoBlocks(index: ChainIndex, overlay: Overlay, fork: Fork): StateChange[] {
  if (fork.removed.length === 0) return [];
  const changes = undoingChanges(index, fork.removed, overlay);
  const { root, writes } = commitState(overlay, changes);
  overlay.apply(writes);
  if (root !== fork.ancestor.header.stateRoot) {
    throw storeDamaged(
      `undoing ${fork.removed.length} blocks gives another state than block ${fork.ancestor.hash} had`,
      {
        got: root,
        expected: fork.ancestor.header.stateRoot,
      },
    );
  }
  return changes;
}

/** What takes the state back from the last of consecutive blocks, oldest first, to before the first. */
function undoingChanges(index: ChainIndex, records: readonly HeaderRecord[], now: KeyValueReader): StateChange[] {
  const joined = new ByteMap<StateChange>();
  for (const record of records) {
    const changes = index.undo(record.hash);
    if (changes === undefined) throw storeDamaged(`the undo record of block ${record.hash} is missing`);
    for (const { key, before } of changes) {
      // The oldest block's is the value to go back to.
      if (!joined.has(key)) joined.set(key, { key, before: now.get(key), after: before });
    }
  }
  return joined.values();
}

/** A block that was just executed. */
interface LinkedBlock {
  readonly summary: BlockSummary;
  readonly encodedReceipts: readonly Uint8Array[];
  readonly changes: readonly StateChange[];
}

/** Makes a block that was just executed canonical. */
function link(overlay: Overlay, { summary, encodedReceipts, changes }: LinkedBlock, depth: number): void {
  const { hash, header } = summary.record;
  assert(summary.transactions.length === summary.receipts.length, 'a block has a receipt for each transaction', hash);
  overlay.set(canonicalKey(header.height), fromHex(hash));
  overlay.set(receiptsKey(hash), encodeReceipts(encodedReceipts));
  overlay.set(undoKey(hash), encodeUndo(changes));
  for (const [position, transaction] of summary.transactions.entries()) {
    addPlace(overlay, transaction.hash, { height: header.height, index: position });
  }
  // An undo record that became too old goes in the same batch, so that their number stays bounded.
  const expired = header.height > depth ? overlay.get(canonicalKey(header.height - depth)) : undefined;
  if (expired !== undefined) overlay.set(undoKey(toHex(expired)), undefined);
}

/** Takes a block out of the canonical chain; header, body and receipts stay, as it may come back. */
function unlink(overlay: Overlay, summary: BlockSummary): void {
  const { hash, header } = summary.record;
  overlay.set(canonicalKey(header.height), undefined);
  overlay.set(undoKey(hash), undefined);
  for (const transaction of summary.transactions) removePlaces(overlay, transaction.hash, header.height);
}

function addPlace(overlay: Overlay, transactionHash: Hash, place: HeightAndIndex): void {
  const key = placeKey(transactionHash);
  const known = overlay.get(key);
  overlay.set(key, encodePlaces([...(known === undefined ? [] : decodePlaces(known)), place]));
}

/** Takes what leads to a block away, also for other transactions of it that share the key. */
function removePlaces(overlay: Overlay, transactionHash: Hash, height: number): void {
  const key = placeKey(transactionHash);
  const known = overlay.get(key);
  const left = known === undefined ? [] : decodePlaces(known).filter((place) => place.height !== height);
  overlay.set(key, left.length === 0 ? undefined : encodePlaces(left));
}
