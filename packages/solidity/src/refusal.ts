/** What the generator will not translate, told as solc tells its errors: file, line, the line itself with a caret, what to do. */
import { WattchainError } from '@wattchain/core';
import type { SourceFile } from '@wattchain/vm';

/** A node's place, as solc writes it: `start:length:file`, in bytes of UTF-8. */
export interface Placed {
  readonly src: string;
}

/** A place that people find: lines and columns count from 1, columns in characters. */
export interface SourcePlace {
  /** Number of the file. */
  readonly source: number;
  readonly line: number;
  readonly column: number;
  /** Characters of the place that stand on its first line. */
  readonly length: number;
}

const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** Finds lines and columns of solc's offsets; a line ends where solc ends it, at a line feed. */
export class SourcePlaces {
  readonly #lineStarts: readonly (readonly number[])[];
  readonly #bytes: readonly Buffer[];

  constructor(readonly files: readonly SourceFile[]) {
    this.#bytes = files.map(({ text }) => Buffer.from(text));
    this.#lineStarts = this.#bytes.map((bytes) => {
      const starts = [0];
      for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) starts.push(at + 1);
      return starts;
    });
  }

  /** The place of a node. */
  of({ src }: Placed): SourcePlace {
    const [start = 0, length = 0, source = 0] = src.split(':').map(Number);
    const starts = this.#lineStarts[source] ?? [0];
    let low = 0;
    let high = starts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((starts[middle] as number) <= start) low = middle;
      else high = middle;
    }
    const lineStart = starts[low] ?? 0;
    const bytes = this.#bytes[source] ?? Buffer.alloc(0);
    const nextLine = starts[low + 1];
    let lineEnd = nextLine === undefined ? bytes.length : nextLine - 1;
    if (bytes[lineEnd - 1] === CARRIAGE_RETURN) lineEnd -= 1;
    const characters = (from: number, to: number) => [...bytes.subarray(from, Math.max(from, to)).toString()].length;
    return {
      source,
      line: low + 1,
      column: characters(lineStart, start) + 1,
      length: Math.max(1, characters(start, Math.min(start + length, lineEnd))),
    };
  }

  /** The error `solidity` for a node, as solc would show it. */
  refusal(node: Placed, reason: string, instead: string): WattchainError {
    const { source, line, column, length } = this.of(node);
    const file = this.files[source];
    const text = (file?.text.split('\n')[line - 1] ?? '').trimEnd().replace(/[\p{Cc}\p{Cf}]/gu, ' ');
    const gutter = String(line);
    const blank = ' '.repeat(gutter.length);
    const rows = [
      `Error: ${reason}`,
      `${blank}--> ${file?.name}:${line}:${column}:`,
      `${blank} |`,
      `${gutter} | ${text}`,
      `${blank} | ${' '.repeat(column - 1)}${'^'.repeat(length)}`,
      `${blank} = instead: ${instead}`,
    ];
    return new WattchainError('solidity', rows.join('\n'), {
      values: { file: file?.name, line, column, reason },
      hint: instead,
    });
  }
}
