/** Instructions as they stand in the code: an opcode's byte and its immediates. */
import { assert, concatBytes, type Outcome, toHex } from '@wattchain/core';
import { decodeImmediate, encodeImmediate, IMMEDIATES, type ImmediateValue } from './immediates.js';
import type { Opcode } from './opcode.js';
import { opcodeByCode } from './opcodes.js';

/** An instruction as it stands in the code. */
export interface DecodedInstruction {
  readonly opcode: Opcode;
  readonly immediates: readonly ImmediateValue[];
  /** Bytes it takes, opcode and immediates. */
  readonly length: number;
}

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

/** Bytes of an instruction; asserts that the immediates are of their kinds and in range. */
export function encodeInstruction(opcode: Opcode, immediates: readonly ImmediateValue[]): Uint8Array {
  assert(immediates.length === opcode.immediates.length, 'immediates of another number', opcode.name);
  const parts = opcode.immediates.map((kind, i) => encodeImmediate(kind, immediates[i] as ImmediateValue));
  return concatBytes(Uint8Array.of(opcode.code), ...parts);
}

/** Reads the instruction at `offset`; the fault is a sentence about what is wrong there. */
export function decodeInstruction(code: Uint8Array, offset: number): Outcome<DecodedInstruction, string> {
  const byte = code[offset];
  if (byte === undefined) return { fault: 'the code ends here' };
  const opcode = opcodeByCode(byte);
  if (opcode === undefined) return { fault: `${toHex(Uint8Array.of(byte))} is no opcode` };
  const immediates: ImmediateValue[] = [];
  let next = offset + 1;
  for (const kind of opcode.immediates) {
    const { bytes } = IMMEDIATES[kind];
    const length = bytes > 0 ? bytes : (code[next++] ?? 0);
    if (next + length > code.length) return { fault: `the code ends within ${opcode.name}` };
    const value = decodeImmediate(kind, code.subarray(next, next + length));
    if (value === undefined) return { fault: `${opcode.name}: its ${kind} is out of range or not canonical` };
    immediates.push(value);
    next += length;
  }
  return { value: { opcode, immediates, length: next - offset } };
}
