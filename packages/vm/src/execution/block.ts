import {
  assert,
  type Block,
  commitStateInPieces,
  type ExecutionFault,
  encodeReceipt,
  type Genesis,
  type Hash,
  type KeyValueReader,
  type KeyValueWrite,
  merkleRoot,
  type Outcome,
  type Pieces,
  type Receipt,
  runToEnd,
  type StateChange,
  StateJournal,
  type Transaction,
  type TransactionStateFault,
} from '@wattchain/core';
import type { BlockContext } from '../machine/context.js';
import { executeTransactionInPieces } from './transaction.js';

/** How much of a block is one piece of work. */
export interface BlockPiece {
  readonly gas: number;
  /** Keys of the state whose place in its tree is updated. */
  readonly keys: number;
}

/** A piece that ends when the block does. */
const WHOLE: BlockPiece = { gas: Number.POSITIVE_INFINITY, keys: Number.POSITIVE_INFINITY };

/** What executing a whole block gives. */
export interface BlockResult {
  /** Root of the state after the block. */
  readonly stateRoot: Hash;
  readonly receiptsRoot: Hash;
  readonly gasUsed: number;
  readonly receipts: readonly Receipt[];
  /** The same as the receipts root commits to them, for whoever stores them. */
  readonly encodedReceipts: readonly Uint8Array[];
  /** Flat values that the block changed, sorted by key; reverting them undoes the block. */
  readonly changes: readonly StateChange[];
  /** Everything to store: flat values, tree records, new code. */
  readonly writes: readonly KeyValueWrite[];
}

/**
 * Executes the transactions of one block one after the other, for a miner who tries what fits and for a validator alike.
 *
 * @example
 * const execution = new BlockExecution(reader, { height, timestampMs, miner, genesis });
 * for (const transaction of candidates) execution.apply(transaction);  // a fault leaves it out
 * const { stateRoot } = execution.finish();
 */
export class BlockExecution {
  readonly #reader: KeyValueReader;
  readonly #context: BlockContext;
  readonly #state: StateJournal;
  readonly #receipts: Receipt[] = [];
  #gasUsed = 0;
  #isFinished = false;

  /** `reader` is the state after the parent; it stays as it is. */
  constructor(reader: KeyValueReader, context: BlockContext) {
    this.#reader = reader;
    this.#context = context;
    this.#state = new StateJournal(reader);
  }

  /** Gas of the transactions so far. */
  get gasUsed(): number {
    return this.#gasUsed;
  }

  /** Receipts of the transactions so far. */
  get receipts(): readonly Receipt[] {
    return this.#receipts;
  }

  /** Executes the next transaction; after a fault the block is as before. */
  apply(transaction: Transaction): Outcome<Receipt, TransactionStateFault> {
    return runToEnd(this.applyInPieces(transaction, WHOLE.gas));
  }

  /** As {@link apply}, in pieces of about `pieceGas`; nothing else is done with the block in between. */
  *applyInPieces(transaction: Transaction, pieceGas: number): Pieces<Outcome<Receipt, TransactionStateFault>> {
    assert(!this.#isFinished, 'a finished block takes no transaction');
    const gasLeft = this.#context.genesis.blockGasLimit - this.#gasUsed;
    const outcome = yield* executeTransactionInPieces(this.#state, transaction, this.#context, gasLeft, pieceGas);
    if (outcome.fault) return outcome;
    this.#state.keep();
    this.#receipts.push(outcome.value);
    this.#gasUsed += outcome.value.gasUsed;
    return outcome;
  }

  /** Pays the block reward and computes the roots; once. */
  finish(): BlockResult {
    return runToEnd(this.finishInPieces(WHOLE.keys));
  }

  /** As {@link finish}, in pieces of about `pieceKeys` keys of the state. */
  *finishInPieces(pieceKeys: number): Pieces<BlockResult> {
    assert(!this.#isFinished, 'a block is finished once');
    this.#isFinished = true;
    const { miner, genesis } = this.#context;
    this.#state.addBalance(miner, genesis.blockRewardWei);
    const changes = this.#state.changes();
    const { root, writes } = yield* commitStateInPieces(this.#reader, changes, pieceKeys);
    if (changes.length >= pieceKeys) yield;
    const encodedReceipts = this.#receipts.map(encodeReceipt);
    return {
      stateRoot: root,
      receiptsRoot: merkleRoot(encodedReceipts),
      gasUsed: this.#gasUsed,
      receipts: this.#receipts,
      encodedReceipts,
      changes,
      writes: [...writes, ...this.#state.codes()],
    };
  }
}

/** Executes a block whose header and body are valid on the state of its parent, and compares with what its header says. */
export function executeBlock(
  reader: KeyValueReader,
  block: Block,
  genesis: Genesis,
): Outcome<BlockResult, ExecutionFault> {
  return runToEnd(executeBlockInPieces(reader, block, genesis, WHOLE));
}

/**
 * As {@link executeBlock}, in pieces of about that gas and that many keys, so that where it rests depends on the block alone. The state that `reader` reads
 * stays as it is in between.
 */
export function* executeBlockInPieces(
  reader: KeyValueReader,
  { header, transactions }: Block,
  genesis: Genesis,
  piece: BlockPiece,
): Pieces<Outcome<BlockResult, ExecutionFault>> {
  const { height, timestampMs, miner } = header;
  const execution = new BlockExecution(reader, { height, timestampMs, miner, genesis });
  let restedAt = 0;
  for (const [index, transaction] of transactions.entries()) {
    const { fault } = yield* execution.applyInPieces(transaction, piece.gas);
    if (fault) return { fault: { code: 'transactionState', index, fault } };
    // Also before the roots are computed, which takes about as long as executing.
    if (execution.gasUsed - restedAt < piece.gas) continue;
    restedAt = execution.gasUsed;
    yield;
  }
  const result = yield* execution.finishInPieces(piece.keys);
  const { gasUsed, receiptsRoot: expectedRoot, stateRoot } = result;
  if (gasUsed !== header.gasUsed) return { fault: { code: 'gasUsed', got: header.gasUsed, expected: gasUsed } };
  if (expectedRoot !== header.receiptsRoot) {
    return { fault: { code: 'receiptsRoot', got: header.receiptsRoot, expected: expectedRoot } };
  }
  if (stateRoot !== header.stateRoot) {
    return { fault: { code: 'stateRoot', got: header.stateRoot, expected: stateRoot } };
  }
  return { value: result };
}
