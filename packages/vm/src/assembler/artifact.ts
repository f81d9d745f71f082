import { fromHex, type Hex, MAX_CODE_BYTES, WattchainError } from '@wattchain/core';
import type { AbiEntry, AbiParameter } from '../abi.js';

/** One entry of a source map; it holds up to the next one. Lines count from 1. */
export type SourceMapEntry = readonly [offset: number, line: number, macroLine?: number];

/** What a contract is deployed, used and traced with; plain data, ready for JSON. */
export interface Artifact {
  /** Name of the contract. */
  readonly contract: string;
  /** The code, without constructor arguments. */
  readonly code: Hex;
  /** Interface in Solidity's JSON, as viem and ethers read it. */
  readonly abi: readonly AbiEntry[];
  /** Numbers of the storage words and maps. */
  readonly storage: Readonly<Record<string, number>>;
  /**
   * Where each line's instructions begin, in ascending offsets: offset in the code, line of the function, and where a macro brought
   * the instruction, its line in the macro.
   */
  readonly sourceMap: readonly SourceMapEntry[];
  /** Name of the source file. */
  readonly source: string;
  /** The text of the source file, line by line. */
  readonly sourceLines: readonly string[];
}

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
const MAX_NAME_CHARACTERS = 200;

/** The line whose instructions stand at `offset` of the code, `undefined` before the first. */
export function sourceLineAt(
  { source, sourceMap, sourceLines }: Pick<Artifact, 'source' | 'sourceMap' | 'sourceLines'>,
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
  if (entry === undefined) return undefined;
  const [, line, macroLine] = entry;
  const textOf = (n: number) => (sourceLines[n - 1] ?? '').trim().slice(0, MAX_SHOWN_CHARACTERS);
  const macro = macroLine === undefined ? {} : { macro: { line: macroLine, text: textOf(macroLine) } };
  return { file: source, line, text: textOf(line), ...macro };
}

/** A source line as messages name it: `token.wca:94: move (line 61: revert TooFew)`. */
export function formatSourceLine({ file, line, text, macro }: SourceLine): string {
  return `${file}:${line}: ${text}${macro === undefined ? '' : ` (line ${macro.line}: ${macro.text})`}`;
}

/**
 * An artifact from JSON data, each field checked.
 *
 * @param from what the data came from, for the message
 * @throws WattchainError `badArtifact` with the field that is wrong
 */
export function parseArtifact(json: unknown, from: string): Artifact {
  const refuse = (problem: string) =>
    new WattchainError('badArtifact', `${from} is not an artifact: ${problem}`, {
      values: { from },
      hint: 'make one with "wattchain contract assemble FILE.wca --out FILE.json"',
    });
  if (!isRecord(json)) throw refuse('it is no object');
  const { contract, code, abi, storage, sourceMap, source, sourceLines } = json;
  if (!isName(contract)) throw refuse('"contract" is no name');
  if (typeof code !== 'string' || !/^0x([0-9a-f]{2})+$/.test(code)) throw refuse('"code" is not hexadecimal text');
  if (fromHex(code).length > MAX_CODE_BYTES) throw refuse(`"code" has more than ${MAX_CODE_BYTES} bytes`);
  if (!Array.isArray(abi) || !abi.every(isAbiEntry))
    throw refuse('"abi" is not a list of functions, events and errors');
  if (!isRecord(storage) || !Object.values(storage).every(isCount)) throw refuse('"storage" is not a list of numbers');
  if (!isSourceMap(sourceMap)) throw refuse('"sourceMap" is not a list of offsets, ascending, with their lines');
  if (!isName(source)) throw refuse('"source" is not the name of a file');
  if (!Array.isArray(sourceLines) || !sourceLines.every((line) => typeof line === 'string')) {
    throw refuse('"sourceLines" is not a list of texts');
  }
  return json as unknown as Artifact;
}

/** An artifact as it is kept in a file: JSON, an entry of the source map on one line. */
export function formatArtifact(artifact: Artifact): string {
  // Line breaks stand between the parts of JSON alone, so nothing inside a text is touched.
  const entry = /\[\n\s+(\d+),\n\s+(\d+)(?:,\n\s+(\d+))?\n\s+\]/g;
  return `${JSON.stringify(artifact, null, 2).replace(
    entry,
    (_, ...numbers: (string | undefined)[]) =>
      `[${numbers
        .slice(0, 3)
        .filter((number) => number !== undefined)
        .join(', ')}]`,
  )}\n`;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= MAX_NAME_CHARACTERS;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isSourceMap(value: unknown): boolean {
  if (!Array.isArray(value)) return false;
  let previous = -1;
  return value.every((entry: unknown) => {
    if (!Array.isArray(entry) || entry.length < 2 || entry.length > 3 || !entry.every(isCount)) return false;
    const [offset] = entry as [number, number];
    const isAscending = offset > previous;
    previous = offset;
    return isAscending;
  });
}

function isAbiEntry(value: unknown): value is AbiEntry {
  if (!isRecord(value)) return false;
  if (value.type === 'receive') return true;
  if (!isParameterList(value.inputs)) return false;
  switch (value.type) {
    case 'constructor':
      return true;
    case 'function':
      return isName(value.name) && isParameterList(value.outputs);
    case 'event':
    case 'error':
      return isName(value.name);
    default:
      return false;
  }
}

function isParameterList(value: unknown): value is readonly AbiParameter[] {
  const isParameter = (item: unknown) =>
    isRecord(item) && typeof item.name === 'string' && typeof item.type === 'string';
  return Array.isArray(value) && value.every(isParameter);
}
