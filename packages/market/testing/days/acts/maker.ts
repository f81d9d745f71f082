import type { Known } from '../known.js';
import type { Random } from '../random.js';
import type { Act } from '../script.js';

/** How often an act is tried against the others, and one that makes sense in the world as it is known; `undefined` where none does. */
export type Maker = readonly [weight: number, make: (random: Random, known: Known) => Act | undefined];

/** A member, mostly of another seat than that one. */
export function otherMember(random: Random, known: Known, seat: string | undefined): string {
  const others = known.members.filter((_, i) => String(i + 1) !== seat);
  return random.pick(random.oneIn(6) ? known.members : others) ?? 'p1';
}
