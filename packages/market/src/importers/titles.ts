import { FIGURE_UNITS, type FigureUnit, type TrackKind } from './dataFile.js';

/** What a column counts: a kind of track, both in one figure with a sign, or the two of a meter that nobody names. */
export type ColumnRole = TrackKind | 'net' | 'unnamed';

/** What a title says. */
export interface Title {
  /** `undefined` for a column that holds no energy. */
  readonly role: ColumnRole | undefined;
  /** `undefined` where none is named; the text where it is none that is read. */
  readonly unit: FigureUnit | undefined;
  readonly foreignUnit: string | undefined;
  /** Whether it says that the figures count on. */
  readonly isRegister: boolean;
  /** Which of several columns that belong together: a tariff's or a phase's number. */
  readonly part: string | undefined;
}

const list = (text: string) => new Set(text.split(' '));

/** Words of the languages of Europe for what a home takes … */
const LOAD_WORDS = list(
  'import imports imported consumption consumed consume usage use used load demand delivered withdrawal withdrawn offtake purchased bought ' +
    'verbrauch verbraucht stromverbrauch bezug netzbezug strombezug bezogen entnahme last wirkarbeitbezug ' +
    'afname verbruik verbruikt levering geleverd consommation consommee consommée soutirage soutirée soutiree ' +
    'consumo consumida prelievo prelevata forbrug förbrukning forbruk zużycie pobór spotřeba odběr kulutus',
);
/** … for what it makes or gives … */
const PV_WORDS = list(
  'export exports exported production produced pv solar generation generated generator feedin injection injected surplus returned sold outflow ' +
    'einspeisung netzeinspeisung rückspeisung rückeinspeisung rücklieferung erzeugung erzeugt produktion wirkarbeiteinspeisung überschuss ' +
    'teruglevering teruggeleverd opwek injectie injecté injectée injectee surproduction ' +
    'inyección inyectada vertido excedente excedentes immissione immessa produzione produktion produksjon tuotanto wyprodukowana oddana dodávka výroba',
);
/** … for both, with a sign … */
const NET_WORDS = list('net netto saldo balance');
/** … for a register … */
const REGISTER_WORDS = list(
  'register zählerstand zaehlerstand stand meterstand standen cumulative cumulated kumulativ kumuliert cumul cumulé cumulatief cumulatieve ' +
    'index compteur teller zähler odometer lifetime running',
);
/** … and for what is no electricity, no energy or no measurement. */
const OTHER_WORDS = list(
  'gas water heat wärme warmte temperature temp cost costs price tariff rate kosten preis prijs notes note status quality flag max min peak ' +
    'reactive blind blindarbeit blindleistung inductive capacitive reaktiv kvar kvarh self own eigen eigenverbrauch selbst selbstverbrauch zelf autoconsumo autoconsommation battery batterie voltage current m3 weather co2 solarthermal soc',
);
/** A rate for energy is none. */
const RATE = /(?:\/|(?:^|[^a-z])(?:per|pro|par|je)[\s_-])\s*k?wh/i;
const OBIS = /(?:^|[^\d])(?:1-[0-9]:)?([1234])\.8\.([0-9])(?=$|[^\d])/;
const PART =
  /(?:^|[\s_.,(-])(?:t|tarief|tarif|tariff|tariefcode|rate|phase|l)[\s_.-]?([1-4])(?=$|[\s_.,)-])|_([12])$|(?:^|[^\p{L}])(ht|nt|hoog|laag|normaal|dal|piek|peak|offpeak|high|low|day|night|hp|hc)(?=$|[^\p{L}])/iu;
const UNIT =
  /(?:^|[^A-Za-z]|(?<=[a-z])(?=KWh))(kWh|Wh|MWh|GWh|kW|MW|W|kVA|kVAh|kVArh|kvarh|MJ|kJ|J|BTU|therms?|A|V)(?=$|[^A-Za-z/²³]|$)/i;

const wordsOf = (title: string) =>
  title
    .normalize('NFC')
    .replace(/feed[\s_-]?in/gi, 'feedin')
    .replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}]+/u)
    .filter((word) => word !== '');

/** What the title of a column says about its figures. */
export function readTitle(title: string): Title {
  const words = wordsOf(title.replace(UNIT, ' '));
  const has = (set: ReadonlySet<string>) => words.some((word) => set.has(word));
  const unitText = UNIT.exec(title)?.[1];
  const unit = unitText === undefined ? undefined : unitOf(unitText);
  const obis = OBIS.exec(title);
  const isRegister = has(REGISTER_WORDS) || obis !== null || (words.includes('meter') && words.includes('reading'));
  const part = PART.exec(title);
  return {
    role: RATE.test(title) ? undefined : roleOf(has, obis?.[1], unitText !== undefined),
    unit,
    foreignUnit: unit === undefined ? unitText : undefined,
    isRegister,
    part:
      obis !== null ? (obis[2] === '0' ? undefined : obis[2]) : (part?.[1] ?? part?.[2] ?? part?.[3]?.toLowerCase()),
  };
}

function roleOf(
  has: (set: ReadonlySet<string>) => boolean,
  obis: string | undefined,
  hasUnit: boolean,
): ColumnRole | undefined {
  // 1.8 is active energy taken, 2.8 given; 3.8 and 4.8 are reactive.
  if (obis !== undefined) return obis === '1' ? 'load' : obis === '2' ? 'pv' : undefined;
  if (has(OTHER_WORDS)) return undefined;
  const [isLoad, isPv, isNet] = [has(LOAD_WORDS), has(PV_WORDS), has(NET_WORDS)];
  if (isNet) return isPv ? 'pv' : 'net';
  // What is both, such as the solar part of a consumption, is neither.
  if (isLoad && isPv) return undefined;
  if (isPv) return 'pv';
  if (isLoad) return 'load';
  return hasUnit ? 'unnamed' : undefined;
}

/** The unit that a text names. An m of the wrong size is a factor of a thousand million, so the case of mWh counts. */
function unitOf(text: string): FigureUnit | undefined {
  if (/^mwh$/i.test(text)) return text === 'mWh' ? 'mWh' : undefined;
  return FIGURE_UNITS.find((unit) => unit.toLowerCase() === text.toLowerCase());
}
