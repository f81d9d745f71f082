import { randomBytes } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { nextTurn } from '../base/turn.js';
import { keyText } from '../store/store.js';
import { developmentGenesis } from './genesis.js';
import { type DevelopmentState, decodeState, encodeState } from './stateFile.js';

const genesis = developmentGenesis({ chainId: 7, timestampMs: 1, addresses: [], balanceWei: 0n, contracts: [] });

function stateOf(count: number, valueBytes: number): DevelopmentState {
  const entries = new Map<string, readonly [Uint8Array, Uint8Array]>();
  for (let i = 0; i < count; i++) {
    const key = new Uint8Array(randomBytes(1 + (i % 40)));
    entries.set(keyText(key), [key, new Uint8Array(randomBytes(valueBytes))]);
  }
  return { genesis, offsetMs: -5, entries };
}

/** Turns of the event loop that come by before something is done. */
async function turnsDuring<T>(work: Promise<T>): Promise<{ readonly turns: number; readonly value: T }> {
  let isDone = false;
  const done = work.finally(() => {
    isDone = true;
  });
  let turns = 0;
  for (; !isDone; turns++) await nextTurn();
  return { turns, value: await done };
}

test('is a line for the network and one for each entry, in the order of keys, and reads as what was written', async () => {
  const state = stateOf(20_000, 3);
  const bytes = await encodeState(state);
  const [, ...lines] = gunzipSync(bytes).toString().trimEnd().split('\n');
  const expected = [...state.entries.values()].map((pair) => pair.map((part) => Buffer.from(part).toString('hex')));
  expect(lines).toEqual(expected.map((pair) => pair.join(' ')).sort());
  const read = await decodeState(bytes);
  expect([read.offsetMs, read.genesis.hash]).toEqual([-5, genesis.hash]);
  expect(new Map([...read.entries].sort())).toEqual(new Map([...state.entries].sort()));
});

test('a large one is written and read in turns with others', async () => {
  const state = stateOf(20_000, 200);
  const written = await turnsDuring(encodeState(state));
  // About nine megabytes of text, in parts of 64 KiB.
  expect(written.turns).toBeGreaterThan(40);
  expect((await turnsDuring(decodeState(written.value))).turns).toBeGreaterThan(40);
});

test('says what is wrong with one that is none', async () => {
  const messageOf = (bytes: Uint8Array) => decodeState(bytes).catch(({ code, message }) => `${code} ${message}`);
  const good = await encodeState(stateOf(10, 3));
  const [head] = gunzipSync(good).toString().split('\n');
  expect(await messageOf(good.subarray(0, good.length - 9))).toMatch(/badState .*cut off, damaged or no gzip file/);
  expect(await messageOf(new Uint8Array(3))).toMatch(/badState .*cut off, damaged or no gzip file/);
  expect(await messageOf(gzipSync(`${head}\n0102 ff\nzz 00\n`))).toMatch(/badState .*line 3 is no entry/);
  expect(await messageOf(gzipSync(''))).toMatch(/badState .*first line is not JSON/);
  // A bomb of half a gigabyte, with no line in it.
  const bomb = gzipSync(Buffer.alloc(513 * 1_048_576));
  expect(await messageOf(bomb)).toMatch(/badState .*more than 536870912 bytes when unpacked/);
});
