import { type Address, bytesToBigInt, keccak256, numberToBytes, sign } from '@wattchain/core';
import { type ImmediateKind, type ImmediateValue, OPCODES, type Opcode } from '@wattchain/vm';
import type { Line } from './caseCode.js';

/** What is measured under one name: an opcode with operands that make it slow. */
export interface OpcodeCase {
  readonly name: string;
  /** Leaves the stack as it was. */
  readonly lines: readonly Line[];
  /** Moves among the lines, which bring operands and take results; their time is taken off. */
  readonly moves: number;
  /** How often in a transaction at most, where the machine has a limit. */
  readonly most?: number;
}

/** A contract that is called: it takes any words and returns none. */
export const CALLEE: Address = `0x${'ca'.repeat(20)}`;
/** One that returns 255 words. */
export const GIVER: Address = `0x${'91'.repeat(20)}`;
/** An account that exists and has no code. */
export const PAYEE: Address = `0x${'9a'.repeat(20)}`;

const LIMIT = 1n << 256n;
const BIG = LIMIT - 189n;
/** Of half the length, so that products fit. */
const HALF = (1n << 128n) - 159n;
const BELOW_HALF_LIMIT = (1n << 254n) - 7n;
const ARG_LIST_HEAD = 1;
const MANY_WORDS = 1_024n;
const ALL_MEMORY = 65_536n;

/** Arguments of every run behind the rounds: the offset of a list, and the list. */
export const LIST_ARGUMENTS: readonly bigint[] = [64n, 3n, BIG, BIG, BIG];

/** Operands, the deepest first, where others than {@link BELOW_HALF_LIMIT} are slower or needed. */
const OPERANDS: Readonly<Record<string, readonly bigint[]>> = {
  MUL: [HALF, HALF],
  DIV: [BIG, HALF],
  MOD: [BIG, HALF],
  MULWRAP: [BIG, BIG],
  POW: [3n, 161n],
  POWWRAP: [BIG, BIG],
  ADDMOD: [BIG, BIG, HALF],
  MULMOD: [BIG, BIG, BIG - 2n],
  SSUB: [1n, BELOW_HALF_LIMIT],
  SMUL: [HALF, HALF >> 3n],
  SDIV: [BELOW_HALF_LIMIT, HALF],
  SMOD: [BELOW_HALF_LIMIT, HALF],
  SAR: [BIG, 3n],
  SHL: [BIG, 3n],
  SHR: [BIG, 3n],
  SUBWRAP: [1n, BIG],
  NOT: [BIG],
  ARG: [3n],
  LISTAT: [2n],
  MLOAD: [0n],
  MSTORE: [BIG, 0n],
  HASHM: [0n, 32n * MANY_WORDS],
  LOGM: [BIG, BIG, BIG, 0n, MANY_WORDS],
  CALLM: [BigInt(CALLEE), 0n, 0n, MANY_WORDS, 0n],
  CALLVIEWM: [BigInt(CALLEE), 0n, MANY_WORDS, 0n],
  SLOAD: [1n],
  BALANCE: [BigInt(PAYEE)],
  CALL: [BigInt(CALLEE), 0n, BIG, BIG, BIG, BIG],
  CALLVIEW: [BigInt(CALLEE), BIG, BIG, BIG, BIG],
  PAY: [BigInt(PAYEE), 0n],
};

const IMMEDIATES_OF: Readonly<Record<ImmediateKind, ImmediateValue | 'next'>> = {
  word: BIG,
  text: 'no',
  selector: 1,
  target: 'next',
  subroutine: 0,
  count: 4,
  depth: 1,
  local: 0,
  head: ARG_LIST_HEAD,
  bits: 255,
  topic: BIG,
  indexed: 3,
};

/** Logs of a transaction are limited, and so is memory of frames together. */
const MOST: Readonly<Record<string, number>> = { LOG: 4_000, LOGM: 1_000, 'MSTORE, all memory': 1 };

function caseOf(opcode: Opcode): OpcodeCase {
  const { name, immediates } = opcode;
  const values = immediates.map((kind) => IMMEDIATES_OF[kind]);
  // Counts that the row adds up do not see where a jump goes.
  const numbers = values.map((value) => (value === 'next' ? 0 : value));
  if (name === 'CALL' || name === 'CALLVIEW') values[2] = 0;
  const pushes = opcode.pushes(name === 'CALL' || name === 'CALLVIEW' ? [1, 4, 0] : numbers);
  const operands = OPERANDS[name] ?? Array<bigint>(opcode.pops(numbers)).fill(BELOW_HALF_LIMIT);
  const lines: Line[] = [
    ...operands.map((word): Line => ['PUSH', word]),
    [name, ...values],
    ...Array<Line>(pushes).fill(['POP']),
  ];
  return withMost({ name, lines, moves: operands.length + pushes });
}

function withMost(measured: OpcodeCase): OpcodeCase {
  const most = MOST[measured.name];
  return most === undefined ? measured : { ...measured, most };
}

function signatureWords(): readonly bigint[] {
  const digest = keccak256(numberToBytes(1, 4));
  const { r, s, recovery } = sign(digest, keccak256(digest));
  return [bytesToBigInt(digest), BigInt(27 + recovery), r, s];
}

/** Every opcode that does not end a call, and what needs a shape of its own. */
export function opcodeCases(): OpcodeCase[] {
  const special = new Set(['PUSH', 'POP', 'RETSUB', 'CALLSUB', 'RECOVER', 'SSTORE', 'HASH']);
  const plain = OPCODES.filter(({ flow, name }) => flow !== 'end' && !special.has(name)).map(caseOf);
  const pushed = (words: readonly bigint[]): Line[] => words.map((word) => ['PUSH', word]);
  const many = Array<bigint>(255).fill(BIG);
  const callOf = (name: string, target: Address, sent: readonly bigint[], received: number): OpcodeCase => ({
    name,
    lines: [
      ...pushed([BigInt(target), 0n, ...sent]),
      ['CALL', 1, sent.length, received],
      ...Array<Line>(received).fill(['POP']),
    ],
    moves: 2 + sent.length + received,
  });
  return [
    { name: 'PUSH, POP', lines: [['PUSH', BIG], ['POP']], moves: 0 },
    { name: 'CALLSUB, RETSUB', lines: [['CALLSUB', 0]], moves: 0 },
    { name: 'RECOVER', lines: [...pushed(signatureWords()), ['RECOVER'], ['POP']], moves: 5 },
    {
      name: 'SSTORE',
      lines: [...pushed([BIG, 1n]), ['SSTORE'], ...pushed([HALF, 1n]), ['SSTORE']],
      moves: 4,
    },
    { name: 'SSTORE of what is there', lines: [...pushed([BIG, 2n]), ['SSTORE']], moves: 2 },
    { name: 'HASH', lines: [...pushed([BIG, HALF]), ['HASH', 2], ['POP']], moves: 3 },
    { name: 'HASH of 255 words', lines: [...pushed(many), ['HASH', 255], ['POP']], moves: 256 },
    { name: 'HASHM of 2 MiB', lines: [...pushed([0n, 32n * ALL_MEMORY]), ['HASHM'], ['POP']], moves: 3 },
    { ...withMost({ name: 'MSTORE, all memory', lines: [...pushed([BIG, ALL_MEMORY - 1n]), ['MSTORE']], moves: 2 }) },
    callOf('CALL with 255 words', CALLEE, many.slice(2), 0),
    callOf('CALL for 255 words', GIVER, [], 250),
    ...plain,
  ];
}
