import {
  blockHash,
  createGenesis,
  encodeBody,
  fromHex,
  type Genesis,
  type GenesisRules,
  genesisCodes,
  genesisRecord,
  genesisRecords,
  type Hash,
  type HeaderRecord,
  type KeyValueReader,
  type KeyValueWrite,
  numberToBytes,
  storeDamaged,
  TREE_PREFIX,
  toHex,
  treeRoot,
  unlessDamaged,
  validateBody,
  WattchainError,
  ZERO_HASH,
} from '@wattchain/core';
import type { CommittedReader } from '../store/committedReader.js';
import {
  bodyKey,
  COMMIT_KEY,
  canonicalKey,
  decodeStoredHeader,
  encodeCommit,
  encodeHeaderRecord,
  encodeReceipts,
  GENESIS_KEY,
  headerKey,
  receiptsKey,
  requireVersion,
  SCHEMA_VERSION,
  VERSION_KEY,
} from '../store/schema.js';
import type { Store } from '../store/store.js';
import type { ChainIndex } from './chainIndex.js';

/** Records of a genesis that are written or deleted in one batch, about. */
const BATCH_RECORDS = 4_096;

/** Writes the genesis block and its state into a store without a chain. Who is stopped in between begins again. */
export async function writeGenesis(store: Store, reader: CommittedReader, genesis: Genesis): Promise<void> {
  const root = await writeState(store, genesis);
  if (root !== genesis.header.stateRoot) {
    throw new WattchainError(
      'badGenesis',
      `the genesis state has root ${root}, its header says ${genesis.header.stateRoot}`,
    );
  }
  await reader.commit(genesisBlockWrites(genesis));
}

/** Writes the state that a network begins with into a store without a chain, part by part; returns its root. */
async function writeState(store: Store, rules: GenesisRules): Promise<Hash> {
  await deleteRecords(store);
  const parts = genesisRecords(rules);
  let writes: KeyValueWrite[] = [];
  let part = parts.next();
  for (; !part.done; part = parts.next()) {
    writes.push(...part.value);
    if (writes.length < BATCH_RECORDS) continue;
    await store.batch(writes);
    writes = [];
  }
  await store.batch(writes);
  return part.value;
}

/** What says that there is a chain, to be written in one batch when its state is there. */
function genesisBlockWrites(genesis: Genesis): KeyValueWrite[] {
  const record = genesisRecord(genesis);
  const { stateRoot } = record.header;
  const commit = { height: 0, hash: record.hash, stateRoot, previousHead: ZERO_HASH };
  return [
    ...genesisCodes(genesis),
    { key: headerKey(record.hash), value: encodeHeaderRecord(record) },
    { key: bodyKey(record.hash), value: encodeBody([]) },
    { key: receiptsKey(record.hash), value: encodeReceipts([]) },
    { key: canonicalKey(0), value: fromHex(record.hash) },
    { key: GENESIS_KEY, value: fromHex(record.hash) },
    { key: VERSION_KEY, value: numberToBytes(SCHEMA_VERSION, 4) },
    { key: COMMIT_KEY, value: encodeCommit(commit) },
  ];
}

/** What a start that was interrupted left of a genesis state, perhaps of another network's. */
async function deleteRecords(store: Store): Promise<void> {
  let writes: KeyValueWrite[] = [];
  for await (const [key] of store.iterate(Uint8Array.of(TREE_PREFIX))) {
    if (writes.push({ key, value: undefined }) < BATCH_RECORDS) continue;
    await store.batch(writes);
    writes = [];
  }
  if (writes.length > 0) await store.batch(writes);
}

/**
 * The network of these rules, whose chain an empty store then holds. Working out the root of its state takes long where it begins with many accounts: an empty
 * store takes in the state meanwhile, and one that holds the chain knows the root. What the store says of it counts when rules and root together have the hash
 * that the store's chain began with, which no other rules have. Throws `storeVersion` and `storeDamaged`; of another network's store it is
 * {@link holdsChain} that speaks.
 */
export async function networkOf(rules: GenesisRules, store: Store): Promise<Genesis> {
  const stored = store.get(GENESIS_KEY);
  if (stored === undefined) {
    if (store.get(COMMIT_KEY) !== undefined) return createGenesis(rules);
    const genesis = createGenesis(rules, await writeState(store, rules));
    await store.batch(genesisBlockWrites(genesis));
    return genesis;
  }
  requireVersion(store.get(VERSION_KEY));
  const hash = toHex(stored);
  const record = store.get(headerKey(hash));
  const header = record && unlessDamaged(() => decodeStoredHeader(hash, record).header, undefined);
  if (header !== undefined) {
    const genesis = createGenesis(rules, header.stateRoot);
    if (genesis.hash === hash) return genesis;
  }
  return createGenesis(rules);
}

/** Whether the store holds a chain of this network. Throws `genesisMismatch` or `storeVersion` when it holds another. */
export function holdsChain(reader: KeyValueReader, genesis: Genesis): boolean {
  const stored = reader.get(GENESIS_KEY);
  if (stored === undefined) {
    if (reader.get(COMMIT_KEY) !== undefined) throw storeDamaged('it does not say which network it belongs to');
    return false;
  }
  // First, because another layout of headers gives the same network another genesis hash.
  requireVersion(reader.get(VERSION_KEY));
  requireNetwork(stored, genesis);
  return true;
}

/** Throws `genesisMismatch` unless the genesis hash that a store has is that of this network. */
export function requireNetwork(stored: Uint8Array, genesis: Genesis): void {
  if (toHex(stored) === genesis.hash) return;
  throw new WattchainError(
    'genesisMismatch',
    `the stored chain began with genesis ${toHex(stored)}, the genesis file has ${genesis.hash}`,
    {
      values: { stored: toHex(stored), file: genesis.hash },
      hint: 'use the genesis file of the stored chain, or another data directory for this network',
    },
  );
}

/** The head that the store says it is at, after a look at everything that must fit it. Throws `storeDamaged`. */
export function verifyHead(index: ChainIndex, genesis: Genesis): HeaderRecord {
  const commit = index.commit();
  if (commit === undefined) throw storeDamaged('the commit record is missing');
  const head = index.header(commit.hash);
  if (head === undefined) throw storeDamaged(`the header of the head ${commit.hash} is missing`);
  const { header } = head;
  if (blockHash(header) !== commit.hash || header.height !== commit.height || header.stateRoot !== commit.stateRoot) {
    throw storeDamaged(`the header of the head ${commit.hash} does not fit the commit record`);
  }
  if (index.canonicalHash(0) !== genesis.hash)
    throw storeDamaged(`height 0 does not lead to the genesis ${genesis.hash}`);
  if (!index.isCanonical(head)) throw storeDamaged(`height ${commit.height} does not lead to the head ${commit.hash}`);
  const transactions = index.transactions(commit.hash);
  if (transactions === undefined) throw storeDamaged(`the body of the head ${commit.hash} is missing`);
  const fault = validateBody(header, transactions, genesis);
  if (fault) throw storeDamaged(`the body of the head ${commit.hash} does not fit its header`, { fault });
  const root = treeRoot(index.reader);
  if (root !== header.stateRoot) {
    throw storeDamaged(`the state has root ${root}, the head ${commit.hash} says ${header.stateRoot}`);
  }
  return head;
}

/** Whether the peaks that the store has are those of the head's history, so that a child of the head is judged by the right root. Throws `storeDamaged`. */
export function verifyHistory(index: ChainIndex, { hash, header }: HeaderRecord): void {
  const parent = header.height === 0 ? undefined : index.header(header.parentHash);
  if (parent === undefined || parent.history.top.hash === header.historyRoot) return;
  throw storeDamaged(`the history before the head ${hash} has another root than its header says`);
}
