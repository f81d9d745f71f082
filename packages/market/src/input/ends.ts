/** As headers say it in the languages of Europe, a few abbreviations among them. */
const END_WORDS = new Set(
  (
    'end ends ended ending until till til to thru through upto stop stopped finish finished close closed closing final he eop ' +
    'ende endet bis schluss fin jusque jusqu hasta termina fine fino finale fim até slut sluttid till tot einde eind loppu ' +
    'koniec konec vége bitiş son τέλος конец'
  ).split(' '),
);
/** Written in one word: what ends … */
const ENDED =
  'hour|period|interval|time|slot|block|date|datetime|timestamp|quarter|zeit|datum|stunden?|viertelstunden?|intervall|perioden?|messperioden?|hora|fecha|heure|tijd|uur';
/** … and its end, in either order. */
const END = 'end|ends|ending|ended|ende|fin|fim|slut|tot|to|until';
const END_FIRST = 'end|ende|ended|eind|einde|slut|stop|finish';
const END_COMPOUND = new RegExp(`^((${ENDED})(${END})|(${END_FIRST})(${ENDED}|tid|punkt|zeitpunkt|at|utc|local))$`);
const BEGIN_WORD =
  /begin|start|^(from|since|hb|von|ab|seit|de|du|desde|da|dal|van|od|från|fra|debut|début|inicio|início|inizio|avvio)$/;

const wordsOf = (title: string) =>
  title
    .normalize('NFC')
    .replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}]+/u);

/** Whether the title of a column of times says that it names the ends of periods: `hour_ending`, `periodEnd`, `bis`. */
export function namesEnds(title: string): boolean {
  return wordsOf(title).some((word) => END_WORDS.has(word) || END_COMPOUND.test(word));
}

/** Whether the title of a column of times says that it names the beginnings of periods: `start`, `hour_beginning`, `von`. */
export function namesBeginnings(title: string): boolean {
  return wordsOf(title).some((word) => BEGIN_WORD.test(word));
}

/** What to do about a column that names the ends of periods. */
export const ENDS_HINT =
  'shift the times to the beginning of each period and title the column hour_beginning; they are never shifted by guess';
