/** What happens to the hash power of a simulated network. Times are block intervals; 0 is the moment that is looked at. */
export interface DifficultyScenario {
  readonly name: string;
  /** What happens at 0, as a sentence's end. */
  readonly what: string;
  /** Hash power from a moment on; it is 1 before the first. */
  readonly phases: readonly { readonly from: number; readonly factor: number }[];
  /** Counts all time as active, as ASERT without the cap of ten intervals does: what the cap is there to prevent. */
  readonly isUncapped?: boolean;
  /** Whose blocks are dated by another clock: a part of the hash power, and how far the clock is off at a time. */
  readonly clocks?: { readonly share: number; readonly offset: (at: number) => number };
  /** Until then no block can follow the newest one, which is from the future; the picture shades it. */
  readonly heldUntil?: number;
  /** Where its picture begins; without one it is in the table alone. */
  readonly plotFrom?: number;
}

/** Eight hours and one hour in the simulation's intervals of 15 s. */
const EIGHT_HOURS = 1_920;
const ONE_HOUR = 240;
/** So far ahead of a node's clock a header may be: 30 s of 15 s. */
const MOST_AHEAD = 2;
/** Room before the moment, so that a picture shows what was usual. */
const LEAD = 50;

/** Steps both ways, miners that go away and come back, clocks that are wrong, and miners that lie about theirs. */
export const DIFFICULTY_SCENARIOS: readonly DifficultyScenario[] = [
  { name: 'constant', what: 'hash power stays as it is', phases: [], plotFrom: -LEAD },
  { name: 'half back', what: 'half of the hash power is back after 1 h', phases: away(ONE_HOUR, 0.5), plotFrom: -290 },
  { name: '× 4', what: 'hash power × 4', phases: [{ from: 0, factor: 4 }], plotFrom: -LEAD },
  { name: '÷ 4', what: 'hash power ÷ 4', phases: [{ from: 0, factor: 1 / 4 }], plotFrom: -LEAD },
  { name: '× 10', what: 'hash power × 10', phases: [{ from: 0, factor: 10 }], plotFrom: -LEAD },
  { name: '÷ 10', what: 'hash power ÷ 10', phases: [{ from: 0, factor: 1 / 10 }], plotFrom: -LEAD },
  { name: '× 1000', what: 'hash power × 1000', phases: [{ from: 0, factor: 1000 }], plotFrom: -LEAD },
  { name: 'outage', what: 'all miners are back after 8 h', phases: away(EIGHT_HOURS, 0), plotFrom: -LEAD },
  {
    name: 'outage, no cap',
    what: 'all miners are back after 8 h, time counted in full',
    phases: away(EIGHT_HOURS, 0),
    isUncapped: true,
  },
  {
    name: 'clocks back',
    what: 'all clocks were 1 h fast and are set right',
    phases: [],
    clocks: { share: 1, offset: (at) => (at < 0 ? ONE_HOUR : 0) },
    heldUntil: ONE_HOUR - MOST_AHEAD,
    plotFrom: -LEAD,
  },
  {
    name: 'clocks forward',
    what: 'all clocks jump 1 h forward',
    phases: [],
    clocks: { share: 1, offset: (at) => (at < 0 ? 0 : ONE_HOUR) },
    plotFrom: -LEAD,
  },
  {
    name: 'late dates',
    what: 'a third of the hash power dates its blocks as late as it may',
    phases: [],
    clocks: { share: 1 / 3, offset: (at) => (at < 0 ? 0 : MOST_AHEAD) },
  },
  {
    name: 'early dates',
    what: 'a third of the hash power dates its blocks as early as it may',
    phases: [],
    clocks: { share: 1 / 3, offset: (at) => (at < 0 ? 0 : -EIGHT_HOURS) },
  },
];

function away(intervals: number, factor: number) {
  return [
    { from: -intervals, factor },
    { from: 0, factor: 1 },
  ];
}
