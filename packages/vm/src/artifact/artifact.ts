import { fromHex, type Hex, MAX_CODE_BYTES, WattchainError } from '@wattchain/core';
import { type AbiEntry, isAbiEntry } from '../abi.js';
import { isStorageLayout, type StorageLayout } from './storageLayout.js';

/** Changes when an artifact's fields do. */
export const ARTIFACT_FORMAT = 2;
const MAX_NAME_CHARACTERS = 500;
const MAX_SOURCES = 1_000;

/** A file that a contract was made from. */
export interface SourceFile {
  /** As messages call it: its path from the contract's folder, or as an import names it. */
  readonly name: string;
  readonly text: string;
}

/**
 * One entry of a source map; it holds up to the next one. `source` counts the artifact's sources from 0, lines and columns count
 * from 1. Where a macro brought the instruction, line and column are those of its use, `macroLine` is the line in the macro.
 */
export type SourceMapEntry = readonly [
  offset: number,
  source: number,
  line: number,
  column: number,
  macroLine?: number,
];

/** What a contract is deployed, used and traced with; plain data, ready for JSON. */
export interface Artifact {
  readonly format: typeof ARTIFACT_FORMAT;
  /** Name of the contract. */
  readonly contract: string;
  /** The code, without constructor arguments. */
  readonly code: Hex;
  /** Interface in Solidity's JSON, as viem and ethers read it. */
  readonly abi: readonly AbiEntry[];
  /** Where the contract keeps what, as solc says it. */
  readonly storageLayout: StorageLayout;
  /** Every file that the contract was made from; the contract's own is among them. */
  readonly sources: readonly SourceFile[];
  /** Where each stretch of the code was written, in ascending offsets. */
  readonly sourceMap: readonly SourceMapEntry[];
}

/**
 * An artifact from JSON data, each field checked.
 *
 * @param from what the data came from, for the message
 * @throws WattchainError `badArtifact` with the field that is wrong
 */
export function parseArtifact(json: unknown, from: string): Artifact {
  const refuse = (problem: string, hint = 'make one with "wattchain contract build FILE --out FILE.json"') =>
    new WattchainError('badArtifact', `${from} is not an artifact: ${problem}`, { values: { from }, hint });
  if (!isRecord(json)) throw refuse('it is no object');
  const { format, contract, code, abi, storageLayout, sourceMap, sources } = json;
  if (format !== ARTIFACT_FORMAT) {
    const found = format === undefined && 'sourceLines' in json ? 1 : format;
    const hint = 'build the contract again from its source: "wattchain contract build FILE --out FILE.json"';
    throw refuse(`its format is ${JSON.stringify(found) ?? 'not said'}, this version reads ${ARTIFACT_FORMAT}`, hint);
  }
  if (!isName(contract)) throw refuse('"contract" is no name');
  if (typeof code !== 'string' || !/^0x([0-9a-f]{2})+$/.test(code)) throw refuse('"code" is not hexadecimal text');
  if (fromHex(code).length > MAX_CODE_BYTES) throw refuse(`"code" has more than ${MAX_CODE_BYTES} bytes`);
  if (!Array.isArray(abi) || !abi.every(isAbiEntry))
    throw refuse('"abi" is not a list of functions, events and errors');
  if (!isStorageLayout(storageLayout)) throw refuse('"storageLayout" is not what solc calls so');
  if (!isSources(sources)) throw refuse(`"sources" is not a list of 1 to ${MAX_SOURCES} files with name and text`);
  if (!isSourceMap(sourceMap, sources.length)) {
    throw refuse('"sourceMap" is not a list of offsets, ascending, each with source, line and column');
  }
  return json as unknown as Artifact;
}

/** An artifact as it is kept in a file: JSON, an entry of the source map on one line. */
export function formatArtifact(artifact: Artifact): string {
  // Line breaks stand between the parts of JSON alone, so nothing inside a text is touched.
  return `${JSON.stringify(artifact, null, 2).replace(/\[\n\s+(\d+(?:,\n\s+\d+){3,4})\n\s+\]/g, (_, numbers: string) => `[${numbers.replace(/\s+/g, ' ')}]`)}\n`;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= MAX_NAME_CHARACTERS;
}

function isSources(value: unknown): value is readonly SourceFile[] {
  if (!Array.isArray(value) || value.length === 0 || value.length > MAX_SOURCES) return false;
  return value.every((source) => isRecord(source) && isName(source.name) && typeof source.text === 'string');
}

function isSourceMap(value: unknown, sourceCount: number): boolean {
  if (!Array.isArray(value)) return false;
  let previous = -1;
  return value.every((entry: unknown) => {
    if (!Array.isArray(entry) || entry.length < 4 || entry.length > 5) return false;
    if (!entry.every((number) => Number.isSafeInteger(number) && number >= 0)) return false;
    const [offset, source] = entry as [number, number];
    if (offset <= previous || source >= sourceCount) return false;
    previous = offset;
    return true;
  });
}
