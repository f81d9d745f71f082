import { toHex, WattchainError } from '@wattchain/core';
import type { AbiEntry, AbiParameter } from '../abi.js';
import type { Artifact, SourceMapEntry } from './artifact.js';
import { assembleBody } from './body.js';
import type { Contract, FunctionDeclaration, Parameter, Signature } from './contract.js';
import type { AssemblyProgram } from './emitter.js';
import { type LaidOut, layOut, type ProgramInstruction } from './layout.js';
import { MAX_SOURCE_LENGTH } from './lexer.js';
import { parse } from './parser.js';
import { assemblyError, createSource, outermostPlace, type Place, type Source } from './source.js';

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
    contract: contract.name,
    code: toHex(code),
    abi: abiOf(contract),
    storage: Object.fromEntries([...contract.slots, ...contract.maps].sort((a, b) => a[1] - b[1])),
    sourceMap: sourceMapOf(program.instructions, offsets),
    source: fileName,
    sourceLines: lines.lines,
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

function sourceMapOf(instructions: readonly ProgramInstruction<Place>[], offsets: readonly number[]): SourceMapEntry[] {
  const map: SourceMapEntry[] = [];
  for (const [index, { place }] of instructions.entries()) {
    const { line } = outermostPlace(place);
    const macroLine = place.expansion === undefined ? undefined : place.line;
    const last = map.at(-1);
    if (last?.[1] === line && last[2] === macroLine) continue;
    const offset = offsets[index] as number;
    map.push(macroLine === undefined ? [offset, line] : [offset, line, macroLine]);
  }
  return map;
}

function abiOf(contract: Contract): AbiEntry[] {
  const entries: AbiEntry[] = [];
  for (const declaration of contract.functions) {
    if (declaration.kind !== 'code' && declaration.kind !== 'subroutine') entries.push(abiOfFunction(declaration));
  }
  for (const event of contract.events.values()) {
    entries.push({ type: 'event', name: event.name, inputs: abiOfEventInputs(event), anonymous: false });
  }
  for (const error of contract.errors.values()) {
    entries.push({ type: 'error', name: error.name, inputs: error.parameters.map(abiOfParameter) });
  }
  return entries;
}

function abiOfFunction(declaration: FunctionDeclaration): AbiEntry {
  const inputs = declaration.parameters.map(abiOfParameter);
  const mutability = declaration.payable ? 'payable' : 'nonpayable';
  if (declaration.kind === 'receive') return { type: 'receive', stateMutability: 'payable' };
  if (declaration.kind === 'constructor') return { type: 'constructor', inputs, stateMutability: mutability };
  return {
    type: 'function',
    name: declaration.name,
    inputs,
    outputs: declaration.outputs.map(abiOfParameter),
    stateMutability: declaration.view ? 'view' : mutability,
  };
}

function abiOfEventInputs(event: Signature): AbiParameter[] {
  return event.parameters.map((parameter) => ({ ...abiOfParameter(parameter), indexed: parameter.indexed }));
}

function abiOfParameter(parameter: Parameter): AbiParameter {
  return { name: parameter.name, type: parameter.type.name };
}
