/** From instructions that name labels and subroutines to code: the same for whatever wrote them. */
import { assert, concatBytes, MAX_CODE_BYTES, type Outcome } from '@wattchain/core';
import { type CodeFault, codeHeaderLength, encodeCode, type FunctionEntry } from '../code.js';
import type { ImmediateValue } from '../immediates.js';
import { encodeInstruction } from '../instruction.js';
import type { Opcode } from '../opcode.js';
import { verifyCode } from '../verify.js';

/** A place in the code that jumps name; `index` counts the program's instructions once it is known. */
export interface Label {
  index: number;
}

/** A subroutine that is named; its number is known when the program is whole. */
export interface SubroutineName {
  readonly subroutine: string;
}

/** What follows an opcode; a label becomes its offset, a subroutine its number when the code is laid out. */
export type Immediate = ImmediateValue | Label | SubroutineName;

/** An opcode with its immediates and where it was written. */
export interface ProgramInstruction<P> {
  readonly opcode: Opcode;
  readonly immediates: readonly Immediate[];
  readonly place: P;
}

/** Where calls enter; `index` counts the program's instructions. */
export interface ProgramEntry<P> extends Omit<FunctionEntry, 'entry'> {
  readonly index: number;
  readonly place: P;
}

/** Where a subroutine starts; `index` counts the program's instructions. */
export interface ProgramSubroutine<P> {
  /** As the instructions call it; may be empty when they use its number. */
  readonly name: string;
  readonly takes: number;
  readonly gives: number;
  readonly index: number;
  readonly place: P;
}

/** What there is to lay out; `P` is the author's idea of a place in the source. */
export interface Program<P> {
  readonly instructions: readonly ProgramInstruction<P>[];
  readonly entries: readonly ProgramEntry<P>[];
  /** In the order of the code, which numbers them. */
  readonly subroutines: readonly ProgramSubroutine<P>[];
}

/** Why a program is no code. */
export interface LayoutFault<P> {
  /** One sentence without a full stop. */
  readonly problem: string;
  /** Where; `undefined` when it is wrong with the whole. */
  readonly place: P | undefined;
  /** The other place, of two that clash. */
  readonly other?: P;
  /** What would be right, without a full stop. */
  readonly expected?: string;
}

/** Code that the verifier accepts, and where it holds each instruction. */
export interface LaidOut {
  readonly code: Uint8Array;
  /** By instruction, from the start of the code; ascending. */
  readonly offsets: readonly number[];
}

const MAX_ENTRIES = 255;

/**
 * Gives every instruction its offset, every label its instruction's and every subroutine its number, and has the verifier look at
 * the code. Asserts that immediates are in range and that the subroutines named exist.
 */
export function layOut<P>(program: Program<P>): Outcome<LaidOut, LayoutFault<P>> {
  const fault = checkStarts(program);
  if (fault !== undefined) return { fault };
  const { instructions, entries, subroutines } = program;
  const numbers = new Map(subroutines.map(({ name }, number) => [name, number]));
  const offsets: number[] = [];
  let end = codeHeaderLength(entries.length, subroutines.length);
  for (const { opcode, immediates, place } of instructions) {
    offsets.push(end);
    // A label takes the same bytes whatever its offset, so 0 stands in for it here.
    end += encodeInstruction(
      opcode,
      immediates.map((value) => resolve(value, numbers, () => 0)),
    ).length;
    if (end > MAX_CODE_BYTES) return faultAt(place, `the code is larger than ${MAX_CODE_BYTES} bytes here`);
  }
  const offsetOf = (index: number): number => offsets[index] ?? end;
  const encoded = instructions.map(({ opcode, immediates }) =>
    encodeInstruction(
      opcode,
      immediates.map((value) => resolve(value, numbers, offsetOf)),
    ),
  );
  const functions = entries.map(({ index, place: _, ...entry }) => ({ ...entry, entry: offsetOf(index) }));
  const starts = subroutines.map(({ takes, gives, index }) => ({ takes, gives, entry: offsetOf(index) }));
  const code = encodeCode(functions, starts, concatBytes(...encoded));
  const verified = verifyCode(code);
  return verified.fault ? { fault: explain(verified.fault, program, offsets) } : { value: { code, offsets } };
}

function faultAt<P>(place: P, problem: string): { fault: LayoutFault<P> } {
  return { fault: { place, problem } };
}

function resolve(
  value: Immediate,
  numbers: ReadonlyMap<string, number>,
  offsetOf: (index: number) => number,
): ImmediateValue {
  if (typeof value !== 'object') return value;
  if ('index' in value) return offsetOf(value.index);
  const number = numbers.get(value.subroutine);
  assert(number !== undefined, 'no such subroutine', value.subroutine);
  return number;
}

/** Whether functions and subroutines have instructions, and each function a selector of its own. */
function checkStarts<P>({ instructions, entries, subroutines }: Program<P>): LayoutFault<P> | undefined {
  const lost = [...subroutines, ...entries].find(({ index }) => index >= instructions.length);
  if (lost !== undefined) return { problem: 'no instructions follow', place: lost.place };
  const bySelector = new Map<string, ProgramEntry<P>>();
  for (const entry of entries) {
    const { place } = entry;
    // Nobody selects the constructor or `receive`.
    const key = entry.constructor ? 'constructor' : entry.receive ? 'receive' : `${entry.selector}`;
    const other = bySelector.get(key)?.place;
    if (other !== undefined) {
      return { problem: 'the function has the same selector as another', place, other, expected: 'another name' };
    }
    bySelector.set(key, entry);
    if (bySelector.size > MAX_ENTRIES) return { problem: `more than ${MAX_ENTRIES} functions`, place };
  }
  return undefined;
}

/** A fault of the verifier, with the place where the instruction was written. */
function explain<P>(fault: CodeFault, program: Program<P>, offsets: readonly number[]): LayoutFault<P> {
  const instruction = program.instructions[offsets.indexOf(fault.offset)];
  if (instruction === undefined) return { problem: fault.detail, place: undefined };
  const { opcode, place } = instruction;
  if (fault.code !== 'codeStack') return { problem: fault.detail, place };
  const expected = `${opcode.name.toLowerCase()} ${opcode.stack}, at one height of the stack on all ways to it`;
  return { problem: fault.detail, place, expected };
}
