import { parse } from 'csv-parse/browser/esm/sync';

/** A line of a CSV file. */
export interface CsvRow {
  /** Counted from 1, blank lines too. */
  readonly line: number;
  /** Without the blanks and quotation marks around them. */
  readonly cells: readonly string[];
}

/** Longest line: 256 columns of thirty characters. */
const MAX_LINE_CHARACTERS = 8_192;

/**
 * The lines of CSV text (RFC 4180, as spreadsheets write it: a byte order mark, quoted cells and blank lines may be there), of any
 * number of cells. What is no CSV is thrown as `bad` makes an error of it: where it is (`day.csv, line 3`), what is wrong, what to do.
 */
export function readCsvRows(
  file: string,
  text: string,
  bad: (place: string, what: string, hint: string, cause: unknown) => Error,
): CsvRow[] {
  try {
    const records = parse(text, {
      bom: true,
      info: true,
      trim: true,
      relax_column_count: true,
      skip_empty_lines: true,
      max_record_size: MAX_LINE_CHARACTERS,
    }) as unknown as readonly { readonly record: string[]; readonly info: { readonly lines: number } }[];
    return records.map(({ record, info }) => ({ line: info.lines, cells: record }));
  } catch (cause) {
    const line = (cause as { readonly lines?: number }).lines;
    const place = line === undefined ? file : `${file}, line ${line}`;
    const tooLong = (cause as { readonly code?: string }).code === 'CSV_MAX_RECORD_SIZE';
    throw bad(
      place,
      tooLong
        ? `it is longer than ${MAX_LINE_CHARACTERS} characters`
        : 'a quotation mark stands where none may, or is not closed',
      'check the lines before it: a quoted cell begins and ends with "',
      cause,
    );
  }
}
