/** Verification of code at deployment: what passes here cannot be malformed while it runs (docs/vm.md, "Code"). */
import { assert, type Outcome } from '@wattchain/core';
import { type CodeFault, codeHeaderLength, decodeCodeHeader, type FunctionEntry } from './code.js';
import { type ImmediateValue, MAX_STACK_WORDS } from './immediates.js';
import { decodeInstruction } from './instruction.js';
import { type Opcode, staticGas } from './opcode.js';

/** An instruction ready to run. */
export interface Instruction {
  readonly opcode: Opcode;
  /** As in the code, but targets are positions in the array of instructions. */
  readonly immediates: readonly ImmediateValue[];
  /** What it costs before its handler runs. */
  readonly gas: number;
  /** Where it stands, from the start of the code. */
  readonly offset: number;
}

/** A function ready to run. */
export interface VerifiedFunction extends FunctionEntry {
  /** Position of its first instruction. */
  readonly start: number;
}

/** Code that passed, decoded once. */
export interface VerifiedCode {
  /** Bytes of the code. */
  readonly length: number;
  /** The functions that calls reach, by selector; the constructor is not among them. */
  readonly functions: ReadonlyMap<number, VerifiedFunction>;
  readonly constructorFunction: VerifiedFunction | undefined;
  readonly instructions: readonly Instruction[];
}

/** Decodes and verifies `code`, all of it: header, instructions, targets, stack heights, ends. Linear in its length. */
export function verifyCode(code: Uint8Array): Outcome<VerifiedCode, CodeFault> {
  const header = decodeCodeHeader(code);
  if (header.fault) return header;
  const { length, functions } = header.value;
  if (length !== code.length) {
    return codeFault('codeHeader', 3, `the code states ${length} bytes and has ${code.length}`);
  }
  const decoded = decodeInstructions(code, codeHeaderLength(functions.length));
  if (decoded.fault) return decoded;
  const { instructions, positions } = decoded.value;
  const verified: VerifiedFunction[] = [];
  for (const entry of functions) {
    const start = positions[entry.entry] ?? -1;
    if (start === -1) return codeFault('codeTarget', entry.entry, 'a function starts where no instruction does');
    verified.push({ ...entry, start });
  }
  const fault = checkHeights(instructions, verified);
  if (fault) return { fault };
  return {
    value: {
      length,
      functions: new Map(verified.filter((entry) => !entry.constructor).map((entry) => [entry.selector, entry])),
      constructorFunction: verified.find((entry) => entry.constructor),
      instructions,
    },
  };
}

function codeFault(code: CodeFault['code'], offset: number, detail: string): { fault: CodeFault } {
  return { fault: { code, offset, detail } };
}

interface DecodedInstructions {
  readonly instructions: Instruction[];
  /** By offset in the code: position of the instruction that starts there, or -1. */
  readonly positions: Int32Array;
}

function decodeInstructions(code: Uint8Array, start: number): Outcome<DecodedInstructions, CodeFault> {
  const decoded: Instruction[] = [];
  const positions = new Int32Array(code.length).fill(-1);
  for (let offset = start; offset < code.length; ) {
    const instruction = decodeInstruction(code, offset);
    if (instruction.fault !== undefined) return codeFault('codeInstruction', offset, instruction.fault);
    const { opcode, immediates, length } = instruction.value;
    positions[offset] = decoded.length;
    decoded.push({ opcode, immediates, gas: staticGas(opcode, immediates), offset });
    offset += length;
  }
  for (const [i, { opcode, immediates, gas, offset }] of decoded.entries()) {
    if (!opcode.immediates.includes('target')) continue;
    const resolved = immediates.map((value, k) =>
      opcode.immediates[k] === 'target' ? (positions[value as number] ?? -1) : value,
    );
    if (resolved.includes(-1)) {
      return codeFault('codeTarget', offset, `${opcode.name} goes to ${immediates[0]}, where no instruction starts`);
    }
    decoded[i] = { opcode, immediates: resolved, gas, offset };
  }
  return { value: { instructions: decoded, positions } };
}

/** Follows every way through the code once; each instruction must have one height of the stack on all ways to it. */
function checkHeights(
  instructions: readonly Instruction[],
  functions: readonly VerifiedFunction[],
): CodeFault | undefined {
  const heights = new Int16Array(instructions.length).fill(-1);
  const pending: number[] = [];
  let fault: CodeFault | undefined;
  const reach = (position: number, height: number, from: number): void => {
    const known = heights[position];
    if (known === undefined) {
      fault ??= codeFault('codeEnd', from, 'execution would run past the end of the code').fault;
    } else if (known === -1) {
      heights[position] = height;
      pending.push(position);
    } else if (known !== height) {
      const detail = `reached with ${known} and with ${height} words on the stack`;
      fault ??= codeFault('codeStack', instructions[position]?.offset ?? from, detail).fault;
    }
  };
  for (const entry of functions) reach(entry.start, 0, entry.entry);
  for (let position = pending.pop(); position !== undefined && fault === undefined; position = pending.pop()) {
    const instruction = instructions[position];
    const height = heights[position];
    assert(instruction !== undefined && height !== undefined, 'a pending position is an instruction');
    const { opcode, immediates, offset } = instruction;
    const left = height - opcode.pops(immediates);
    const after = left + opcode.pushes(immediates);
    if (left < 0) {
      return codeFault('codeStack', offset, `${opcode.name} needs ${opcode.pops(immediates)} words, has ${height}`)
        .fault;
    }
    if (after > MAX_STACK_WORDS) {
      return codeFault('codeStack', offset, `more than ${MAX_STACK_WORDS} words on the stack`).fault;
    }
    if (opcode.flow === 'jump' || opcode.flow === 'branch') reach(immediates[0] as number, after, offset);
    if (opcode.flow === 'next' || opcode.flow === 'branch') reach(position + 1, after, offset);
  }
  return fault;
}
