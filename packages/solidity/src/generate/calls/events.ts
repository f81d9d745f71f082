/** `emit` */
import { assert } from '@wattchain/core';
import type { EmitStatement, EventDefinition, VariableDeclaration } from 'solidity-ast';
import { encodeToMemory, flatten, isFlat } from '../../abi/encode.js';
import { hashPacked } from '../../abi/packed.js';
import { isWord, type Type } from '../../tree/types.js';
import type { Routine } from '../routine.js';
import { calledOf, pushArguments } from './arguments.js';

interface EventParameter {
  readonly name: string;
  readonly type: Type;
  readonly isIndexed: boolean;
}

export function executeEmit(r: Routine, { eventCall }: EmitStatement): void {
  const called = calledOf(eventCall);
  const definition =
    called.nodeType === 'Identifier' || called.nodeType === 'MemberAccess'
      ? r.unit.declarations.find(called.referencedDeclaration)
      : undefined;
  assert(definition?.nodeType === 'EventDefinition', 'an event is declared');
  if (definition.anonymous) {
    throw r.unit.refuse(eventCall, 'events always carry their signature here', 'declare the event without "anonymous"');
  }
  const parameters = definition.parameters.parameters.map((parameter) => parameterOf(r, parameter));
  const topic = BigInt(`0x${selectorOf(definition)}`);
  r.scope(() => {
    pushArguments(r, eventCall, parameters);
    sortIndexed(r, parameters);
    const data = parameters.filter(({ isIndexed }) => !isIndexed).map(({ type }) => type);
    const indexed = parameters.length - data.length;
    if (isFlat(r, data)) {
      r.op('LOG', topic, indexed, flatten(r, data));
      return;
    }
    encodeToMemory(r, data);
    r.op('LOGM', topic, indexed);
  });
}

function selectorOf({ eventSelector, name }: EventDefinition): string {
  assert(eventSelector !== undefined, `solc tells the topic of ${name}`);
  return eventSelector;
}

function parameterOf(r: Routine, variable: VariableDeclaration): EventParameter {
  const type = r.unit.typeOf(variable);
  if (variable.indexed && !isWord(type)) {
    throw r.unit.refuse(variable, 'structs and arrays are not indexed here', 'leave "indexed" out');
  }
  return { name: variable.name, type, isIndexed: variable.indexed ?? false };
}

/** ( v1 … vn -- ) Indexed values first, texts among them as their hashes. */
function sortIndexed(r: Routine, parameters: readonly EventParameter[]): void {
  const firstData = parameters.findIndex(({ isIndexed }) => !isIndexed);
  const isSorted = parameters.every(({ isIndexed }, i) => !isIndexed || firstData < 0 || i < firstData);
  const hasTexts = parameters.some(({ type, isIndexed }) => isIndexed && type.kind === 'text');
  if (isSorted && !hasTexts) return;
  const values = r.keepMany(parameters.length);
  for (const wanted of [true, false]) {
    for (const [i, { type, isIndexed }] of parameters.entries()) {
      const value = values[i];
      if (isIndexed !== wanted || value === undefined) continue;
      r.get(value);
      if (wanted && type.kind === 'text') hashPacked(r, [type]);
    }
  }
}
