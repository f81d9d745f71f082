import { CsvError, type Options, parse } from 'csv-parse/browser/esm/sync';

/** A line of a CSV file. */
export interface CsvRow {
  /** Counted from 1, blank lines too. */
  readonly line: number;
  /** Without the blanks and quotation marks around them. */
  readonly cells: readonly string[];
}

/** A CSV file as it was read. */
export interface Table {
  /** Without cells when there is no text. */
  readonly header: CsvRow;
  /** What stands between the cells. */
  readonly separator: string;
  readonly rows: readonly CsvRow[];
  /** Last columns that were left out, because nothing stands in them, not even a title. */
  readonly emptyColumns: number;
}

/** Makes an error of what is wrong: where it is (`day.csv, line 3`), what, and what to do. */
export type TableError = (place: string, what: string, hint: string, cause: unknown) => Error;

/** Longest line of a table that says nothing else: 256 columns of thirty-two characters. */
const MAX_LINE_CHARACTERS = 8_192;
const SEPARATORS = [',', ';', '\t'] as const;
/** A first line for Excel that names what separates the cells, `sep=;`. */
const NAMED_SEPARATOR = /^(\uFEFF?\s*)"?sep=([,;|\t])"?[^\S\r\n]*(?=[\r\n])/i;
/** How CSV is read, but for its separator and limits. */
const LAYOUT: Options = { bom: true, info: true, trim: true, relax_column_count: true, skip_empty_lines: true };
const NO_HEADER: CsvRow = { line: 1, cells: [] };

/** A line as csv-parse gives it. */
interface ReadRecord {
  readonly record: string[];
  readonly info: { readonly lines: number };
}

/** What csv-parse tells of a row that is no CSV. */
interface RowFault {
  readonly code: string;
  /** Ends of lines up to the fault, and one. */
  readonly lines: number;
  /** From 0. */
  readonly column: number;
  /** The row up to the fault, where it is kept. */
  readonly raw?: string;
}

/**
 * A table out of CSV text (RFC 4180, and as spreadsheets write it: separated by commas, semicolons or tabs, with quoted cells, a byte
 * order mark, a first line `sep=;`, blank lines, empty last columns). Rows keep their number of cells; what is no CSV is thrown as `bad` makes an error of it.
 * @param mostCharacters of a line
 */
export function readTable(file: string, text: string, bad: TableError, mostCharacters = MAX_LINE_CHARACTERS): Table {
  const separator = separatorOf(text);
  const [header = NO_HEADER, ...rows] = readRows(file, text, bad, {
    ...LAYOUT,
    delimiter: separator,
    max_record_size: mostCharacters,
  });
  const width = widthOf(header);
  const fitted = rows.map((row) => withoutEmptyEnd(row, width));
  const longest = rows.reduce((most, row, index) => {
    const dropped = row.cells.length - (fitted[index]?.cells.length ?? 0);
    return Math.max(most, dropped);
  }, header.cells.length - width);
  return { header: { ...header, cells: header.cells.slice(0, width) }, separator, rows: fitted, emptyColumns: longest };
}

/** The first line of such a table alone, as {@link readTable} gives it, however long: so that what is too wide can be told by what it has. */
export function readHeader(file: string, text: string, bad: TableError): CsvRow {
  const [header = NO_HEADER] = readRows(file, firstLineOf(text), bad, { ...LAYOUT, delimiter: separatorOf(text) });
  return { ...header, cells: header.cells.slice(0, widthOf(header)) };
}

/** The text up to the end of its first line with cells, which goes on within quotation marks, but not without end. */
function firstLineOf(text: string): string {
  const begin = (NAMED_SEPARATOR.exec(text)?.[0] ?? '').length;
  let quote: number | undefined;
  for (let at = begin + Math.max(0, text.slice(begin).search(/\S/)); at < text.length; at++) {
    const character = text[at];
    if (character === '"') quote = quote === undefined ? at : undefined;
    else if (quote === undefined ? character === '\n' || character === '\r' : at - quote > MAX_LINE_CHARACTERS)
      return text.slice(0, at);
  }
  return text;
}

/** Up to the last title. */
const widthOf = ({ cells }: CsvRow) => cells.findLastIndex((title) => title !== '') + 1;

/** The row without what follows the header's last title, if that is empty. */
function withoutEmptyEnd(row: CsvRow, width: number): CsvRow {
  if (row.cells.length <= width || row.cells.slice(width).some((cell) => cell !== '')) return row;
  return { ...row, cells: row.cells.slice(0, width) };
}

function readRows(file: string, text: string, bad: TableError, options: Options): CsvRow[] {
  // The line that names the separator stays, empty, so that the others keep their numbers.
  const lines = text.replace(NAMED_SEPARATOR, '$1');
  try {
    const records = parse(lines, options) as unknown as readonly ReadRecord[];
    return records.map(({ record, info }) => ({ line: info.lines, cells: record }));
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    throw rowError(file, withRow(lines, options, cause), bad, options);
  }
}

/** The fault with the text of its row: keeping that takes time, so the lines are read again. */
function withRow(lines: string, options: Options, fault: CsvError): RowFault {
  try {
    parse(lines, { ...options, raw: true });
  } catch (again) {
    return again as unknown as RowFault;
  }
  return fault as unknown as RowFault;
}

function rowError(file: string, cause: RowFault, bad: TableError, { max_record_size: most }: Options): Error {
  // Inside of quotation marks each of these characters counts as a line when the next one is read.
  const lines = (
    cause.raw
      ?.trimStart()
      .slice(0, -1)
      .match(/[\r\n]/g) ?? []
  ).length;
  const place = `${file}, line ${cause.lines - lines}, column ${cause.column + 1}`;
  if (cause.code === 'CSV_MAX_RECORD_SIZE' && lines === 0)
    return bad(
      place,
      `the line is longer than ${most} characters`,
      'is it a table, with a line for each period, and is no end of a line missing?',
      cause,
    );
  return bad(
    place,
    'a quotation mark stands where none may, or is not closed',
    'a quoted cell begins and ends with ", and one within it is written twice',
    cause,
  );
}

/** What separates cells: what the first line names, else what stands most often in the header, outside of quotation marks. */
function separatorOf(text: string): string {
  const named = NAMED_SEPARATOR.exec(text)?.[2];
  if (named !== undefined) return named;
  const header = /\S[^\r\n]*/.exec(text.slice(0, MAX_LINE_CHARACTERS))?.[0] ?? '';
  const bare = header.replace(/"[^"]*"/g, '');
  const countOf = (separator: string) => bare.split(separator).length;
  return SEPARATORS.reduce((best, separator) => (countOf(separator) > countOf(best) ? separator : best));
}
