import {
  type Address,
  EMPTY_BYTES,
  type Genesis,
  HEADER_VERSION,
  type Header,
  type HeaderRecord,
  nextTarget,
  type Pieces,
  runToEnd,
  sealHash,
  type Transaction,
  transactionsRoot,
} from '@wattchain/core';
import { BlockExecution, type BlockPiece, type BlockResult, GAS_TRANSACTION } from '@wattchain/vm';
import { bodyRoom, bytesInBody } from '../chain/bodyRoom.js';
import type { Chain } from '../chain/chain.js';

/** A block that lacks only its proof of work (and seal). */
export interface Template {
  readonly parent: HeaderRecord;
  /** Both nonces 0, no seal. */
  readonly header: Header;
  readonly transactions: readonly Transaction[];
  /** What the search works on. */
  readonly sealHash: Uint8Array;
  /** What its transactions did; `undefined` once another head has come, because it takes memory. */
  readonly result: BlockResult | undefined;
}

/** What a template is made of. */
export interface TemplateSource {
  readonly chain: Pick<Chain, 'genesis' | 'head' | 'heldStateAt'>;
  /** In the order to try them; each account's in the order of its nonces. */
  readonly candidates: Iterable<Transaction>;
  /** Earns the reward and the fees. */
  readonly miner: Address;
  readonly nowMs: number;
}

/** What is done before others get their turn: some milliseconds of transfers, some ten of the dearest code. */
const PIECE: BlockPiece = { gas: 500_000, keys: 128 };
/** A piece that ends when the template does. */
const WHOLE: BlockPiece = { gas: Number.POSITIVE_INFINITY, keys: Number.POSITIVE_INFINITY };
/** What a look at a candidate counts as, so that those that do not fit are not free. */
const LOOK_GAS = 1_000;

/** Executes what fits of the candidates on the head; `undefined` while the head's state is not to be had. */
export function buildTemplate(source: TemplateSource): Template | undefined {
  return runToEnd(buildTemplateInPieces(source, WHOLE));
}

/**
 * As {@link buildTemplate}, in pieces between which the chain and the pool may go on. Once there is another head nobody wants the template
 * any more, and it comes to `undefined`.
 */
export function* buildTemplateInPieces(source: TemplateSource, piece = PIECE): Pieces<Template | undefined> {
  const { chain } = source;
  const parent = chain.head;
  const building = build(source, parent, piece);
  for (let step = building.next(); ; step = building.next()) {
    if (step.done) return step.value;
    yield;
    if (chain.head.hash !== parent.hash) return undefined;
  }
}

/**
 * A template without transactions at another time: it does the same to the state whenever it is made, so only its header is another.
 * `undefined` for one with transactions, which may look at the time.
 */
export function emptyTemplateAt(nowMs: number, template: Template): Template | undefined {
  if (template.transactions.length > 0 || template.result === undefined) return undefined;
  const { parent } = template;
  const header = { ...template.header, timestampMs: timestampOn(parent, nowMs) };
  return { ...template, header, sealHash: sealHash(header) };
}

/** The clock's time, or the first that a child of this block may have. */
function timestampOn(parent: HeaderRecord, nowMs: number): number {
  return Math.max(nowMs, parent.header.timestampMs + 1);
}

function* build(
  { chain, candidates, miner, nowMs }: TemplateSource,
  parent: HeaderRecord,
  piece: BlockPiece,
): Pieces<Template | undefined> {
  const { genesis } = chain;
  const reader = yield* chain.heldStateAt(parent.hash);
  if (reader === undefined) return undefined;
  const height = parent.header.height + 1;
  const timestampMs = timestampOn(parent, nowMs);
  const execution = new BlockExecution(reader, { height, timestampMs, miner, genesis });
  const transactions = yield* applyWhatFits(execution, candidates, genesis, piece.gas);
  const result = yield* execution.finishInPieces(piece.keys);
  const { stateRoot, receiptsRoot, gasUsed } = result;
  if (gasUsed >= piece.gas) yield;
  const header: Header = {
    version: HEADER_VERSION,
    parentHash: parent.hash,
    height,
    timestampMs,
    target: nextTarget(genesis, parent),
    miner,
    transactionsRoot: transactionsRoot(transactions),
    receiptsRoot,
    stateRoot,
    historyRoot: parent.history.top.hash,
    gasLimit: genesis.blockGasLimit,
    gasUsed,
    transactionCount: transactions.length,
    extra: EMPTY_BYTES,
    extraNonce: 0n,
    headerNonce: 0,
    minerSeal: EMPTY_BYTES,
  };
  return { parent, header, transactions, sealHash: sealHash(header), result };
}

function* applyWhatFits(
  execution: BlockExecution,
  candidates: Iterable<Transaction>,
  genesis: Genesis,
  pieceGas: number,
): Pieces<Transaction[]> {
  const transactions: Transaction[] = [];
  // Once one of an account's transactions is left out, its later ones cannot be executed either.
  const skipped = new Set<Address>();
  let bytesLeft = bodyRoom(genesis);
  let looked = 0;
  let restedAt = 0;
  for (const transaction of candidates) {
    if (genesis.blockGasLimit - execution.gasUsed < GAS_TRANSACTION) break;
    looked += LOOK_GAS;
    if (execution.gasUsed + looked - restedAt >= pieceGas) {
      restedAt = execution.gasUsed + looked;
      yield;
    }
    if (skipped.has(transaction.sender)) continue;
    const fits = bytesInBody(transaction) <= bytesLeft;
    if (!fits || (yield* execution.applyInPieces(transaction, pieceGas)).fault !== undefined) {
      skipped.add(transaction.sender);
      continue;
    }
    transactions.push(transaction);
    bytesLeft -= bytesInBody(transaction);
  }
  return transactions;
}
