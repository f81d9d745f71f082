import { concatBytes, EMPTY_BYTES, fromHex, MAX_CODE_BYTES, numberToBytes, toHex } from '@wattchain/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  CONTRACT,
  callAs,
  contract,
  contractWith,
  createWorld,
  instructions,
  type Line,
  ONLY_ENTRY,
  OTHER,
} from '../testing/testSupport.js';
import { encodeCode, splitDeployment } from './code.js';
import { IMMEDIATES, type ImmediateKind, type ImmediateValue } from './immediates.js';
import { encodeInstruction } from './instruction.js';
import type { Opcode } from './opcode.js';
import { OPCODES } from './opcodes.js';
import { verifyCode } from './verify.js';

const SELECTOR = 0x01020304;

function faultOf(code: Uint8Array) {
  return verifyCode(code).fault;
}

/** One function with these instructions. */
function only(...lines: Line[]): Uint8Array {
  return contract({ selector: SELECTOR, lines });
}

/** A function that calls the subroutine behind it, which begins at 24: header 8, function 8, subroutine 4, CALLSUB 3, STOP 1. */
function withPart(effect: { takes: number; gives: number }, ...lines: Line[]): Uint8Array {
  return contractWith([{ selector: SELECTOR, lines: [['CALLSUB', 0], ['STOP']] }], [{ ...effect, lines }]);
}

/** The bytes with one replaced. */
function withByte(code: Uint8Array, offset: number, byte: number): Uint8Array {
  const copy = code.slice();
  copy[offset] = byte;
  return copy;
}

describe('layout', () => {
  it('is the one of docs/vm.md, byte by byte', () => {
    const code = contract(
      { selector: 0, isConstructor: true, payable: true, headWords: 2, lines: [['STOP']] },
      {
        selector: 0xa9059cbb,
        view: true,
        headWords: 1,
        lines: [
          ['PUSH', 258n],
          ['RETURN', 1],
        ],
      },
    );
    expect(toHex(code)).toBe(
      `0x${['5743', '02', '001f', '02', '0000'].join('')}${['00000000', '02', '05', '0018'].join('')}${[
        'a9059cbb',
        '01',
        '02',
        '0019',
      ].join('')}${['00', '10020102', '0101'].join('')}`,
    );
    expect(faultOf(code)).toBeUndefined();
  });

  it('sorts functions by selector', () => {
    const entry = { headWords: 0, payable: false, view: false, constructor: false, receive: false, entry: 24 };
    const code = encodeCode(
      [
        { ...entry, selector: 9 },
        { ...entry, selector: 3 },
      ],
      [],
      instructions([['STOP']]),
    );
    expect(verifyCode(code).value?.functions.get(3)?.start).toBe(0);
    expect(toHex(code.subarray(8, 12))).toBe('0x00000003');
  });

  it('splits deployment data where the code says it ends', () => {
    const code = only(['STOP']);
    const args = fromHex(`0x${'07'.repeat(32)}`);
    const split = splitDeployment(concatBytes(code, args));
    expect(split.value?.code).toEqual(code);
    expect(split.value?.args).toEqual(args);
    expect(splitDeployment(code).value?.args).toEqual(EMPTY_BYTES);
    expect(splitDeployment(code.subarray(0, -1)).fault?.code).toBe('codeHeader');
  });
});

describe('verifyCode refuses', () => {
  const good = only(['PUSH', 1n], ['RETURN', 1]);
  const two = contract({ selector: 3, lines: [['STOP']] }, { selector: 9, lines: [['STOP']] });
  const cases: readonly (readonly [string, Uint8Array, string, number])[] = [
    ['no bytes', EMPTY_BYTES, 'codeHeader', 0],
    ['another magic', withByte(good, 0, 0x58), 'codeHeader', 0],
    ['another format', withByte(good, 2, 1), 'codeHeader', 0],
    ['a length beyond the bytes', withByte(good, 4, good.length + 1), 'codeHeader', 3],
    ['bytes after the length', concatBytes(good, Uint8Array.of(0)), 'codeHeader', 3],
    ['more functions than fit', withByte(good, 5, 200), 'codeHeader', 5],
    ['unknown flags', withByte(good, 13, 16), 'codeHeader', 13],
    ['a payable view', withByte(good, 13, 3), 'codeHeader', 13],
    ['a constructor with a selector', withByte(good, 13, 4), 'codeHeader', 8],
    ['a receive with a selector', withByte(good, 13, 9), 'codeHeader', 8],
    ['a receive that takes no coins', withByte(good, 13, 8), 'codeHeader', 12],
    ['a receive that is the constructor', withByte(good, 13, 13), 'codeHeader', 12],
    ['a receive with arguments', withByte(withByte(good, 13, 9), 12, 1), 'codeHeader', 12],
    ['more subroutines than fit', withByte(good, 7, 9), 'codeHeader', 5],
    ['a selector twice', withByte(two, 19, 3), 'codeHeader', 16],
    ['selectors out of order', withByte(two, 19, 2), 'codeHeader', 16],
    ['an entry within an instruction', withByte(good, 15, ONLY_ENTRY + 1), 'codeTarget', ONLY_ENTRY + 1],
    ['an entry in the header', withByte(good, 15, 6), 'codeTarget', 6],
    ['an entry at the end', withByte(good, 15, good.length), 'codeTarget', good.length],
    ['an unknown opcode', withByte(good, ONLY_ENTRY + 3, 0xff), 'codeInstruction', ONLY_ENTRY + 3],
    ['a PUSH cut off', only(['STOP'], ['PUSH', 7n]).slice(0, -1), 'codeHeader', 3],
    ['a PUSH of no bytes', withByte(good, ONLY_ENTRY + 1, 0), 'codeInstruction', ONLY_ENTRY],
    [
      'a PUSH of 33 bytes',
      only(['PUSH', 2n ** 256n - 1n], ['STOP'], ['STOP']).map((byte, i) => (i === ONLY_ENTRY + 1 ? 33 : byte)),
      'codeInstruction',
      ONLY_ENTRY,
    ],
    [
      'a PUSH with a leading zero',
      only(['PUSH', 258n], ['STOP']).map((byte, i) => (i === ONLY_ENTRY + 2 ? 0 : byte)),
      'codeInstruction',
      ONLY_ENTRY,
    ],
    [
      'a text that is not UTF-8',
      only(['FAIL', 'x']).map((byte, i) => (i === ONLY_ENTRY + 2 ? 0xff : byte)),
      'codeInstruction',
      ONLY_ENTRY,
    ],
    [
      'local 64',
      only(['LGET', 63], ['STOP']).map((byte, i) => (i === ONLY_ENTRY + 1 ? 64 : byte)),
      'codeInstruction',
      ONLY_ENTRY,
    ],
    [
      'DUP 0',
      only(['PUSH', 1n], ['DUP', 1], ['STOP']).map((byte, i) => (i === ONLY_ENTRY + 4 ? 0 : byte)),
      'codeInstruction',
      ONLY_ENTRY + 3,
    ],
    ['a jump into an immediate', only(['JUMP', ONLY_ENTRY + 1]), 'codeTarget', ONLY_ENTRY],
    ['a jump into the header', only(['JUMP', 6]), 'codeTarget', ONLY_ENTRY],
    ['a jump to the end', only(['JUMP', ONLY_ENTRY + 3]), 'codeTarget', ONLY_ENTRY],
    ['a jump out of the code', only(['JUMP', 0xffff]), 'codeTarget', ONLY_ENTRY],
    ['too few words', only(['PUSH', 1n], ['ADD'], ['STOP']), 'codeStack', ONLY_ENTRY + 3],
    ['too few words for DUP', only(['PUSH', 1n], ['DUP', 2], ['STOP']), 'codeStack', ONLY_ENTRY + 3],
    ['too few words for SWAP', only(['PUSH', 1n], ['SWAP', 1], ['STOP']), 'codeStack', ONLY_ENTRY + 3],
    [
      '257 words',
      only(...Array.from({ length: 257 }, (): Line => ['PUSH', 1n]), ['STOP']),
      'codeStack',
      ONLY_ENTRY + 3 * 256,
    ],
    // PUSH 1 in a loop: a second height at its own start.
    ['a stack that grows in a loop', only(['PUSH', 1n], ['JUMP', ONLY_ENTRY]), 'codeStack', ONLY_ENTRY],
    [
      'two heights where ways meet',
      only(['PUSH', 1n], ['JUMPIF', ONLY_ENTRY + 9], ['PUSH', 1n], ['STOP']),
      'codeStack',
      ONLY_ENTRY + 9,
    ],
    ['a call of a subroutine that is not there', only(['CALLSUB', 0], ['STOP']), 'codeTarget', ONLY_ENTRY],
    ['RETSUB in a function', only(['RETSUB']), 'codeStack', ONLY_ENTRY],
    ['too few words for a subroutine', withPart({ takes: 1, gives: 1 }, ['RETSUB']), 'codeStack', 20],
    ['more words than a subroutine gives', withPart({ takes: 0, gives: 0 }, ['PUSH', 1n], ['RETSUB']), 'codeStack', 27],
    ['fewer words than a subroutine gives', withPart({ takes: 0, gives: 1 }, ['RETSUB']), 'codeStack', 24],
    ['words of the caller', withPart({ takes: 0, gives: 0 }, ['POP'], ['RETSUB']), 'codeStack', 24],
    ['a jump from a subroutine into a function', withPart({ takes: 0, gives: 0 }, ['JUMP', 23]), 'codeTarget', 23],
    [
      'a subroutine that is a function',
      withByte(withPart({ takes: 0, gives: 0 }, ['RETSUB']), 19, 20),
      'codeTarget',
      20,
    ],
    [
      'a subroutine within an instruction',
      withByte(withPart({ takes: 0, gives: 0 }, ['PUSH', 1n], ['STOP']), 19, 25),
      'codeTarget',
      25,
    ],
    ['a subroutine in the header', withByte(withPart({ takes: 0, gives: 0 }, ['RETSUB']), 19, 0), 'codeHeader', 18],
    ['a way past the end', only(['PUSH', 1n]), 'codeEnd', ONLY_ENTRY],
    ['a branch past the end', only(['PUSH', 1n], ['JUMPIF', ONLY_ENTRY]), 'codeEnd', ONLY_ENTRY + 3],
  ];

  it.each(cases)('%s', (_, code, faultCode, offset) => {
    expect(faultOf(code)).toMatchObject({ code: faultCode, offset });
  });

  it('code above the limit', () => {
    const header = concatBytes(fromHex('0x574302'), numberToBytes(MAX_CODE_BYTES + 1, 2), new Uint8Array(3));
    expect(faultOf(concatBytes(header, new Uint8Array(MAX_CODE_BYTES + 1 - header.length)))?.code).toBe('codeHeader');
  });
});

describe('verifyCode accepts', () => {
  it('256 words on the stack', () => {
    expect(faultOf(only(...Array.from({ length: 256 }, (): Line => ['PUSH', 1n]), ['STOP']))).toBeUndefined();
  });

  it('a loop that leaves the stack as it was', () => {
    expect(faultOf(only(['PUSH', 1n], ['JUMPIF', ONLY_ENTRY], ['STOP']))).toBeUndefined();
  });

  it('instructions that no way reaches', () => {
    expect(faultOf(only(['STOP'], ['ADD']))).toBeUndefined();
  });
});

/** A value of each kind; targets are replaced by starts of instructions below. */
function arbitraryImmediate(kind: ImmediateKind): fc.Arbitrary<ImmediateValue> {
  const word = fc.oneof(
    fc.bigInt(0n, 9n),
    fc.bigInt(0n, 2n ** 256n - 1n),
    fc.constantFrom(BigInt(OTHER), BigInt(CONTRACT)),
  );
  if (kind === 'word' || kind === 'topic') return word;
  if (kind === 'text') return fc.string({ maxLength: 8 });
  if (kind === 'target') return fc.nat(40);
  if (kind === 'subroutine') return fc.nat(1);
  if (kind === 'selector') return fc.constant(SELECTOR);
  const { min, max } = IMMEDIATES[kind];
  return fc.integer({ min, max: Math.min(max, min + 4) });
}

const arbitraryLine: fc.Arbitrary<readonly [Opcode, readonly ImmediateValue[]]> = fc
  .constantFrom(...OPCODES, ...OPCODES.filter(({ flow }) => flow === 'branch'))
  .chain((opcode) => fc.tuple(fc.constant(opcode), fc.tuple(...opcode.immediates.map(arbitraryImmediate))));

/** Lays instructions out so that the stack suffices on the straight way; targets become places before or after, as drawn. */
function layOut(drawn: readonly (readonly [Opcode, readonly ImmediateValue[]])[], isView: boolean): Uint8Array {
  const push = OPCODES.find(({ name }) => name === 'PUSH') as Opcode;
  const lines: (readonly [Opcode, ImmediateValue[]])[] = [];
  const heights: number[] = [];
  let height = 0;
  const add = (opcode: Opcode, immediates: readonly ImmediateValue[]) => {
    heights.push(height);
    lines.push([opcode, [...immediates]]);
    height += opcode.pushes(immediates) - opcode.pops(immediates);
  };
  for (const [opcode, immediates] of drawn) {
    if (opcode.flow === 'end' || opcode.flow === 'jump' || opcode.flow === 'return') continue;
    // Both subroutines take a word and give one; now and then one is called that is not there.
    const words = opcode.flow === 'subroutine' ? 1 : opcode.pops(immediates);
    while (height < words) add(push, [BigInt(lines.length % 3)]);
    add(opcode, immediates);
  }
  const [lastOpcode, lastImmediates] = drawn.findLast(([{ flow }]) => flow === 'end') ?? [OPCODES[0] as Opcode, []];
  while (height < lastOpcode.pops(lastImmediates)) add(push, [1n]);
  add(lastOpcode, lastImmediates);

  const starts: number[] = [];
  // Two subroutines stand in the header as well.
  let offset = ONLY_ENTRY + 8;
  for (const [opcode, immediates] of lines) {
    starts.push(offset);
    offset += encodeInstruction(opcode, immediates).length;
  }
  for (const [i, [opcode, immediates]] of lines.entries()) {
    if (opcode.flow !== 'branch') continue;
    // A place whose height fits, if there is one from the drawn position on; else the drawn one, for the verifier to refuse.
    const wanted = (heights[i] as number) - 1;
    const from = (immediates[0] as number) % starts.length;
    const fitting = heights.findIndex((candidate, position) => position >= from && candidate === wanted);
    immediates[0] = starts[fitting === -1 ? from : fitting] as number;
  }
  const body = concatBytes(...lines.map(([opcode, immediates]) => encodeInstruction(opcode, immediates)));
  const entry = {
    selector: SELECTOR,
    headWords: 0,
    payable: !isView,
    view: isView,
    constructor: false,
    receive: false,
    entry: ONLY_ENTRY + 8,
  };
  // The first squares what it gets, the second calls the first with a local.
  const [square, twice] = [
    instructions([['DUP', 1], ['MULWRAP'], ['RETSUB']]),
    instructions([['LSET', 2], ['LGET', 2], ['CALLSUB', 0], ['RETSUB']]),
  ];
  const first = ONLY_ENTRY + 8 + body.length;
  const subroutines = [
    { takes: 1, gives: 1, entry: first },
    { takes: 1, gives: 1, entry: first + square.length },
  ];
  return encodeCode([entry], subroutines, concatBytes(body, square, twice));
}

describe('any bytes', () => {
  it('never crash the verifier', () => {
    const header = fromHex('0x574302');
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(3), fc.nat(3), (bytes, functionCount, subroutineCount) => {
        verifyCode(bytes);
        const length = numberToBytes(8 + bytes.length, 2);
        const counts = Uint8Array.of(functionCount, 0, subroutineCount);
        verifyCode(concatBytes(header, length, counts, bytes));
        splitDeployment(bytes);
      }),
      { numRuns: 2_000 },
    );
  });

  it('that change accepted code are refused or still safe to run', () => {
    const good = only(['PUSH', 300n], ['PUSH', 0n], ['ARG'], ['ADD'], ['PUSH', 1n], ['JUMPIF', ONLY_ENTRY], ['STOP']);
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 3 }), (edits) => {
        runIfAccepted(
          edits.reduce((code, [offset, byte]) => withByte(code, offset, byte), good),
          EMPTY_BYTES,
        );
      }),
      { numRuns: 2_000 },
    );
  });
});

/** Deploys nothing: puts accepted code into a state and calls it; an assertion or another exception fails the test. */
function runIfAccepted(code: Uint8Array, data: Uint8Array): boolean {
  const verified = verifyCode(code);
  if (verified.fault) return false;
  const { state } = createWorld();
  state.setCode(CONTRACT, code);
  state.setCode(OTHER, contract({ selector: SELECTOR, view: true, lines: [['ARGCOUNT'], ['RETURN', 1]] }));
  state.addBalance(CONTRACT, 1_000n);
  const changesBefore = state.changes();
  const selector = [...verified.value.functions.keys()][0] ?? 0;
  const message = { data: concatBytes(numberToBytes(selector, 4), data), gasLimit: 120_000 };
  const first = callAs(state, CONTRACT, message);
  expect(callAs(state, CONTRACT, message)).toEqual(first);
  expect(first.gasUsed).toBeLessThanOrEqual(message.gasLimit);
  expect(state.changes()).toEqual(changesBefore);
  return true;
}

describe('code that the verifier accepts', () => {
  it('runs without an assertion, whatever it is', () => {
    let accepted = 0;
    let tried = 0;
    fc.assert(
      fc.property(
        fc.array(arbitraryLine, { maxLength: 25 }),
        fc.boolean(),
        fc.array(fc.oneof(fc.bigInt(0n, 100n), fc.bigInt(0n, 2n ** 256n - 1n)), { maxLength: 6 }),
        fc.nat(3),
        (drawn, isView, words, cut) => {
          const args = concatBytes(...words.map((word) => fromHex(`0x${word.toString(16).padStart(64, '0')}`)));
          tried += 1;
          if (runIfAccepted(layOut(drawn, isView), cut === 0 ? args.subarray(1) : args)) accepted += 1;
        },
      ),
      { numRuns: 1_500 },
    );
    // The generator must not have missed the point.
    expect(accepted).toBeGreaterThan(tried / 2);
  });
});
