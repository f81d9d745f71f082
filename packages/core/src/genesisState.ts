import { type Address, type Hash, toHex, ZERO_HASH } from './bytes.js';
import { type GenesisBalance, GenesisBalances } from './genesisBalances.js';
import { accountKeyOfBytes, EMPTY_ACCOUNT, encodeAccount, treeKey } from './state/account.js';
import { StateJournal } from './state/journal.js';
import { MemoryKeyValues } from './state/overlay.js';
import { updateTree } from './state/tree.js';
import { groupDepth } from './state/treeGroup.js';
import type { KeyValueWrite, StateChange } from './state/types.js';

/** A storage word that a contract starts with. */
export interface GenesisWord {
  readonly slot: bigint;
  readonly value: bigint;
}

/** A contract that stands from the start. Its balance, if it has one, is in `alloc`. */
export interface GenesisContract {
  readonly name: string;
  readonly address: Address;
  /** As a deployment would store it; `vm` verifies it before a node uses the genesis. */
  readonly code: Uint8Array;
  /** Sorted by slot; words of 0 are left out. */
  readonly storage: readonly GenesisWord[];
}

/** What the state of a network is made of. */
export interface GenesisState {
  /** Sorted by address; balances of 0 are left out. */
  readonly alloc: Iterable<GenesisBalance>;
  /** Sorted by address. */
  readonly contracts: readonly GenesisContract[];
}

/** Parts of the state by the first byte of a tree key, so that no record at this depth or below it has two. */
const PARTS = 256;
const PART_DEPTH = 8;
/** Neighbouring parts are taken together up to so many changes: each time, the records above them are hashed again. */
const CHANGES_TOGETHER = 1_000;

/** The state that the network starts with: what to write into an empty one, sorted by key, and the contracts' code. */
export function genesisChanges(genesis: GenesisState): {
  changes: StateChange[];
  codes: KeyValueWrite[];
} {
  const state = new StateJournal(new MemoryKeyValues());
  for (const { address, balance } of genesis.alloc) state.addBalance(address, balance);
  for (const { address, code, storage } of genesis.contracts) {
    state.setCode(address, code);
    for (const { slot, value } of storage) state.setStorage(address, slot, value);
  }
  return { changes: state.changes(), codes: state.codes() };
}

/** The code of the contracts that the network starts with. */
export function genesisCodes(genesis: Pick<GenesisState, 'contracts'>): KeyValueWrite[] {
  return genesisChanges({ alloc: [], contracts: genesis.contracts }).codes;
}

/**
 * The same state as records of its tree, part by part, for a genesis of any number of accounts; returns the root. Every record
 * comes once, and the contracts' code is none of them.
 */
export function* genesisRecords(
  genesis: GenesisState,
  changesTogether = CHANGES_TOGETHER,
): Generator<KeyValueWrite[], Hash, undefined> {
  // The records above the parts, which each of them changes.
  const shared = new MemoryKeyValues();
  let root = ZERO_HASH;
  for (const changes of genesisParts(genesis, changesTogether)) {
    const tree = updateTree(shared, changes);
    root = tree.root;
    const isShared = ({ key }: KeyValueWrite) => groupDepth(key) < PART_DEPTH;
    shared.apply(tree.writes.filter(isShared));
    yield tree.writes.filter((write) => !isShared(write));
  }
  yield shared.entries();
  return root;
}

/** Root of the state that the network starts with. */
export function genesisStateRoot(genesis: GenesisState): Hash {
  const parts = genesisRecords(genesis);
  for (;;) {
    const part = parts.next();
    if (part.done) return part.value;
  }
}

/** The accounts and words of the state by the first byte of their place in the tree; only a part of them is in memory. */
function* genesisParts(genesis: GenesisState, changesTogether: number): Generator<StateChange[], void, undefined> {
  const balances = GenesisBalances.from(genesis.alloc);
  const ofContracts = new Set(genesis.contracts.map(({ address }) => address));
  const alloc: GenesisBalance[] = [];
  const places: number[][] = Array.from({ length: PARTS }, () => []);
  for (let index = 0; index < balances.length; index++) {
    const key = accountKeyOfBytes(balances.addressBytes(index));
    const isOfContract = ofContracts.size > 0 && ofContracts.has(toHex(key.subarray(1)));
    if (isOfContract) alloc.push(balances.at(index));
    else places[partOf(key)]?.push(index);
  }
  const ofParts: StateChange[][] = Array.from({ length: PARTS }, () => []);
  const { changes: changesOfContracts } = genesisChanges({ contracts: genesis.contracts, alloc });
  for (const change of changesOfContracts) ofParts[partOf(change.key)]?.push(change);
  let together: StateChange[] = [];
  for (const [part, changes] of ofParts.entries()) {
    for (const change of changes) together.push(change);
    for (const index of places[part] ?? []) together.push(changeOf(balances, index));
    if (together.length < changesTogether && part < PARTS - 1) continue;
    if (together.length > 0) yield together;
    together = [];
  }
}

function partOf(key: Uint8Array): number {
  return treeKey(key)[0] as number;
}

/** An account that has nothing but its balance. */
function changeOf(balances: GenesisBalances, index: number): StateChange {
  const after = encodeAccount({ ...EMPTY_ACCOUNT, balance: balances.at(index).balance });
  return { key: accountKeyOfBytes(balances.addressBytes(index)), before: undefined, after };
}
