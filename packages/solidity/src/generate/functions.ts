/** Functions with their modifiers, each a subroutine. */
import { assert } from '@wattchain/core';
import type {
  Block,
  ContractDefinition,
  FunctionDefinition,
  ModifierDefinition,
  ModifierInvocation,
  VariableDeclaration,
} from 'solidity-ast';
import type { SubroutineName } from '../code/code.js';
import type { Type } from '../tree/types.js';
import { pushDefault } from './aggregates.js';
import { evaluateAs } from './conversions.js';
import type { Routine, Unit } from './routine.js';

/** Types of parameters or results. */
export function typesOf(unit: Unit, variables: readonly VariableDeclaration[]): Type[] {
  return variables.map((variable) => unit.typeOf(variable));
}

/** The subroutine of a function: it takes the arguments and gives the results. */
export function subroutineOf(unit: Unit, definition: FunctionDefinition): SubroutineName {
  const takes = definition.parameters.parameters.length;
  const gives = definition.returnParameters.parameters.length;
  const name = definition.name === '' ? definition.kind : definition.name;
  return unit.subroutine(`${name} #${definition.id}`, takes, gives, (r) => writeFunction(r, definition), definition);
}

/** ( arguments -- results ) A function with its modifiers, in the routine itself. */
export function writeFunction(r: Routine, definition: FunctionDefinition): void {
  if (!definition.body) {
    throw r.unit.refuse(
      definition,
      `"${definition.name}" has no body here`,
      'implement it in the contract that is built',
    );
  }
  r.at(definition, () => {
    takeArguments(r, definition.parameters.parameters);
    const results = definition.returnParameters.parameters;
    const locals = results.map((result) => declare(r, result));
    if (!alwaysReturns(definition)) {
      for (const [i, result] of results.entries()) {
        pushDefault(r, r.unit.typeOf(result));
        r.op('LSET', locals[i] as number);
      }
    }
    inside(r, homeOf(r.unit, definition), { types: typesOf(r.unit, results), locals }, () =>
      writeModified(r, definition, modifiersOf(r.unit, definition)),
    );
    for (const local of locals) r.op('LGET', local);
  });
}

/** Whether the first values of the results cannot be seen: no name, and the body ends with `return`. */
function alwaysReturns({ returnParameters, modifiers, body }: FunctionDefinition): boolean {
  const isNamed = returnParameters.parameters.some(({ name }) => name !== '');
  return !isNamed && modifiers.length === 0 && body?.statements?.at(-1)?.nodeType === 'Return';
}

/** A local for a variable. */
export function declare(r: Routine, variable: VariableDeclaration): number {
  const local = r.newLocal();
  r.variables.set(variable.id, local);
  return local;
}

/** ( v1 … vn -- ) The words become variables. */
export function takeArguments(r: Routine, parameters: readonly VariableDeclaration[]): void {
  const locals = parameters.map((parameter) => declare(r, parameter));
  for (const local of [...locals].reverse()) r.op('LSET', local);
}

function homeOf(unit: Unit, definition: FunctionDefinition): ContractDefinition | undefined {
  const home = unit.declarations.find(definition.scope);
  return home?.nodeType === 'ContractDefinition' ? home : undefined;
}

/** Writes a body that has its own `return`, which goes on behind it. */
function inside(
  r: Routine,
  within: ContractDefinition | undefined,
  results: { readonly types: readonly Type[]; readonly locals: readonly number[] },
  write: () => void,
): void {
  const outer = { within: r.within, returning: r.returning, isUnchecked: r.isUnchecked };
  const exit = r.newLabel();
  Object.assign(r, { within, returning: { ...results, exit }, isUnchecked: false });
  r.scope(write);
  Object.assign(r, outer);
  r.mark(exit);
}

interface AppliedModifier {
  readonly invocation: ModifierInvocation;
  readonly definition: ModifierDefinition;
}

/** The modifiers of a function without the arguments of base constructors, which look the same. */
function modifiersOf(unit: Unit, { modifiers }: FunctionDefinition): AppliedModifier[] {
  return modifiers.flatMap((invocation) => {
    const named = unit.declarations.find(invocation.modifierName.referencedDeclaration);
    if (named?.nodeType !== 'ModifierDefinition') return [];
    return [{ invocation, definition: unit.resolve(named) }];
  });
}

/** The first modifier around the others around the body. */
function writeModified(r: Routine, definition: FunctionDefinition, [first, ...others]: AppliedModifier[]): void {
  const { placeholder, returning, within } = r;
  if (first === undefined) {
    assert(definition.body, 'a function that is written has a body');
    r.placeholder = undefined;
    r.execute(definition.body);
    r.placeholder = placeholder;
    return;
  }
  assert(returning !== undefined, 'a function says what it returns');
  bindArguments(r, first);
  const isRepeated = runsOften(first.definition.body);
  const firsts = isRepeated ? returning.locals.map((local) => copyLocal(r, local)) : [];
  r.placeholder = () => {
    const modifier = { within: r.within, placeholder: r.placeholder };
    // A body that may run more than once starts with the same arguments and results each time.
    for (const [i, value] of firsts.entries()) {
      r.op('LGET', value);
      r.op('LSET', returning.locals[i] as number);
    }
    const write = () => inside(r, within, returning, () => writeModified(r, definition, others));
    if (isRepeated) withCopies(r, definition, write);
    else write();
    Object.assign(r, modifier);
  };
  const home = r.unit.linearized.find(({ nodes }) => nodes.some(({ id }) => id === first.definition.id));
  inside(r, home, { types: [], locals: [] }, () => r.execute(first.definition.body as Block));
  r.placeholder = placeholder;
}

function bindArguments(r: Routine, { invocation, definition }: AppliedModifier): void {
  const values = invocation.arguments ?? [];
  for (const [i, parameter] of definition.parameters.parameters.entries()) {
    const value = values[i];
    assert(value, 'solc counts the arguments of a modifier');
    evaluateAs(r, value, r.unit.typeOf(parameter));
    r.op('LSET', declare(r, parameter));
  }
}

/** Writes with copies of the arguments for variables, so that these keep what they hold. */
function withCopies(r: Routine, { parameters }: FunctionDefinition, write: () => void): void {
  r.scope(() => {
    const originals = parameters.parameters.map(({ id }) => ({ id, local: r.variables.get(id) as number }));
    for (const { id, local } of originals) r.variables.set(id, copyLocal(r, local));
    write();
    for (const { id, local } of originals) r.variables.set(id, local);
  });
}

function copyLocal(r: Routine, local: number): number {
  const copy = r.newLocal();
  r.op('LGET', local);
  r.op('LSET', copy);
  return copy;
}

/** Whether `_` stands more than once in a modifier, or in a loop. */
function runsOften(node: unknown): boolean {
  const text = JSON.stringify(node);
  return text.split('"PlaceholderStatement"').length > 2 || /"(For|While|DoWhile)Statement"/.test(text);
}
