/** Expressions that name a place: variables, members, elements. */
import { assert, type WattchainError } from '@wattchain/core';
import type { Expression, IndexAccess, MemberAccess, VariableDeclaration } from 'solidity-ast';
import { calldataMember } from '../../abi/calldata.js';
import { placeMembers } from '../../layout.js';
import { type ArrayType, type MappingType, type Type, UINT256 } from '../../tree/types.js';
import { elementPlace, pushElement } from '../arrays.js';
import { evaluateAs } from '../conversions.js';
import { hashEntry } from '../entries.js';
import type { Place } from '../place.js';
import type { Routine } from '../routine.js';

/** The variable that an expression names, if it names one. */
export function variableOf(r: Routine, node: Expression): VariableDeclaration | undefined {
  if (node.nodeType !== 'Identifier' && node.nodeType !== 'MemberAccess') return undefined;
  const declaration = r.unit.declarations.find(node.referencedDeclaration);
  if (declaration?.nodeType !== 'VariableDeclaration') return undefined;
  // A member of a struct is found through the struct.
  const home = r.unit.declarations.find(declaration.scope);
  return home?.nodeType === 'StructDefinition' ? undefined : declaration;
}

/** Works out the address of a place. Its parts are left in locals, nothing on the stack. */
export function resolvePlace(r: Routine, node: Expression): Place {
  return r.at(node, () => {
    const variable = variableOf(r, node);
    if (variable !== undefined) return variablePlace(r, variable);
    if (node.nodeType === 'IndexAccess') return indexPlace(r, node);
    if (node.nodeType === 'MemberAccess') return memberPlace(r, node);
    if (node.nodeType === 'TupleExpression' && node.components.length === 1 && node.components[0]) {
      return resolvePlace(r, node.components[0]);
    }
    const list = pushedList(r, node);
    if (list !== undefined) {
      r.evaluate(list.node);
      return pushElement(r, list.type);
    }
    // A call that returns a reference, or a choice between two.
    const type = r.evaluate(node);
    return pointed(r, type);
  });
}

/** The list of a `list.push()` without a value, which names the new element. */
function pushedList(r: Routine, node: Expression): { node: Expression; type: ArrayType } | undefined {
  if (node.nodeType !== 'FunctionCall' || node.arguments.length > 0) return undefined;
  const { expression: called } = node;
  const role = r.unit.typeOf(called);
  if (called.nodeType !== 'MemberAccess' || role.kind !== 'function' || role.role !== 'arraypush') return undefined;
  const type = r.unit.typeOf(called.expression);
  if (type.kind !== 'array') throw refuseBytes(r, node);
  return { node: called.expression, type };
}

/** The error for `push` and `pop` of bytes. */
export function refuseBytes(r: Routine, node: Expression): WattchainError {
  return r.unit.refuse(node, 'bytes grow and shrink as a whole only', 'use a list of bytes1');
}

/** ( reference -- ) The place that a reference on the stack stands for. */
function pointed(r: Routine, type: Type): Place {
  const local = r.newLocal();
  r.op('LSET', local);
  return { in: 'local', local, type };
}

/** Where a variable stands. */
export function variablePlace(r: Routine, variable: VariableDeclaration): Place {
  const type = r.unit.typeOf(variable);
  const local = r.variables.get(variable.id);
  if (local !== undefined) return { in: 'local', local, type };
  if (variable.mutability === 'immutable') {
    return { in: 'immutable', slot: r.unit.immutableSlot(variable), type };
  }
  assert(variable.stateVariable, `"${variable.name}" is in scope`);
  const { slot, offset } = r.unit.statePlace(variable);
  return { in: 'storage', slot: { constant: slot }, offset: 8 * offset, type };
}

function indexPlace(r: Routine, node: IndexAccess): Place {
  const base = r.unit.typeOf(node.baseExpression);
  assert(node.indexExpression !== null && node.indexExpression !== undefined, 'solc asks for an index');
  if (base.kind === 'text') {
    throw r.unit.refuse(
      node,
      'single bytes of bytes and strings are not written',
      'use bytes1 … bytes32, or a list of bytes1',
    );
  }
  r.evaluate(node.baseExpression);
  if (base.kind === 'mapping') return entryPlace(r, base, node.indexExpression);
  assert(base.kind === 'array', 'elements of arrays and mappings are places');
  evaluateAs(r, node.indexExpression, UINT256);
  return elementPlace(r, base);
}

/** ( slot -- ) The entry of a mapping: keccak256 of the key and the mapping's slot. */
function entryPlace(r: Routine, type: MappingType, key: Expression): Place {
  evaluateAs(r, key, type.key);
  hashEntry(r, type.key);
  return { in: 'storage', slot: r.keep(), offset: 0, type: type.value };
}

function memberPlace(r: Routine, node: MemberAccess): Place {
  const base = r.unit.typeOf(node.expression);
  assert(base.kind === 'struct', 'members of structs are places');
  const members = r.unit.declarations.membersOf(base.definition, base.location);
  const position = members.findIndex(({ name }) => name === node.memberName);
  const member = members[position];
  assert(member !== undefined, `${base.definition.name} has a member ${node.memberName}`);
  r.evaluate(node.expression);
  const { type } = member;
  if (base.location === 'calldata') return calldataMember(r, base, position);
  const reference = r.keep();
  if (base.location === 'memory') return { in: 'memory', index: r.plus(reference, position), type };
  const place = placeMembers(base, r.unit.declarations).places[position];
  assert(place !== undefined, 'every member has a place');
  return { in: 'storage', slot: r.plus(reference, place.slot), offset: 8 * place.offset, type };
}
