/** What makes a routine shorter and cheaper, in the order in which it helps. */
import { assert } from '@wattchain/core';
import { LOCAL_COUNT } from '@wattchain/vm';
import type { Routine } from '../generate/routine.js';
import type { Item, Operation, SubroutineName } from './code.js';
import { inline, shortSubroutines } from './inline.js';
import { shorten } from './peephole.js';
import { reuseValues, type SubroutineEffect } from './reuse.js';

/** Improves the routines of a contract, knowing what the subroutines among them do. */
export function improver(subroutines: readonly Routine[]): (routine: Routine) => Item[] {
  const effects = effectsOf(subroutines);
  const short = shortSubroutines(subroutines.map(({ name, items }) => ({ name, items: shorten(items) })));
  return (routine) => improve(routine, inline(routine.items, short), effects);
}

/** The instructions of a routine, as short and cheap as the rules make them. */
function improve(
  { localPlaces, takes }: Routine,
  items: readonly Item[],
  effects: ReadonlyMap<string, SubroutineEffect>,
): Item[] {
  const effectOf = (name: string): SubroutineEffect => {
    const effect = effects.get(name);
    assert(effect !== undefined, `there is a subroutine ${name}`);
    return effect;
  };
  let nextPlace = localPlaces.reduce((most, place) => Math.max(most, place + 1), 0);
  // What is used again takes a place of its own, as long as there are any.
  const newLocal = () => (nextPlace < LOCAL_COUNT ? localPlaces.push(nextPlace++) - 1 : undefined);
  return shorten(reuseValues(shorten(items), effectOf, takes, newLocal));
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
