/** Members that are no places: what a call knows of its surroundings, lengths, limits of types, selectors. */
import { assert, bytesToBigInt, fromHex } from '@wattchain/core';
import type { ContractDefinition, MemberAccess } from 'solidity-ast';
import { type Type, UINT256 } from '../../tree/types.js';
import { pushLength } from '../arrays.js';
import { bare } from '../calls/arguments.js';
import { evaluateAs, integerRange } from '../conversions.js';
import type { Routine } from '../routine.js';
import { pushText, pushTextLength } from '../text.js';

/** A member whose value is one opcode. */
export function opcodeMember(op: string) {
  return (r: Routine, node: MemberAccess): Type => {
    r.op(op);
    return r.unit.typeOf(node);
  };
}

/** `a.balance` */
export function balance(r: Routine, node: MemberAccess): Type {
  evaluateAs(r, node.expression, { kind: 'address' });
  r.op('BALANCE');
  return UINT256;
}

/** `list.length`, `bytes(text).length`; of `bytesN` it is known. */
export function length(r: Routine, node: MemberAccess): Type {
  const type = r.unit.typeOf(node.expression);
  if (type.kind === 'fixedBytes') {
    r.push(type.bytes);
    return { kind: 'integer', bits: 8, signed: false };
  }
  const got = r.evaluate(node.expression);
  if (got.kind === 'array') pushLength(r, got);
  else pushTextLength(r);
  return UINT256;
}

/** `Enum.value` */
export function enumValue(r: Routine, node: MemberAccess): Type {
  const type = r.unit.typeOf(node);
  assert(type.kind === 'enum', 'a value of an enum');
  r.push(type.definition.members.findIndex(({ name }) => name === node.memberName));
  return type;
}

/** The type that `type(T)` is about. */
function subject(r: Routine, node: MemberAccess): Type {
  const call = bare(node.expression);
  const argument = call.nodeType === 'FunctionCall' ? call.arguments[0] : undefined;
  const type = argument === undefined ? undefined : r.unit.typeOf(argument);
  assert(type?.kind === 'type', 'type(…) is about a type');
  return type.of;
}

/** `type(T).min`, `type(T).max` */
export function limit(r: Routine, node: MemberAccess): Type {
  const type = subject(r, node);
  if (type.kind === 'enum') {
    r.push(node.memberName === 'min' ? 0 : type.definition.members.length - 1);
    return type;
  }
  assert(type.kind === 'integer', 'integers have limits');
  const { min, max } = integerRange(type);
  r.push(node.memberName === 'min' ? min : max);
  return type;
}

/** `type(I).interfaceId`: the selectors of the interface's own functions, xored. */
export function interfaceId(r: Routine, node: MemberAccess): Type {
  const type = subject(r, node);
  assert(type.kind === 'contract', 'interfaces have ids');
  const selectors = (type.definition as ContractDefinition).nodes.flatMap((member) =>
    member.nodeType === 'FunctionDefinition' && member.functionSelector
      ? [Number.parseInt(member.functionSelector, 16)]
      : [],
  );
  const id = selectors.reduce((xored, selector) => xored ^ selector, 0) >>> 0;
  r.push(BigInt(id) << 224n);
  return { kind: 'fixedBytes', bytes: 4 };
}

/** `type(C).name` */
export function contractName(r: Routine, node: MemberAccess): Type {
  const type = subject(r, node);
  assert(type.kind === 'contract' || type.kind === 'enum' || type.kind === 'struct', 'what is declared has a name');
  pushText(r, new TextEncoder().encode(type.definition.name));
  return r.unit.typeOf(node);
}

/** `f.selector` of a function, an event or an error. */
export function selector(r: Routine, node: MemberAccess): Type {
  const named = bare(node.expression);
  const id =
    named.nodeType === 'Identifier' || named.nodeType === 'MemberAccess' ? named.referencedDeclaration : undefined;
  const declaration = r.unit.declarations.find(id);
  const type = r.unit.typeOf(node);
  const hex =
    declaration?.nodeType === 'FunctionDefinition' || declaration?.nodeType === 'VariableDeclaration'
      ? declaration.functionSelector
      : declaration?.nodeType === 'ErrorDefinition'
        ? declaration.errorSelector
        : declaration?.nodeType === 'EventDefinition'
          ? declaration.eventSelector
          : undefined;
  if (hex === undefined) {
    throw r.unit.refuse(node, 'functions are not values here', 'name the function: Interface.f.selector');
  }
  r.push(bytesToBigInt(fromHex(`0x${hex.padEnd(64, '0')}`)));
  return type;
}
