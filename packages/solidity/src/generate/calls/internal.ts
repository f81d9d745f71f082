/** Calls of functions of the same contract, of libraries and of files. */
import { assert } from '@wattchain/core';
import type { Expression, FunctionCall, FunctionDefinition } from 'solidity-ast';
import type { Type } from '../../tree/types.js';
import { evaluateAs } from '../conversions.js';
import { subroutineOf } from '../functions.js';
import type { Routine } from '../routine.js';
import { calledOf, type Parameter, pushArguments } from './arguments.js';

/** Parameters of a function, by place and name. */
export function parametersOf(r: Routine, { parameters }: FunctionDefinition): Parameter[] {
  return parameters.parameters.map((parameter) => ({ name: parameter.name, type: r.unit.typeOf(parameter) }));
}

/** The type of what a function gives: one value, or several as a tuple. */
export function resultOf(r: Routine, { returnParameters }: FunctionDefinition): Type {
  const items = returnParameters.parameters.map((result) => r.unit.typeOf(result));
  return items.length === 1 ? (items[0] as Type) : { kind: 'tuple', items };
}

export function callInternal(r: Routine, node: FunctionCall): Type {
  const called = calledOf(node);
  const definition = definitionOf(r, called);
  const parameters = parametersOf(r, definition);
  const attached = attachedTo(r, called);
  if (attached !== undefined) {
    const [first] = parameters;
    assert(first !== undefined, 'an attached function takes what it is attached to');
    evaluateAs(r, attached, first.type);
    pushArguments(r, node, parameters.slice(1));
  } else {
    pushArguments(r, node, parameters);
  }
  r.call(subroutineOf(r.unit, implementationOf(r, called, definition)));
  return resultOf(r, definition);
}

function definitionOf(r: Routine, called: Expression): FunctionDefinition {
  if (called.nodeType === 'Identifier' || called.nodeType === 'MemberAccess') {
    const definition = r.unit.declarations.find(called.referencedDeclaration);
    if (definition?.nodeType === 'FunctionDefinition') return definition;
  }
  throw r.unit.refuse(
    called,
    'functions are not values here',
    'call the function by its name, and choose between several with if',
  );
}

/** What stands before the point of a function that `using … for …` attaches. */
function attachedTo(r: Routine, called: Expression): Expression | undefined {
  if (called.nodeType !== 'MemberAccess') return undefined;
  const type = r.unit.typeOf(called.expression);
  return type.kind === 'type' || type.kind === 'other' || isSuper(type) ? undefined : called.expression;
}

/** solc counts `super` among the types. */
function isSuper(type: Type): boolean {
  const named = type.kind === 'type' ? type.of : type;
  return named.kind === 'contract' && named.isSuper;
}

/** Which function runs: the most derived one of that name, the next one after `super`, or the very one that is named. */
function implementationOf(r: Routine, called: Expression, definition: FunctionDefinition): FunctionDefinition {
  if (called.nodeType === 'Identifier') return r.unit.resolve(definition);
  if (called.nodeType !== 'MemberAccess') return definition;
  if (!isSuper(r.unit.typeOf(called.expression))) return definition;
  assert(r.within !== undefined, 'super stands inside a contract');
  return r.unit.resolveSuper(definition, r.within);
}
