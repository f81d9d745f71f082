import { namesBeginnings, namesEnds } from '../input/ends.js';
import type { CsvRow } from '../input/table.js';

/** What the cells of a column hold, by those of a row. */
type TimeKind = 'moment' | 'date' | 'clock';

const DATE = String.raw`(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{4})`;
const CLOCK = String.raw`\d{1,2}:\d{2}(?::\d{2})?(?: ?[ap]\.?m\.?)?`;
const DATE_ONLY = new RegExp(`^${DATE}$`);
const CLOCK_ONLY = new RegExp(`^${CLOCK}$`, 'i');
const MOMENT = new RegExp(String.raw`^(?:${DATE}(?:[T ]|, ?)\d{1,2}:\d{2}|\d{8}[T ]\d{4})`, 'i');
const EPOCH = /^\d{9,16}(?:\.0+)?$/;
const TIME_TITLE =
  /time|date|datum|zeit|stamp|start|begin|epoch|period|interval|tijd|fecha|hora|heure|horodat|ora$|czas|^from$|^to$|^von$|^bis$|read_at/i;

/** Where the times of a table stand. */
export interface TimeColumns {
  /** For errors. */
  readonly title: string;
  readonly position: number;
  /** All of their positions. */
  readonly positions: readonly number[];
  readonly timeOf: (row: CsvRow) => string;
  /** Which end of periods the title names; `undefined` where it does not say. */
  readonly names: 'beginning' | 'ending' | undefined;
}

interface Candidate {
  readonly position: number;
  readonly title: string;
  readonly kind: TimeKind;
  readonly names: TimeColumns['names'];
}

function kindOf(cell: string, title: string): TimeKind | undefined {
  if (MOMENT.test(cell)) return 'moment';
  if (DATE_ONLY.test(cell)) return 'date';
  if (CLOCK_ONLY.test(cell)) return 'clock';
  return EPOCH.test(cell) && TIME_TITLE.test(title) ? 'moment' : undefined;
}

/** Beginnings are preferred to times of which nothing is said, and these to ends. */
const rank = ({ names }: Candidate) => (names === 'beginning' ? 0 : names === undefined ? 1 : 2);

/** Finds the columns of times: one of moments, or a date and a clock, or clocks of a day without a date; `undefined` where there are none. */
export function findTimeColumns(titles: readonly string[], sample: CsvRow): TimeColumns | undefined {
  const candidates = titles.flatMap((title, position): Candidate[] => {
    const kind = kindOf((sample.cells[position] ?? '').trim(), title);
    if (kind === undefined) return [];
    const names = namesBeginnings(title) ? 'beginning' : namesEnds(title) ? 'ending' : undefined;
    return [{ position, title, kind, names }];
  });
  const best = (kind: TimeKind) =>
    candidates.filter((candidate) => candidate.kind === kind).sort((a, b) => rank(a) - rank(b))[0];
  const moment = best('moment');
  const positions = candidates.map(({ position }) => position);
  if (moment !== undefined) return { ...moment, positions, timeOf: ({ cells }) => cells[moment.position] ?? '' };
  const [date, clock] = [best('date'), best('clock')];
  if (clock === undefined)
    return date === undefined ? undefined : { ...date, positions, timeOf: ({ cells }) => cells[date.position] ?? '' };
  if (date === undefined) return { ...clock, positions, timeOf: ({ cells }) => cells[clock.position] ?? '' };
  return {
    ...clock,
    positions,
    timeOf: ({ cells }) => `${cells[date.position] ?? ''} ${cells[clock.position] ?? ''}`,
  };
}
