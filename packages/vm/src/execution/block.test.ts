import {
  type Block,
  commitState,
  contractAddress,
  EMPTY_BYTES,
  encodeReceipt,
  genesisChanges,
  type Header,
  type KeyValueReader,
  MemoryKeyValues,
  merkleRoot,
  revertChanges,
  StateJournal,
  type Transaction,
  treeRoot,
  ZERO_HASH,
} from '@wattchain/core';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  ALICE,
  BOB,
  CONTEXT,
  contract,
  GENESIS,
  key,
  MINER,
  ONLY_ENTRY,
  START_BALANCE,
  transaction,
} from '../../testing/testSupport.js';
import { encodeCall } from '../abi.js';
import { BlockExecution, type BlockResult, executeBlock, executeBlockInPieces } from './block.js';

let reader: MemoryKeyValues;
beforeEach(() => {
  reader = new MemoryKeyValues();
  const { changes, codes } = genesisChanges(GENESIS);
  for (const { key: flatKey, value } of [...commitState(reader, changes).writes, ...codes]) reader.set(flatKey, value);
});

function blockOf(transactions: readonly Transaction[], result: BlockResult): Block {
  const header: Header = {
    ...GENESIS.header,
    height: CONTEXT.height,
    timestampMs: CONTEXT.timestampMs,
    miner: MINER,
    transactionsRoot: ZERO_HASH,
    receiptsRoot: result.receiptsRoot,
    stateRoot: result.stateRoot,
    gasUsed: result.gasUsed,
    transactionCount: transactions.length,
    extra: EMPTY_BYTES,
  };
  return { header, transactions };
}

function mine(transactions: readonly Transaction[], on: KeyValueReader = reader): BlockResult {
  const execution = new BlockExecution(on, CONTEXT);
  for (const tx of transactions) expect(execution.apply(tx).fault).toBeUndefined();
  return execution.finish();
}

const CODE = contract({ selector: 1, lines: [['STOP']] });

describe('BlockExecution', () => {
  it('adds the reward and the fees, and nothing else, to the sum of balances', () => {
    const result = mine([transaction({ value: 5n }), transaction({ value: 6n, to: ALICE }, key(2))]);
    for (const { key: flatKey, value } of result.writes) reader.set(flatKey, value);
    const state = new StateJournal(reader);
    expect(state.balance(MINER)).toBe(5_000n + 2n * 42_000n);
    expect(state.balance(ALICE) + state.balance(BOB) + state.balance(MINER)).toBe(2n * START_BALANCE + 5_000n);
    expect(result.gasUsed).toBe(42_000);
  });

  it('pays the reward for a block without transactions', () => {
    const result = mine([]);
    expect(result).toMatchObject({ gasUsed: 0, receipts: [], receiptsRoot: ZERO_HASH });
    expect(result.changes).toHaveLength(1);
  });

  it('gives the root of the state that its writes make, and undoes by its changes', () => {
    const before = treeRoot(reader);
    const result = mine([transaction({ to: null, data: CODE }), transaction({ nonce: 1, value: 1n })]);
    for (const { key: flatKey, value } of result.writes) reader.set(flatKey, value);
    expect(treeRoot(reader)).toBe(result.stateRoot);
    expect(result.stateRoot).not.toBe(before);
    expect(commitState(reader, revertChanges(result.changes)).root).toBe(before);
  });

  it('keeps the code of a deployment for the next block', () => {
    const result = mine([transaction({ to: null, data: CODE })]);
    expect(result.writes.filter(({ value }) => value?.length === CODE.length).map(({ value }) => value)).toEqual([
      CODE,
    ]);
  });

  it('roots the receipts in order', () => {
    const { receipts, receiptsRoot } = mine([transaction({}), transaction({ to: null, data: CODE, nonce: 1 })]);
    expect(receiptsRoot).toBe(merkleRoot(receipts.map(encodeReceipt)));
    expect(receipts.map(({ gasUsed }) => gasUsed)[0]).toBe(21_000);
  });

  it('leaves a transaction out that does not fit, and goes on', () => {
    const execution = new BlockExecution(reader, CONTEXT);
    expect(execution.apply(transaction({ gasLimit: 20_000_001 })).fault?.code).toBe('gasLimitTooHigh');
    expect(execution.apply(transaction({ nonce: 1 })).fault?.code).toBe('nonceTooHigh');
    expect(execution.apply(transaction({ gasLimit: 20_000_000 })).fault).toBeUndefined();
    // 21,000 are used, so the same limit does not fit any more.
    expect(execution.apply(transaction({ nonce: 1, gasLimit: 20_000_000 })).fault).toMatchObject({
      code: 'gasLimitTooHigh',
      expected: 19_979_000,
    });
    expect([execution.gasUsed, execution.receipts.length]).toEqual([21_000, 1]);
  });

  it('does not touch its reader', () => {
    const before = treeRoot(reader);
    mine([transaction({ value: 1n })]);
    expect(treeRoot(reader)).toBe(before);
    expect(new StateJournal(reader).nonce(ALICE)).toBe(0);
  });
});

describe('executeBlock', () => {
  it('agrees with the miner', () => {
    const transactions = [transaction({ value: 5n }), transaction({ to: null, data: CODE, nonce: 1 })];
    const mined = mine(transactions);
    expect(executeBlock(reader, blockOf(transactions, mined), GENESIS).value).toEqual(mined);
  });

  it('finds each lie of a header', () => {
    const transactions = [transaction({ value: 5n })];
    const mined = mine(transactions);
    const { header } = blockOf(transactions, mined);
    const other = `0x${'11'.repeat(32)}` as const;
    const faultOf = (change: Partial<Header>) =>
      executeBlock(reader, { header: { ...header, ...change }, transactions }, GENESIS).fault;
    expect(faultOf({ gasUsed: 1 })).toEqual({ code: 'gasUsed', got: 1, expected: 21_000 });
    expect(faultOf({ receiptsRoot: other })).toEqual({
      code: 'receiptsRoot',
      got: other,
      expected: mined.receiptsRoot,
    });
    expect(faultOf({ stateRoot: other })).toEqual({ code: 'stateRoot', got: other, expected: mined.stateRoot });
    expect(faultOf({ miner: BOB })?.code).toBe('stateRoot');
  });

  it('gives the same in pieces of any gas, and rests inside a transaction as well', () => {
    // Runs in a circle until its gas is used up.
    const loop = contract({ selector: 1, lines: [['JUMP', ONLY_ENTRY]] });
    const transactions = [
      transaction({ value: 5n }),
      transaction({ to: null, data: loop, nonce: 1 }),
      transaction({ to: contractAddress(ALICE, 1), data: encodeCall(1, []), gasLimit: 200_000, nonce: 2 }),
      transaction({ value: 1n }, key(2)),
    ];
    const block = blockOf(transactions, mine(transactions));
    const whole = executeBlock(reader, block, GENESIS);
    for (const [piece, atLeast] of [
      [{ gas: 1_000, keys: 1 }, 150],
      [{ gas: 21_000, keys: 2 }, 9],
      [{ gas: 1_000_000, keys: 1_000 }, 0],
    ] as const) {
      const pieces = executeBlockInPieces(reader, block, GENESIS, piece);
      let rests = 0;
      let next = pieces.next();
      for (; !next.done; next = pieces.next()) rests += 1;
      expect(next.value).toEqual(whole);
      expect(rests).toBeGreaterThanOrEqual(atLeast);
      if (atLeast === 0) expect(rests).toBe(0);
    }
  });

  it('names the transaction that cannot run', () => {
    const transactions = [transaction({}), transaction({})];
    const block = blockOf(transactions, mine([transaction({})]));
    expect(executeBlock(reader, block, GENESIS).fault).toEqual({
      code: 'transactionState',
      index: 1,
      fault: { code: 'nonceTooLow', got: 0, expected: 1, sender: ALICE },
    });
  });
});
