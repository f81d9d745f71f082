import { EMPTY_BYTES, fromHex, type StateJournal } from '@wattchain/core';
import { beforeEach, expect, test } from 'vitest';
import { ALICE, CONTEXT, CONTRACT, contract, createWorld, ONLY_ENTRY, OTHER } from '../../testing/testSupport.js';
import { encodeCall, selectorOf, selectorToHex } from '../abi.js';
import { callContract } from '../execution/transaction.js';
import { StepRecorder, type StepRecorderOptions } from './stepRecorder.js';

const F = selectorOf('f()');
const EVERYTHING: StepRecorderOptions = { maxSteps: 1_000, maxWords: 10_000, withStack: true, withStorage: true };
const GAS_LIMIT = 100_000;
/** 21,000 and four bytes of calldata that are not zero: f() is 0x26121ff0. */
const INTRINSIC = 21_064;

let state: StateJournal;
beforeEach(() => {
  state = createWorld().state;
});

function traceF(options: Partial<StepRecorderOptions> = {}) {
  const recorder = new StepRecorder({ ...EVERYTHING, ...options });
  const message = { from: ALICE, to: CONTRACT, value: 0n, data: encodeCall(F, []), gasLimit: GAS_LIMIT, gasPrice: 0n };
  const result = callContract(state, message, CONTEXT, recorder);
  return { recorder, result };
}
const shown = (recorder: StepRecorder) =>
  recorder.steps.map(({ offset, opcode, stack, gasCost, depth }) => [depth, offset, opcode.name, [...stack], gasCost]);

test('every step: offset, name, stack before, cost and gas left, as worked out by hand', () => {
  expect(selectorToHex(F)).toBe('0x26121ff0');
  state.setCode(
    CONTRACT,
    contract({
      selector: F,
      // 16: push 7 (3 bytes) · 19: push 300 (4) · 23: sstore (1) · 24: push 300 (4) · 28: sload (1) · 29: return 1
      lines: [['PUSH', 7n], ['PUSH', 300n], ['SSTORE'], ['PUSH', 300n], ['SLOAD'], ['RETURN', 1]],
    }),
  );
  const { recorder, result } = traceF();
  expect(shown(recorder)).toEqual([
    [1, ONLY_ENTRY, 'PUSH', [], 1],
    [1, 19, 'PUSH', [7n], 1],
    // 200 for looking at the old word, 10,000 for a word that was not there.
    [1, 23, 'SSTORE', [7n, 300n], 12_100],
    [1, 24, 'PUSH', [], 1],
    [1, 28, 'SLOAD', [300n], 2_100],
    // 1 for the end of a frame, 8 for the word.
    [1, 29, 'RETURN', [7n], 9],
  ]);
  expect(recorder.steps.map(({ gasLeft }) => gasLeft)).toEqual(
    [0, 1, 2, 12_102, 12_103, 14_203].map((used) => GAS_LIMIT - INTRINSIC - used),
  );
  expect(recorder.steps.map(({ storage }) => storage && [...storage])).toEqual([
    undefined,
    undefined,
    [[300n, 7n]],
    undefined,
    [[300n, 7n]],
    undefined,
  ]);
  expect(result.gasUsed).toBe(INTRINSIC + 14_212);
  expect(recorder.output).toEqual(fromHex(`0x${'7'.padStart(64, '0')}`));
  expect(state.storage(CONTRACT, 300n), 'a call leaves the state as it was').toBe(0n);
});

test('a target is shown as the offset of its instruction', () => {
  // 16: push 1 (3) · 19: jumpif 23 (3) · 22: stop (1) · 23: stop
  state.setCode(CONTRACT, contract({ selector: F, lines: [['PUSH', 1n], ['JUMPIF', 23], ['STOP'], ['STOP']] }));
  const { recorder } = traceF();
  expect(recorder.steps.map(({ offset, immediates }) => [offset, [...immediates]])).toEqual([
    [16, [1n]],
    [19, [23]],
    [23, []],
  ]);
});

test('a call counts one deeper, costs its own part only, and fails with what it called', () => {
  const callee = contract({ selector: F, lines: [['PUSH', 0n], ['REQUIRE', 'no luck'], ['STOP']] });
  state.setCode(OTHER, callee);
  state.setCode(
    CONTRACT,
    contract({ selector: F, lines: [['PUSH', BigInt(OTHER)], ['PUSH', 0n], ['CALL', F, 0, 0], ['STOP']] }),
  );
  const { recorder, result } = traceF();
  expect(shown(recorder).map(([depth, , name, , cost]) => [depth, name, cost])).toEqual([
    [1, 'PUSH', 1],
    [1, 'PUSH', 1],
    // 3,100 for the call and 1 for each byte of the code that is looked up.
    [1, 'CALL', 3_100 + callee.length],
    [2, 'PUSH', 1],
    [2, 'REQUIRE', 2],
  ]);
  expect(recorder.steps.map(({ contract: at }) => at)).toEqual([CONTRACT, CONTRACT, CONTRACT, OTHER, OTHER]);
  expect(recorder.steps.map(({ failure }) => failure?.code)).toEqual([
    undefined,
    undefined,
    'revert',
    undefined,
    'revert',
  ]);
  expect(result.gasUsed).toBe(INTRINSIC + 2 + 3_100 + callee.length + 3);
  expect(recorder.steps.reduce((sum, { gasCost }) => sum + gasCost, INTRINSIC)).toBe(result.gasUsed);
});

test('what runs out of gas is the step that it needed', () => {
  state.setCode(CONTRACT, contract({ selector: F, lines: [['PUSH', 1n], ['PUSH', 2n], ['SSTORE'], ['STOP']] }));
  const recorder = new StepRecorder(EVERYTHING);
  const data = encodeCall(F, []);
  const message = { from: ALICE, to: CONTRACT, value: 0n, data, gasLimit: INTRINSIC + 5, gasPrice: 0n };
  callContract(state, message, CONTEXT, recorder);
  expect(recorder.steps.map(({ opcode, failure }) => [opcode.name, failure?.code])).toEqual([
    ['PUSH', undefined],
    ['PUSH', undefined],
    ['SSTORE', 'outOfGas'],
  ]);
});

test('limits keep the first steps and say that others are left out', () => {
  const lines = Array.from({ length: 10 }, (_, i) => ['PUSH', BigInt(i)] as const);
  state.setCode(CONTRACT, contract({ selector: F, lines: [...lines, ['STOP']] }));
  const whole = traceF();
  expect(whole.recorder.isTruncated).toBe(false);
  expect(whole.recorder.steps).toHaveLength(11);
  const few = traceF({ maxSteps: 4 });
  expect(few.recorder.isTruncated).toBe(true);
  expect(shown(few.recorder)).toEqual(shown(whole.recorder).slice(0, 4));
  expect(few.result).toEqual(whole.result);
  // Stacks of 0, 1, 2 and 3 words, and an immediate each, are ten words.
  expect(traceF({ maxWords: 10 }).recorder.steps).toHaveLength(4);
  expect(traceF({ withStack: false }).recorder.steps.every(({ stack }) => stack.length === 0)).toBe(true);
});

test('a transfer has no steps', () => {
  const recorder = new StepRecorder(EVERYTHING);
  const message = { from: ALICE, to: OTHER, value: 1n, data: EMPTY_BYTES, gasLimit: GAS_LIMIT, gasPrice: 0n };
  expect(callContract(state, message, CONTEXT, recorder).failure).toBeNull();
  expect(recorder.steps).toEqual([]);
});
