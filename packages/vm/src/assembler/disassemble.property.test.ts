/** Random verified code comes back from its assembly byte by byte. */
import { toHex } from '@wattchain/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { codeHeaderLength, encodeCode, type FunctionEntry } from '../code.js';
import { IMMEDIATES, type ImmediateKind, type ImmediateValue } from '../immediates.js';
import { encodeInstruction } from '../instruction.js';
import type { Opcode } from '../opcode.js';
import { OPCODES } from '../opcodes.js';
import { verifyCode } from '../verify.js';
import { assemble, disassemble } from './index.js';

const STRAIGHT = OPCODES.filter((opcode) => opcode.flow === 'next' || opcode.flow === 'subroutine');
const [JUMP, BRANCH, STOP, PUSH, POP, RETSUB] = ['JUMP', 'JUMPIF', 'STOP', 'PUSH', 'POP', 'RETSUB'].map((name) =>
  OPCODES.find((opcode) => opcode.name === name),
) as [Opcode, Opcode, Opcode, Opcode, Opcode, Opcode];

/** Small counts, so that most instructions find the words they need. */
function immediateOf(kind: ImmediateKind): fc.Arbitrary<ImmediateValue> {
  if (kind === 'word' || kind === 'topic') {
    return fc.oneof(fc.bigInt(0n, 300n), fc.bigInt(0n, (1n << 256n) - 1n));
  }
  if (kind === 'text') {
    const characters = fc.oneof(fc.string({ unit: 'binary', maxLength: 8 }), fc.constantFrom('"\\', '\u202e\n', '; x'));
    // UTF-8 that comes back as it was: no half of a surrogate pair.
    return characters.filter((text) => Buffer.byteLength(text) <= 32 && Buffer.from(text).toString() === text);
  }
  const { min, max } = IMMEDIATES[kind];
  return fc.integer({ min, max: kind === 'selector' || kind === 'local' ? max : Math.min(max, 4) });
}

interface Line {
  readonly opcode: Opcode;
  readonly immediates: readonly ImmediateValue[];
}
const line: fc.Arbitrary<Line> = fc
  .constantFrom(...STRAIGHT)
  .chain((opcode) =>
    fc
      .tuple(...opcode.immediates.map(immediateOf))
      .map((immediates) => ({ opcode, immediates: immediates as ImmediateValue[] })),
  );

interface Body {
  readonly lines: readonly Line[];
  readonly flags: Pick<FunctionEntry, 'payable' | 'view' | 'headWords'>;
  readonly selector: number;
  readonly ending: 'stop' | 'loop' | 'branch';
}
const body: fc.Arbitrary<Body> = fc.record({
  lines: fc.array(line, { maxLength: 20 }),
  flags: fc.record({ payable: fc.boolean(), view: fc.constant(false), headWords: fc.integer({ min: 0, max: 255 }) }),
  selector: fc.integer({ min: 1, max: 0xffffffff }),
  ending: fc.constantFrom('stop', 'loop', 'branch'),
});

/** The lines whose words are there, with jumps back to where the stack had the same height. */
function layOut(bodies: readonly Body[]): Uint8Array {
  const parts: number[] = [];
  const entries: FunctionEntry[] = [];
  const start = codeHeaderLength(bodies.length, bodies.length);
  const add = (opcode: Opcode, immediates: readonly ImmediateValue[]) =>
    parts.push(...encodeInstruction(opcode, immediates));
  for (const { lines, flags, selector, ending } of bodies) {
    const entry = start + parts.length;
    entries.push({ ...flags, selector, constructor: false, receive: false, entry });
    let height = 0;
    for (const { opcode, immediates } of lines) {
      // A call of the next function's subroutine, which takes as many words as it gives.
      if (opcode.flow === 'subroutine' && height >= 1) add(opcode, [(immediates[0] as number) % bodies.length]);
      if (opcode.flow === 'subroutine' || opcode.flow === 'return') continue;
      const left = height - opcode.pops(immediates);
      const after = left + opcode.pushes(immediates);
      if (left < 0 || after > 200) continue;
      height = after;
      add(opcode, immediates);
    }
    // At the function's start the stack is empty, so only an empty stack may jump there.
    if (ending === 'loop' && height === 0) add(JUMP, [entry]);
    else {
      if (ending === 'branch' && height === 0) {
        add(PUSH, [1n]);
        add(BRANCH, [entry]);
      }
      add(STOP, []);
    }
  }
  const subroutines = bodies.map(({ flags }) => {
    const entry = start + parts.length;
    add(PUSH, [BigInt(flags.headWords)]);
    add(POP, []);
    add(RETSUB, []);
    return { takes: 1, gives: 1, entry };
  });
  return encodeCode(entries, subroutines, Uint8Array.from(parts));
}

test('the disassembly of any verified code assembles to the same code', () => {
  let instructions = 0;
  const bodies = fc.uniqueArray(body, { minLength: 1, maxLength: 6, selector: ({ selector }) => selector });
  fc.assert(
    fc.property(bodies, (functions) => {
      const code = layOut(functions);
      const verified = verifyCode(code);
      expect(verified.fault).toBeUndefined();
      instructions += verified.value?.instructions.length ?? 0;
      expect(assemble(disassemble(code), 'again.wca').code).toBe(toHex(code));
    }),
    { numRuns: 60 },
  );
  expect(instructions, 'the code is not trivial').toBeGreaterThan(500);
});
