import {
  assert,
  type BlockFault,
  blockHash,
  bytesEqual,
  type Fork,
  findFork,
  type Genesis,
  type Hash,
  type Header,
  type HeaderRecord,
  isBetter,
  isStoreError,
  meetsTarget,
  type Outcome,
  type PlacementFault,
  recordOf,
  sealHash,
  validateHeader,
  validateLead,
  validateReorg,
  WattchainError,
} from '@wattchain/core';
import type { Fill } from '../base/fill.js';
import type { Logger } from '../base/log.js';
import { SerialQueue } from '../base/serialQueue.js';
import { runInTurns } from '../base/turn.js';
import type { Runtime } from '../runtime.js';
import { CommittedReader } from '../store/committedReader.js';
import { bodyKey, headerKey, undoDepth } from '../store/schema.js';
import type { Store } from '../store/store.js';
import { AuditReader } from './auditReader.js';
import { BodyOpener, type OpenedBody } from './bodyOpener.js';
import { ChainIndex } from './chainIndex.js';
import { ChainReads, type ChainState } from './chainReads.js';
import { DamageWatch } from './damageWatch.js';
import { type ExecutedBlock, isRechecked } from './executedBlock.js';
import { type BadBlock, canUndo, type HeadChange, planHeadChange, sideWrites, type Tip } from './headChange.js';
import { HeldBlocks, MAX_HELD } from './heldBlocks.js';
import { requireNoHoles } from './holes.js';
import { InvalidBlocks, MAX_INVALID } from './invalidBlocks.js';
import { KnownTransactions } from './knownTransactions.js';
import { holdsChain, verifyHead, verifyHistory, writeGenesis } from './openChain.js';
import { planRewind } from './rewind.js';
import type { AcceptResult } from './types.js';

/** What a chain needs. The store stays its owner's to close, after the chain. */
export interface ChainOptions {
  readonly store: Store;
  readonly genesis: Genesis;
  readonly runtime: Runtime;
  readonly log: Logger;
  /** One block of the own templates in so many is executed again and compared with what its template did; all when absent. */
  readonly recheckOneIn?: number;
}

/** Recently read values kept in memory: the state of some ten thousand accounts, well below what an idle node may take. */
const CACHE_BYTES = 16 * 1024 * 1024;
/** Blocks that may wait for validation; who brings more is refused until some are done. */
const MAX_WAITING_BLOCKS = 1_024;
/** Two miners that find a block at once are everyday; more blocks than this undone at once may need a look. */
const ORDINARY_REORG_DEPTH = 2;

/** A block to judge. */
interface Candidate {
  readonly hash: Hash;
  /** What its hash was worked out from. */
  readonly seal: Uint8Array;
  readonly header: Header;
  readonly bodyBytes: Uint8Array;
  readonly from: string | undefined;
  readonly executed: ExecutedBlock | undefined;
  /** Its body, where it was opened before its turn came. */
  readonly opened: Promise<OpenedBody> | undefined;
}

/** What became of a block, or that it is the new head, which is not yet written. */
type Judgement =
  | Outcome<AcceptResult, BlockFault>
  | { readonly move: { readonly record: HeaderRecord; readonly change: HeadChange } };

/**
 * The block tree on disk and the canonical chain in it: validates blocks, chooses the head, executes, commits. Blocks are executed one
 * at a time. While one is written the next one on it is executed already, and if the write fails it is dropped with it; nobody is shown
 * a block before it is on disk.
 */
export class Chain extends ChainReads {
  readonly #queue = new SerialQueue('the chain', MAX_WAITING_BLOCKS);
  readonly #invalid = new InvalidBlocks();
  readonly #held: HeldBlocks;
  readonly #bodies: BodyOpener;
  #deepReorgAllowed = false;
  /** The newest block that was executed, while it is on its way to the disk. */
  #ahead: HeaderRecord | undefined;
  #writing: Promise<unknown> = Promise.resolve();
  #failure: unknown;
  #closed = false;

  private constructor(
    state: ChainState,
    watch: DamageWatch,
    private readonly runtime: Runtime,
    private readonly log: Logger,
    private readonly recheckOneIn: number,
  ) {
    super(state, watch);
    this.#bodies = new BodyOpener(this, runtime.compute);
    this.#held = new HeldBlocks(runtime, (block) => {
      void this.acceptBlock(block.header, block.bodyBytes, block.from).then(
        ({ value, fault }) => log.debug({ block: block.hash, value, fault }, 'block from the future tried again'),
        (error: unknown) =>
          log.error({ err: error, block: block.hash }, 'block from the future could not be tried again'),
      );
    });
  }

  /**
   * Opens the chain in a store; an empty one gets the genesis block.
   * Throws `genesisMismatch` (with both hashes), `storeVersion` and `storeDamaged`.
   */
  static async open({ store, genesis, runtime, log, recheckOneIn = 1 }: ChainOptions): Promise<Chain> {
    const damage = new DamageWatch(log);
    const reader = new CommittedReader(store, CACHE_BYTES, (error) => damage.note(error));
    if (!holdsChain(reader, genesis)) await writeGenesis(store, reader, genesis);
    const known = new KnownTransactions(runtime.compute.decodeSigned);
    const index = new ChainIndex(reader, genesis, damage, known.find);
    const head = verifyHead(index, genesis);
    await runInTurns(requireNoHoles(store, index, genesis, head));
    verifyHistory(index, head);
    log.info({ height: head.header.height, hash: head.hash, genesis: genesis.hash }, 'chain opened');
    return new Chain({ genesis, reader, index, known, head }, damage, runtime, log, recheckOneIn);
  }

  /**
   * Takes a block: validates it, and when its branch has the most work, executes the branch and moves the head there,
   * in one batch. `from` names who brought it, for the log. Of two branches with the same work the first stays. `executed` is what this
   * node's template did, which is taken over when the block is that very one.
   *
   * Faults say what is wrong; `fromTheFuture` blocks are held and tried again by the chain itself, `parentUnknown` is for
   * sync to fill. Throws `queueFull` and `chainClosed`. A store that is damaged or whose disk fails is not the block's fault: `storeDamaged`
   * or `storeFailed` is thrown, the chain takes no more, and what is whole can still be read.
   */
  async acceptBlock(
    header: Header,
    bodyBytes: Uint8Array,
    from?: string,
    executed?: ExecutedBlock,
  ): Promise<Outcome<AcceptResult, BlockFault>> {
    if (this.#closed) throw new WattchainError('chainClosed', 'the chain is closed and takes no more blocks');
    const seal = sealHash(header);
    const hash = blockHash(header, seal);
    // Outside the queue, so that a flood of worthless headers does not fill it.
    if (!meetsTarget(hash, header.target) || header.target > this.genesis.largestTarget) {
      return { fault: { code: 'headerWork', got: hash, expected: header.target } };
    }
    const candidate = {
      hash,
      seal,
      header,
      bodyBytes,
      from,
      executed,
      opened: executed ? undefined : this.#bodies.openAhead(header, bodyBytes),
    };
    const { outcome, written } = await this.#run(() => this.#take(candidate));
    await written;
    return outcome;
  }

  /** Judges a block in its turn. A new head is `written` while the next block has its turn. */
  async #take(candidate: Candidate) {
    const { hash, from } = candidate;
    this.emit('judging', hash);
    const judged = await this.#judge(candidate);
    if (!('move' in judged)) {
      this.emit('judged', { hash, outcome: judged });
      return { outcome: judged };
    }
    // In order: the block before it is on disk before this one's batch begins.
    await this.#writing;
    const outcome: Outcome<AcceptResult, BlockFault> = { value: 'added' };
    const written = this.#guard(async () => {
      await this.#write(judged.move.record, judged.move.change, from);
      this.emit('judged', { hash, outcome });
    });
    // Whoever gave the block hears of a failure, and so does the next block.
    written.catch(() => {});
    this.#writing = written;
    return { outcome, written };
  }

  async #write(record: HeaderRecord, change: HeadChange, from: string | undefined): Promise<void> {
    this.#ahead = record;
    await this.state.reader.commit(change.writes);
    this.#ahead = undefined;
    this.#moveHead(record, change, from);
  }

  /**
   * Why the chain would not go from its head back to `ancestor`, whatever work waits beyond it: confirmed blocks would be undone.
   * With the operator's override it goes as far back as undo records are kept.
   */
  reorgFault(ancestor: HeaderRecord): PlacementFault | undefined {
    const removedCount = this.head.header.height - ancestor.header.height;
    const most = this.#deepReorgAllowed ? undoDepth(this.genesis) + 1 : this.genesis.confirmations;
    return validateReorg(removedCount, most);
  }

  /** {@link reorgFault}; where `tip` has more work than the head, its refusal raises the alarm. */
  checkReorg(ancestor: HeaderRecord, tip: HeaderRecord): PlacementFault | undefined {
    const fault = this.reorgFault(ancestor);
    if (fault?.code === 'reorgTooDeep' && isBetter(tip, this.head)) {
      this.log.error({ fault, head: this.head.hash, refused: tip.hash }, 'refused to undo confirmed blocks');
      this.emit('alarm', { fault, ancestor, head: this.head, refused: tip });
    }
    return fault;
  }

  /** Whether the block, or one below it, was found to be invalid: as long as this is remembered. */
  isInvalid(hash: Hash): boolean {
    return this.#invalid.has(hash);
  }

  /** How full what it keeps for others is. */
  get fills(): Fill[] {
    return [
      { name: 'blocks that wait', size: this.#queue.waiting, limit: MAX_WAITING_BLOCKS },
      { name: 'blocks from the future', size: this.#held.size, limit: MAX_HELD },
      { name: 'invalid blocks', size: this.#invalid.size, limit: MAX_INVALID },
    ];
  }

  /** Operator's override: lets one reorganisation undo confirmed blocks, as far back as undo records are kept. */
  allowDeepReorg(): void {
    this.#deepReorgAllowed = true;
    this.log.warn({ head: this.head.hash }, 'the next deep reorganisation is allowed');
    this.emit('override', this.head);
  }

  /**
   * Development chains only: makes a canonical block the head again and forgets every block above it. To listeners it is a
   * reorganisation in which the block itself leaves with those above it and comes back alone.
   */
  async rewindTo(hash: Hash): Promise<void> {
    assert(this.genesis.development, 'only a development chain goes back');
    await this.#run(async () => {
      await this.#writing;
      const { head, writes, ...change } = planRewind(this.state.index, this.genesis, this.head, hash);
      await this.state.reader.commit(writes);
      for (const { record } of change.removed) if (record.hash !== hash) this.state.index.forgetHeader(record.hash);
      this.state.head = head;
      this.log.info({ height: head.header.height, hash }, 'development chain taken back');
      this.emit('head', { head, ...change });
    });
  }

  /**
   * Development chains only: goes on as `other`, which was opened on another store, perhaps with another genesis, and is not used
   * again. Listeners hear of its head, not of what was there before.
   */
  async become(other: Chain): Promise<void> {
    assert(this.genesis.development && other.genesis.development, 'only a development chain becomes another');
    await this.#run(async () => {
      await this.#writing;
      this.state = other.state;
      this.#invalid.clear();
      this.log.info({ height: this.head.header.height, genesis: this.genesis.hash }, 'development chain loaded');
      const summary = this.state.index.summary(this.head);
      assert(summary !== undefined, `the head ${this.head.hash} of a chain is complete`);
      this.emit('head', { head: this.head, added: [summary], removed: [], changedAccounts: 'all' });
    });
  }

  /** Takes no more blocks and waits for those in progress. The store stays open. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#held.clear();
    await this.#queue.idle();
    await this.#writing.catch(() => {});
  }

  /** Runs a task when those before it are done; after one that throws the chain does no more. */
  #run<T>(task: () => Promise<T>): Promise<T> {
    return this.#queue.run(() => {
      if (this.#failure !== undefined) throw this.#failure;
      return this.#guard(task);
    });
  }

  async #guard<T>(task: () => Promise<T>): Promise<T> {
    try {
      return await task();
    } catch (error) {
      // The block after one whose write failed fails with it, and was told already.
      if (error === this.#failure) throw error;
      this.#failure = error;
      if (isStoreError(error)) this.watch.stop(error);
      else this.emit('failure', error);
      throw error;
    }
  }

  async #judge(candidate: Candidate): Promise<Judgement> {
    const { hash, header, bodyBytes, from, executed } = candidate;
    // Only the next block is judged while one is on its way to the disk.
    const isNext = header.parentHash === this.#ahead?.hash;
    if (!isNext) await this.#writing;
    if (this.state.index.header(hash) !== undefined) return { value: 'known' };
    const invalid = this.#invalid.faultOf(hash, header.parentHash);
    if (invalid !== undefined) return { fault: invalid };
    const parent = isNext ? this.#ahead : this.state.index.header(header.parentHash);
    if (parent === undefined) return { fault: { code: 'parentUnknown', got: header.parentHash } };
    const headerFault = validateHeader(header, parent, this.genesis, hash);
    if (headerFault !== undefined) return { fault: headerFault };
    const nowMs = this.runtime.clock.nowMs();
    const leadFault = validateLead(header, nowMs, this.genesis);
    if (leadFault?.code === 'fromTheFuture') {
      this.#held.hold({ hash, header, bodyBytes, from }, nowMs + leadFault.got - leadFault.expected);
      return { fault: leadFault };
    }
    // A wrong body says nothing about the block, so unlike a failed execution it is not remembered.
    const own = executed?.result && bytesEqual(executed.sealHash, candidate.seal) ? executed : undefined;
    const isAgain = isRechecked(hash, this.recheckOneIn);
    const body: OpenedBody =
      own && !isAgain ? { value: own.transactions } : await (candidate.opened ?? this.#bodies.open(header, bodyBytes));
    if (body.fault) return body;
    this.state.index.rememberTransactions(hash, body.value);
    const known = own?.result && { result: own.result, isRechecked: isAgain };
    const record = recordOf(header, parent, this.genesis, hash);
    const tip = { record, transactions: body.value, body: bodyBytes, known };
    if (!isNext) return this.#place(tip, parent, from);
    const index = new ChainIndex(this.state.reader.ahead, this.genesis, this.watch);
    return this.#plan(index, { ancestor: parent, removed: [], added: [record] }, tip);
  }

  /** Where a block whose form is right goes: on a side branch or to the head. */
  async #place(tip: Tip, parent: HeaderRecord, from: string | undefined): Promise<Judgement> {
    const { record } = tip;
    const ancestor = this.state.index.canonicalAncestor(parent);
    const depthFault = this.checkReorg(ancestor, record);
    if (depthFault !== undefined) return { fault: depthFault };
    if (!isBetter(record, this.head)) {
      await this.state.reader.commit(sideWrites(tip));
      this.log.debug({ block: record.hash, height: record.header.height, from }, 'block kept on a side branch');
      return { value: 'side' };
    }
    const lookup = (hash: Hash) => (hash === record.hash ? record : this.state.index.header(hash));
    const fork = findFork(lookup, this.head, record);
    if (!canUndo(this.state.index, fork)) {
      return { fault: { code: 'reorgTooDeep', got: fork.removed.length, expected: undoDepth(this.genesis) } };
    }
    return this.#plan(this.state.index, fork, tip);
  }

  async #plan(index: ChainIndex, fork: Fork, tip: Tip): Promise<Judgement> {
    const plan = await runInTurns(planHeadChange(index, this.genesis, fork, tip));
    if (!plan.fault) return { move: { record: tip.record, change: plan.value } };
    // What it was executed on is the head by then.
    await this.#writing;
    await this.#auditState(fork, tip);
    return this.#rejectBranch(plan.fault, fork.added);
  }

  /** Executes a branch that came out wrong once more, with every value proven. Throws `storeDamaged` when the store is to blame. */
  async #auditState(fork: Fork, tip: Tip): Promise<void> {
    const proven = new AuditReader(this.state.reader, this.head.header.stateRoot);
    await runInTurns(planHeadChange(new ChainIndex(proven, this.genesis, this.watch), this.genesis, fork, tip));
  }

  #moveHead(head: HeaderRecord, { added, removed, changedAccounts }: HeadChange, from: string | undefined): void {
    this.state.index.rememberHeader(head);
    this.state.head = head;
    if (removed.length >= this.genesis.confirmations) this.#deepReorgAllowed = false;
    const { height } = head.header;
    const transactions = added.reduce((sum, block) => sum + block.transactions.length, 0);
    const fields = { height, hash: head.hash, transactions, added: added.length, removed: removed.length, from };
    if (removed.length > ORDINARY_REORG_DEPTH) this.log.warn(fields, 'chain reorganised');
    else if (removed.length > 0) this.log.info(fields, 'chain reorganised');
    else this.log.info(fields, 'new head');
    this.emit('head', { head, added, removed, changedAccounts });
  }

  /** Remembers the bad block of a branch and all after it, and forgets what is stored of them. */
  async #rejectBranch(bad: BadBlock, branch: readonly HeaderRecord[]): Promise<{ fault: BlockFault }> {
    const { fault, lost } = this.#invalid.rememberBranch(bad, branch);
    await this.state.reader.commit(
      lost.flatMap((hash) => [
        { key: headerKey(hash), value: undefined },
        { key: bodyKey(hash), value: undefined },
      ]),
    );
    for (const hash of lost) this.state.index.forgetHeader(hash);
    this.log.warn({ block: bad.hash, fault: bad.fault, branch: branch.length }, 'branch with an invalid block refused');
    return { fault };
  }
}
