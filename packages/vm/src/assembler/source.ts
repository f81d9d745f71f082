import { WattchainError } from '@wattchain/core';
import { splitLines } from '../artifact/sourceLine.js';

/** A contract's text, for messages that point into it. */
export interface Source {
  readonly fileName: string;
  readonly lines: readonly string[];
}

/** A stretch of one line; lines and columns count from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
  readonly length: number;
  /** Set when the text stands in a macro: the use that brought it here. */
  readonly expansion?: Expansion | undefined;
}

/** One use of a macro; names that its body declares belong to it alone. */
export interface Expansion {
  readonly macro: string;
  readonly use: Place;
  readonly parent: Expansion | undefined;
}

/** Columns of a source line that a message shows. */
const SHOWN_COLUMNS = 120;

/** Splits a text into the lines that messages count. */
export function createSource(text: string, fileName: string): Source {
  return { fileName, lines: splitLines(text) };
}

/** The place in the function's own text: where the outermost macro was used, or the place itself. */
export function outermostPlace(place: Place): Place {
  let outermost = place;
  while (outermost.expansion !== undefined) outermost = outermost.expansion.use;
  return outermost;
}

/**
 * The error `assembly`: file, line, column, what is wrong, the line itself with a caret below, and the macros that brought it there.
 *
 * @param expected what would be right here, one sentence without a full stop
 */
export function assemblyError(source: Source, place: Place, problem: string, expected?: string): WattchainError {
  const rows = [`${source.fileName}:${place.line}:${place.column}: ${problem}`, ...excerpt(source, place)];
  for (let use = place.expansion; use !== undefined; use = use.parent) {
    rows.push(`  in macro "${use.macro}", used at ${source.fileName}:${use.use.line}:${use.use.column}`);
  }
  if (expected !== undefined) rows.push(`  expected: ${expected}`);
  return new WattchainError('assembly', rows.join('\n'), {
    values: { file: source.fileName, line: place.line, column: place.column },
    ...(expected === undefined ? {} : { hint: expected }),
  });
}

function excerpt(source: Source, place: Place): string[] {
  const line = source.lines[place.line - 1];
  if (line === undefined) return [];
  const from = Math.max(0, Math.min(place.column - 1 - SHOWN_COLUMNS / 2, line.length - SHOWN_COLUMNS));
  const shown = printable(line.slice(from, from + SHOWN_COLUMNS)).trimEnd();
  const gutter = String(place.line).padStart(5);
  const caretAt = place.column - 1 - from;
  const carets = '^'.repeat(Math.max(1, Math.min(place.length, SHOWN_COLUMNS - caretAt)));
  return [`${gutter} | ${shown}`, `${' '.repeat(gutter.length)} | ${' '.repeat(caretAt)}${carets}`];
}

/** Characters that a terminal or a reader's eye would not show as they are. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** The text with control characters shown as blanks. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, ' ');
}

/** The text in quotes, so that the lexer reads the same text back. */
export function quote(text: string): string {
  const escaped = text.replace(/["\\]/g, '\\$&');
  return `"${escaped.replace(UNPRINTABLE, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`)}"`;
}

/** `: did you mean "x"?` for the known name nearest to `name`, or an empty text when none is near. */
export function suggestion(name: string, known: Iterable<string>): string {
  let best: string | undefined;
  let bestDistance = Math.floor(Math.min(name.length, 12) / 3) + 1;
  for (const candidate of known) {
    if (Math.abs(candidate.length - name.length) > bestDistance) continue;
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance || (distance === bestDistance && best === undefined)) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best === undefined ? '' : `: did you mean "${best}"?`;
}

/** Edits (insert, delete, replace, swap of neighbours) from one text to the other. */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replace = at(last, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      let distance = Math.min(at(last, j) + 1, at(row, j - 1) + 1, replace);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        distance = Math.min(distance, at(beforeLast, j - 2) + 1);
      }
      row.push(distance);
    }
    beforeLast = last;
    last = row;
  }
  return at(last, b.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] as number;
}
