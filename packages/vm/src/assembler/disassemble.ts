import { numberToBytes, toHex, WattchainError } from '@wattchain/core';
import { selectorToHex } from '../abi.js';
import type { ImmediateKind, ImmediateValue } from '../immediates.js';
import type { Instruction } from '../instruction.js';
import { type VerifiedFunction, verifyCode } from '../verify.js';
import { quote } from './source.js';

/** Numbers from here on are shown in hex: addresses, hashes and masks, not amounts that people count. */
const FIRST_HEX_VALUE = 1n << 128n;
/** Column where the offset of an instruction stands. */
const OFFSET_COLUMN = 40;

/**
 * Assembly of a contract's code: every instruction with its offset in a comment, a label at each target. `assemble` makes
 * the same code of it. Names, macros and argument types are not in the code, so it is the raw form (docs/vm.md, ".code").
 *
 * @throws WattchainError `badCode` when the code does not pass the verifier
 */
export function disassemble(code: Uint8Array): string {
  const verified = verifyCode(code);
  if (verified.fault) {
    const { offset, detail } = verified.fault;
    throw new WattchainError('badCode', `the code is malformed at offset ${offset}: ${detail}`, { values: { offset } });
  }
  const { instructions, functions, subroutines, constructorFunction, receiveFunction } = verified.value;
  const entries = [constructorFunction, receiveFunction, ...functions.values()];
  const targets = new Set(instructions.flatMap(targetsOf));
  const lines = ['.contract Disassembled', '.code'];
  for (const [position, instruction] of instructions.entries()) {
    const starting = [
      ...entries.flatMap((entry) => (entry?.start === position ? entryLine(entry) : [])),
      ...subroutines.flatMap(({ start, takes, gives }) =>
        start === position ? `.entry subroutine ${takes} ${gives}` : [],
      ),
    ];
    if (starting.length > 0) lines.push('', ...starting);
    if (targets.has(position)) lines.push(`${labelOf(instruction)}:`);
    lines.push(instructionLine(instruction, instructions));
  }
  return `${lines.join('\n')}\n`;
}

function targetsOf({ opcode, immediates }: Instruction): number[] {
  return immediates.filter((_, i) => opcode.immediates[i] === 'target') as number[];
}

function labelOf(instruction: Instruction): string {
  return `L${offsetText(instruction).slice(2)}`;
}

function offsetText({ offset }: Instruction): string {
  return toHex(numberToBytes(offset, 2));
}

function entryLine(entry: VerifiedFunction): string {
  const { selector, headWords, payable, view } = entry;
  if (entry.receive) return '.entry receive';
  const name = entry.constructor ? 'constructor' : selectorToHex(selector);
  return `.entry ${name} ${headWords}${payable ? ' payable' : ''}${view ? ' view' : ''}`;
}

function instructionLine(instruction: Instruction, instructions: readonly Instruction[]): string {
  const { opcode, immediates } = instruction;
  // `arg` takes a name in the assembly; its plain opcode has a mnemonic of its own.
  const mnemonic = opcode.name === 'ARG' ? 'argat' : opcode.name.toLowerCase();
  const operands = immediates.map((value, i) => operandText(opcode.immediates[i], value, instructions));
  return `${['       ', mnemonic, ...operands].join(' ').padEnd(OFFSET_COLUMN)} ; ${offsetText(instruction)}`;
}

function operandText(
  kind: ImmediateKind | undefined,
  value: ImmediateValue,
  instructions: readonly Instruction[],
): string {
  if (typeof value === 'string') return quote(value);
  if (typeof value === 'bigint') return value < FIRST_HEX_VALUE ? `${value}` : `0x${value.toString(16)}`;
  if (kind === 'selector') return selectorToHex(value);
  const target = kind === 'target' ? instructions[value] : undefined;
  return target === undefined ? `${value}` : labelOf(target);
}
