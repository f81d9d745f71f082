import {
  blockHash,
  bytesEqual,
  type Genesis,
  type Hash,
  type HeaderRecord,
  isStoreDamaged,
  isTreeRecord,
  keccak256,
  receiptsRoot,
  recordOf,
  runToEnd,
  toHex,
  validateBody,
} from '@wattchain/core';
import { silentLogger } from '../../base/log.js';
import { bodyKey, describeKey, headerKey, KINDS, undoDepth } from '../../store/schema.js';
import type { Store } from '../../store/store.js';
import { ChainIndex } from '../chainIndex.js';
import { DamageWatch } from '../damageWatch.js';
import { requireNoHoles } from '../holes.js';
import { holdsChain, verifyHead } from '../openChain.js';

/** How many values of each kind there are. */
export type StoreCounts = Readonly<Record<string, number>>;

/** Told of everything that is wrong, as a sentence without an introduction. */
export type TellProblem = (problem: string) => void;

const PROGRESS_BLOCKS = 1_000;

/**
 * Looks at every value of a store: each block of the chain with body, receipts, places and undo record, the whole state against its
 * tree, codes and blocks beside the chain. Senders are recovered again, about a millisecond for each transaction.
 */
export async function auditStore(
  store: Store,
  genesis: Genesis,
  tell: TellProblem,
  onProgress: (height: number, of: number) => void = () => {},
): Promise<StoreCounts> {
  const attempt = <T>(look: () => T): T | undefined => {
    try {
      return look();
    } catch (error) {
      tell(damageText(error));
      return undefined;
    }
  };
  const index = new ChainIndex(store, genesis, new DamageWatch(silentLogger));
  if (attempt(() => holdsChain(store, genesis)) === false) tell('it is empty');
  const head = attempt(() => verifyHead(index, genesis));
  if (head !== undefined) {
    attempt(() => runToEnd(requireNoHoles(store, index, genesis, head)));
    let parent: HeaderRecord | undefined;
    for (let height = 0; height <= head.header.height; height++) {
      parent = attempt(() => auditBlock({ index, genesis, head, tell }, height, parent));
      if (height % PROGRESS_BLOCKS === 0) onProgress(height, head.header.height);
    }
  }
  return auditValues(store, head?.header.stateRoot, tell);
}

interface Audit {
  readonly index: ChainIndex;
  readonly genesis: Genesis;
  readonly head: HeaderRecord;
  readonly tell: TellProblem;
}

/** A block of the chain and everything that hangs on it; `parent` is the one below where that is whole. */
function auditBlock(
  { index, genesis, head, tell }: Audit,
  height: number,
  parent: HeaderRecord | undefined,
): HeaderRecord | undefined {
  const record = index.canonicalHeader(height);
  if (record === undefined) return undefined;
  const { hash, header } = record;
  if (height > 0 && blockHash(header) !== hash) tell(`the header of block ${height} is not that of ${hash}`);
  if (parent !== undefined) {
    const { totalWork, activeMs, history } = recordOf(header, parent, genesis);
    if (header.parentHash !== parent.hash) tell(`block ${height} does not follow the block below it`);
    else if (totalWork !== record.totalWork || activeMs !== record.activeMs)
      tell(`the work of block ${height} is wrong`);
    else if (header.historyRoot !== parent.history.top.hash || history.top.hash !== record.history.top.hash)
      tell(`the history of block ${height} is wrong`);
  }
  const transactions = index.transactions(hash) ?? [];
  const fault = validateBody(header, transactions, genesis);
  if (fault) tell(`the body of block ${height} does not fit its header: ${fault.code}`);
  const receipts = index.receipts(hash) ?? [];
  if (receiptsRoot(receipts) !== header.receiptsRoot) tell(`the receipts of block ${height} do not fit its header`);
  for (const [position, transaction] of transactions.entries()) {
    const place = index.place(transaction.hash);
    if (place?.blockHash !== hash || place.index !== position) {
      tell(
        `the place of transaction ${transaction.hash} in block ${height} is ${place === undefined ? 'missing' : 'wrong'}`,
      );
    }
  }
  if (head.header.height - height < undoDepth(genesis)) index.undo(hash);
  return record;
}

/** Every value of every kind by itself, and the records of the state tree against each other. */
async function auditValues(store: Store, stateRoot: Hash | undefined, tell: TellProblem): Promise<StoreCounts> {
  const counts: Record<string, number> = {};
  for (const [prefix, kind] of Object.entries(KINDS)) {
    let count = 0;
    try {
      for await (const [key, value] of store.iterate(Uint8Array.of(prefix.charCodeAt(0)))) {
        count++;
        if (!fits(prefix, key, value, store, stateRoot)) tell(`${describeKey(key)} is wrong`);
      }
    } catch (error) {
      tell(damageText(error));
    }
    counts[kind] = count;
  }
  return counts;
}

function fits(prefix: string, key: Uint8Array, value: Uint8Array, store: Store, stateRoot: Hash | undefined): boolean {
  switch (prefix) {
    case 't':
      return isTreeRecord(store, key, stateRoot);
    case 'c':
      return bytesEqual(keccak256(value), key.subarray(1));
    case 'h':
      return store.get(bodyKey(toHex(key.subarray(1)))) !== undefined;
    case 'b':
      return store.get(headerKey(toHex(key.subarray(1)))) !== undefined;
    default:
      return true;
  }
}

/** The sentence about damage without its introduction; every other error is thrown on. */
function damageText(error: unknown): string {
  if (!isStoreDamaged(error)) throw error;
  return error.message.replace(/^the stored chain is damaged: /, '');
}
