/** Values of one type as values of another: what Solidity does by itself and what `T(x)` asks for. */
import { assert, fromHex } from '@wattchain/core';
import type { Expression } from 'solidity-ast';
import { type IntegerType, isReference, type Shape, shapeOf, type Type, typeKey, underlying } from '../tree/types.js';
import { copyToMemory } from './aggregates.js';
import { PANIC, type Routine } from './routine.js';
import { pushText, textWords } from './text.js';

/** Writes an expression and what makes its value one of that type. */
export function evaluateAs(r: Routine, node: Expression, to: Type): void {
  const from = r.unit.typeOf(node);
  if (from.kind === 'rational') {
    assert(from.value !== undefined, 'solc converts whole numbers only');
    r.at(node, () => r.push(constantWord(from.value as bigint, to)));
  } else if (from.kind === 'literal') {
    r.at(node, () => pushLiteral(r, literalBytes(r, node), to));
  } else {
    const got = r.evaluate(node);
    r.at(node, () => convert(r, got, to));
  }
}

/** The word of a whole number as a value of the type. */
export function constantWord(value: bigint, to: Type): bigint {
  const shape = shapeOf(to);
  const word = BigInt.asUintN(256, value);
  return shape?.left ? BigInt.asUintN(256, word << BigInt(256 - shape.bits)) : word;
}

/** The bytes of a text that stands in the source. */
export function literalBytes(r: Routine, node: Expression): Uint8Array {
  if (node.nodeType === 'TupleExpression' && node.components.length === 1 && node.components[0]) {
    return literalBytes(r, node.components[0]);
  }
  if (node.nodeType !== 'Literal') throw r.unit.refuse(node, 'this text is not a constant', 'write it as a literal');
  return fromHex(`0x${node.hexValue}`);
}

function pushLiteral(r: Routine, bytes: Uint8Array, to: Type): void {
  if (underlying(to).kind === 'fixedBytes') r.push(textWords(bytes)[0] ?? 0n);
  else pushText(r, bytes);
}

/** ( value -- value ) From one type to another, where solc allows it. */
export function convert(r: Routine, from: Type, to: Type): void {
  if (from.kind === 'rational' || typeKey(from) === typeKey(to)) return;
  if (isReference(from) || isReference(to)) {
    // A mapping is its slot wherever it goes; a pointer to storage stays one.
    if (from.kind === 'mapping' || to.kind === 'mapping' || from.kind === 'text') return;
    assert(isReference(from) && isReference(to), `${typeKey(from)} becomes ${typeKey(to)}`);
    if (to.location === 'memory' && from.location !== 'memory') copyToMemory(r, from);
    return;
  }
  if (from.kind === 'text' && to.kind === 'text') return;
  if (from.kind === 'text') {
    truncateText(r, to);
    return;
  }
  if (to.kind === 'enum' && from.kind === 'integer') {
    checkEnum(r, to.definition.members.length);
    return;
  }
  const [before, after] = [shapeOf(from), shapeOf(to)];
  if (before === undefined || after === undefined) return;
  convertShape(r, before, after);
}

function convertShape(r: Routine, from: Shape, to: Shape): void {
  if (from.left && to.left) {
    if (to.bits < from.bits) cleanUp(r, to);
  } else if (from.left) {
    shift(r, 'SHR', 256 - from.bits);
    if (to.signed) cleanUp(r, to);
  } else if (to.left) {
    shift(r, 'SHL', 256 - to.bits);
  } else if (to.signed) {
    if (to.bits < from.bits || (!from.signed && to.bits === from.bits)) cleanUp(r, to);
  } else if (to.bits < from.bits || from.signed) {
    cleanUp(r, to);
  }
}

function shift(r: Routine, op: string, bits: number): void {
  if (bits === 0) return;
  r.push(bits);
  r.op(op);
}

/** ( word -- value ) Cuts a word to what the shape may use. */
export function cleanUp(r: Routine, { bits, signed, left }: Shape): void {
  if (bits === 256) return;
  if (signed) {
    r.op('SIGNEXT', bits);
    return;
  }
  const ones = (1n << BigInt(bits)) - 1n;
  r.push(left ? ones << BigInt(256 - bits) : ones);
  r.op('AND');
}

/** ( text -- bytes ) The first bytes of a text. */
function truncateText(r: Routine, to: Type): void {
  const shape = shapeOf(to);
  assert(shape?.left, 'bytes become bytes of a fixed number');
  cleanUp(r, { ...shape, bits: Math.min(shape.bits, 248) });
}

function checkEnum(r: Routine, members: number): void {
  r.op('DUP', 1);
  r.push(members);
  r.op('LT');
  r.panicUnless(PANIC.enumRange);
}

/** The range of an integer type. */
export function integerRange({ bits, signed }: IntegerType): { readonly min: bigint; readonly max: bigint } {
  const size = 1n << BigInt(signed ? bits - 1 : bits);
  return { min: signed ? -size : 0n, max: size - 1n };
}
