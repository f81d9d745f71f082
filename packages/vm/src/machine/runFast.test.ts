import { assert, type StateJournal } from '@wattchain/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RANDOM_HEAD_WORDS, RANDOM_SELECTOR, randomContract } from '../../testing/randomCode.js';
import { ALICE, CONTEXT, CONTRACT, contract, createWorld, type Line, OTHER, THIRD } from '../../testing/testSupport.js';
import { encodeCall } from '../abi.js';
import { OPCODES } from '../opcodes.js';
import { verifyCode } from '../verify.js';
import { Machine } from './machine.js';
import type { MachineObserver } from './observer.js';

const GAS = 2_000_000;
/** More runs of random code than this are too many for every day: `WATTCHAIN_RANDOM_CODE=100000` looks longer. */
const RUNS = Number(process.env.WATTCHAIN_RANDOM_CODE ?? 120);

const seen = new Set<string>();
const failures = new Set<string>();
/** Whoever is watched runs by the readable twin. */
const WATCHER: MachineObserver = {
  enter: () => {},
  leave: (_machine, _output, failure) => failures.add(failure?.code ?? 'none'),
  step: (_frame, { opcode }) => seen.add(opcode.name),
};

/** Two contracts, of which the first is called and may call the second. */
interface Contracts {
  readonly first: Uint8Array;
  readonly second: Uint8Array;
  readonly args: readonly bigint[];
}

function worldOf({ first, second }: Contracts): StateJournal {
  const { state } = createWorld();
  state.setCode(CONTRACT, first);
  state.setCode(OTHER, second);
  state.addBalance(CONTRACT, 10n);
  state.addBalance(THIRD, 3n);
  for (let slot = 0n; slot < 3n; slot++) state.setStorage(CONTRACT, slot, 7n * slot);
  return state;
}

/** Runs to the end with rests after `pieceGas`; what it did, all of it. */
function run(contracts: Contracts, gasLimit: number, observer?: MachineObserver, pieceGas = Number.POSITIVE_INFINITY) {
  const state = worldOf(contracts);
  const machine = new Machine(state, CONTEXT, gasLimit, observer);
  machine.begin(ALICE, CONTRACT, 1n, encodeCall(RANDOM_SELECTOR, contracts.args));
  let rests = 0;
  while (!machine.run(pieceGas)) rests += 1;
  const { outcome, gasLeft, logs } = machine;
  assert(outcome !== undefined, 'a run ends');
  return { outcome, gasLeft, logs, changes: state.changes(), rests };
}

const tape = fc.array(fc.noBias(fc.nat(1_000_000)), { minLength: 100, maxLength: 400 });
const word = fc.oneof(fc.bigInt({ min: 0n, max: 40n }), fc.bigInt({ min: 0n, max: 2n ** 256n - 1n }));
const contracts: fc.Arbitrary<Contracts> = fc.record({
  first: tape.map((numbers) => randomContract(numbers)),
  second: fc.tuple(tape, fc.boolean()).map(([numbers, isView]) => randomContract(numbers, isView)),
  args: fc.array(word, { minLength: RANDOM_HEAD_WORDS, maxLength: 5 }),
});

test('the fast way ends as the readable way does: outcome, gas, logs, changes, rests, out of gas at any point', () => {
  fc.assert(
    fc.property(
      contracts,
      fc.integer({ min: 1, max: 5_000 }),
      fc.array(fc.nat(), { maxLength: 6 }),
      (both, piece, cuts) => {
        const readable = run(both, GAS, WATCHER);
        expect(run(both, GAS)).toEqual(readable);
        expect(run(both, GAS, undefined, piece)).toEqual(run(both, GAS, WATCHER, piece));
        // The last limits before enough, and any other.
        const used = GAS - readable.gasLeft;
        const limits = [used, used - 1, used - 2, used - 3, ...cuts.map((cut) => cut % (used + 1))];
        for (const limit of limits.filter((gas) => gas >= 0)) {
          expect(run(both, limit)).toEqual(run(both, limit, WATCHER));
          expect(run(both, limit, undefined, piece)).toEqual(run(both, limit, WATCHER, piece));
        }
      },
    ),
    { numRuns: RUNS, seed: 1, endOnFailure: true },
  );
  // Of those that end a call a random one stands at every end.
  const others = OPCODES.filter(({ flow }) => flow !== 'end');
  expect(others.map(({ name }) => name).filter((name) => !seen.has(name))).toEqual([]);
  const common = ['none', 'badArguments', 'outOfGas', 'panic', 'revert', 'viewViolation'];
  expect([...failures]).toEqual(expect.arrayContaining(common));
});

test.each([
  ['below zero', ['SUB'], 4],
  ['by zero', ['DIV'], 2 + 8],
  ['no argument', ['ARG'], 2 + 3],
  ['too many bits', ['CHECKRANGE', 8], 2 + 2],
] as const)('a line that fails costs what ran of it: %s', (_, failing, gas) => {
  const push = failing[0] === 'DIV' ? 0n : 2n ** 100n;
  const lines: Line[] = [['PUSH', 1n], ['PUSH', push], [...failing], ['PUSH', 5n], ['MUL'], ['POP'], ['STOP']];
  const both = { first: contract({ selector: RANDOM_SELECTOR, payable: true, lines }), second: new Uint8Array(1) };
  for (const observer of [undefined, WATCHER]) {
    const { outcome, gasLeft } = run({ ...both, args: [] }, GAS, observer);
    expect(outcome.fault).toBeDefined();
    expect(GAS - gasLeft).toBe(gas);
  }
});

test('the random code is code', () => {
  fc.assert(
    fc.property(tape, (numbers) => {
      expect(verifyCode(randomContract(numbers)).fault).toBeUndefined();
    }),
  );
});
