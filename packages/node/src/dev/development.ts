import {
  type Address,
  assert,
  createStateEdit,
  createUnsignedTransaction,
  EMPTY_BYTES,
  type Failure,
  type Genesis,
  genesisRecord,
  type Hash,
  type HeaderRecord,
  type Signature,
  type StateEdit,
  StateJournal,
  sign,
  signTransaction,
  type Transaction,
  type UnsignedTransaction,
  WattchainError,
  ZERO_ADDRESS,
} from '@wattchain/core';
import { describeFailure, executeTransaction } from '@wattchain/vm';
import { BoundedMap } from '../base/boundedMap.js';
import type { Logger } from '../base/log.js';
import { Chain } from '../chain/chain.js';
import type { Mempool } from '../mempool/mempool.js';
import type { PoolFault } from '../mempool/types.js';
import type { Runtime } from '../runtime.js';
import { MemoryStore } from '../store/memoryStore.js';
import { keyText, type Store } from '../store/store.js';
import type { DevelopmentAccount } from './accounts.js';
import type { Sealer, SealingMode } from './sealer.js';
import { type DevelopmentState, decodeState, encodeState } from './stateFile.js';
import type { DevelopmentTime } from './time.js';

/** Accounts impersonated at once; the one that was used least recently is forgotten first. */
const MAX_IMPERSONATED = 1_024;
/** Snapshots at once; each is a few words, and what waits in the pool. */
const MAX_SNAPSHOTS = 4_096;

/** What a development chain is made of. */
export interface DevelopmentOptions {
  readonly store: Store;
  readonly chain: Chain;
  readonly mempool: Mempool;
  readonly sealer: Sealer;
  readonly time: DevelopmentTime;
  /** Whose keys the process holds. */
  readonly accounts: readonly DevelopmentAccount[];
  /** When blocks are made unless the developer says otherwise. */
  readonly mode: SealingMode;
  readonly runtime: Runtime;
  readonly log: Logger;
}

/** A point to come back to. */
interface Snapshot {
  readonly id: number;
  readonly head: Hash;
  readonly offsetMs: number;
  readonly waiting: readonly Transaction[];
}

/** What a developer may do with a chain of their own beside sending transactions. */
export class Development {
  readonly time: DevelopmentTime;
  readonly sealer: Sealer;
  readonly #options: DevelopmentOptions;
  readonly #keys: ReadonlyMap<Address, Uint8Array>;
  readonly #impersonated = new BoundedMap<Address, true>(MAX_IMPERSONATED);
  #impersonatesAll = false;
  #store: Store;
  #snapshots: Snapshot[] = [];
  #lastSnapshotId = 0;

  constructor(options: DevelopmentOptions) {
    this.#options = options;
    this.time = options.time;
    this.sealer = options.sealer;
    this.#store = options.store;
    this.#keys = new Map(options.accounts.map(({ address, privateKey }) => [address, privateKey]));
  }

  get chain(): Chain {
    return this.#options.chain;
  }

  get genesis(): Genesis {
    return this.#options.chain.genesis;
  }

  /** The accounts that it signs for. */
  get addresses(): readonly Address[] {
    return [...this.#keys.keys()];
  }

  /** What the next block would say to contracts if it were made now. */
  get nextBlock(): Pick<HeaderRecord['header'], 'height' | 'timestampMs' | 'miner'> {
    const { height, timestampMs } = this.chain.head.header;
    const nextMs = Math.max(this.time.peek(timestampMs), timestampMs + 1);
    return { height: height + 1, timestampMs: nextMs, miner: this.sealer.miner };
  }

  /** Lets transactions of an address in without a signature, or not any more. */
  setImpersonated(address: Address, isImpersonated: boolean): void {
    if (isImpersonated) this.#impersonated.set(address, true);
    else this.#impersonated.delete(address);
  }

  /** The same for every address there is. */
  setImpersonatesAll(impersonatesAll: boolean): void {
    this.#impersonatesAll = impersonatesAll;
  }

  /** Signs a digest. Throws `unknownAccount` when it does not hold the address's key. */
  sign(address: Address, digest: Uint8Array): Signature {
    return sign(digest, this.#keyOf(address));
  }

  /** Signs a transaction. Throws `unknownAccount` when it does not hold the sender's key. */
  signTransaction(tx: UnsignedTransaction, sender: Address): Transaction {
    return signTransaction(tx, this.#keyOf(sender));
  }

  /** Signs or impersonates, whichever it can. Throws `unknownAccount` when it can do neither. */
  actFor(sender: Address, tx: UnsignedTransaction): Transaction {
    if (this.#keys.has(sender)) return this.signTransaction(tx, sender);
    this.requireActor(sender);
    return createUnsignedTransaction(tx, sender);
  }

  /** Throws `unknownAccount` when this process can neither sign for an address nor impersonates it. */
  requireActor(sender: Address): void {
    const mayAct = this.#keys.has(sender) || this.#impersonatesAll || this.#impersonated.get(sender) !== undefined;
    if (!mayAct) throw unknownAccount(sender, 'call anvil_impersonateAccount first, or send a signed transaction');
  }

  /** Gives a transaction to the pool and waits for the block that it calls for; says why the pool does not take it. */
  async send(transaction: Transaction): Promise<PoolFault | undefined> {
    const { fault } = this.#options.mempool.add(transaction, 'local');
    if (fault === undefined) await this.sealer.settled();
    return fault;
  }

  /** Changes an account, in a block of its own. Throws `editRefused` when the change cannot stand in a state. */
  async edit(edit: StateEdit): Promise<void> {
    const { chain } = this.#options;
    await this.sealer.exclusively(async () => {
      const height = chain.head.header.height + 1;
      const transaction = createStateEdit(edit, height, chain.genesis.chainId);
      const failure = this.#tryEdit(transaction, height);
      if (failure !== null) throw new WattchainError('editRefused', describeFailure(failure));
      await this.sealer.sealOne(transaction);
    });
  }

  /** Remembers how things stand. Throws `snapshotLimit` when too many points are remembered. */
  async snapshot(): Promise<number> {
    if (this.#snapshots.length >= MAX_SNAPSHOTS) {
      throw new WattchainError('snapshotLimit', `${MAX_SNAPSHOTS} snapshots are kept, which is the limit`, {
        hint: 'revert to one of them',
      });
    }
    return this.sealer.exclusively(async () => {
      const { chain, mempool } = this.#options;
      const id = ++this.#lastSnapshotId;
      const waiting = [...mempool.waiting()];
      this.#snapshots.push({ id, head: chain.head.hash, offsetMs: this.time.offsetMs, waiting });
      return id;
    });
  }

  /** Goes back to how things stood and forgets this snapshot and all later ones; false when there is no such snapshot. */
  async revert(id: number): Promise<boolean> {
    return this.sealer.exclusively(async () => {
      const position = this.#snapshots.findIndex((candidate) => candidate.id === id);
      const snapshot = this.#snapshots[position];
      if (snapshot === undefined) return false;
      this.#snapshots.length = position;
      await this.#goBackTo(snapshot.head, snapshot.offsetMs);
      for (const transaction of snapshot.waiting) this.#options.mempool.add(transaction, 'local');
      return true;
    });
  }

  /** Begins anew: nothing but the genesis, no snapshots, nobody impersonated, time and blocks as at the start. */
  async reset(): Promise<void> {
    await this.sealer.exclusively(async () => {
      await this.#goBackTo(genesisRecord(this.genesis).hash, 0);
      this.#forgetSession();
      this.sealer.miner = ZERO_ADDRESS;
    });
    this.sealer.setMode(this.#options.mode);
  }

  /** All that there is, as a file. What waits in the pool is not part of it. */
  dump(): Promise<Uint8Array> {
    return this.sealer.exclusively(async () => {
      const entries = await entriesOf(this.#store);
      return encodeState({ genesis: this.genesis, offsetMs: this.time.offsetMs, entries });
    });
  }

  /** Goes on as the chain that a dump shows, with its genesis. Throws `badState`, `storeDamaged` and the like, and stays as it is. */
  async load(bytes: Uint8Array): Promise<void> {
    const { genesis, offsetMs, entries } = await decodeState(bytes);
    const { chain, runtime, log } = this.#options;
    const store = new MemoryStore(entries);
    const loaded = await Chain.open({ store, genesis, runtime, log });
    await this.sealer.exclusively(async () => {
      this.#options.mempool.clear();
      await chain.become(loaded);
      this.#store = store;
      this.time.reset(offsetMs);
      this.#forgetSession();
    });
  }

  /** Drops a transaction that waits; false when there is none. */
  drop(hash: Hash): boolean {
    return this.#options.mempool.remove(hash);
  }

  /** Why an edit would fail on the head's state. */
  #tryEdit(transaction: Transaction, height: number): Failure | null {
    const { chain, sealer } = this.#options;
    const state = chain.stateAt(chain.head.hash);
    assert(state !== undefined, 'the state of the head is there');
    const context = { height, timestampMs: this.time.nowMs(), miner: sealer.miner, genesis: chain.genesis };
    const { value: receipt } = executeTransaction(new StateJournal(state), transaction, context, 0);
    assert(receipt !== undefined, 'an edit for a height fits it');
    return receipt.failure;
  }

  async #goBackTo(head: Hash, offsetMs: number): Promise<void> {
    const { chain } = this.#options;
    this.#options.mempool.clear();
    if (chain.head.hash !== head) await chain.rewindTo(head);
    this.time.reset(offsetMs);
  }

  #forgetSession(): void {
    this.#snapshots = [];
    this.#impersonatesAll = false;
    this.#impersonated.clear();
  }

  #keyOf(address: Address): Uint8Array {
    const key = this.#keys.get(address);
    if (key === undefined) throw unknownAccount(address, 'sign where the key is');
    return key;
  }
}

function unknownAccount(address: Address, hint: string): WattchainError {
  return new WattchainError('unknownAccount', `unknown account ${address}, whose key this process does not hold`, {
    values: { address },
    hint,
  });
}

async function entriesOf(store: Store): Promise<DevelopmentState['entries']> {
  // Walking through it would put all keys in order first, in one piece.
  if (store instanceof MemoryStore) return store.entries;
  const entries = new Map<string, readonly [Uint8Array, Uint8Array]>();
  for await (const entry of store.iterate(EMPTY_BYTES)) entries.set(keyText(entry[0]), entry);
  return entries;
}
