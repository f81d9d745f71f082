import { concatBytes, MAX_CODE_BYTES, toHex, WattchainError } from '@wattchain/core';
import type { AbiEntry, AbiParameter } from '../abi.js';
import { codeHeaderLength, encodeCode, type FunctionEntry } from '../code.js';
import type { ImmediateValue } from '../immediates.js';
import { encodeInstruction } from '../instruction.js';
import { verifyCode } from '../verify.js';
import type { Artifact, SourceMapEntry } from './artifact.js';
import { assembleBody } from './body.js';
import type { Contract, FunctionDeclaration, Parameter, Signature } from './contract.js';
import type { Entry, Instruction, Program } from './emitter.js';
import { MAX_SOURCE_LENGTH } from './lexer.js';
import { parse } from './parser.js';
import { assemblyError, createSource, outermostPlace, type Source } from './source.js';

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
  const program: Program = { instructions: [], entries: [], subroutines: [], expandedTokens: 0 };
  for (const declaration of contract.functions) assembleBody(lines, contract, declaration, program);
  const { code, offsets } = layOut(lines, program);
  checkCode(lines, code, offsets, program);
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

/** Gives every instruction its offset and every label its instruction's. */
function layOut(source: Source, program: Program): { code: Uint8Array; offsets: number[] } {
  const { instructions, entries, subroutines } = program;
  checkEntries(source, program);
  const offsets: number[] = [];
  let end = codeHeaderLength(entries.length, subroutines.length);
  for (const instruction of instructions) {
    offsets.push(end);
    // A label takes the same bytes whatever its offset, so 0 stands in for it here.
    end += encodeInstruction(
      instruction.opcode,
      resolve(instruction, program, () => 0),
    ).length;
    if (end > MAX_CODE_BYTES) {
      throw assemblyError(source, instruction.place, `the code is larger than ${MAX_CODE_BYTES} bytes here`);
    }
  }
  const offsetOf = (index: number): number => offsets[index] ?? end;
  const encoded = instructions.map((instruction) =>
    encodeInstruction(instruction.opcode, resolve(instruction, program, offsetOf)),
  );
  const functions: FunctionEntry[] = entries.map(({ index, place: _, ...entry }) => ({
    ...entry,
    entry: offsetOf(index),
  }));
  const starts = subroutines.map(({ takes, gives, index }) => ({ takes, gives, entry: offsetOf(index) }));
  return { code: encodeCode(functions, starts, concatBytes(...encoded)), offsets };
}

function resolve(
  instruction: Instruction,
  { subroutines }: Program,
  offsetOf: (index: number) => number,
): ImmediateValue[] {
  return instruction.immediates.map((value) => {
    if (typeof value !== 'object') return value;
    if ('index' in value) return offsetOf(value.index);
    return subroutines.findIndex(({ name }) => name === value.subroutine);
  });
}

const MAX_ENTRIES = 255;

function checkEntries(source: Source, { instructions, entries, subroutines }: Program): void {
  const bySelector = new Map<string, Entry>();
  const lost = subroutines.find(({ index }) => index >= instructions.length);
  if (lost !== undefined) throw assemblyError(source, lost.place, 'no instructions follow');
  for (const entry of entries) {
    if (entry.index >= instructions.length) throw assemblyError(source, entry.place, 'no instructions follow');
    // Nobody selects the constructor or `receive`.
    const key = entry.constructor ? 'constructor' : entry.receive ? 'receive' : `${entry.selector}`;
    const other = bySelector.get(key);
    if (other !== undefined) {
      const problem = `the function has the same selector as the one of line ${other.place.line}`;
      throw assemblyError(source, entry.place, problem, 'another name');
    }
    bySelector.set(key, entry);
    if (bySelector.size > MAX_ENTRIES) throw assemblyError(source, entry.place, `more than ${MAX_ENTRIES} functions`);
  }
}

/** Runs the verifier, so that a fault of the stack is found here and shown where it was written. */
function checkCode(source: Source, code: Uint8Array, offsets: readonly number[], program: Program): void {
  const { fault } = verifyCode(code);
  if (fault === undefined) return;
  const instruction = program.instructions[offsets.indexOf(fault.offset)];
  if (instruction === undefined) throw new WattchainError('assembly', `${source.fileName}: ${fault.detail}`);
  const { opcode, place } = instruction;
  const effect = `${opcode.name.toLowerCase()} ${opcode.stack}`;
  const expected = fault.code === 'codeStack' ? `${effect}, at one height of the stack on all ways to it` : undefined;
  throw assemblyError(source, place, fault.detail, expected);
}

function sourceMapOf(instructions: readonly Instruction[], offsets: readonly number[]): SourceMapEntry[] {
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
