/** A contract as a whole: its entry points, and all that is reachable from them. */
import { assert } from '@wattchain/core';
import type { ContractDefinition, FunctionDefinition, VariableDeclaration } from 'solidity-ast';
import { decodeArguments } from '../abi/decode.js';
import { getterSignature, writeGetter } from '../abi/getters.js';
import { returnValues } from '../abi/results.js';
import { headWords } from '../abi/shape.js';
import { store } from './assign.js';
import { convert, evaluateAs } from './conversions.js';
import { evaluateFor, evaluateVariable } from './expressions/values.js';
import { declare, subroutineOf, takeArguments, typesOf } from './functions.js';
import type { Place } from './place.js';
import { Routine, type Unit } from './routine.js';

/** Where calls enter the contract. */
export interface EntryPoint {
  readonly kind: 'function' | 'constructor' | 'receive';
  readonly selector: number;
  readonly headWords: number;
  readonly payable: boolean;
  readonly view: boolean;
  readonly routine: Routine;
}

/** Writes a contract: its entries here, the subroutines that they reach in the unit. */
export function writeContract(unit: Unit): EntryPoint[] {
  const entries = [...writeConstructor(unit), ...writeReceive(unit), ...writeFunctions(unit)];
  unit.writePending();
  return entries;
}

/** Functions and getters that can be selected: of each selector the most derived. */
function writeFunctions(unit: Unit): EntryPoint[] {
  const entries = new Map<string, EntryPoint>();
  for (const contract of unit.linearized) {
    for (const node of contract.nodes) {
      const isFunction = node.nodeType === 'FunctionDefinition';
      if (!isFunction && node.nodeType !== 'VariableDeclaration') continue;
      if (isFunction && node.kind === 'fallback') {
        throw unit.refuse(
          node,
          'every call selects a function here',
          'leave "fallback" out; coins alone run "receive"',
        );
      }
      const { functionSelector: selector } = node;
      if (!selector || entries.has(selector) || (isFunction && !node.implemented)) continue;
      entries.set(selector, isFunction ? functionEntry(unit, node, selector) : getterEntry(unit, node, selector));
    }
  }
  return [...entries.values()];
}

function functionEntry(unit: Unit, definition: FunctionDefinition, selector: string): EntryPoint {
  const parameters = typesOf(unit, definition.parameters.parameters);
  const results = typesOf(unit, definition.returnParameters.parameters);
  const routine = new Routine(unit, definition.name, 0, 0, definition);
  routine.at(definition, () => {
    decodeArguments(routine, parameters);
    routine.call(subroutineOf(unit, definition));
    returnValues(routine, results);
  });
  const isView = definition.stateMutability === 'view' || definition.stateMutability === 'pure';
  return entry('function', Number.parseInt(selector, 16), headWords(routine, parameters), routine, {
    payable: definition.stateMutability === 'payable',
    view: isView,
  });
}

function getterEntry(unit: Unit, variable: VariableDeclaration, selector: string): EntryPoint {
  const { parameters } = getterSignature(unit, variable);
  const routine = new Routine(unit, variable.name, 0, 0, variable);
  routine.at(variable, () => {
    if (parameters.length === 0 && (variable.constant || variable.mutability === 'immutable')) {
      returnValues(routine, [evaluateVariable(routine, variable)]);
    } else {
      writeGetter(routine, variable);
    }
  });
  const words = headWords(routine, parameters);
  return entry('function', Number.parseInt(selector, 16), words, routine, { payable: false, view: true });
}

function immutablePlace(routine: Routine, variable: VariableDeclaration): Place {
  return { in: 'immutable', slot: routine.unit.immutableSlot(variable), type: routine.unit.typeOf(variable) };
}

function writeReceive(unit: Unit): EntryPoint[] {
  const definition = unit.linearized
    .flatMap(({ nodes }) => nodes)
    .find((node) => node.nodeType === 'FunctionDefinition' && node.kind === 'receive') as
    | FunctionDefinition
    | undefined;
  if (definition === undefined) return [];
  const routine = new Routine(unit, 'receive', 0, 0, definition);
  routine.at(definition, () => {
    routine.call(subroutineOf(unit, definition));
    routine.op('STOP');
  });
  return [entry('receive', 0, 0, routine, { payable: true, view: false })];
}

/**
 * Deployment: arguments of all bases first, from the most derived to the most basic; then, from the most basic on, each contract's
 * variables and the body of its constructor.
 */
function writeConstructor(unit: Unit): EntryPoint[] {
  const own = constructorOf(unit.contract);
  const bases = [...unit.linearized].reverse();
  const isNeeded = bases.some((base) => constructorOf(base) !== undefined || initialised(base).length > 0);
  if (!isNeeded) return [];
  const routine = new Routine(unit, 'constructor', 0, 0, own ?? unit.contract);
  const parameters = own === undefined ? [] : own.parameters.parameters;
  const types = typesOf(unit, parameters);
  routine.at(own ?? unit.contract, () => {
    decodeArguments(routine, types);
    takeArguments(routine, parameters);
    for (const contract of unit.linearized) passToBases(routine, contract);
    for (const base of bases) {
      for (const variable of initialised(base)) initialise(routine, variable, base);
      const definition = constructorOf(base);
      if (definition === undefined) continue;
      for (const { id } of definition.parameters.parameters) routine.op('LGET', localOf(routine, id));
      routine.call(subroutineOf(unit, definition));
    }
    routine.op('STOP');
  });
  const payable = own?.stateMutability === 'payable';
  return [entry('constructor', 0, headWords(routine, types), routine, { payable, view: false })];
}

function localOf(routine: Routine, id: number): number {
  const local = routine.variables.get(id);
  assert(local !== undefined, 'constructors of bases have their arguments');
  return local;
}

function constructorOf(contract: ContractDefinition): FunctionDefinition | undefined {
  return contract.nodes.find((node) => node.nodeType === 'FunctionDefinition' && node.kind === 'constructor') as
    | FunctionDefinition
    | undefined;
}

function initialised(contract: ContractDefinition): VariableDeclaration[] {
  return contract.nodes.filter(
    (node) => node.nodeType === 'VariableDeclaration' && !node.constant && node.value,
  ) as VariableDeclaration[];
}

/** `contract C is B(1)` and `constructor(…) B(1)`: the arguments become the variables of the base's constructor. */
function passToBases(routine: Routine, contract: ContractDefinition): void {
  const { unit } = routine;
  const passed = [
    ...contract.baseContracts.map(({ baseName, arguments: values }) => ({ name: baseName, values })),
    ...(constructorOf(contract)?.modifiers ?? []).map(({ modifierName, arguments: values }) => ({
      name: modifierName,
      values,
    })),
  ];
  for (const { name, values } of passed) {
    const base = unit.declarations.find(name.referencedDeclaration);
    if (base?.nodeType !== 'ContractDefinition' || !values || values.length === 0) continue;
    const parameters = constructorOf(base)?.parameters.parameters ?? [];
    for (const [i, parameter] of parameters.entries()) {
      const value = values[i];
      assert(value, 'solc counts the arguments of a base');
      evaluateAs(routine, value, unit.typeOf(parameter));
      routine.op('LSET', declare(routine, parameter));
    }
  }
}

function initialise(routine: Routine, variable: VariableDeclaration, within: ContractDefinition): void {
  const { unit } = routine;
  routine.at(variable, () =>
    routine.scope(() => {
      assert(variable.value, 'what is initialised has a value');
      routine.within = within;
      const type = unit.typeOf(variable);
      const from = evaluateFor(routine, variable.value, type);
      if (variable.mutability === 'immutable') {
        convert(routine, from, type);
        store(routine, immutablePlace(routine, variable), type);
        return;
      }
      const { slot, offset } = unit.statePlace(variable);
      store(routine, { in: 'storage', slot: { constant: slot }, offset: 8 * offset, type }, from);
    }),
  );
}

function entry(
  kind: EntryPoint['kind'],
  selector: number,
  words: number,
  routine: Routine,
  flags: { readonly payable: boolean; readonly view: boolean },
): EntryPoint {
  return { kind, selector, headWords: words, routine, ...flags };
}
