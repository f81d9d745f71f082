import { readFileSync } from 'node:fs';
import { fromHex } from '@wattchain/core';
import { describe, expect, test } from 'vitest';
import { assemble } from './assembler/index.js';
import { intrinsicGas } from './gas.js';
import { gasOfFunctions } from './gasBounds.js';
import { Sandbox } from './sandbox.js';

const boundsOf = (source: string) => {
  const { code, abi } = assemble(`.contract C\n${source}`, 'c.wca');
  return gasOfFunctions(fromHex(code), abi);
};
const only = (source: string) => boundsOf(source)[0];

describe('the gas of a function', () => {
  test('is one figure where there is one way', () => {
    // PUSH 1 · PUSH 1 · ADD 2 · RETURN 1 + 8.
    expect(only('.function f() returns (uint256)\n push 1 push 2 add return 1')).toEqual({
      name: 'f()',
      least: 13,
      most: 13,
      extras: [],
    });
  });

  test('lies between the ways that succeed, whatever those cost that do not', () => {
    const source = `.function f(uint256 x)
      arg x jumpif long  stop
    long: arg x push 5 gt jumpif bad  push 1 pop push 1 pop stop
    bad: push 1 pop push 1 pop push 1 pop push 1 pop fail "no"`;
    // PUSH 1 · ARG 3 · JUMPIF 2 · STOP 1 = 7; the long way PUSH 1 · ARG 3 · PUSH 1 · GT 2 · JUMPIF 2 · 4 · STOP 1 = 14 behind 6.
    expect(only(source)).toMatchObject({ least: 7, most: 20 });
  });

  test('has no upper bound with a loop, and one with a loop that only fails', () => {
    expect(only('.function f(uint256 x)\nagain: arg x jumpif again stop')).toMatchObject({ least: 7, most: undefined });
    const failing = '.function f(uint256 x)\narg x jumpif loop stop\nloop: push 1 jumpif loop fail "no"';
    expect(only(failing)).toMatchObject({ least: 7, most: 7 });
  });

  test('is that of no way where none succeeds', () => {
    expect(only('.function f()\nfail "no"')).toMatchObject({ least: undefined, most: undefined });
  });

  test('counts what storage and subroutines add, and names what only running tells', () => {
    const source = `.function f(address to)
      push 1 push 2 callsub twice sstore
      arg to push 5 pay  stop
    .subroutine twice takes 2 gives 2
      .local a
      lset a lget a retsub`;
    // PUSH 2 · CALLSUB 4 and a local 1 · LSET, LGET, RETSUB 3 · SSTORE 2100 · ARG 4 with its range 2 · PUSH 1 · PAY 8000 · STOP 1.
    expect(only(source)).toEqual({ name: 'f(address)', least: 10_118, most: 20_118, extras: ['payments'] });
  });

  test('of a recursion has no upper bound, from wherever it is entered', () => {
    const source = `.function f() \n push 1 callsub a pop stop
    .function g() \n push 1 callsub b pop stop
    .subroutine a takes 1 gives 1 \n dup 1 jumpif on retsub \n on: callsub b retsub
    .subroutine b takes 1 gives 1 \n callsub a retsub`;
    const [f, g] = boundsOf(source);
    expect([f?.most, g?.most]).toEqual([undefined, undefined]);
    // Into b and out of it on the way to a: CALLSUB 4 and RETSUB 1.
    expect((g?.least ?? 0) - (f?.least ?? 0)).toBe(5);
  });
});

test('what runs costs no less and no more', () => {
  const source = readFileSync(new URL('../../cli/templates/assembly/counter.wca', import.meta.url), 'utf8');
  const artifact = assemble(source, 'counter.wca');
  const bounds = new Map(gasOfFunctions(fromHex(artifact.code), artifact.abi).map((known) => [known.name, known]));
  const sandbox = new Sandbox();
  const counter = sandbox.deploy(artifact);
  const used = (signature: string, args: readonly number[], data: number) => {
    const { gasUsed } = counter.send(signature, args);
    const gas = gasUsed - intrinsicGas(new Uint8Array(0), false) - data;
    const { least = Number.NaN, most = Number.NaN } = bounds.get(signature) ?? {};
    expect(gas).toBeGreaterThanOrEqual(least);
    expect(gas).toBeLessThanOrEqual(most);
    return gas;
  };
  // A selector of four bytes, an argument of one that is not zero.
  expect(used('add(uint256)', [5], 4 * 16 + 16 + 31 * 4)).toBe(bounds.get('add(uint256)')?.most);
  expect(used('reset()', [], 4 * 16)).toBeLessThan(bounds.get('reset()')?.most ?? 0);
  expect(used('reset()', [], 4 * 16)).toBe(bounds.get('reset()')?.least);
});
