/** What variables hold at first. */
import { MAX_MEMORY_WORDS } from '@wattchain/vm';
import type { Operand } from '../code/code.js';
import { type ArrayType, isReference, type StructType, type Type, typeKey } from '../tree/types.js';
import { allocate, allocateWords, EMPTY_ARRAY } from './memory.js';
import { PANIC, type Routine } from './routine.js';

/** ( -- value ) What a variable of the type holds at first: 0, or of a struct or array in memory a new one. */
export function pushDefault(r: Routine, type: Type): void {
  if ((type.kind !== 'struct' && type.kind !== 'array') || type.location !== 'memory') {
    r.push(0);
  } else if (type.kind === 'array' && type.length === undefined) {
    r.push(EMPTY_ARRAY);
  } else {
    r.call(r.unit.subroutine(`new ${typeKey(type)}`, 0, 1, (own) => newAggregate(own, type)));
  }
}

/** ( length -- pointer ) `new T[](length)` in memory; Panic 0x41 for more than a transaction may have. */
export function pushNewArray(r: Routine, type: ArrayType): void {
  r.call(
    r.unit.subroutine(`new ${typeKey(type)}`, 1, 1, (own) => {
      const length = own.keep();
      own.get(length);
      own.push(MAX_MEMORY_WORDS);
      own.op('LT');
      own.panicUnless(PANIC.memory);
      own.getPlus(length, 1);
      allocate(own);
      const pointer = own.keep();
      own.get(length);
      own.get(pointer);
      own.op('MSTORE');
      fillElements(own, type.base, own.plus(pointer, 1), length);
      own.get(pointer);
    }),
  );
}

/** ( -- pointer ) */
function newAggregate(r: Routine, type: StructType | ArrayType): void {
  if (type.kind === 'array') {
    const length = type.length ?? 0n;
    r.push(length);
    allocate(r);
    const pointer = r.keep();
    fillElements(r, type.base, pointer, { constant: length });
    r.get(pointer);
    return;
  }
  const members = r.unit.declarations.membersOf(type.definition, 'memory');
  allocateWords(r, members.length);
  const pointer = r.keep();
  for (const [i, member] of members.entries()) {
    if (!isReference(member.type)) continue;
    pushDefault(r, member.type);
    r.getPlus(pointer, i);
    r.op('MSTORE');
  }
  r.get(pointer);
}

/** Gives elements that are structs or arrays what they hold at first; all others are 0 already. */
function fillElements(r: Routine, base: Type, first: Operand, length: Operand): void {
  if (!isReference(base)) return;
  r.countUp(length, (index) => {
    pushDefault(r, base);
    r.get(first);
    r.get(index);
    r.op('ADDWRAP');
    r.op('MSTORE');
  });
}
