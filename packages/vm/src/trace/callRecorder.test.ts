import { EMPTY_BYTES, type StateJournal } from '@wattchain/core';
import { beforeEach, expect, test } from 'vitest';
import { ALICE, BOB, CONTEXT, CONTRACT, contract, createWorld, type Line, OTHER } from '../../testing/testSupport.js';
import { encodeCall, encodeWords, selectorOf } from '../abi.js';
import { type CallMessage, callContract } from '../execution/transaction.js';
import { CallRecorder, type CallRecorderOptions, failurePlace, type TracedCall } from './callRecorder.js';

const F = selectorOf('f()');
const CALL_OTHER: readonly Line[] = [
  ['PUSH', BigInt(OTHER)],
  ['PUSH', 0n],
  ['CALL', F, 0, 0],
];

let state: StateJournal;
beforeEach(() => {
  state = createWorld().state;
});

function trace(message: Partial<CallMessage> = {}, options: Partial<CallRecorderOptions> = {}) {
  const recorder = new CallRecorder({ maxCalls: 100, maxBytes: 100_000, ...options });
  const whole = { from: ALICE, to: CONTRACT, value: 0n, data: encodeCall(F, []), gasLimit: 1_000_000, gasPrice: 0n };
  const result = callContract(state, { ...whole, ...message }, CONTEXT, recorder);
  return { recorder, result, root: recorder.root as TracedCall };
}
const put = (address: `0x${string}`, ...lines: readonly Line[]) =>
  state.setCode(address, contract({ selector: F, payable: true, lines }));

test('calls stand in the call that made them, with what they used, returned and logged', () => {
  const callee = contract({ selector: F, lines: [['LOG', 5n, 0, 0], ['STOP']] });
  state.setCode(OTHER, callee);
  put(CONTRACT, ['LOG', 4n, 0, 0], ...CALL_OTHER, ['LOG', 6n, 0, 0], ['PUSH', 9n], ['RETURN', 1]);
  const { root, result } = trace({ value: 3n });
  expect(root).toMatchObject({ kind: 'call', from: ALICE, to: CONTRACT, value: 3n, output: encodeWords([9n]) });
  expect(root.gasUsed).toBe(result.gasUsed - 21_064);
  expect(root.calls).toHaveLength(1);
  expect(root.calls[0]).toMatchObject({ kind: 'call', from: CONTRACT, to: OTHER, value: 0n, output: EMPTY_BYTES });
  // Looking the code up, a log without words, and the end of the frame.
  expect(root.calls[0]?.gasUsed).toBe(callee.length + 500 + 1);
  const topics = (call: TracedCall | undefined) => call?.logs.map((log) => BigInt(log.topics[0] ?? 0n));
  expect(topics(root)).toEqual([4n, 6n]);
  expect(topics(root.calls[0])).toEqual([5n]);
});

test('a call that may change nothing is told from others', () => {
  put(CONTRACT, ['PUSH', BigInt(OTHER)], ['CALLVIEW', F, 0, 0], ['STOP']);
  put(OTHER, ['STOP']);
  expect(trace().root.calls).toMatchObject([{ kind: 'viewCall', from: CONTRACT, to: OTHER, value: 0n }]);
});

test('coins that a contract pays are a call of their own', () => {
  state.addBalance(CONTRACT, 10n);
  put(CONTRACT, ['PUSH', BigInt(BOB)], ['PUSH', 4n], ['PAY'], ['STOP']);
  const { root } = trace();
  expect(root.calls).toMatchObject([{ kind: 'pay', from: CONTRACT, to: BOB, value: 4n }]);
  put(CONTRACT, ['PUSH', BigInt(BOB)], ['PUSH', 40n], ['PAY'], ['STOP']);
  const failed = trace().root;
  expect(failed.failure?.code).toBe('insufficientBalance');
  expect(failed.calls, 'what was not paid is none').toEqual([]);
});

test('a failure is found in the innermost contract that ran', () => {
  put(OTHER, ['PUSH', 0n], ['REQUIRE', 'inner'], ['STOP']);
  put(CONTRACT, ...CALL_OTHER, ['STOP']);
  const { root } = trace();
  // 16: push 0 (3 bytes) · 19: require
  expect(failurePlace(root)).toMatchObject({ contract: OTHER, offset: 19 });
  expect(root.failure).toEqual(root.calls[0]?.failure);
});

test('a call refused at the door is found where it was made', () => {
  state.setCode(OTHER, contract({ selector: F + 1, lines: [['STOP']] }));
  put(CONTRACT, ...CALL_OTHER, ['STOP']);
  const { root } = trace();
  // 16: push of an address (22 bytes) · 38: push 0 (3) · 41: call
  expect(failurePlace(root)).toMatchObject({ contract: CONTRACT, offset: 41 });
  expect(root.calls[0]?.failure?.code).toBe('noFunction');
});

test('a deployment and a transfer are calls too', () => {
  const code = contract({ isConstructor: true, lines: [['PUSH', 0n], ['REQUIRE', 'never'], ['STOP']] });
  const deployment = trace({ to: null, data: code });
  expect(deployment.root).toMatchObject({ kind: 'deploy', from: ALICE, input: code });
  expect(failurePlace(deployment.root)).toMatchObject({ contract: deployment.root.to, offset: 19 });
  const transfer = trace({ to: BOB, value: 7n, data: EMPTY_BYTES });
  expect(transfer.root).toMatchObject({ kind: 'call', from: ALICE, to: BOB, value: 7n, gasUsed: 0, calls: [] });
  expect(failurePlace(transfer.root)).toBeUndefined();
});

test('limits leave calls out and say so', () => {
  put(OTHER, ['STOP']);
  put(CONTRACT, ...CALL_OTHER, ...CALL_OTHER, ...CALL_OTHER, ['STOP']);
  const whole = trace();
  expect(whole.root.calls).toHaveLength(3);
  const few = trace({}, { maxCalls: 3 });
  expect(few.recorder.isTruncated).toBe(true);
  expect(few.root.calls).toHaveLength(2);
  expect(few.result).toEqual(whole.result);
  // Calldata of four bytes for the transaction and for each call.
  expect(trace({}, { maxBytes: 8 }).root.calls).toHaveLength(1);
});
