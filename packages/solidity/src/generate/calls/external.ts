/** Calls of other contracts, payments, and calls of the contract itself by way of `this`. */
import { assert } from '@wattchain/core';
import type { Expression, FunctionCall, FunctionDefinition, MemberAccess } from 'solidity-ast';
import { decodeMemory } from '../../abi/decode.js';
import { encodeToMemory, flatten, isFlat } from '../../abi/encode.js';
import { getterSignature } from '../../abi/getters.js';
import { validate } from '../../abi/validate.js';
import { ADDRESS, BOOL, BYTES, isWord, relocate, type Type, UINT256 } from '../../tree/types.js';
import { evaluateAs } from '../conversions.js';
import { evaluateVariable } from '../expressions/values.js';
import { subroutineOf } from '../functions.js';
import { allocate, pushFree } from '../memory.js';
import { asksWhoCalls } from '../reach.js';
import type { Routine } from '../routine.js';
import { bare, calledOf, optionsOf, type Parameter, pushArguments } from './arguments.js';
import { parametersOf } from './internal.js';

interface ExternalFunction {
  readonly selector: number;
  readonly isView: boolean;
  readonly parameters: readonly Parameter[];
  readonly results: readonly Type[];
  readonly definition: FunctionDefinition | undefined;
}

/** The function that `contract.f` names: declared, or the getter of a public variable. */
export function externalFunction(r: Routine, called: Expression): ExternalFunction {
  const declaration =
    called.nodeType === 'MemberAccess' ? r.unit.declarations.find(called.referencedDeclaration) : undefined;
  if (declaration?.nodeType === 'FunctionDefinition') {
    const results = declaration.returnParameters.parameters.map((result) => inMemory(r.unit.typeOf(result)));
    return {
      selector: Number.parseInt(declaration.functionSelector ?? '', 16),
      isView: declaration.stateMutability === 'view' || declaration.stateMutability === 'pure',
      parameters: parametersOf(r, declaration).map(({ name, type }) => ({ name, type: inMemory(type) })),
      results,
      definition: declaration,
    };
  }
  if (declaration?.nodeType === 'VariableDeclaration') {
    const { parameters, results } = getterSignature(r.unit, declaration);
    return {
      selector: Number.parseInt(declaration.functionSelector ?? '', 16),
      isView: true,
      parameters: parameters.map((type) => ({ name: '', type })),
      results,
      definition: undefined,
    };
  }
  throw r.unit.refuse(
    called,
    'functions are not values here',
    'call the function by its name, and choose between several with if',
  );
}

function inMemory(type: Type): Type {
  return relocate(type, 'memory');
}

export function callExternal(r: Routine, node: FunctionCall): Type {
  const called = calledOf(node);
  const external = externalFunction(r, called);
  const { expression: target } = called as MemberAccess;
  if (isThis(target)) return callSelf(r, node, external);
  const types = external.parameters.map(({ type }) => type);
  r.evaluate(target);
  refuseOptions(r, node);
  // A function that changes nothing takes no coins, and solc lets nobody send it any.
  if (!external.isView) pushValue(r, node);
  pushArguments(r, node, external.parameters);
  const [call, callMemory] = external.isView ? ['CALLVIEW', 'CALLVIEWM'] : ['CALL', 'CALLM'];
  const words = external.results.every((type) => isWord(type) && type.kind !== 'text');
  if (words && isFlat(r, types)) {
    const count = flatten(r, types);
    r.op(call as string, external.selector, count, external.results.length);
    validateAll(r, external.results);
  } else {
    encodeToMemory(r, types);
    r.scope(() => {
      pushFree(r);
      r.op(callMemory as string, external.selector);
      const count = r.keep();
      r.get(count);
      allocate(r);
      r.get(count);
    });
    decodeMemory(r, external.results);
  }
  return external.results.length === 1 ? (external.results[0] as Type) : { kind: 'tuple', items: external.results };
}

/** ( v1 … vn -- v1 … vn ) */
function validateAll(r: Routine, types: readonly Type[]): void {
  if (types.length === 1) {
    validate(r, types[0] as Type);
    return;
  }
  r.scope(() => {
    for (const [i, value] of r.keepMany(types.length).entries()) {
      r.get(value);
      validate(r, types[i] as Type);
    }
  });
}

function isThis(node: Expression): boolean {
  const target = bare(node);
  return target.nodeType === 'Identifier' && target.name === 'this';
}

/**
 * `this.f(…)`. No contract is entered twice, so the function runs as part of this call; that is the same unless it asks who called it
 * or with how much, which it then sees differently.
 */
function callSelf(r: Routine, node: FunctionCall, { definition, parameters, results }: ExternalFunction): Type {
  const called = calledOf(node);
  const refuse = (reason: string) =>
    r.unit.refuse(node, reason, 'call a function inside the contract, without "this."');
  if (definition === undefined) return readSelf(r, called, refuse);
  if (called !== bare(node.expression)) throw refuse('a call of this contract to itself carries no coins');
  const implementation = r.unit.resolve(definition);
  if (asksWhoCalls(r.unit, implementation)) {
    throw refuse(`"${definition.name}" asks for msg.sender or msg.value, and no contract is entered twice`);
  }
  const references = [...parameters.map(({ type }) => type), ...results].filter((type) => !isWord(type));
  if (references.length > 0) throw refuse('"this." is for functions whose arguments and results are single values');
  pushArguments(r, node, parameters);
  r.call(subroutineOf(r.unit, implementation));
  return results.length === 1 ? (results[0] as Type) : { kind: 'tuple', items: results };
}

/** `this.x()` of a public variable that is one value. */
function readSelf(r: Routine, called: Expression, refuse: (reason: string) => Error): Type {
  const variable =
    called.nodeType === 'MemberAccess' ? r.unit.declarations.find(called.referencedDeclaration) : undefined;
  if (variable?.nodeType !== 'VariableDeclaration' || !isWord(r.unit.typeOf(variable))) {
    throw refuse('a getter with arguments is not called by way of "this"');
  }
  return evaluateVariable(r, variable);
}

/** Refuses options of a call other than `{value: v}`. */
function refuseOptions(r: Routine, node: FunctionCall): void {
  const other = optionsOf(node).find(({ name }) => name !== 'value')?.name;
  if (other === undefined) return;
  const instead = other === 'gas' ? 'leave it out: there is one gas counter for all calls' : 'leave it out';
  throw r.unit.refuse(node.expression, `calls take no option "${other}"`, instead);
}

/** ( -- value ) What `{value: v}` sends along, 0 without it. */
function pushValue(r: Routine, node: FunctionCall): void {
  const [sent] = optionsOf(node);
  if (sent === undefined) r.push(0);
  else evaluateAs(r, sent.value, UINT256);
}

/** `a.transfer(v)` */
export function payByTransfer(r: Routine, node: FunctionCall): Type {
  const called = calledOf(node) as MemberAccess;
  evaluateAs(r, called.expression, ADDRESS);
  pushArguments(r, node, [{ name: '', type: UINT256 }]);
  r.op('PAY');
  return { kind: 'tuple', items: [] };
}

/** `a.call{value: v}("")`, whose failure is the failure of this call. */
export function payByCall(r: Routine, node: FunctionCall): Type {
  const [data] = node.arguments;
  const isEmpty = data !== undefined && isEmptyText(data);
  if (!isEmpty || optionsOf(node).length === 0) {
    throw r.unit.refuse(
      node,
      'a low-level call is translated as a payment only: a.call{value: v}("")',
      'declare an interface with the function, and call it by its name',
    );
  }
  refuseOptions(r, node);
  const called = calledOf(node) as MemberAccess;
  evaluateAs(r, called.expression, ADDRESS);
  pushValue(r, node);
  r.op('PAY');
  r.push(1);
  r.push(0);
  assert(r.unit.typeOf(node).kind === 'tuple', 'a low-level call gives success and data');
  return { kind: 'tuple', items: [BOOL, BYTES] };
}

function isEmptyText(node: Expression): boolean {
  const text = bare(node);
  return text.nodeType === 'Literal' && text.hexValue === '';
}
