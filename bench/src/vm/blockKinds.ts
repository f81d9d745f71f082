import { type Address, EMPTY_BYTES, MAX_CODE_BYTES, numberToBytes, sha256, textToBytes, toHex } from '@wattchain/core';
import { encodeCall, GAS_CODE_BYTE, intrinsicGas } from '@wattchain/vm';
import { type Line, loopCode, plainCode, RUN_SELECTOR } from './caseCode.js';
import { LIST_ARGUMENTS, type OpcodeCase } from './opcodeCases.js';

/** A transaction before it is signed. */
export interface Act {
  readonly to: Address | null;
  readonly data: Uint8Array;
  readonly value: bigint;
  readonly gasLimit: number;
}

/** What a block is full of. */
export interface BlockKind {
  readonly name: string;
  /** What stands in the genesis for it. */
  readonly contracts: readonly {
    readonly name: string;
    readonly address: Address;
    readonly code: string;
    readonly storage: object;
  }[];
  /** Transactions that use about so much gas. */
  readonly acts: (gas: number) => Act[];
}

/** Gas of one transaction of a block full of calls. */
const CALL_GAS = 1_000_000;
/** What a run costs before and after its loop, generously. */
const AROUND_GAS = 30_000;
/** Words that nobody wrote, and accounts that nobody paid, begin there. */
const ABSENT = 1n << 100n;
const FIRST_ACCOUNT = 1n << 150n;

/** The n-th number as an address. */
export const addressAt = (number: bigint): Address => `0x${number.toString(16).padStart(40, '0')}`;
/** Accounts that are there. */
export const storedAccounts = (count: number): Address[] =>
  Array.from({ length: count }, (_, i) => addressAt(FIRST_ACCOUNT + BigInt(i)));
const wordText = (word: bigint) => `0x${word.toString(16).padStart(64, '0')}`;

/** Runs that do something once for each of the numbers behind each other; the number is in local 1. */
function stateKind(
  index: number,
  name: string,
  lines: readonly Line[],
  gasEach: number,
  first: bigint,
  stored: number,
): BlockKind {
  const address = addressAt(0xc0de_0000n + BigInt(index));
  const next: Line[] = [['LGET', 1], ['PUSH', 1n], ['ADD'], ['LSET', 1]];
  const code = loopCode([...lines, ...next], 1, [['PUSH', 1n], ['ARG'], ['LSET', 1]]);
  const slots = Array.from({ length: first === 0n ? stored : 0 }, (_, slot) => BigInt(slot));
  const storage = Object.fromEntries(slots.map((slot) => [wordText(slot), wordText(slot + 7n)]));
  const each = Math.floor((CALL_GAS - AROUND_GAS) / (gasEach + 20));
  return {
    name,
    contracts: [{ name: `Kind${index}`, address, code: toHex(code), storage }],
    acts: (gas) =>
      Array.from({ length: Math.max(1, Math.floor(gas / CALL_GAS)) }, (_, i) => {
        const words = [BigInt(each), first + BigInt(i * each)];
        return { to: address, data: encodeCall(RUN_SELECTOR, words), value: 0n, gasLimit: CALL_GAS };
      }),
  };
}

/** Transactions without code. */
function plainKind(name: string, actAt: (index: number) => Omit<Act, 'gasLimit'>): BlockKind {
  return {
    name,
    contracts: [],
    acts: (gas) => {
      const acts: Act[] = [];
      for (let left = gas; ; ) {
        const act = actAt(acts.length);
        const code = act.to === null ? GAS_CODE_BYTE * act.data.length : 0;
        const gasLimit = intrinsicGas(act.data, act.to === null) + code + 10;
        left -= gasLimit;
        if (left < 0 && acts.length > 0) return acts;
        acts.push({ ...act, gasLimit });
      }
    },
  };
}

/** A loop of one case, as many rounds as a transaction has gas for. */
function loopKind({ name, lines }: OpcodeCase, gasEach: number): BlockKind {
  const address = addressAt(0x10_0b00n);
  const rounds = BigInt(Math.floor((CALL_GAS - AROUND_GAS) / (gasEach * 64 + 10)));
  const data = encodeCall(RUN_SELECTOR, [rounds, ...LIST_ARGUMENTS]);
  return {
    name: `${name}, the slowest opcode`,
    contracts: [{ name: 'Slowest', address, code: toHex(loopCode(lines, 64)), storage: {} }],
    acts: (gas) =>
      Array<Act>(Math.max(1, Math.floor(gas / CALL_GAS))).fill({ to: address, data, value: 0n, gasLimit: CALL_GAS }),
  };
}

/** Code as long as it may be, different each time. */
function largestCode(index: number): Uint8Array {
  const filler = Array<Line>(MAX_CODE_BYTES - 17 - 35).fill(['STOP']);
  return plainCode([['PUSH', 2n ** 255n + BigInt(index)], ['POP'], ...filler]);
}

/** Kinds of blocks that could be slow; `slowest` is the opcode that takes longest per gas. */
export function blockKinds(stored: number, slowest: OpcodeCase, slowestGas: number): BlockKind[] {
  const load: Line[] = [['LGET', 1], ['SLOAD'], ['POP']];
  const store: Line[] = [['LGET', 1], ['LGET', 1], ['SSTORE']];
  const balance: Line[] = [['LGET', 1], ['BALANCE'], ['POP']];
  const bytes = (byte: number) => new Uint8Array(20_000).fill(byte);
  const hash = (index: number) => sha256(textToBytes('receiver'), numberToBytes(index, 4));
  return [
    loopKind(slowest, slowestGas),
    stateKind(0, 'SLOAD of absent words', load, 2_100, ABSENT, stored),
    stateKind(1, 'SLOAD of stored words', load, 2_100, 0n, stored),
    stateKind(2, 'SSTORE of new words', store, 12_100, 2n * ABSENT, stored),
    stateKind(3, 'SSTORE of stored words', store, 6_100, 0n, stored),
    stateKind(4, 'BALANCE of absent accounts', balance, 2_100, ABSENT, stored),
    stateKind(5, 'BALANCE of stored accounts', balance, 2_100, FIRST_ACCOUNT, stored),
    plainKind('transfers to new accounts', (index) => {
      return { to: toHex(hash(index).subarray(12)), data: EMPTY_BYTES, value: 1n };
    }),
    plainKind('data of zeros', () => ({ to: addressAt(FIRST_ACCOUNT), data: bytes(0), value: 0n })),
    plainKind('data of other bytes', () => ({ to: addressAt(FIRST_ACCOUNT), data: bytes(1), value: 0n })),
    plainKind('deployments', (index) => ({ to: null, data: largestCode(index), value: 0n })),
  ];
}
