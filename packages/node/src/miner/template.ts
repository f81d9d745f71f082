import {
  type Address,
  EMPTY_BYTES,
  HEADER_VERSION,
  type Header,
  type HeaderRecord,
  nextTarget,
  sealHash,
  type Transaction,
  transactionsRoot,
} from '@wattchain/core';
import { BlockExecution, type BlockResult, GAS_TRANSACTION } from '@wattchain/vm';
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
  readonly chain: Pick<Chain, 'genesis' | 'head' | 'stateAt'>;
  /** In the order to try them; each account's in the order of its nonces. */
  readonly candidates: Iterable<Transaction>;
  /** Earns the reward and the fees. */
  readonly miner: Address;
  readonly nowMs: number;
}

/** Executes what fits of the candidates on the head; `undefined` while the head's state is not to be had. */
export function buildTemplate({ chain, candidates, miner, nowMs }: TemplateSource): Template | undefined {
  const { genesis, head: parent } = chain;
  const reader = chain.stateAt(parent.hash);
  if (reader === undefined) return undefined;
  const height = parent.header.height + 1;
  const timestampMs = Math.max(nowMs, parent.header.timestampMs + 1);
  const execution = new BlockExecution(reader, { height, timestampMs, miner, genesis });
  const transactions = applyWhatFits(execution, candidates, genesis.blockGasLimit, bodyRoom(genesis));
  const result = execution.finish();
  const { stateRoot, receiptsRoot, gasUsed } = result;
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

function applyWhatFits(
  execution: BlockExecution,
  candidates: Iterable<Transaction>,
  gasLimit: number,
  room: number,
): Transaction[] {
  const transactions: Transaction[] = [];
  // Once one of an account's transactions is left out, its later ones cannot be executed either.
  const skipped = new Set<Address>();
  let bytesLeft = room;
  for (const transaction of candidates) {
    if (gasLimit - execution.gasUsed < GAS_TRANSACTION) break;
    if (skipped.has(transaction.sender)) continue;
    const fits = bytesInBody(transaction) <= bytesLeft;
    if (!fits || execution.apply(transaction).fault !== undefined) {
      skipped.add(transaction.sender);
      continue;
    }
    transactions.push(transaction);
    bytesLeft -= bytesInBody(transaction);
  }
  return transactions;
}
