import { readFileSync } from 'node:fs';
import { concatBytes, fromHex, type Hash, MemoryKeyValues, StateJournal, toHex } from '@wattchain/core';
import { encodeAbiParameters } from 'viem';
import { describe, expect, it } from 'vitest';
import { CALLDATA_VECTORS } from '../testing/calldataVectors.js';
import { CALL_VECTORS, CALLEE } from '../testing/callVectors.js';
import { MEMORY_VECTORS } from '../testing/memoryVectors.js';
import { NUMBER_VECTORS } from '../testing/numberVectors.js';
import { ALICE, CONTRACT, callAs, contractWith, ONLY_ENTRY, OTHER } from '../testing/testSupport.js';
import { binary, binaryFails, error, panic, SELECTOR, unary, type Vector } from '../testing/vector.js';
import type { CallResult } from './execution/transaction.js';
import { IMMEDIATES } from './immediates.js';
import { staticGas } from './opcode.js';
import { renderOpcodeDocs } from './opcodeDocs.js';
import { OPCODES } from './opcodes.js';

const MAX = 2n ** 256n - 1n;
const TOPIC: Hash = `0x${'ab'.repeat(32)}`;

const VIEW = error('a view function cannot write, log or pay');

const VECTORS: Readonly<Record<string, readonly Vector[]>> = {
  ...NUMBER_VECTORS,
  ...MEMORY_VECTORS,
  ...CALLDATA_VECTORS,
  ...CALL_VECTORS,
  STOP: [{ lines: [['PUSH', 1n], ['STOP']], returns: [] }],
  RETURN: [
    {
      lines: [
        ['PUSH', 1n],
        ['PUSH', 2n],
        ['PUSH', 3n],
        ['RETURN', 2],
      ],
      returns: [2n, 3n],
    },
    { lines: [['RETURN', 0]], returns: [] },
  ],
  REQUIRE: [
    {
      lines: [
        ['PUSH', 5n],
        ['REQUIRE', 'no'],
        ['RETURN', 0],
      ],
      returns: [],
    },
    {
      lines: [['PUSH', 0n], ['REQUIRE', 'zu wenig Ökostrom'], ['STOP']],
      fails: ['revert', error('zu wenig Ökostrom')],
    },
  ],
  FAIL: [{ lines: [['FAIL', 'always']], fails: ['revert', error('always')] }],
  REVERT: [
    {
      lines: [
        ['PUSH', 7n],
        ['PUSH', 8n],
        ['REVERT', 0xcafebabe, 2],
      ],
      fails: ['revert', `0xcafebabe${'07'.padStart(64, '0')}${'08'.padStart(64, '0')}`],
    },
  ],
  // PUSH 5 takes 3 bytes, JUMP 3: the FAIL between stands at entry + 6 and takes 2 + 1.
  JUMP: [
    {
      lines: [
        ['PUSH', 5n],
        ['JUMP', ONLY_ENTRY + 9],
        ['FAIL', 'x'],
        ['RETURN', 1],
      ],
      returns: [5n],
    },
  ],
  JUMPIF: [
    { lines: [['PUSH', 1n], ['JUMPIF', ONLY_ENTRY + 9], ['FAIL', 'x'], ['STOP']], returns: [] },
    { lines: [['PUSH', 0n], ['JUMPIF', ONLY_ENTRY + 9], ['FAIL', 'x'], ['STOP']], fails: ['revert', error('x')] },
  ],
  PUSH: [
    {
      lines: [
        ['PUSH', MAX],
        ['PUSH', 0n],
        ['PUSH', 256n],
        ['RETURN', 3],
      ],
      returns: [MAX, 0n, 256n],
    },
  ],
  POP: [{ lines: [['PUSH', 1n], ['PUSH', 2n], ['POP'], ['RETURN', 1]], returns: [1n] }],
  DUP: [
    {
      lines: [
        ['PUSH', 1n],
        ['PUSH', 2n],
        ['DUP', 1],
        ['RETURN', 3],
      ],
      returns: [1n, 2n, 2n],
    },
    {
      lines: [
        ['PUSH', 1n],
        ['PUSH', 2n],
        ['PUSH', 3n],
        ['DUP', 3],
        ['RETURN', 4],
      ],
      returns: [1n, 2n, 3n, 1n],
    },
  ],
  SWAP: [
    {
      lines: [
        ['PUSH', 1n],
        ['PUSH', 2n],
        ['SWAP', 1],
        ['RETURN', 2],
      ],
      returns: [2n, 1n],
    },
    {
      lines: [
        ['PUSH', 1n],
        ['PUSH', 2n],
        ['PUSH', 3n],
        ['SWAP', 2],
        ['RETURN', 3],
      ],
      returns: [3n, 2n, 1n],
    },
  ],
  LGET: [
    {
      lines: [
        ['LGET', 63],
        ['RETURN', 1],
      ],
      returns: [0n],
    },
  ],
  LSET: [
    {
      lines: [
        ['PUSH', 9n],
        ['LSET', 63],
        ['LGET', 63],
        ['LGET', 62],
        ['RETURN', 2],
      ],
      returns: [9n, 0n],
    },
  ],
  ADD: [binary('ADD', 2n, 3n, 5n), binary('ADD', MAX - 1n, 1n, MAX), binaryFails('ADD', MAX, 1n, panic(0x11n))],
  SUB: [binary('SUB', 5n, 3n, 2n), binary('SUB', 3n, 3n, 0n), binaryFails('SUB', 3n, 5n, panic(0x11n))],
  MUL: [
    binary('MUL', 6n, 7n, 42n),
    binary('MUL', 2n ** 128n - 1n, 2n ** 128n, MAX - 2n ** 128n + 1n),
    binaryFails('MUL', 2n ** 128n, 2n ** 128n, panic(0x11n)),
  ],
  DIV: [binary('DIV', 7n, 2n, 3n), binary('DIV', 0n, 2n, 0n), binaryFails('DIV', 7n, 0n, panic(0x12n))],
  MOD: [binary('MOD', 7n, 3n, 1n), binary('MOD', 2n, 3n, 2n), binaryFails('MOD', 7n, 0n, panic(0x12n))],
  LT: [binary('LT', 1n, 2n, 1n), binary('LT', 2n, 2n, 0n), binary('LT', MAX, 2n, 0n)],
  GT: [binary('GT', 2n, 1n, 1n), binary('GT', 2n, 2n, 0n)],
  LE: [binary('LE', 2n, 2n, 1n), binary('LE', 3n, 2n, 0n)],
  GE: [binary('GE', 2n, 2n, 1n), binary('GE', 1n, 2n, 0n)],
  EQ: [binary('EQ', MAX, MAX, 1n), binary('EQ', 1n, 0n, 0n)],
  ISZERO: [unary('ISZERO', 0n, 1n), unary('ISZERO', 2n, 0n)],
  AND: [binary('AND', 0b1100n, 0b1010n, 0b1000n)],
  OR: [binary('OR', 0b1100n, 0b1010n, 0b1110n)],
  XOR: [binary('XOR', 0b1100n, 0b1010n, 0b0110n)],
  NOT: [unary('NOT', 0n, MAX), unary('NOT', 1n, MAX - 1n)],
  SHL: [
    binary('SHL', 3n, 4n, 48n),
    binary('SHL', MAX, 255n, 2n ** 255n),
    binary('SHL', 1n, 256n, 0n),
    binary('SHL', 1n, 2n ** 63n, 0n),
  ],
  SHR: [binary('SHR', 48n, 4n, 3n), binary('SHR', MAX, 255n, 1n), binary('SHR', MAX, MAX, 0n)],
  SLOAD: [{ lines: [['PUSH', 5n], ['SLOAD'], ['PUSH', 6n], ['SLOAD'], ['RETURN', 2]], returns: [55n, 0n] }],
  SSTORE: [
    { lines: [['PUSH', 77n], ['PUSH', 6n], ['SSTORE'], ['PUSH', 6n], ['SLOAD'], ['RETURN', 1]], returns: [77n] },
    { lines: [['PUSH', 1n], ['PUSH', 6n], ['SSTORE'], ['STOP']], view: true, fails: ['viewViolation', VIEW] },
  ],
  HASH: [
    {
      lines: [
        ['PUSH', 1n],
        ['PUSH', 2n],
        ['HASH', 2],
        ['RETURN', 1],
      ],
      // The slot of key 1 in the mapping number 2, as Solidity lays it out.
      returns: [0xe90b7bceb6e7df5418fb78d8ee546e97c83a08bbccc01a0644d599ccd2a7c2e0n],
    },
    {
      lines: [
        ['HASH', 0],
        ['RETURN', 1],
      ],
      returns: [0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470n],
    },
  ],
  CALLER: [{ lines: [['CALLER'], ['RETURN', 1]], returns: [BigInt(ALICE)] }],
  VALUE: [{ lines: [['VALUE'], ['RETURN', 1]], value: 3n, returns: [3n] }],
  SELF: [{ lines: [['SELF'], ['RETURN', 1]], returns: [BigInt(CONTRACT)] }],
  BALANCE: [
    { lines: [['SELF'], ['BALANCE'], ['PUSH', 1n], ['BALANCE'], ['RETURN', 2]], value: 3n, returns: [103n, 0n] },
    {
      lines: [['PUSH', 2n ** 160n], ['BALANCE'], ['RETURN', 1]],
      fails: ['badArguments', error('BALANCE of a word that is no address')],
    },
  ],
  TIME: [{ lines: [['TIME'], ['RETURN', 1]], returns: [1_700_000_007n] }],
  HEIGHT: [{ lines: [['HEIGHT'], ['RETURN', 1]], returns: [7n] }],
  CHAINID: [{ lines: [['CHAINID'], ['RETURN', 1]], returns: [77_001n] }],
  LOG: [
    {
      lines: [['PUSH', 2n], ['PUSH', 3n], ['PUSH', 4n], ['LOG', BigInt(TOPIC), 1, 2], ['STOP']],
      returns: [],
      check: ({ logs }) =>
        expect(logs).toEqual([
          {
            address: CONTRACT,
            topics: [TOPIC, `0x${'2'.padStart(64, '0')}`],
            data: fromHex(`0x${'3'.padStart(64, '0')}${'4'.padStart(64, '0')}`),
          },
        ]),
    },
    { lines: [['LOG', 0n, 0, 0], ['STOP']], returns: [], check: ({ logs }) => expect(logs).toHaveLength(1) },
    { lines: [['LOG', 0n, 0, 0], ['STOP']], view: true, fails: ['viewViolation', VIEW] },
  ],
};

function runVector({ lines, subroutines = [], args = [], value = 0n, view = false }: Vector): CallResult {
  const state = new StateJournal(new MemoryKeyValues());
  state.addBalance(ALICE, 1_000n);
  state.addBalance(CONTRACT, 100n);
  state.setCode(CONTRACT, contractWith([{ selector: SELECTOR, payable: !view, view, lines }], subroutines));
  state.setStorage(CONTRACT, 5n, 55n);
  state.setCode(OTHER, CALLEE);
  const words = args.map((word) => encodeAbiParameters([{ type: 'uint256' }], [word]));
  return callAs(state, CONTRACT, { value, data: concatBytes(fromHex('0x11223344'), ...words.map(fromHex)) });
}

describe('each opcode does what its vectors say', () => {
  for (const [name, vectors] of Object.entries(VECTORS)) {
    it.each(vectors.map((vector, i) => [i, vector] as const))(`${name} %i`, (_, vector) => {
      const result = runVector(vector);
      if (vector.fails !== undefined) {
        const [code, data] = vector.fails;
        expect({ code: result.failure?.code, data: toHex(result.failure?.data ?? new Uint8Array()) }).toEqual({
          code,
          data,
        });
        return;
      }
      expect(result.failure).toBeNull();
      const words = (vector.returns ?? []).map((word) => fromHex(encodeAbiParameters([{ type: 'uint256' }], [word])));
      expect(toHex(result.output)).toBe(toHex(concatBytes(...words)));
      vector.check?.(result);
    });
  }
});

describe('the table', () => {
  it('has a vector for every opcode', () => {
    expect(Object.keys(VECTORS).sort()).toEqual(OPCODES.map(({ name }) => name).sort());
  });

  it.each(OPCODES.map((opcode) => [opcode.name, opcode] as const))(
    '%s has a cost, prose and a sound stack',
    (_, opcode) => {
      expect(opcode.prose.length).toBeGreaterThan(15);
      expect(opcode.prose).toMatch(/[.]$/);
      expect(opcode.gas.base).toBeGreaterThanOrEqual(1);
      const [, before, after] = /^\((.*)--(.*)\)$/.exec(opcode.stack) ?? [];
      if (before === undefined || after === undefined) expect.fail(`no stack comment in ${opcode.stack}`);
      if (opcode.stack.includes('…')) return;
      const count = (text: string) =>
        text
          .replace(/(a|\(a.b\)) mod [bn]/, 'a')
          .split(' ')
          .filter(Boolean).length;
      expect([count(before), count(after)]).toEqual([opcode.pops([]), opcode.pushes([])]);
    },
  );

  it('counts words where immediates do', () => {
    const effect = (name: string, ...immediates: (number | bigint | string)[]) => {
      const opcode = OPCODES.find((candidate) => candidate.name === name);
      return opcode === undefined
        ? undefined
        : [opcode.pops(immediates), opcode.pushes(immediates), staticGas(opcode, immediates)];
    };
    expect(effect('RETURN', 3)).toEqual([3, 0, 1 + 3 * 8]);
    expect(effect('REVERT', 1, 3)).toEqual([3, 0, 1 + 3 * 8]);
    expect(effect('DUP', 4)).toEqual([4, 5, 1]);
    expect(effect('SWAP', 4)).toEqual([5, 5, 1]);
    expect(effect('HASH', 2)).toEqual([2, 1, 200 + 2 * 60]);
    expect(effect('LOG', 1n, 2, 3)).toEqual([5, 0, 500 + 5 * 250]);
    expect(effect('CALL', 1, 2, 3)).toEqual([4, 3, 3100 + 5 * 8]);
  });

  it('is what docs/opcodes.md says', () => {
    const file = new URL('../../../docs/opcodes.md', import.meta.url);
    expect(readFileSync(file, 'utf8'), 'run `node scripts/generateDocs.mjs`').toBe(renderOpcodeDocs());
  });

  it('documents every immediate that it uses', () => {
    expect(new Set(OPCODES.flatMap(({ immediates }) => immediates))).toEqual(new Set(Object.keys(IMMEDIATES)));
  });
});
