/** Expressions without calls. */
import { assert } from '@wattchain/core';
import type {
  Assignment,
  BinaryOperation,
  Conditional,
  Expression,
  Identifier,
  IndexAccess,
  TupleExpression,
  UnaryOperation,
  VariableDeclaration,
} from 'solidity-ast';
import { NOTHING, shapeOf, type Type, UINT256, underlying } from '../../tree/types.js';
import { clear, store } from '../assign.js';
import { convert, evaluateAs } from '../conversions.js';
import { subroutineOf } from '../functions.js';
import { allocateWords, storeMemory } from '../memory.js';
import { load, type Place } from '../place.js';
import { PANIC, type Routine } from '../routine.js';
import { isComparison, writeBinary, writeUnary } from './arithmetic.js';
import { resolvePlace, variableOf, variablePlace } from './places.js';

/** A number or text whose type is not yet decided is as wide as it needs to be. */
export function evaluateLiteral(r: Routine, node: Expression): Type {
  const type = r.unit.typeOf(node);
  if (type.kind === 'rational') {
    assert(type.value !== undefined, 'solc leaves no fraction to run time');
    r.push(type.value);
    return type;
  }
  const target: Type = type.kind === 'literal' ? { kind: 'text', isBytes: false, location: 'memory' } : type;
  if (type.kind === 'literal') evaluateAs(r, node, target);
  else r.push(node.nodeType === 'Literal' && node.value === 'true' ? 1 : BigInt(literalNumber(node)));
  return target;
}

/** `false`, or an address, which solc does not count among the numbers. */
function literalNumber(node: Expression): string {
  assert(node.nodeType === 'Literal', 'a literal has a value');
  return node.kind === 'bool' ? '0' : (node.value as string);
}

export function evaluateIdentifier(r: Routine, node: Identifier): Type {
  if (node.name === 'this') {
    r.op('SELF');
    return r.unit.typeOf(node);
  }
  const variable = variableOf(r, node);
  if (variable === undefined) return NOTHING;
  return evaluateVariable(r, variable);
}

/** A variable's value; that of a constant is worked out where it is used. */
export function evaluateVariable(r: Routine, variable: VariableDeclaration): Type {
  const type = r.unit.typeOf(variable);
  if (variable.constant) {
    assert(variable.value, `the constant ${variable.name} has a value`);
    evaluateAs(r, variable.value, type);
    return type;
  }
  load(r, variablePlace(r, variable));
  return type;
}

/** The value of an expression that names a place. */
export function evaluatePlace(r: Routine, node: Expression): Type {
  const place = resolvePlace(r, node);
  load(r, place);
  return place.type;
}

export function evaluateIndex(r: Routine, node: IndexAccess): Type {
  const base = underlying(r.unit.typeOf(node.baseExpression));
  if (base.kind !== 'fixedBytes') {
    if (base.kind === 'text') {
      throw r.unit.refuse(
        node,
        'single bytes of bytes and strings are not read',
        'use bytes1 … bytes32, or a list of bytes1',
      );
    }
    return evaluatePlace(r, node);
  }
  assert(node.indexExpression, 'solc asks for an index');
  // The byte at the index, moved to the left end; the others fall off both ends.
  r.evaluate(node.baseExpression);
  evaluateAs(r, node.indexExpression, UINT256);
  r.op('DUP', 1);
  r.push(base.bytes);
  r.op('LT');
  r.panicUnless(PANIC.index);
  r.push(3);
  r.op('SHL');
  r.op('SHL');
  r.push(0xffn << 248n);
  r.op('AND');
  return { kind: 'fixedBytes', bytes: 1 };
}

export function evaluateTuple(r: Routine, node: TupleExpression): Type {
  if (node.isInlineArray) return evaluateInlineArray(r, node);
  const items = node.components.map((component) => (component ? r.evaluate(component) : undefined));
  return items.length === 1 && items[0] !== undefined ? items[0] : { kind: 'tuple', items };
}

function evaluateInlineArray(r: Routine, node: TupleExpression): Type {
  const type = r.unit.typeOf(node);
  assert(type.kind === 'array', 'an inline array is an array');
  r.scope(() => {
    allocateWords(r, node.components.length);
    const pointer = r.keep();
    for (const [i, component] of node.components.entries()) {
      assert(component, 'inline arrays have no gaps');
      evaluateAs(r, component, type.base);
      storeMemory(r, r.plus(pointer, i));
    }
    r.get(pointer);
  });
  return type;
}

export function evaluateConditional(r: Routine, node: Conditional): Type {
  const type = r.unit.typeOf(node);
  const [other, end] = [r.newLabel(), r.newLabel()];
  r.evaluate(node.condition);
  r.jumpUnless(other);
  evaluateParts(r, node.trueExpression, type);
  r.jump(end);
  r.mark(other);
  evaluateParts(r, node.falseExpression, type);
  r.mark(end);
  return type;
}

function evaluateParts(r: Routine, node: Expression, type: Type): void {
  if (type.kind !== 'tuple') {
    evaluateAs(r, node, type);
    return;
  }
  const got = r.evaluate(node);
  assert(got.kind === 'tuple', 'both ways give a tuple');
  convertParts(r, got.items, type.items);
}

/** ( v1 … vn -- v1 … vn ) Each value as one of the type in the same place. */
export function convertParts(r: Routine, from: readonly (Type | undefined)[], to: readonly (Type | undefined)[]): void {
  r.scope(() => {
    for (const [i, value] of r.keepMany(from.length).entries()) {
      const [a, b] = [from[i], to[i]];
      if (value !== undefined) r.get(value);
      if (a !== undefined && b !== undefined) convert(r, a, b);
    }
  });
}

export function evaluateUnary(r: Routine, node: UnaryOperation, wanted: boolean): Type {
  const { operator, subExpression } = node;
  if (node.function !== null && node.function !== undefined) return callOperator(r, node.function, [subExpression]);
  if (operator === 'delete') {
    clear(r, resolvePlace(r, subExpression));
    return NOTHING;
  }
  if (operator === '++' || operator === '--') return step(r, node, wanted);
  const folded = r.unit.typeOf(node);
  if (folded.kind === 'rational') return evaluateLiteral(r, node);
  r.evaluate(subExpression);
  writeUnary(r, operator, folded);
  return folded;
}

function step(r: Routine, { operator, prefix, subExpression }: UnaryOperation, wanted: boolean): Type {
  const place = resolvePlace(r, subExpression);
  load(r, place);
  if (wanted && !prefix) r.op('DUP', 1);
  r.push(1);
  writeBinary(r, operator === '++' ? '+' : '-', place.type);
  if (wanted && prefix) r.op('DUP', 1);
  store(r, place, place.type);
  return wanted ? place.type : NOTHING;
}

export function evaluateBinary(r: Routine, node: BinaryOperation): Type {
  const { operator, leftExpression: left, rightExpression: right } = node;
  if (node.function !== null && node.function !== undefined) return callOperator(r, node.function, [left, right]);
  const type = r.unit.typeOf(node);
  if (type.kind === 'rational') return evaluateLiteral(r, node);
  if (operator === '&&' || operator === '||') {
    const end = r.newLabel();
    r.evaluate(left);
    r.op('DUP', 1);
    if (operator === '&&') r.jumpUnless(end);
    else r.jumpIf(end);
    r.op('POP');
    r.evaluate(right);
    r.mark(end);
    return type;
  }
  const common = r.unit.declarations.parse(node.commonType.typeIdentifier as string);
  evaluateAs(r, left, common);
  evaluateOperand(r, operator, right, common);
  writeBinary(r, operator, common);
  return isComparison(operator) ? type : common;
}

/** The right side: of a shift or power, a number of its own type. */
function evaluateOperand(r: Routine, operator: string, node: Expression, common: Type): void {
  if (operator !== '<<' && operator !== '>>' && operator !== '**') {
    evaluateAs(r, node, common);
    return;
  }
  const type = r.unit.typeOf(node);
  evaluateAs(r, node, type.kind === 'rational' ? UINT256 : type);
}

/** An operator of a user-defined value type is a function. */
function callOperator(r: Routine, id: number, operands: readonly Expression[]): Type {
  const definition = r.unit.declarations.get(id, 'FunctionDefinition');
  for (const [i, operand] of operands.entries()) {
    const parameter = definition.parameters.parameters[i];
    assert(parameter !== undefined, 'an operator takes its operands');
    evaluateAs(r, operand, r.unit.typeOf(parameter));
  }
  r.call(subroutineOf(r.unit, definition));
  const [result] = definition.returnParameters.parameters;
  assert(result !== undefined, 'an operator has a result');
  return r.unit.typeOf(result);
}

export function evaluateAssignment(r: Routine, node: Assignment, wanted: boolean): Type {
  const { operator, leftHandSide: left, rightHandSide: right } = node;
  if (operator !== '=') return assignCompound(r, node, wanted);
  const type = r.unit.typeOf(left);
  if (type.kind === 'tuple') {
    assignTuple(r, left, right);
    return NOTHING;
  }
  const from = evaluateFor(r, right, type);
  const place = resolvePlace(r, left);
  // What an assigned struct or array in storage is afterwards is the place, not what was copied.
  const isCopied = place.in === 'storage' && shapeOf(type) === undefined && type.kind !== 'text';
  if (wanted && !isCopied) {
    convert(r, from, place.type);
    r.op('DUP', 1);
    store(r, place, place.type);
    return place.type;
  }
  store(r, place, from);
  if (!wanted) return NOTHING;
  load(r, place);
  return place.type;
}

/** The right side of an assignment: a struct or array as it is, since what is copied depends on where it goes. */
export function evaluateFor(r: Routine, node: Expression, to: Type): Type {
  const from = r.unit.typeOf(node);
  if (from.kind === 'rational' || from.kind === 'literal' || shapeOf(to) !== undefined) {
    evaluateAs(r, node, to);
    return to;
  }
  return r.evaluate(node);
}

function assignCompound(r: Routine, node: Assignment, wanted: boolean): Type {
  const operator = node.operator.slice(0, -1);
  const type = r.unit.typeOf(node.leftHandSide);
  return r.scope(() => {
    evaluateOperand(r, operator, node.rightHandSide, type);
    const operand = r.keep();
    const place = resolvePlace(r, node.leftHandSide);
    load(r, place);
    r.get(operand);
    writeBinary(r, operator, type);
    if (wanted) r.op('DUP', 1);
    store(r, place, type);
    return wanted ? type : NOTHING;
  });
}

/** All values, then all places, then the assignments from the last to the first: the order of solc's generator by way of Yul. */
function assignTuple(r: Routine, left: Expression, right: Expression): void {
  const targets = componentsOf(left);
  const types = targets.map((target) => (target === null ? undefined : r.unit.typeOf(target)));
  r.scope(() => {
    const from = evaluateAll(r, right, types);
    const values = r.keepMany(from.length);
    const places = targets.map((target) => (target === null ? undefined : resolvePlaceOrTuple(r, target)));
    for (let i = places.length - 1; i >= 0; i--) {
      const [place, value, type] = [places[i], values[i], from[i]];
      if (place === undefined || value === undefined || type === undefined) continue;
      r.get(value);
      store(r, place, type);
    }
  });
}

function resolvePlaceOrTuple(r: Routine, node: Expression): Place {
  if (r.unit.typeOf(node).kind === 'tuple') {
    throw r.unit.refuse(node, 'a list of variables within another is not assigned to', 'write two assignments');
  }
  return resolvePlace(r, node);
}

function componentsOf(node: Expression): (Expression | null)[] {
  assert(node.nodeType === 'TupleExpression', 'several values go to several places');
  return node.components.map((component) => component ?? null);
}

/** Several values, which a tuple or one call gives; their types. */
export function evaluateAll(
  r: Routine,
  node: Expression,
  to: readonly (Type | undefined)[],
): readonly (Type | undefined)[] {
  if (node.nodeType === 'TupleExpression' && !node.isInlineArray && node.components.length > 1) {
    return node.components.map((component, i) => {
      assert(component, 'values have no gaps');
      const type = to[i];
      return type === undefined ? r.evaluate(component) : evaluateFor(r, component, type);
    });
  }
  const type = r.evaluate(node);
  return type.kind === 'tuple' ? type.items : [type];
}
