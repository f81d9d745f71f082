import type { Known } from '../known.js';
import type { Random } from '../random.js';
import type { Act } from '../script.js';

/** How often an act is tried against the others, and one that makes sense in the world as it is known; `undefined` where none does. */
export type Maker = readonly [weight: number, make: (random: Random, known: Known) => Act | undefined];

/** One of the makers, by their weights, and what it makes. */
export function makeOne(makers: readonly Maker[], random: Random, known: Known): Act | undefined {
  let place = random.below(makers.reduce((sum, [weight]) => sum + weight, 0));
  for (const [weight, make] of makers) {
    place -= weight;
    if (place < 0) return make(random, known);
  }
  return undefined;
}

/** A member, mostly of another seat than that one. */
export function otherMember(random: Random, known: Known, seat: string | undefined): string {
  const others = known.members.filter((_, i) => String(i + 1) !== seat);
  return random.pick(random.oneIn(6) ? known.members : others) ?? 'p1';
}
