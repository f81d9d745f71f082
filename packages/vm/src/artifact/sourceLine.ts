import type { Artifact, SourceFile } from './artifact.js';

/** Where an instruction was written. */
export interface SourceLine {
  /** Name of the source file. */
  readonly file: string;
  /** From 1. Of an instruction that a macro brought, the line that uses the macro. */
  readonly line: number;
  /** The line without the blanks around it. */
  readonly text: string;
  /** The line in the macro that brought the instruction. */
  readonly macro?: { readonly line: number; readonly text: string };
}

/** Characters of a source line that {@link sourceLineAt} shows: a line of ordinary length is whole. */
const MAX_SHOWN_CHARACTERS = 160;

/** The line whose instructions stand at `offset` of the code, `undefined` before the first. */
export function sourceLineAt(
  { sources, sourceMap }: Pick<Artifact, 'sources' | 'sourceMap'>,
  offset: number,
): SourceLine | undefined {
  let low = 0;
  let high = sourceMap.length;
  // Bisection for the last entry at or before the offset.
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sourceMap[middle]?.[0] ?? 0) <= offset) low = middle + 1;
    else high = middle;
  }
  const entry = sourceMap[low - 1];
  const source = sources[entry?.[1] ?? -1];
  if (entry === undefined || source === undefined) return undefined;
  const [, , line, , macroLine] = entry;
  const textOf = (n: number) => (linesOf(source)[n - 1] ?? '').trim().slice(0, MAX_SHOWN_CHARACTERS);
  const macro = macroLine === undefined ? {} : { macro: { line: macroLine, text: textOf(macroLine) } };
  return { file: source.name, line, text: textOf(line), ...macro };
}

/** A source line as messages name it: `token.wca:94: move (line 61: revert TooFew)`. */
export function formatSourceLine({ file, line, text, macro }: SourceLine): string {
  return `${file}:${line}: ${text}${macro === undefined ? '' : ` (line ${macro.line}: ${macro.text})`}`;
}

/** Lines of the sources that were asked for: a trace asks for a line at every step. */
const KNOWN_LINES = new WeakMap<SourceFile, readonly string[]>();

function linesOf(source: SourceFile): readonly string[] {
  const lines = KNOWN_LINES.get(source) ?? splitLines(source.text);
  KNOWN_LINES.set(source, lines);
  return lines;
}

/** The lines of a text, as editors count them. */
export function splitLines(text: string): string[] {
  return text.split(/\r\n|\n|\r/);
}
