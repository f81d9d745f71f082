/** Verified code in the form that `runFast` runs: what each instruction needs in an array of its type. */
import type { Instruction } from '../instruction.js';

/** One entry an instruction in each array. */
export interface FastCode {
  /** Bytes of the opcodes. */
  readonly codes: Uint8Array;
  /** What it costs before it runs. */
  readonly gas: Int32Array;
  /** Its first immediate where that is a number: a depth, a local, the position of a target. */
  readonly numbers: Int32Array;
  /** Its constant; of a check of bits the least word that has too many; else 0. */
  readonly words: readonly bigint[];
}

/** The fast form of instructions that the verifier passed. */
export function toFastCode(instructions: readonly Instruction[]): FastCode {
  return {
    codes: Uint8Array.from(instructions, ({ opcode }) => opcode.code),
    gas: Int32Array.from(instructions, ({ gas }) => gas),
    numbers: Int32Array.from(instructions, ({ immediates: [first] }) => (typeof first === 'number' ? first : 0)),
    words: instructions.map(({ opcode, immediates: [first] }) => {
      if (typeof first === 'bigint') return first;
      return opcode.immediates[0] === 'bits' ? 1n << BigInt(first as number) : 0n;
    }),
  };
}
