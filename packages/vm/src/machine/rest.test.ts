import { EMPTY_BYTES } from '@wattchain/core';
import { expect, test } from 'vitest';
import { ALICE, CONTEXT, CONTRACT, contract, createWorld, type Line, OTHER } from '../../testing/testSupport.js';
import { encodeCall } from '../abi.js';
import { Machine } from './machine.js';

const GO = 0x01020304;

/** Writes, logs and calls: frames wait for each other, and instructions cost from 1 to some ten thousand gas. */
const CALLER: readonly Line[] = [
  ['PUSH', 7n],
  ['PUSH', 1n],
  ['SSTORE'],
  ['PUSH', BigInt(OTHER)],
  ['PUSH', 0n],
  ['PUSH', 20n],
  ['CALL', GO, 1, 1],
  ['DUP', 1],
  ['LOG', 9n, 1, 0],
  ['RETURN', 1],
];
const CALLEE: readonly Line[] = [['PUSH', 0n], ['ARG'], ['PUSH', 22n], ['ADD'], ['RETURN', 1]];

/** Runs the call with rests after `gas`; tells how it ended, what is left and how often it ran. */
function run(gas: number, gasLimit = 100_000, callee = CALLEE) {
  const { state } = createWorld();
  state.setCode(CONTRACT, contract({ selector: GO, lines: CALLER }));
  state.setCode(OTHER, contract({ selector: GO, headWords: 1, lines: callee }));
  const machine = new Machine(state, CONTEXT, gasLimit);
  machine.begin(ALICE, CONTRACT, 0n, encodeCall(GO, []));
  let runs = 1;
  while (!machine.run(gas)) {
    expect(machine.outcome).toBeUndefined();
    runs += 1;
  }
  const { outcome, gasLeft, logs } = machine;
  return { ended: { outcome, gasLeft, logs, word: state.storage(CONTRACT, 1n) }, runs };
}

test.each([1, 2, 7, 100, 1_000, 10_000])('resting after %i gas changes nothing', (gas) => {
  const whole = run(Number.POSITIVE_INFINITY);
  expect(whole.runs).toBe(1);
  expect(whole.ended.outcome).toEqual({ value: [42n] });
  const sliced = run(gas);
  expect(sliced.ended).toEqual(whole.ended);
  expect(sliced.runs).toBeGreaterThan(1);
});

test('a rest comes before what would exceed the gas, and every run makes at least one instruction', () => {
  // Ten instructions of the caller and five of the called contract.
  expect(run(1).runs).toBe(15);
  // Beside cheap ones before and after: the write with what it adds, the call with its look-up, the log.
  expect(run(5_000).runs).toBe(2);
});

test('out of gas, and a failure below a waiting frame, end a run that rested', () => {
  expect(run(1, 1_500).ended).toEqual(run(Number.POSITIVE_INFINITY, 1_500).ended);
  expect(run(1, 1_500).ended.outcome?.fault?.code).toBe('outOfGas');
  const failing = [['FAIL', 'no']] as const;
  expect(run(3, 100_000, failing).ended).toEqual(run(Number.POSITIVE_INFINITY, 100_000, failing).ended);
});

test('what ends at once needs no run', () => {
  const machine = new Machine(createWorld().state, CONTEXT, 10);
  machine.begin(ALICE, OTHER, 5n, EMPTY_BYTES);
  expect(machine.outcome).toEqual({ value: [] });
  expect(machine.run(1)).toBe(true);
});
