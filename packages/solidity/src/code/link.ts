/** Entry points and subroutines, one after the other, as a program of the machine. */
import { assert } from '@wattchain/core';
import {
  type Immediate as LinkedImmediate,
  type Label as LinkedLabel,
  LOCAL_COUNT,
  opcodeByName,
  type Program,
  type ProgramEntry,
  type ProgramInstruction,
  type ProgramSubroutine,
} from '@wattchain/vm';
import type { EntryPoint } from '../generate/contract.js';
import type { Routine } from '../generate/routine.js';
import type { SourcePlace } from '../refusal.js';
import type { Immediate, Item, Operation } from './code.js';
import { calledBy } from './inline.js';

/** The program of a contract, without subroutines that nothing calls; `itemsOf` says how a routine's instructions are improved. */
export function link(
  entries: readonly EntryPoint[],
  routines: readonly Routine[],
  itemsOf: (routine: Routine) => readonly Item[],
): Program<SourcePlace> {
  const instructions: ProgramInstruction<SourcePlace>[] = [];
  const linkedEntries: ProgramEntry<SourcePlace>[] = [];
  const subroutines: ProgramSubroutine<SourcePlace>[] = [];
  const improved = new Map([...entries.map(({ routine }) => routine), ...routines].map((r) => [r, itemsOf(r)]));
  const called = new Set([...improved.values()].flatMap((items) => items.map(calledBy)));
  for (const { kind, selector, headWords, payable, view, routine } of entries) {
    const flags = {
      selector,
      headWords,
      payable,
      view,
      constructor: kind === 'constructor',
      receive: kind === 'receive',
    };
    linkedEntries.push({ ...flags, index: instructions.length, place: routine.place });
    append(instructions, placeLocals(routine, improved.get(routine) ?? []));
  }
  for (const routine of routines.filter(({ name }) => called.has(name))) {
    const { name, takes, gives, place } = routine;
    subroutines.push({ name, takes, gives, index: instructions.length, place });
    append(instructions, placeLocals(routine, improved.get(routine) ?? []));
  }
  return { instructions, entries: sorted(linkedEntries), subroutines };
}

/** The header lists constructor and receive first, then functions by selector. */
function sorted(entries: readonly ProgramEntry<SourcePlace>[]): ProgramEntry<SourcePlace>[] {
  const rank = (entry: ProgramEntry<SourcePlace>) => (entry.constructor ? -2 : entry.receive ? -1 : entry.selector);
  return [...entries].sort((a, b) => rank(a) - rank(b));
}

/** Locals that are left, as few places as they need. */
function placeLocals({ localPlaces, node, unit }: Routine, items: readonly Item[]): Item[] {
  const isLocal = (item: Item) => 'op' in item && (item.op === 'LGET' || item.op === 'LSET');
  const placeOf = (item: Item) => localPlaces[(item as Operation).immediates[0] as number] as number;
  const taken = [...new Set(items.filter(isLocal).map(placeOf))].sort((a, b) => a - b);
  if (taken.length > LOCAL_COUNT) {
    throw unit.refuse(
      node,
      `the function needs ${taken.length} values at one time, at most ${LOCAL_COUNT} are possible`,
      'move a part into a function of its own, or keep values together in a struct in memory',
    );
  }
  const numbers = new Map(taken.map((place, number) => [place, number]));
  return items.map((item) =>
    isLocal(item) ? { ...(item as Operation), immediates: [numbers.get(placeOf(item)) as number] } : item,
  );
}

function append(instructions: ProgramInstruction<SourcePlace>[], items: readonly Item[]): void {
  const labels = new Map<number, LinkedLabel>();
  const labelOf = (label: number): LinkedLabel => {
    const known = labels.get(label) ?? { index: -1 };
    labels.set(label, known);
    return known;
  };
  const resolve = (immediate: Immediate): LinkedImmediate =>
    typeof immediate === 'object' && 'label' in immediate ? labelOf(immediate.label) : immediate;
  for (const item of items) {
    if (!('op' in item)) {
      labelOf(item.label).index = instructions.length;
      continue;
    }
    const opcode = opcodeByName(item.op);
    assert(opcode !== undefined, `there is an opcode ${item.op}`);
    instructions.push({ opcode, immediates: item.immediates.map(resolve), place: item.place });
  }
}
