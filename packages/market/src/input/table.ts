import { parse } from 'csv-parse/browser/esm/sync';

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

/**
 * A table out of CSV text (RFC 4180, and as spreadsheets write it: separated by commas, semicolons or tabs, with quoted cells, a byte
 * order mark, a first line `sep=;`, blank lines, empty last columns). Rows keep their number of cells; what is no CSV is thrown as `bad` makes an error of it.
 * @param mostCharacters of a line
 */
export function readTable(file: string, text: string, bad: TableError, mostCharacters = MAX_LINE_CHARACTERS): Table {
  const named = NAMED_SEPARATOR.exec(text);
  const separator = named?.[2] ?? separatorOf(text);
  // The line stays, empty, so that the others keep their numbers.
  const [header = { line: 1, cells: [] }, ...rows] = readRows(file, text.replace(NAMED_SEPARATOR, '$1'), separator, {
    bad,
    mostCharacters,
  });
  const width = header.cells.findLastIndex((title) => title !== '') + 1;
  const fitted = rows.map((row) => withoutEmptyEnd(row, width));
  const longest = rows.reduce((most, row, index) => {
    const dropped = row.cells.length - (fitted[index]?.cells.length ?? 0);
    return Math.max(most, dropped);
  }, header.cells.length - width);
  return { header: { ...header, cells: header.cells.slice(0, width) }, separator, rows: fitted, emptyColumns: longest };
}

/** The row without what follows the header's last title, if that is empty. */
function withoutEmptyEnd(row: CsvRow, width: number): CsvRow {
  if (row.cells.length <= width || row.cells.slice(width).some((cell) => cell !== '')) return row;
  return { ...row, cells: row.cells.slice(0, width) };
}

function readRows(
  file: string,
  text: string,
  separator: string,
  { bad, mostCharacters }: { readonly bad: TableError; readonly mostCharacters: number },
): CsvRow[] {
  try {
    const records = parse(text, {
      bom: true,
      info: true,
      trim: true,
      delimiter: separator,
      relax_column_count: true,
      skip_empty_lines: true,
      max_record_size: mostCharacters,
    }) as unknown as readonly { readonly record: string[]; readonly info: { readonly lines: number } }[];
    return records.map(({ record, info }) => ({ line: info.lines, cells: record }));
  } catch (cause) {
    const line = (cause as { readonly lines?: number }).lines;
    const place = line === undefined ? file : `${file}, line ${line}`;
    const tooLong = (cause as { readonly code?: string }).code === 'CSV_MAX_RECORD_SIZE';
    throw bad(
      place,
      tooLong
        ? `it is longer than ${mostCharacters} characters`
        : 'a quotation mark stands where none may, or is not closed',
      'check the lines before it: a quoted cell begins and ends with "',
      cause,
    );
  }
}

/** What separates the cells of the header, outside of quotation marks: what stands there most often. */
function separatorOf(text: string): string {
  const header = /\S[^\r\n]*/.exec(text.slice(0, MAX_LINE_CHARACTERS))?.[0] ?? '';
  const bare = header.replace(/"[^"]*"/g, '');
  const countOf = (separator: string) => bare.split(separator).length;
  return SEPARATORS.reduce((best, separator) => (countOf(separator) > countOf(best) ? separator : best));
}
