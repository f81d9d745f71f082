const END_WORDS =
  'end|ends|ended|ending|ende|endet|bis|until|till|til|to|thru|through|stop|stopped|finish|finished|he|eop|fin|hasta|fine|fim|slut|tot';
const END_WORD = new RegExp(`^(${END_WORDS})$`);
/** Written in one word, in either order. */
const END_COMPOUND =
  /^((hour|period|interval|time|slot|block|date|datetime|timestamp|zeit|stunden?|intervall|perioden?)(end|ends|ending|ende)|end(time|date|datetime|timestamp|hour|period|interval|zeit|datum|zeitpunkt|at|utc|local))$/;

/** Whether the title of a column of times says that it names the ends of periods: `hour_ending`, `periodEnd`, `bis`. */
export function namesEnds(title: string): boolean {
  const words = title
    .replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}]+/u);
  return words.some((word) => END_WORD.test(word) || END_COMPOUND.test(word));
}

/** What to do about a column that names the ends of periods. */
export const ENDS_HINT =
  'shift the times to the beginning of each period and title the column hour_beginning; they are never shifted by guess';
