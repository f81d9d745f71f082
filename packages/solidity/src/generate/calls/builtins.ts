/** Conversions, structs, lists and the functions that Solidity brings along. */
import { assert } from '@wattchain/core';
import type { FunctionCall, MemberAccess } from 'solidity-ast';
import { BYTES32, NOTHING, relocate, type Type, UINT256 } from '../../tree/types.js';
import { pushNewArray } from '../aggregates.js';
import { popElement, pushElement } from '../arrays.js';
import { store } from '../assign.js';
import { convert, evaluateAs } from '../conversions.js';
import { refuseBytes } from '../expressions/places.js';
import { evaluatePlace } from '../expressions/values.js';
import { allocateWords, storeMemory } from '../memory.js';
import type { Routine } from '../routine.js';
import { calledOf, onlyArgument, pushArguments } from './arguments.js';

/** `T(x)` */
export function convertTo(r: Routine, node: FunctionCall): Type {
  const type = r.unit.typeOf(node);
  const value = onlyArgument(node);
  const from = r.unit.typeOf(value);
  const to = from.kind === 'struct' || from.kind === 'array' ? from : type;
  if (from.kind === 'rational' || from.kind === 'literal') evaluateAs(r, value, to);
  else convert(r, r.evaluate(value), to);
  return to;
}

/** `S(…)`, `S({…})` */
export function makeStruct(r: Routine, node: FunctionCall): Type {
  const type = r.unit.typeOf(node);
  assert(type.kind === 'struct', 'a struct is made');
  const members = r.unit.declarations.membersOf(type.definition, 'memory');
  r.scope(() => {
    pushArguments(r, node, members);
    const values = r.keepMany(members.length);
    allocateWords(r, members.length);
    const pointer = r.keep();
    for (const [i, value] of values.entries()) {
      r.get(value);
      storeMemory(r, r.plus(pointer, i));
    }
    r.get(pointer);
  });
  return relocate(type, 'memory');
}

/** `new T[](n)` */
export function makeArray(r: Routine, node: FunctionCall): Type {
  const type = r.unit.typeOf(node);
  if (type.kind !== 'array') {
    throw r.unit.refuse(node, 'bytes and strings are not made at run time', 'use a list of bytes1, or a constant text');
  }
  evaluateAs(r, onlyArgument(node), UINT256);
  pushNewArray(r, type);
  return type;
}

/** `list.push(x)`, and `list.push()` whose value is the new element. */
export function pushTo(r: Routine, node: FunctionCall): Type {
  const [value] = node.arguments;
  if (value === undefined) return r.scope(() => evaluatePlace(r, node));
  const called = calledOf(node) as MemberAccess;
  const type = r.unit.typeOf(called.expression);
  if (type.kind !== 'array') throw refuseBytes(r, node);
  return r.scope(() => {
    r.evaluate(called.expression);
    const list = r.keep();
    const from = evaluateElement(r, value, type.base);
    const element = r.keep();
    r.get(list);
    const place = pushElement(r, type);
    r.get(element);
    store(r, place, from);
    return NOTHING;
  });
}

function evaluateElement(r: Routine, value: FunctionCall['arguments'][number], to: Type): Type {
  const from = r.unit.typeOf(value);
  if (from.kind === 'struct' || from.kind === 'array') return r.evaluate(value);
  evaluateAs(r, value, to);
  return to;
}

/** `list.pop()` */
export function popFrom(r: Routine, node: FunctionCall): Type {
  const called = calledOf(node) as MemberAccess;
  const type = r.unit.typeOf(called.expression);
  if (type.kind !== 'array') throw refuseBytes(r, node);
  r.scope(() => {
    r.evaluate(called.expression);
    popElement(r, type);
  });
  return NOTHING;
}

/** `T.wrap(x)` and `T.unwrap(x)`: the same word. */
export function rewrap(r: Routine, node: FunctionCall): Type {
  const type = r.unit.typeOf(node);
  const value = onlyArgument(node);
  if (type.kind === 'userValue') evaluateAs(r, value, type.underlying);
  else r.evaluate(value);
  return type;
}

const WORD = { name: '', type: UINT256 };

/** `addmod`, `mulmod` */
export function modular(op: string) {
  return (r: Routine, node: FunctionCall): Type => {
    pushArguments(r, node, [WORD, WORD, WORD]);
    r.op(op);
    return UINT256;
  };
}

/** `ecrecover(digest, v, r, s)` */
export function recoverSigner(r: Routine, node: FunctionCall): Type {
  const digest = { name: '', type: BYTES32 };
  const v = { name: '', type: { ...UINT256, bits: 8 } };
  pushArguments(r, node, [digest, v, digest, digest]);
  r.op('RECOVER');
  return { kind: 'address' };
}
