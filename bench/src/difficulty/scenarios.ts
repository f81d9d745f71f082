/** What happens to the hash power of a simulated network. Times are block intervals; 0 is the moment that is looked at. */
export interface DifficultyScenario {
  readonly name: string;
  /** What happens at 0, as a sentence's end. */
  readonly what: string;
  /** Hash power from a moment on; it is 1 before the first. */
  readonly phases: readonly { readonly from: number; readonly factor: number }[];
  /** Counts all time as active, as ASERT without the cap of ten intervals does: what the cap is there to prevent. */
  readonly isUncapped?: boolean;
  /** Where its picture begins; without one it is in the table alone. */
  readonly plotFrom?: number;
}

/** Eight hours and one hour in the simulation's intervals of 15 s. */
const EIGHT_HOURS = 1_920;
const ONE_HOUR = 240;
/** Room before the moment, so that a picture shows what was usual. */
const LEAD = 50;

/** Steps both ways, and miners that go away and come back. */
export const DIFFICULTY_SCENARIOS: readonly DifficultyScenario[] = [
  { name: 'constant', what: 'hash power stays as it is', phases: [], plotFrom: -LEAD },
  { name: 'half back', what: 'half of the hash power is back after 1 h', phases: away(ONE_HOUR, 0.5), plotFrom: -290 },
  { name: '× 4', what: 'hash power × 4', phases: [{ from: 0, factor: 4 }], plotFrom: -LEAD },
  { name: '÷ 4', what: 'hash power ÷ 4', phases: [{ from: 0, factor: 1 / 4 }], plotFrom: -LEAD },
  { name: '× 10', what: 'hash power × 10', phases: [{ from: 0, factor: 10 }], plotFrom: -LEAD },
  { name: '÷ 10', what: 'hash power ÷ 10', phases: [{ from: 0, factor: 1 / 10 }], plotFrom: -LEAD },
  { name: 'outage', what: 'all miners are back after 8 h', phases: away(EIGHT_HOURS, 0), plotFrom: -LEAD },
  {
    name: 'outage, no cap',
    what: 'all miners are back after 8 h, time counted in full',
    phases: away(EIGHT_HOURS, 0),
    isUncapped: true,
  },
];

function away(intervals: number, factor: number) {
  return [
    { from: -intervals, factor },
    { from: 0, factor: 1 },
  ];
}
