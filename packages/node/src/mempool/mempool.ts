import {
  type Address,
  accountKey,
  assert,
  decodeAccount,
  EMPTY_ACCOUNT,
  effectiveGasPrice,
  type Hash,
  type Outcome,
  type Pieces,
  runToEnd,
  type Transaction,
  type TransactionFormFault,
  unlessDamaged,
} from '@wattchain/core';
import { Emitter } from '../base/events.js';
import type { Fill } from '../base/fill.js';
import type { Logger } from '../base/log.js';
import type { Chain } from '../chain/chain.js';
import type { HeadEvent } from '../chain/types.js';
import type { MempoolConfig } from '../config.js';
import { type Runtime, shownTime } from '../runtime.js';
import { AccountQueue, type Entry } from './accountQueue.js';
import { countReplacement, validateAdmission, validateReplacement } from './admission.js';
import { LOOKS_PER_PIECE, NextBlock } from './nextBlock.js';
import { PoolOrder } from './poolOrder.js';
import { PoolWeight } from './poolWeight.js';
import type { MempoolEvents, PoolEntry, PoolFault, PoolLoad, TransactionOrigin, WaitReason } from './types.js';

/** What a pool needs. Its owner calls `onHead` on every head event, before anybody asks the pool. */
export interface MempoolOptions {
  readonly chain: Pick<Chain, 'genesis' | 'head' | 'stateAt' | 'known'>;
  readonly config: MempoolConfig;
  readonly runtime: Pick<Runtime, 'clock' | 'stopwatch'>;
  readonly log: Logger;
}

/** What becomes of a transaction that came as bytes. */
type RawOutcome = Outcome<Transaction, PoolFault | TransactionFormFault>;

/** Transactions whose senders are recovered at once: a few milliseconds. */
const DECODED_AT_ONCE = 32;

/**
 * Transactions that wait for a block. Policy, not consensus: a transaction that one pool refuses may still come in a block.
 */
export class Mempool extends Emitter<MempoolEvents> {
  readonly #accounts = new Map<Address, AccountQueue>();
  readonly #byHash = new Map<Hash, Entry>();
  readonly #order = new PoolOrder();
  /** The accounts with transactions that wait for an earlier nonce or for funds, how many those are, and when the first runs out of time. */
  readonly #waiting = new Set<AccountQueue>();
  #queuedCount = 0;
  #expiryMs = Number.POSITIVE_INFINITY;
  readonly #weight: PoolWeight;
  #sequence = 0;
  readonly #nextBlock: NextBlock;

  constructor(private readonly options: MempoolOptions) {
    super();
    this.#weight = new PoolWeight(options.config);
    this.#nextBlock = new NextBlock(
      () => options.chain.genesis,
      () => this.executable(),
    );
  }

  /** Number of transactions. */
  get size(): number {
    return this.#byHash.size;
  }

  /** How full the pool is. */
  get load(): PoolLoad {
    const queued = this.#queuedCount;
    return { ready: this.size - queued, queued, bytes: this.#weight.bytes };
  }

  /** How full it is, by limit. */
  get fills(): Fill[] {
    const { maxTransactions, maxBytes, maxQueued } = this.options.config;
    const { queued, bytes } = this.load;
    return [
      { name: 'transactions', size: this.size, limit: maxTransactions },
      { name: 'bytes of transactions', size: bytes, limit: maxBytes },
      { name: 'queued transactions', size: queued, limit: maxQueued },
    ];
  }

  get(hash: Hash): Transaction | undefined {
    return this.#byHash.get(hash)?.transaction;
  }

  has(hash: Hash): boolean {
    return this.#byHash.has(hash);
  }

  /** The transaction of these bytes, when it is here. */
  findRaw(raw: Uint8Array): Transaction | undefined {
    const transaction = this.options.chain.known.find(raw);
    return transaction && this.get(transaction.hash);
  }

  /** Takes a signed transaction as bytes; one that was seen before costs neither hash nor signature recovery. */
  addRaw(raw: Uint8Array, origin: TransactionOrigin): RawOutcome {
    return runToEnd(this.addRawsInPieces([raw], origin))[0] as RawOutcome;
  }

  /**
   * {@link addRaw} of each, in their order and all at one time: the senders are recovered together, in pieces, and the last piece adds
   * them.
   */
  *addRawsInPieces(raws: readonly Uint8Array[], origin: TransactionOrigin): Pieces<RawOutcome[]> {
    const { known, genesis } = this.options.chain;
    const decoded: Outcome<Transaction, TransactionFormFault>[] = [];
    for (let from = 0; from < raws.length; from += DECODED_AT_ONCE) {
      if (from > 0) yield;
      decoded.push(...known.decode(raws.slice(from, from + DECODED_AT_ONCE), genesis.chainId));
    }
    return decoded.map((outcome) => {
      if (outcome.fault) return this.#refuse(outcome.fault);
      const { fault } = this.add(outcome.value, origin);
      return fault ? { fault } : outcome;
    });
  }

  /**
   * Takes a transaction, if it could ever be executed and there is room. Of two with the same nonce the one whose fees are
   * both at least a tenth higher stays, some times in a minute. A full pool makes room by dropping what pays less; what is ready
   * never makes room for what is not, nor half a pool of this node's own transactions for others'.
   */
  add(transaction: Transaction, origin: TransactionOrigin): Outcome<'added' | 'replaced', PoolFault> {
    if (this.has(transaction.hash)) return this.#refuse({ code: 'alreadyKnown', got: transaction.hash });
    const nowMs = this.options.runtime.stopwatch.elapsedMs();
    const account = this.#accountState(transaction.sender);
    const fault = validateAdmission(transaction, account, this.options.chain.genesis);
    if (fault) return this.#refuse(fault);
    const queue = this.#accounts.get(transaction.sender) ?? new AccountQueue(transaction.sender);
    this.#setState(queue, account, nowMs);
    const replaced = queue.at(transaction.nonce);
    const roomFault = replaced
      ? (validateReplacement(transaction, replaced.transaction) ??
        countReplacement(queue, this.options.config.maxReplacementsPerMinute, this.options.runtime.stopwatch))
      : this.#makeRoom(transaction, origin, queue, nowMs);
    if (roomFault) return this.#refuse(roomFault);

    if (replaced) this.#drop(replaced);
    const entry: Entry = {
      transaction,
      origin,
      addedMs: nowMs,
      priceWei: this.#priceOf(transaction),
      sequence: this.#sequence++,
      queuedSinceMs: undefined,
    };
    this.#change(queue, () => queue.put(entry, nowMs));
    this.options.chain.known.hold(transaction);
    this.#byHash.set(transaction.hash, entry);
    this.#weight.count(entry, 1);
    this.#nextBlock.forget();
    this.emit('added', transaction);
    return { value: replaced ? 'replaced' : 'added' };
  }

  /** Drops a transaction; false when it is not here. */
  remove(hash: Hash): boolean {
    const entry = this.#byHash.get(hash);
    if (entry === undefined) return false;
    this.#remove(entry, this.options.runtime.stopwatch.elapsedMs());
    return true;
  }

  /** Drops everything, at the price of a look at each. */
  clear(): void {
    const nowMs = this.options.runtime.stopwatch.elapsedMs();
    for (const queue of [...this.#accounts.values()]) {
      for (const entry of this.#change(queue, () => queue.clear(nowMs))) this.#drop(entry);
    }
    assert(this.size === 0, 'an emptied pool is empty');
  }

  /** The nonce that the account should sign with next: after the head's and everything here that follows it without a gap. */
  pendingNonce(address: Address): number {
    return this.#accounts.get(address)?.nextNonce ?? this.#accountState(address).nonce;
  }

  /**
   * What can go into the next block: highest price first, then first come, each account in the order of its nonces. Costs as much as is
   * taken of it, and may be read on while the pool changes.
   */
  executable(): Generator<Transaction, void, undefined> {
    return this.#order.inOrder(({ transaction: { sender, nonce } }) => this.#accounts.get(sender)?.readyAt(nonce + 1));
  }

  /** Those of {@link executable} that came through this node's own door by a moment of the stopwatch. */
  *ownExecutable(untilMs: number): Generator<Transaction, void, undefined> {
    for (const transaction of this.executable()) {
      const entry = this.#byHash.get(transaction.hash);
      if (entry?.origin === 'local' && entry.addedMs <= untilMs) yield transaction;
    }
  }

  /** Everything that waits, account by account in the order of nonces. Costs as much as is taken of it, and may be read on while the pool changes. */
  *waiting(): Generator<Transaction, void, undefined> {
    for (const queue of this.#accounts.values()) {
      for (const { transaction } of [...queue.entries]) if (this.has(transaction.hash)) yield transaction;
    }
  }

  /**
   * The first `limit` of what waits and why, account by account in the order of nonces; with `sender` of that account alone. In pieces between which the
   * pool may change: what comes or goes meanwhile may or may not be in it.
   */
  *contentInPieces(limit = Number.POSITIVE_INFINITY, sender?: Address): Pieces<PoolEntry[]> {
    const nextBlock = yield* this.#nextBlock.inPieces();
    const content: PoolEntry[] = [];
    for (const queue of this.#queuesOf(sender)) {
      for (const entry of queue.entries.slice(0, limit - content.length)) {
        if (queue.at(entry.transaction.nonce) !== entry) continue;
        content.push(this.#describe(queue, entry, nextBlock));
        if (content.length % LOOKS_PER_PIECE === 0) yield;
      }
      if (content.length >= limit) break;
    }
    return content;
  }

  /** One transaction that waits and why. */
  *entryInPieces(hash: Hash): Pieces<PoolEntry | undefined> {
    if (!this.has(hash)) return undefined;
    const nextBlock = yield* this.#nextBlock.inPieces();
    const entry = this.#byHash.get(hash);
    const queue = entry && this.#accounts.get(entry.transaction.sender);
    return queue && entry ? this.#describe(queue, entry, nextBlock) : undefined;
  }

  /** Follows the chain: drops what was included or ran out of time, takes back what a reorganisation threw out. */
  onHead({ added, removed, changedAccounts }: HeadEvent): void {
    const nowMs = this.options.runtime.stopwatch.elapsedMs();
    const included = new Set(added.flatMap((block) => block.transactions.map(({ hash }) => hash)));
    for (const address of changedAccounts === 'all' ? [...this.#accounts.keys()] : changedAccounts) {
      const queue = this.#accounts.get(address);
      // An account that cannot be read pays for nothing; the chain has said so.
      if (queue)
        this.#setState(
          queue,
          unlessDamaged(() => this.#accountState(address), EMPTY_ACCOUNT),
          nowMs,
        );
    }
    if (nowMs >= this.#expiryMs) this.#dropExpired(nowMs);
    this.#nextBlock.forget();
    for (const transaction of removed.flatMap((block) => block.transactions)) {
      if (included.has(transaction.hash)) continue;
      const { fault } = unlessDamaged(() => this.add(transaction, 'gossip'), { fault: 'storeDamaged' });
      if (fault)
        this.options.log.debug({ transaction: transaction.hash, fault }, 'transaction of an undone block dropped');
    }
  }

  #refuse<Fault extends PoolFault | TransactionFormFault>(fault: Fault): { readonly fault: Fault } {
    this.emit('refused', fault);
    return { fault };
  }

  #accountState(address: Address): { readonly nonce: number; readonly balance: bigint } {
    const { chain } = this.options;
    const state = chain.stateAt(chain.head.hash);
    assert(state !== undefined, 'the state of the head is there');
    const value = state.get(accountKey(address));
    return value === undefined ? EMPTY_ACCOUNT : decodeAccount(value);
  }

  /** Applies the limits, the account's own first; drops cheaper transactions when the pool is full. */
  #makeRoom(
    transaction: Transaction,
    origin: TransactionOrigin,
    queue: AccountQueue,
    nowMs: number,
  ): PoolFault | undefined {
    const { config } = this.options;
    const { sender, nonce, raw } = transaction;
    const isReady = queue.wouldBeReady(nonce, transaction.costWei);
    if (!isReady && nonce > queue.nextNonce + config.maxQueuedPerAccount) {
      return { code: 'nonceTooHigh', got: nonce, expected: queue.nextNonce, sender };
    }
    const [count, limit] = isReady
      ? [queue.readyCount, config.maxPerAccount]
      : [queue.queuedCount, config.maxQueuedPerAccount];
    if (count >= limit) return { code: 'accountLimit', got: count, expected: limit, sender };

    if (!isReady && this.#queuedCount >= config.maxQueued) {
      const victim = this.#victim(transaction, origin, isReady);
      if (!victim) return { code: 'poolFull', got: this.#queuedCount, expected: config.maxQueued };
      this.#evict(victim, nowMs);
    }
    while (this.size >= config.maxTransactions || this.#weight.bytes + raw.length > config.maxBytes) {
      const victim = this.#victim(transaction, origin, isReady);
      if (!victim) return { code: 'poolFull', got: this.size, expected: config.maxTransactions };
      this.#evict(victim, nowMs);
    }
    return undefined;
  }

  /** Which transaction makes room for `newcomer`: for one that is ready any that waits, else only one that pays less. */
  #victim(newcomer: Transaction, origin: TransactionOrigin, isReady: boolean): Entry | undefined {
    const price = this.#priceOf(newcomer);
    const paysLess = (entry: Entry | undefined) => (entry && entry.priceWei < price ? entry : undefined);
    // This node's own do not make room for others', up to half of the pool.
    const origins: readonly TransactionOrigin[] =
      origin === 'local' || this.#weight.isOwnMost ? ['local', 'gossip'] : ['gossip'];
    const queued = this.#order.cheapestLast(newcomer.sender, origins, false);
    if (!isReady) return paysLess(queued);
    return queued ?? paysLess(this.#order.cheapestLast(newcomer.sender, origins, true));
  }

  #priceOf(transaction: Transaction): bigint {
    return effectiveGasPrice(transaction, this.options.chain.genesis);
  }

  #evict(entry: Entry, nowMs: number): void {
    this.options.log.debug({ transaction: entry.transaction.hash }, 'transaction dropped: the pool is full');
    this.#remove(entry, nowMs);
  }

  #remove(entry: Entry, nowMs: number): void {
    const queue = this.#accounts.get(entry.transaction.sender);
    assert(queue !== undefined, 'an entry has a queue');
    this.#change(queue, () => queue.remove(entry, nowMs));
    this.#drop(entry);
  }

  /** Brings an account up to date and drops what its nonce has passed. */
  #setState(queue: AccountQueue, { nonce, balance }: { nonce: number; balance: bigint }, nowMs: number): void {
    const stale = this.#change(queue, () => queue.setState(nonce, balance, nowMs));
    for (const entry of stale) this.#drop(entry);
  }

  /** Changes the queue of an account, and keeps account of what waits in it and of its place among the others. */
  #change<T>(queue: AccountQueue, change: () => T): T {
    const { queuedCount, ends } = queue;
    const result = change();
    this.#queuedCount += queue.queuedCount - queuedCount;
    this.#order.move(ends, queue.ends);
    if (queue.queuedCount > 0) {
      this.#waiting.add(queue);
      this.#expiryMs = Math.min(this.#expiryMs, this.#expiryOf(queue));
    } else {
      this.#waiting.delete(queue);
    }
    if (queue.entries.length === 0) this.#accounts.delete(queue.sender);
    else this.#accounts.set(queue.sender, queue);
    return result;
  }

  /** When the first of an account's transactions has waited too long. */
  #expiryOf(queue: AccountQueue): number {
    const sinceMs = queue.queued.reduce(
      (first, entry) => Math.min(first, entry.queuedSinceMs ?? first),
      Number.POSITIVE_INFINITY,
    );
    return sinceMs + this.options.config.queuedLifetimeMs;
  }

  #dropExpired(nowMs: number): void {
    const latestMs = nowMs - this.options.config.queuedLifetimeMs;
    this.#expiryMs = Number.POSITIVE_INFINITY;
    for (const queue of [...this.#waiting]) {
      for (const entry of queue.queued) {
        if (entry.queuedSinceMs !== undefined && entry.queuedSinceMs <= latestMs) this.#remove(entry, nowMs);
      }
      this.#expiryMs = Math.min(this.#expiryMs, this.#expiryOf(queue));
    }
  }

  /** Forgets an entry that is not in its queue any more, or about to be replaced there. */
  #drop(entry: Entry): void {
    this.options.chain.known.release(entry.transaction);
    this.#byHash.delete(entry.transaction.hash);
    this.#weight.count(entry, -1);
    this.#nextBlock.forget();
  }

  #queuesOf(sender: Address | undefined): Iterable<AccountQueue> {
    if (sender === undefined) return this.#accounts.values();
    const own = this.#accounts.get(sender);
    return own === undefined ? [] : [own];
  }

  #describe(queue: AccountQueue, entry: Entry, nextBlock: ReadonlySet<Hash>): PoolEntry {
    const { transaction, origin } = entry;
    const addedMs = shownTime(this.options.runtime, entry.addedMs);
    const ready: WaitReason = { code: nextBlock.has(transaction.hash) ? 'notMinedYet' : 'blockFull' };
    return { transaction, origin, addedMs, reason: queue.queuedReason(entry) ?? ready };
  }
}
