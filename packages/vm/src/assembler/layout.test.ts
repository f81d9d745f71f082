import { describe, expect, it } from 'vitest';
import { decodeCodeHeader } from '../code.js';
import { opcodeByName } from '../opcodes.js';
import { verifyCode } from '../verify.js';
import { type Immediate, layOut, type Program, type ProgramEntry, type ProgramInstruction } from './layout.js';

function instruction(place: string, name: string, ...immediates: Immediate[]): ProgramInstruction<string> {
  const opcode = opcodeByName(name);
  if (opcode === undefined) expect.unreachable(name);
  return { opcode, immediates, place };
}

const ENTRY: ProgramEntry<string> = {
  selector: 1,
  headWords: 0,
  payable: false,
  view: false,
  constructor: false,
  receive: false,
  index: 0,
  place: 'f',
};
const STOP = instruction('end of f', 'STOP');

function faultOf(program: Partial<Program<string>>) {
  return layOut({ instructions: [STOP], entries: [ENTRY], subroutines: [], ...program }).fault;
}

describe('laying out', () => {
  it('gives labels their offsets, subroutines their numbers, and says where each instruction stands', () => {
    const end = { index: 3 };
    const subroutine = { takes: 0, gives: 0 };
    const { value } = layOut({
      instructions: [
        instruction('a', 'CALLSUB', { subroutine: 'second' }),
        instruction('b', 'PUSH', 1n),
        instruction('c', 'JUMPIF', end),
        instruction('d', 'STOP'),
        instruction('e', 'RETSUB'),
        instruction('f', 'RETSUB'),
      ],
      entries: [ENTRY],
      subroutines: [
        { ...subroutine, name: 'first', index: 4, place: 'first' },
        { ...subroutine, name: 'second', index: 5, place: 'second' },
      ],
    });
    const code = value?.code ?? new Uint8Array();
    const instructions = verifyCode(code).value?.instructions;
    expect(instructions?.map(({ opcode, immediates }) => [opcode.name, ...immediates])).toEqual([
      ['CALLSUB', 1],
      ['PUSH', 1n],
      ['JUMPIF', 3],
      ['STOP'],
      ['RETSUB'],
      ['RETSUB'],
    ]);
    expect(value?.offsets).toEqual(instructions?.map(({ offset }) => offset));
    expect(decodeCodeHeader(code).value?.subroutines.map(({ entry }) => entry)).toEqual(value?.offsets.slice(4));
  });

  it('says where a function has no instructions, and which two have one selector', () => {
    expect(faultOf({ entries: [{ ...ENTRY, index: 1 }] })).toMatchObject({
      place: 'f',
      problem: expect.stringMatching(/follow/),
    });
    expect(faultOf({ subroutines: [{ name: 's', takes: 0, gives: 0, index: 1, place: 's' }] })?.place).toBe('s');
    expect(faultOf({ entries: [ENTRY, { ...ENTRY, place: 'g' }] })).toMatchObject({ place: 'g', other: 'f' });
    const receive = { ...ENTRY, selector: 0, payable: true, receive: true };
    expect(faultOf({ entries: [receive, { ...receive, place: 'g' }] })).toMatchObject({ place: 'g', other: 'f' });
    expect(faultOf({ entries: [receive, { ...ENTRY, selector: 0 }] })).toBeUndefined();
  });

  it('says where the code grows beyond its limit', () => {
    const word = 2n ** 256n - 1n;
    const pushes = Array.from({ length: 1_000 }, (_, i) => instruction(`push ${i}`, 'PUSH', word));
    expect(faultOf({ instructions: [...pushes, STOP] })).toMatchObject({
      place: 'push 933',
      problem: expect.stringMatching(/31744 bytes/),
    });
  });

  it('says which instruction the verifier refuses, and what the stack must hold', () => {
    const fault = faultOf({ instructions: [instruction('here', 'ADD'), STOP] });
    expect(fault).toMatchObject({ place: 'here', expected: expect.stringMatching(/^add \( a b -- a\+b \)/) });
  });

  it('has no place for what is wrong with the whole', () => {
    const view = { ...ENTRY, view: true, payable: true };
    expect(faultOf({ entries: [view] })).toEqual({ place: undefined, problem: expect.stringContaining('payable') });
  });
});
