/** What a spreadsheet would take for a formula. */
const FORMULA = /^[=+\-@\t\r]/;

/** A text as a CSV cell. Names come from a file's header and may hold anything; one that a spreadsheet would run begins with `'`. */
export function csvText(text: string): string {
  const harmless = FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

/** Cells that are written already as a line. */
export const csvLine = (cells: readonly string[]) => `${cells.join(',')}\n`;
