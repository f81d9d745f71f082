/** Improved routines do what they did before, for no more gas: random routines run both ways on the machine. */
import { assert } from '@wattchain/core';
import { layOut } from '@wattchain/vm';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { encodeCall } from '../../../vm/src/abi.js';
import { applyMessage } from '../../../vm/src/execution/transaction.js';
import { ALICE, CONTEXT, createWorld } from '../../../vm/testing/testSupport.js';
import { Routine, Unit } from '../generate/routine.js';
import { SourcePlaces } from '../refusal.js';
import { checkSources } from '../solc.js';
import { Declarations } from '../tree/declarations.js';
import type { Item } from './code.js';
import { improver } from './improve.js';
import { link } from './link.js';
import { shorten } from './peephole.js';

const GO = 0x01020304;
const HOME = `0x${'c0'.repeat(20)}` as const;
const VARIABLES = 3;
const SOURCE = {
  name: 'c.sol',
  text: '// SPDX-License-Identifier: MIT\npragma solidity *;\ncontract C { uint256 x; }',
};

type Expression =
  | { readonly kind: 'constant'; readonly value: bigint }
  | { readonly kind: 'variable'; readonly variable: number }
  | { readonly kind: 'load'; readonly slot: Expression }
  | { readonly kind: 'hash'; readonly key: Expression; readonly number: Expression }
  | { readonly kind: 'binary'; readonly op: string; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'not'; readonly value: Expression }
  | { readonly kind: 'either'; readonly condition: Expression; readonly yes: Expression; readonly no: Expression }
  | { readonly kind: 'call'; readonly value: Expression };

type Statement =
  | { readonly kind: 'set'; readonly variable: number; readonly value: Expression }
  | { readonly kind: 'store'; readonly slot: Expression; readonly value: Expression }
  | { readonly kind: 'touch'; readonly value: Expression }
  | { readonly kind: 'if'; readonly condition: Expression; readonly yes: Statement[]; readonly no: Statement[] }
  | { readonly kind: 'repeat'; readonly times: number; readonly body: Statement[] }
  | { readonly kind: 'end'; readonly condition: Expression };

/** Few slots, so that a routine comes back to them: constant ones, ones in variables, entries of two mappings. */
const variable = fc.record({ kind: fc.constant('variable' as const), variable: fc.nat(VARIABLES - 1) });
const slot: fc.Arbitrary<Expression> = fc.constantFrom(
  { kind: 'constant', value: 0n },
  { kind: 'constant', value: 1n },
  { kind: 'variable', variable: 0 },
  { kind: 'hash', key: { kind: 'variable', variable: 0 }, number: { kind: 'constant', value: 7n } },
);
const load = fc.record({ kind: fc.constant('load' as const), slot });

const { expression } = fc.letrec<{ expression: Expression }>((tie) => {
  const inner = tie('expression');
  return {
    expression: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.record({ kind: fc.constant('constant' as const), value: fc.constantFrom(0n, 1n, 2n, 7n, 255n, 1n << 160n) }),
      variable,
      load,
      fc.record({ kind: fc.constant('hash' as const), key: inner, number: inner }),
      fc.record({
        kind: fc.constant('binary' as const),
        op: fc.constantFrom(
          'ADD',
          'SUB',
          'MUL',
          'ADDWRAP',
          'SUBWRAP',
          'AND',
          'OR',
          'XOR',
          'SHL',
          'SHR',
          'LT',
          'GE',
          'EQ',
          'DIV',
        ),
        left: inner,
        right: inner,
      }),
      fc.record({ kind: fc.constant('not' as const), value: inner }),
      fc.record({ kind: fc.constant('either' as const), condition: inner, yes: inner, no: inner }),
      fc.record({ kind: fc.constant('call' as const), value: inner }),
    ),
  };
});

const { statements } = fc.letrec<{ statement: Statement; statements: Statement[] }>((tie) => ({
  statements: fc.array(tie('statement'), { minLength: 1, maxLength: 8, size: 'medium' }),
  statement: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.record({ kind: fc.constant('set' as const), variable: fc.nat(VARIABLES - 1), value: expression }),
    fc.record({ kind: fc.constant('store' as const), slot, value: expression }),
    fc.record({
      kind: fc.constant('set' as const),
      variable: fc.nat(VARIABLES - 1),
      value: load,
    }),
    fc.record({ kind: fc.constant('touch' as const), value: expression }),
    fc.record({ kind: fc.constant('end' as const), condition: expression }),
    fc.record({
      kind: fc.constant('if' as const),
      condition: expression,
      yes: tie('statements'),
      no: tie('statements'),
    }),
    fc.record({ kind: fc.constant('repeat' as const), times: fc.nat(3), body: tie('statements') }),
  ),
}));

/** A word is read, written by the same or another name, and read again. */
const WRITTEN_BETWEEN: [Statement[]][] = (
  [
    [constant(0n), constant(0n)],
    [variableAt(0), variableAt(0)],
    [constant(0n), variableAt(1)],
    [variableAt(1), constant(0n)],
  ] as const
).map(([read, written]) => [
  [
    { kind: 'touch', value: { kind: 'load', slot: read } },
    { kind: 'store', slot: written, value: constant(77n) },
    { kind: 'set', variable: 2, value: { kind: 'load', slot: read } },
  ],
]);

function constant(value: bigint): Expression {
  return { kind: 'constant', value };
}

function variableAt(number: number): Expression {
  return { kind: 'variable', variable: number };
}

let unit: Unit;
beforeAll(() => {
  const checked = checkSources(SOURCE, () => undefined);
  const [source] = checked.units;
  const contract = source?.nodes.find((node) => node.nodeType === 'ContractDefinition');
  const { storageLayout } = checked.contracts[SOURCE.name]?.C ?? {};
  assert(contract?.nodeType === 'ContractDefinition' && storageLayout !== undefined, 'solc knows the contract');
  const rows = { evaluate: () => assert(false, 'no source'), execute: () => assert(false, 'no source') } as never;
  unit = new Unit(contract, new Declarations(checked.units), new SourcePlaces(checked.files), storageLayout, rows);
});

function write(r: Routine, node: Expression): void {
  switch (node.kind) {
    case 'constant':
      r.push(node.value);
      return;
    case 'variable':
      r.op('LGET', node.variable);
      return;
    case 'load':
      write(r, node.slot);
      r.op('SLOAD');
      return;
    case 'hash':
      write(r, node.key);
      write(r, node.number);
      r.op('HASH', 2);
      return;
    case 'binary':
      write(r, node.left);
      write(r, node.right);
      r.op(node.op);
      return;
    case 'not':
      write(r, node.value);
      r.op('ISZERO');
      return;
    case 'either': {
      const [no, end] = [r.newLabel(), r.newLabel()];
      write(r, node.condition);
      r.jumpUnless(no);
      write(r, node.yes);
      r.jump(end);
      r.mark(no);
      write(r, node.no);
      r.mark(end);
      return;
    }
    case 'call':
      write(r, node.value);
      r.call(r.unit.subroutine('count', 1, 1, (own) => writeCounter(own)));
  }
}

/** ( a -- b ) Adds what it is given to word 1, and gives what was there. */
function writeCounter(r: Routine): void {
  r.push(1);
  r.op('SLOAD');
  r.op('DUP', 1);
  r.op('SWAP', 2);
  r.op('ADDWRAP');
  r.push(1);
  r.op('SSTORE');
}

function execute(r: Routine, nodes: readonly Statement[]): void {
  for (const node of nodes) r.scope(() => executeOne(r, node));
}

function executeOne(r: Routine, node: Statement): void {
  switch (node.kind) {
    case 'set':
      write(r, node.value);
      r.op('LSET', node.variable);
      return;
    case 'store':
      write(r, node.value);
      write(r, node.slot);
      r.op('SSTORE');
      return;
    case 'touch':
      write(r, node.value);
      r.op('POP');
      return;
    case 'if': {
      const [no, end] = [r.newLabel(), r.newLabel()];
      write(r, node.condition);
      r.jumpUnless(no);
      execute(r, node.yes);
      r.jump(end);
      r.mark(no);
      execute(r, node.no);
      r.mark(end);
      return;
    }
    case 'repeat':
      r.countUp({ constant: BigInt(node.times) }, () => execute(r, node.body));
      return;
    case 'end':
      write(r, node.condition);
      r.op('REQUIRE', 'it ends here');
  }
}

/** Runs a routine; what it gave, what is stored, what it cost. */
function run(
  nodes: readonly Statement[],
  improve: (routines: readonly Routine[]) => (routine: Routine) => readonly Item[],
) {
  const fresh = new Unit(unit.contract, unit.declarations, unit.places, unit.storageLayout, unit.rows);
  const main = new Routine(fresh, 'main', 0, 0, unit.contract);
  const variables = Array.from({ length: VARIABLES }, () => main.newLocal());
  for (const variable of variables) {
    main.push(variable);
    main.op('ARG');
    main.op('LSET', variable);
  }
  execute(main, nodes);
  for (const variable of variables) main.op('LGET', variable);
  main.op('RETURN', VARIABLES);
  fresh.writePending();
  const entry = {
    kind: 'function',
    selector: GO,
    headWords: VARIABLES,
    payable: false,
    view: false,
    routine: main,
  } as const;
  const laid = layOut(link([entry], fresh.routines, improve(fresh.routines)));
  assert(laid.value !== undefined, `laid out: ${laid.fault?.problem}`);
  const { state } = createWorld();
  state.setCode(HOME, laid.value.code);
  for (const [slot, value] of [5n, 1n, 9n].entries()) state.setStorage(HOME, BigInt(slot), value);
  const data = encodeCall(GO, [3n, 0n, 200n]);
  const result = applyMessage(
    state,
    { from: ALICE, to: HOME, value: 0n, data, gasLimit: 20_000_000, gasPrice: 0n },
    CONTEXT,
  );
  // Words of storage have a slot of 32 bytes in their key; the account itself differs by its code.
  const words = state.changes().filter(({ key }) => key.length > 32);
  const stored = words.map(({ key, after }) => [...key, ...(after ?? [])].join());
  return {
    failure: result.failure?.code,
    output: [...result.output],
    stored: stored.sort(),
    gas: result.gasUsed,
    code: laid.value.code.length,
  };
}

describe('improved routines', () => {
  test.each([
    ['shortened', () => (routine: Routine) => shorten(routine.items)],
    ['shortened, with values used again', improver],
  ] as const)('%s do the same for no more gas', (_, improve) => {
    fc.assert(
      fc.property(statements, (nodes) => {
        const plain = run(nodes, () => (routine) => routine.items);
        const better = run(nodes, improve);
        expect({ ...better, gas: 0, code: 0 }).toEqual({ ...plain, gas: 0, code: 0 });
        if (plain.failure === undefined) expect(better.gas).toBeLessThanOrEqual(plain.gas + VARIABLES);
      }),
      { numRuns: Number(process.env.WATTCHAIN_IMPROVE_RUNS ?? 60), examples: WRITTEN_BETWEEN },
    );
  });
});
