/** Verification of code at deployment: what passes here cannot be malformed while it runs (docs/vm.md, "Code"). */
import type { Outcome } from '@wattchain/core';
import { type CodeFault, codeHeaderLength, decodeCodeHeader, type FunctionEntry } from './code.js';
import { decodeInstruction, type Instruction } from './instruction.js';
import { type FastCode, toFastCode } from './machine/fastCode.js';
import type { FrameCode } from './machine/frame.js';
import { staticGas } from './opcode.js';
import { checkStack, type Placed } from './stackCheck.js';

/** A function ready to run; `start` is the position of its first instruction. */
export type VerifiedFunction = Placed<FunctionEntry>;

/** Code that passed, decoded once. */
export interface VerifiedCode extends FrameCode {
  /** Bytes of the code. */
  readonly length: number;
  /** The functions that calls reach, by selector; constructor and `receive` are not among them. */
  readonly functions: ReadonlyMap<number, VerifiedFunction>;
  readonly constructorFunction: VerifiedFunction | undefined;
  readonly receiveFunction: VerifiedFunction | undefined;
  readonly instructions: readonly Instruction[];
  /** The same for running fast. */
  readonly fast: FastCode;
}

/** Decodes and verifies `code`, all of it: header, instructions, targets, stack heights, ends. Linear in its length. */
export function verifyCode(code: Uint8Array): Outcome<VerifiedCode, CodeFault> {
  const header = decodeCodeHeader(code);
  if (header.fault) return header;
  const { length, functions, subroutines } = header.value;
  if (length !== code.length) {
    return codeFault('codeHeader', 3, `the code states ${length} bytes and has ${code.length}`);
  }
  const decoded = decodeInstructions(code, codeHeaderLength(functions.length, subroutines.length));
  if (decoded.fault) return decoded;
  const { instructions, positions } = decoded.value;
  const place = <Entry extends { readonly entry: number }>(entry: Entry): Placed<Entry> => ({
    ...entry,
    start: positions[entry.entry] ?? -1,
  });
  const placed = functions.map(place);
  const placedSubroutines = subroutines.map(place);
  const lost = [...placed, ...placedSubroutines].find(({ start }) => start === -1);
  if (lost) return codeFault('codeTarget', lost.entry, 'a function or subroutine starts where no instruction does');
  const measures = checkStack(instructions, placed, placedSubroutines);
  if (measures.fault) return measures;
  const isSelected = (entry: VerifiedFunction) => !entry.constructor && !entry.receive;
  return {
    value: {
      length,
      functions: new Map(placed.filter(isSelected).map((entry) => [entry.selector, entry])),
      constructorFunction: placed.find((entry) => entry.constructor),
      receiveFunction: placed.find((entry) => entry.receive),
      instructions,
      fast: toFastCode(instructions),
      ...measures.value,
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
