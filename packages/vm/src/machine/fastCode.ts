/** Verified code in the form that `runFast` runs: what each instruction needs in an array of its type. */
import type { Instruction } from '../instruction.js';

/** One entry an instruction in each array. */
export interface FastCode {
  /** Bytes of the opcodes. */
  readonly codes: Uint8Array;
  /** What it costs before it runs. */
  readonly gas: Int32Array;
  /** What it and all after it cost, to the end of its line. */
  readonly lineGas: Int32Array;
  /** Its first immediate where that is a number: a depth, a local, the position of a target. */
  readonly numbers: Int32Array;
  /** Its constant; of a check of bits the least word that has too many; else 0. */
  readonly words: readonly bigint[];
}

/**
 * Instructions behind which a line goes on: moves, sums, comparisons, checks, memory. They go nowhere else and do not look at the gas; one that has to,
 * a write for which memory must grow, gives back what is behind it first. Every other one ends its line. `runFast` does exactly these, and jumps,
 * without a handler.
 */
const WITHIN_LINES: ReadonlySet<string> = new Set(
  `PUSH POP DUP SWAP LGET LSET REQUIRE ADD SUB MUL DIV MOD ADDWRAP SUBWRAP MULWRAP FITS LT GT LE GE EQ ISZERO AND OR XOR SHL SHR ARG CHECKRANGE MLOAD MSTORE`.split(
    ' ',
  ),
);

/** The fast form of instructions that the verifier passed. */
export function toFastCode(instructions: readonly Instruction[]): FastCode {
  const gas = Int32Array.from(instructions, (instruction) => instruction.gas);
  const lineGas = gas.slice();
  for (let at = instructions.length - 2; at >= 0; at--) {
    const isWithin = WITHIN_LINES.has((instructions[at] as Instruction).opcode.name);
    if (isWithin) lineGas[at] = (gas[at] as number) + (lineGas[at + 1] as number);
  }
  return {
    codes: Uint8Array.from(instructions, ({ opcode }) => opcode.code),
    gas,
    lineGas,
    numbers: Int32Array.from(instructions, ({ immediates: [first] }) => (typeof first === 'number' ? first : 0)),
    words: instructions.map(({ opcode, immediates: [first] }) => {
      if (typeof first === 'bigint') return first;
      return opcode.immediates[0] === 'bits' ? 1n << BigInt(first as number) : 0n;
    }),
  };
}
