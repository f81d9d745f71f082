/** `keccak256` and what is encoded for it. */
import { bytesToBigInt, keccak256 } from '@wattchain/core';
import type { Expression, FunctionCall } from 'solidity-ast';
import { decodeMemory } from '../../abi/decode.js';
import { encodeToMemory, flatten, isFlat } from '../../abi/encode.js';
import { hashPacked, isPackable } from '../../abi/packed.js';
import { BYTES32, type FunctionType, relocate, STRING, type Type, UINT256 } from '../../tree/types.js';
import { evaluateAs, literalBytes } from '../conversions.js';
import type { Routine } from '../routine.js';
import { bare, onlyArgument } from './arguments.js';

/** solc's kind of function that a call calls, if it calls one. */
export function roleOf(r: Routine, node: FunctionCall): string | undefined {
  const type = r.unit.typeOf(node.expression);
  return type.kind === 'function' ? (type as FunctionType).role : undefined;
}

export function hash(r: Routine, node: FunctionCall): Type {
  const data = bare(onlyArgument(node));
  const role = data.nodeType === 'FunctionCall' ? roleOf(r, data) : undefined;
  if (r.unit.typeOf(data).kind === 'literal') {
    r.push(bytesToBigInt(keccak256(literalBytes(r, data))));
  } else if (data.nodeType === 'FunctionCall' && role === 'abiencode') {
    hashEncoding(r, evaluateEncoded(r, data));
  } else if (data.nodeType === 'FunctionCall' && role === 'abiencodepacked') {
    hashPacked(r, evaluatePacked(r, data));
  } else {
    hashText(r, data);
  }
  return BYTES32;
}

/** `keccak256(bytes(text))` */
function hashText(r: Routine, node: Expression): void {
  const inner = node.nodeType === 'FunctionCall' && node.kind === 'typeConversion' ? bare(onlyArgument(node)) : node;
  if (r.unit.typeOf(inner).kind === 'literal') {
    r.push(bytesToBigInt(keccak256(literalBytes(r, inner))));
    return;
  }
  hashPacked(r, [r.evaluate(node)]);
}

/** ( -- v1 … vn ) The arguments of `abi.encode…`; a number or text without a type has the one that solc encodes it as. */
export function evaluateEncoded(r: Routine, node: FunctionCall): Type[] {
  return node.arguments.map((value) => {
    const type = r.unit.typeOf(value);
    const encoded = encodedType(type);
    evaluateAs(r, value, encoded);
    return encoded;
  });
}

/** ( -- v1 … vn ) The arguments of `abi.encodePacked`: values, texts and arrays of values. */
function evaluatePacked(r: Routine, node: FunctionCall): Type[] {
  const list = node.arguments.find((value) => !isPackable(encodedType(r.unit.typeOf(value))));
  if (list !== undefined) {
    throw r.unit.refuse(
      list,
      'structs and lists of lists are not packed',
      'write keccak256(abi.encode(…)), which no two different values share',
    );
  }
  return evaluateEncoded(r, node);
}

function encodedType(type: Type): Type {
  if (type.kind === 'literal') return STRING;
  if (type.kind === 'rational') return (type.value ?? 0n) < 0n ? { ...UINT256, signed: true } : UINT256;
  return relocate(type, 'memory');
}

/** ( v1 … vn -- hash ) keccak256 of abi.encode. */
function hashEncoding(r: Routine, types: readonly Type[]): void {
  if (isFlat(r, types)) {
    r.op('HASH', flatten(r, types));
    return;
  }
  encodeToMemory(r, types);
  r.push(5);
  r.op('SHL');
  r.op('HASHM');
}

/** `abi.decode(abi.encode(…), (T1, T2))`: words that were just encoded, read as other types. */
export function decode(r: Routine, node: FunctionCall): Type {
  const [data, wanted] = node.arguments;
  const encoding = data === undefined ? undefined : bare(data);
  if (encoding?.nodeType !== 'FunctionCall' || roleOf(r, encoding) !== 'abiencode' || wanted === undefined) {
    throw r.unit.refuse(
      node,
      'abi.decode reads what abi.encode gives in the same expression; other bytes have at most 31',
      'take the values as arguments of their own',
    );
  }
  encodeToMemory(r, evaluateEncoded(r, encoding));
  const target = r.unit.typeOf(wanted);
  const types = (target.kind === 'tuple' ? target.items : [target]).map((item) =>
    item?.kind === 'type' ? relocate(item.of, 'memory') : UINT256,
  );
  decodeMemory(r, types);
  return types.length === 1 ? (types[0] as Type) : { kind: 'tuple', items: types };
}
