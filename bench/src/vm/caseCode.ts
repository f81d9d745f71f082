import { assert } from '@wattchain/core';
import {
  codeHeaderLength,
  encodeCode,
  encodeInstruction,
  type ImmediateValue,
  type Opcode,
  opcodeByName,
} from '@wattchain/vm';

/** An instruction: its name, then its immediates; `next` stands for the instruction behind it. */
export type Line = readonly [name: string, ...immediates: (ImmediateValue | 'next')[]];

/** The function of every measured contract; its first argument says how often the loop runs. */
export const RUN_SELECTOR = 0x00000001;
/** No case uses this local. */
const COUNTER = 63;
const COUNT_DOWN: readonly Line[] = [['LGET', COUNTER], ['PUSH', 1n], ['SUB'], ['DUP', 1], ['LSET', COUNTER]];

/** The row of a name. */
export function opcodeOf(name: string): Opcode {
  const opcode = opcodeByName(name);
  assert(opcode !== undefined, `${name} is an opcode`);
  return opcode;
}

/** A contract whose one function runs `before`, then `lines`, `copies` times in a row, in a loop; subroutine 0 does nothing. */
export function loopCode(lines: readonly Line[], copies: number, before: readonly Line[] = []): Uint8Array {
  const writer = new Writer(codeHeaderLength(1, 1));
  writer.add(before);
  writer.add([['PUSH', 0n], ['ARG'], ['LSET', COUNTER]]);
  const start = writer.offset;
  for (let i = 0; i < copies; i++) writer.add(lines);
  writer.add([...COUNT_DOWN, ['JUMPIF', start], ['STOP']]);
  const subroutine = { takes: 0, gives: 0, entry: writer.offset };
  writer.add([['RETSUB']]);
  return encodeCode([{ ...functionEntry(), headWords: 1 }], [subroutine], writer.bytes());
}

/** A contract whose one function runs `lines` once, which end it. */
export function plainCode(lines: readonly Line[]): Uint8Array {
  const writer = new Writer(codeHeaderLength(1, 0));
  writer.add(lines);
  return encodeCode([{ ...functionEntry(), entry: codeHeaderLength(1, 0) }], [], writer.bytes());
}

function functionEntry() {
  const flags = { payable: true, view: false, constructor: false, receive: false };
  return { selector: RUN_SELECTOR, headWords: 0, entry: codeHeaderLength(1, 1), ...flags };
}

class Writer {
  offset: number;
  readonly #bytes: number[] = [];

  constructor(start: number) {
    this.offset = start;
  }

  add(lines: readonly Line[]): void {
    for (const [name, ...immediates] of lines) {
      const opcode = opcodeOf(name);
      const encode = (next: number) =>
        encodeInstruction(
          opcode,
          immediates.map((value) => (value === 'next' ? next : value)),
        );
      const bytes = encode(this.offset + encode(0).length);
      this.#bytes.push(...bytes);
      this.offset += bytes.length;
    }
  }

  bytes(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }
}
