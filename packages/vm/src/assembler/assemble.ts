import { toHex, WattchainError } from '@wattchain/core';
import { ARTIFACT_FORMAT, type Artifact } from '../artifact/index.js';
import { abiOf, sourceMapOf, storageLayoutOf } from './artifactParts.js';
import { assembleBody } from './body.js';
import type { AssemblyProgram } from './emitter.js';
import { type LaidOut, layOut } from './layout.js';
import { MAX_SOURCE_LENGTH } from './lexer.js';
import { parse } from './parser.js';
import { assemblyError, createSource, type Source } from './source.js';

/**
 * Assembles one contract (docs/vm.md, "Assembly") into verified code.
 *
 * @param fileName for messages and the artifact; nothing is read
 * @throws WattchainError `assembly`: file, line, column, the line with a caret, what was expected
 */
export function assemble(source: string, fileName: string): Artifact {
  if (source.length > MAX_SOURCE_LENGTH) {
    const problem = `${fileName}: the source has ${source.length} characters, at most ${MAX_SOURCE_LENGTH} are allowed`;
    throw new WattchainError('assembly', problem, { values: { file: fileName, length: source.length } });
  }
  const lines = createSource(source, fileName);
  const contract = parse(lines);
  const program: AssemblyProgram = { instructions: [], entries: [], subroutines: [], expandedTokens: 0 };
  for (const declaration of contract.functions) assembleBody(lines, contract, declaration, program);
  const { code, offsets } = layOutSource(lines, program);
  return {
    format: ARTIFACT_FORMAT,
    contract: contract.name,
    code: toHex(code),
    abi: abiOf(contract),
    storageLayout: storageLayoutOf(contract, fileName),
    sources: [{ name: fileName, text: source }],
    sourceMap: sourceMapOf(program.instructions, offsets),
  };
}

/** Lays the program out; a fault is shown where it was written. */
function layOutSource(source: Source, program: AssemblyProgram): LaidOut {
  const { value, fault } = layOut(program);
  if (value !== undefined) return value;
  const { place, other } = fault;
  if (place === undefined) throw new WattchainError('assembly', `${source.fileName}: ${fault.problem}`);
  const problem = other === undefined ? fault.problem : `${fault.problem} (line ${other.line})`;
  throw assemblyError(source, place, problem, fault.expected);
}
