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
import type { Immediate, Item, Operation, SubroutineName } from './code.js';
import { shorten } from './peephole.js';
import { reuseValues, type SubroutineEffect } from './reuse.js';

/** The program of a contract. */
export function link(entries: readonly EntryPoint[], routines: readonly Routine[]): Program<SourcePlace> {
  const instructions: ProgramInstruction<SourcePlace>[] = [];
  const linkedEntries: ProgramEntry<SourcePlace>[] = [];
  const subroutines: ProgramSubroutine<SourcePlace>[] = [];
  const effects = effectsOf(routines);
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
    append(instructions, placeLocals(routine, improve(routine, effects)));
  }
  for (const routine of routines) {
    const { name, takes, gives, place } = routine;
    subroutines.push({ name, takes, gives, index: instructions.length, place });
    append(instructions, placeLocals(routine, improve(routine, effects)));
  }
  return { instructions, entries: sorted(linkedEntries), subroutines };
}

/** The header lists constructor and receive first, then functions by selector. */
function sorted(entries: readonly ProgramEntry<SourcePlace>[]): ProgramEntry<SourcePlace>[] {
  const rank = (entry: ProgramEntry<SourcePlace>) => (entry.constructor ? -2 : entry.receive ? -1 : entry.selector);
  return [...entries].sort((a, b) => rank(a) - rank(b));
}

/** The instructions of a routine, as short and cheap as the rules make them. */
function improve(routine: Routine, effects: ReadonlyMap<string, SubroutineEffect>): Item[] {
  const { localPlaces, takes } = routine;
  const effectOf = (name: string): SubroutineEffect => {
    const effect = effects.get(name);
    assert(effect !== undefined, `there is a subroutine ${name}`);
    return effect;
  };
  let nextPlace = localPlaces.reduce((most, place) => Math.max(most, place + 1), 0);
  // What is used again takes a place of its own, as long as there are any.
  const newLocal = () => (nextPlace < LOCAL_COUNT ? localPlaces.push(nextPlace++) - 1 : undefined);
  return shorten(reuseValues(shorten(routine.items), effectOf, takes, newLocal));
}

/** What each subroutine takes and gives, and whether it, or one that it calls, writes to storage. */
function effectsOf(routines: readonly Routine[]): ReadonlyMap<string, SubroutineEffect> {
  const calls = new Map<string, string[]>();
  const writers = new Set<string>();
  for (const { name, items } of routines) {
    const operations = items.filter((item): item is Operation => 'op' in item);
    if (operations.some(({ op }) => op === 'SSTORE')) writers.add(name);
    const called = operations.filter(({ op }) => op === 'CALLSUB');
    calls.set(
      name,
      called.map(({ immediates }) => (immediates[0] as SubroutineName).subroutine),
    );
  }
  for (let size = -1; size < writers.size; ) {
    size = writers.size;
    for (const [name, called] of calls) if (called.some((other) => writers.has(other))) writers.add(name);
  }
  return new Map(
    routines.map(({ name, takes, gives }) => [name, { takes, gives, writesStorage: writers.has(name) }] as const),
  );
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
