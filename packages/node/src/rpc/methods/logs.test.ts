import { type Address, atOnce, type Hash, type HeaderRecord, type Log, type Receipt, runToEnd } from '@wattchain/core';
import { describe, expect, test } from 'vitest';
import type { RpcChain } from '../protocol/backend.js';
import { ALL_LOGS } from '../protocol/parameter.js';
import { matchesLog, readLogs } from './logs.js';

const word = (digit: string): Hash => `0x${digit.repeat(64)}`;
const A: Address = `0x${'aa'.repeat(20)}`;
const B: Address = `0x${'bb'.repeat(20)}`;
const log = (address: Address, ...topics: Hash[]): Log => ({ address, topics, data: new Uint8Array(0) });

describe('matching', () => {
  const subject = log(A, word('1'), word('2'));
  test.each<[boolean, Address[], Hash[][]]>([
    [true, [], []],
    [true, [A], []],
    [true, [B, A], [[word('1')]]],
    [true, [], [[], [word('2')]]],
    [true, [], [[word('9'), word('1')], []]],
    [false, [B], []],
    [false, [], [[word('2')]]],
    [false, [], [[word('1')], [word('1')]]],
    [false, [], [[word('1')], [word('2')], [word('3')]]],
    [false, [], [[], [], []]],
  ])('%s: %j %j', (expected, addresses, topics) => {
    const criteria = { addresses: new Set(addresses), topics: topics.map((any) => new Set(any)) };
    expect(matchesLog(subject, criteria)).toBe(expected);
  });
});

describe('reading', () => {
  const hashOf = (height: number): Hash => `0x${height.toString(16).padStart(64, '0')}`;
  /** A chain of blocks with one transaction and `logsPerBlock` logs each; `receipts` may forget some. */
  function chainOf(height: number, logsPerBlock: number, forgotten: readonly number[] = [], dataBytes = 0): RpcChain {
    const logs = Array.from({ length: logsPerBlock }, () => ({ ...log(A), data: new Uint8Array(dataBytes) }));
    const receipt: Receipt = { gasUsed: 1, failure: null, logs };
    const record = (at: number) =>
      ({
        hash: hashOf(at),
        header: { height: at, parentHash: hashOf(at - 1), transactionCount: 1, timestampMs: 0 },
      }) as HeaderRecord;
    return {
      head: record(height),
      headerByHeight: (at: number) => (at <= height ? record(at) : undefined),
      receiptsInPieces: (hash: Hash) => atOnce(forgotten.includes(Number(hash)) ? undefined : [receipt]),
      transactionHashes: () => atOnce([word('7')]),
    } as Partial<RpcChain> as RpcChain;
  }
  const errorOf = (run: () => unknown) => {
    try {
      return run();
    } catch (error) {
      return error;
    }
  };
  const range = (from: number, to: number) => ({ ...ALL_LOGS, from: { height: from }, to: { height: to } });

  test('gives the logs of a range in order, up to the head', () => {
    const logs = runToEnd(readLogs(chainOf(500, 2), range(100, 9_999)));
    expect(logs).toHaveLength(802);
    expect(logs[0]).toMatchObject({ record: { header: { height: 100 } }, logIndex: 0 });
    expect(logs[1]).toMatchObject({ record: { header: { height: 100 } }, logIndex: 1 });
    expect(logs.at(-1)).toMatchObject({ record: { header: { height: 500 } } });
  });

  test('of blocks that are not there yet is refused in the words of the specification', () => {
    expect(errorOf(() => runToEnd(readLogs(chainOf(5, 2), range(6, 9))))).toMatchObject({
      rpcCode: -32602,
      message: 'block range extends beyond current head block: fromBlock 6 is not there yet, the newest block is 5',
    });
    const toLatest = { ...ALL_LOGS, from: { height: 6 }, to: { tag: 'latest' } } as const;
    expect(errorOf(() => runToEnd(readLogs(chainOf(5, 2), toLatest)))).toMatchObject({
      rpcCode: -32602,
      message: 'invalid block range params: fromBlock 6 is above toBlock 5',
    });
    expect(runToEnd(readLogs(chainOf(5, 2), range(5, 9)))).toHaveLength(2);
  });

  test('of 2,000 blocks at most', () => {
    expect(runToEnd(readLogs(chainOf(5_000, 0), range(1, 2_000)))).toEqual([]);
    expect(errorOf(() => runToEnd(readLogs(chainOf(5_000, 0), range(1, 2_001))))).toMatchObject({
      rpcCode: -32602,
      message: 'blocks 1 to 2001 are 2001, at most 2000 are read at once; ask for parts',
    });
  });

  test('10,000 logs at most', () => {
    expect(runToEnd(readLogs(chainOf(9, 1_000), range(0, 9)))).toHaveLength(10_000);
    expect(errorOf(() => runToEnd(readLogs(chainOf(10, 1_000), range(0, 10))))).toMatchObject({
      rpcCode: -32602,
      message: expect.stringContaining('more than 10000 logs'),
    });
  });

  test('a block that a reorganisation took away meanwhile is told', () => {
    expect(errorOf(() => runToEnd(readLogs(chainOf(10, 1, [7]), range(0, 10))))).toMatchObject({
      rpcCode: -32000,
      message: expect.stringContaining('ask again'),
    });
  });

  test('headers are looked up in pieces, and those of two branches are not mixed', () => {
    const chain = chainOf(1_000, 1);
    let looked = 0;
    const headerByHeight = (height: number) => {
      looked++;
      return chain.headerByHeight(height);
    };
    const pieces = readLogs({ ...chain, headerByHeight }, range(1, 1_000));
    pieces.next();
    expect(looked).toBeLessThan(100);
    expect(runToEnd(pieces)).toHaveLength(1_000);

    const other = { hash: word('f'), header: { parentHash: word('e') } } as HeaderRecord;
    const moved = {
      ...chain,
      headerByHeight: (height: number) => (height > 70 ? other : chain.headerByHeight(height)),
    };
    expect(errorOf(() => runToEnd(readLogs(moved, range(1, 1_000))))).toMatchObject({
      rpcCode: -32000,
      message: expect.stringContaining('block 71 is another one, ask again'),
    });
  });

  test('a piece a block, and no more data than an answer may have', () => {
    const pieces = readLogs(chainOf(5, 1), range(1, 5));
    let count = 0;
    while (!pieces.next().done) count += 1;
    expect(count).toBe(5);
    const crowded = readLogs(chainOf(1, 9_000), range(1, 1));
    for (count = 0; !crowded.next().done; ) count += 1;
    expect(count).toBeGreaterThan(15);
    const wide = readLogs(chainOf(2_000, 5, [], 8_160), range(1, 2_000));
    expect(errorOf(() => runToEnd(wide))).toMatchObject({
      rpcCode: -32602,
      message: expect.stringContaining('more than 25000000 bytes'),
    });
  });
});
