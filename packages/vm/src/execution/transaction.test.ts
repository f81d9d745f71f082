import {
  type Address,
  addressOf,
  type Failure,
  type StateJournal,
  signTransaction,
  type UnsignedFeeMarket,
} from '@wattchain/core';
import fc from 'fast-check';
import { encodeFunctionData, parseAbi } from 'viem';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  ALICE,
  BOB,
  CONTEXT,
  CONTRACT,
  contract,
  createWorld,
  key,
  type Line,
  MINER,
  OTHER,
  START_BALANCE,
  transaction,
} from '../../testing/testSupport.js';
import { encodeCall, encodeWords } from '../abi.js';
import { intrinsicGas } from '../gas.js';
import { describeFailure } from '../machine/failure.js';
import { callContract, executeTransaction } from './transaction.js';

const GO = 0x01020304;
const BLOCK_GAS = 10_000_000;

let state: StateJournal;
beforeEach(() => {
  state = createWorld().state;
});

describe('intrinsicGas', () => {
  it('is 21,000, 16 and 4 a byte, 32,000 for a deployment', () => {
    expect(intrinsicGas(new Uint8Array(0), false)).toBe(21_000);
    expect(intrinsicGas(Uint8Array.of(0, 1, 2, 0, 0), false)).toBe(21_000 + 2 * 16 + 3 * 4);
    expect(intrinsicGas(Uint8Array.of(1), true)).toBe(53_016);
  });
});

describe('executeTransaction', () => {
  it('moves coins, counts the nonce, pays the fee to the miner', () => {
    const outcome = executeTransaction(state, transaction({ value: 1_000n, gasPrice: 3n }), CONTEXT, BLOCK_GAS);
    expect(outcome.value).toEqual({ gasUsed: 21_000, failure: null, logs: [] });
    expect(state.account(ALICE)).toEqual({ nonce: 1, balance: START_BALANCE - 1_000n - 63_000n, codeHash: null });
    expect(state.balance(BOB)).toBe(START_BALANCE + 1_000n);
    expect(state.balance(MINER)).toBe(63_000n);
  });

  describe('of type 2', () => {
    const typed = (fields: Partial<UnsignedFeeMarket>) =>
      signTransaction(
        {
          type: 2,
          nonce: 0,
          maxFeePerGas: 10n,
          maxPriorityFeePerGas: 3n,
          gasLimit: 100_000,
          to: BOB,
          value: 0n,
          data: new Uint8Array(0),
          chainId: CONTEXT.genesis.chainId,
          accessList: [],
          ...fields,
        },
        key(1),
      );

    it('charges the base fee and the tip, all of it for the miner', () => {
      expect(executeTransaction(state, typed({}), CONTEXT, BLOCK_GAS).value?.failure).toBeNull();
      expect(state.balance(ALICE)).toBe(START_BALANCE - 5n * 21_000n);
      expect(state.balance(MINER)).toBe(5n * 21_000n);
    });

    it('charges the maximum where the tip would exceed it, and takes one that is the base fee', () => {
      executeTransaction(state, typed({ maxFeePerGas: 4n }), CONTEXT, BLOCK_GAS);
      expect(state.balance(MINER)).toBe(4n * 21_000n);
      executeTransaction(state, typed({ nonce: 1, maxFeePerGas: 2n, maxPriorityFeePerGas: 0n }), CONTEXT, BLOCK_GAS);
      expect(state.balance(MINER)).toBe(6n * 21_000n);
      const low = typed({ nonce: 2, maxFeePerGas: 1n, maxPriorityFeePerGas: 0n });
      expect(executeTransaction(state, low, CONTEXT, BLOCK_GAS).fault).toEqual({
        code: 'gasPriceTooLow',
        got: 1n,
        expected: 2n,
      });
    });

    it('needs coins for the maximum, although it pays less', () => {
      const most = typed({ value: START_BALANCE - 1_000_000n });
      expect(most.costWei).toBe(START_BALANCE);
      expect(executeTransaction(state, typed({ value: START_BALANCE - 999_999n }), CONTEXT, BLOCK_GAS).fault).toEqual({
        code: 'insufficientFunds',
        got: START_BALANCE,
        expected: START_BALANCE + 1n,
        sender: ALICE,
      });
      expect(executeTransaction(state, most, CONTEXT, BLOCK_GAS).value?.failure).toBeNull();
      expect(state.balance(ALICE)).toBe(1_000_000n - 5n * 21_000n);
    });

    it('pays for an access list, whose entries may repeat, and gets nothing for it', () => {
      const keys = [`0x${'00'.repeat(32)}`, `0x${'01'.repeat(32)}`] as const;
      const accessList = [
        { address: BOB, storageKeys: keys },
        { address: BOB, storageKeys: [] },
      ];
      const gas = 21_000 + 2 * 2_400 + 2 * 1_900;
      expect(executeTransaction(state, typed({ accessList }), CONTEXT, BLOCK_GAS).value).toEqual({
        gasUsed: gas,
        failure: null,
        logs: [],
      });
      const short = typed({ nonce: 1, accessList, gasLimit: gas - 1 });
      expect(executeTransaction(state, short, CONTEXT, BLOCK_GAS).fault).toMatchObject({ code: 'intrinsicGas' });
      const message = { from: ALICE, to: BOB, value: 0n, data: new Uint8Array(0), gasLimit: 50_000, gasPrice: 0n };
      expect(callContract(state, { ...message, accessList }, CONTEXT).gasUsed).toBe(gas);
    });
  });

  it('works when sender, receiver and miner are one', () => {
    const context = { ...CONTEXT, miner: ALICE };
    expect(
      executeTransaction(state, transaction({ to: ALICE, value: 7n }), context, BLOCK_GAS).value?.failure,
    ).toBeNull();
    expect(state.account(ALICE)).toMatchObject({ nonce: 1, balance: START_BALANCE });
  });

  it('keeps the fee of a failed call and undoes the rest', () => {
    state.setCode(CONTRACT, contract({ selector: GO, payable: true, lines: [['FAIL', 'no']] }));
    const tx = transaction({ to: CONTRACT, value: 50n, data: encodeCall(GO, []) });
    const { value: receipt } = executeTransaction(state, tx, CONTEXT, BLOCK_GAS);
    const gasUsed = intrinsicGas(tx.data, false) + 1;
    expect(receipt).toMatchObject({ gasUsed, failure: { code: 'revert' }, logs: [] });
    expect(state.account(ALICE)).toMatchObject({ nonce: 1, balance: START_BALANCE - 2n * BigInt(gasUsed) });
    expect(state.balance(CONTRACT)).toBe(0n);
  });

  it('spends all gas when it runs out', () => {
    state.setCode(CONTRACT, contract({ selector: GO, lines: [['JUMP', 16]] }));
    const tx = transaction({ to: CONTRACT, data: encodeCall(GO, []), gasLimit: 50_000 });
    const { value: receipt } = executeTransaction(state, tx, CONTEXT, BLOCK_GAS);
    expect(receipt).toMatchObject({ gasUsed: 50_000, failure: { code: 'outOfGas' } });
    expect(state.balance(ALICE)).toBe(START_BALANCE - 100_000n);
  });

  describe('finds the first fault in the order of the protocol and leaves the state alone', () => {
    const funds = { got: START_BALANCE, sender: ALICE };
    const cases = [
      ['nonceTooHigh', { nonce: 4, gasPrice: 1n }, { got: 4, expected: 3, sender: ALICE }],
      ['nonceTooLow', { nonce: 2, gasPrice: 1n }, { got: 2, expected: 3, sender: ALICE }],
      ['gasPriceTooLow', { gasPrice: 1n, gasLimit: 1 }, { got: 1n, expected: 2n }],
      ['intrinsicGas', { gasLimit: 20_999, gasPrice: START_BALANCE }, { got: 20_999, expected: 21_000 }],
      [
        'gasLimitTooHigh',
        { gasLimit: BLOCK_GAS + 1, gasPrice: START_BALANCE },
        { got: BLOCK_GAS + 1, expected: BLOCK_GAS },
      ],
      [
        'insufficientFunds',
        { gasLimit: 21_000, value: START_BALANCE - 41_999n },
        { ...funds, expected: START_BALANCE + 1n },
      ],
    ] as const;

    it.each(cases)('%s', (code, fields, values) => {
      for (let i = 0; i < 3; i++) state.incrementNonce(ALICE);
      const before = state.checkpoint();
      const { fault } = executeTransaction(state, transaction({ nonce: 3, ...fields }), CONTEXT, BLOCK_GAS);
      expect(fault).toEqual({ code, ...values });
      expect(state.checkpoint()).toBe(before);
    });

    it('takes the last wei', () => {
      const tx = transaction({ gasLimit: 21_000, value: START_BALANCE - 42_000n });
      expect(executeTransaction(state, tx, CONTEXT, BLOCK_GAS).value?.failure).toBeNull();
      expect(state.balance(ALICE)).toBe(0n);
    });
  });
});

describe('callContract', () => {
  it('leaves no trace', () => {
    state.setCode(
      CONTRACT,
      contract({ selector: GO, lines: [['PUSH', 1n], ['PUSH', 1n], ['SSTORE'], ['LOG', 1n, 0, 0], ['STOP']] }),
    );
    const before = state.changes();
    const message = { from: ALICE, to: CONTRACT, value: 0n, data: encodeCall(GO, []), gasLimit: 100_000, gasPrice: 2n };
    expect(callContract(state, message, CONTEXT).logs).toHaveLength(1);
    expect(state.changes()).toEqual(before);
  });

  it('says what would keep the transaction out of a block', () => {
    const message = { from: ALICE, to: BOB, value: 0n, data: new Uint8Array(0), gasLimit: 100, gasPrice: 0n };
    const short = callContract(state, message, CONTEXT);
    expect(short.failure && [short.failure.code, describeFailure(short.failure)]).toEqual([
      'outOfGas',
      'the gas limit 100 is below the intrinsic gas 21000',
    ]);
    const poor = callContract(state, { ...message, gasLimit: 21_000, value: START_BALANCE + 1n }, CONTEXT);
    expect(poor.failure?.code).toBe('insufficientBalance');
    const noGasMoney = callContract(state, { ...message, gasLimit: 21_000, gasPrice: START_BALANCE }, CONTEXT);
    expect(noGasMoney.failure?.code).toBe('insufficientBalance');
  });
});

describe('describeFailure', () => {
  const custom = encodeFunctionData({ abi: parseAbi(['function Short(uint256 a)']), args: [7n] });
  const cases: readonly (readonly [Failure, string])[] = [
    [{ code: 'panic', data: encodeCall(0x4e487b71, [0x11n]) }, 'arithmetic overflow or underflow'],
    [{ code: 'panic', data: encodeCall(0x4e487b71, [0x12n]) }, 'division by zero'],
    [{ code: 'revert', data: new Uint8Array() }, expect.stringContaining('gives no reason') as string],
    [{ code: 'revert', data: encodeCall(0xb11b2ad8, []) }, expect.stringContaining('at most 31 bytes') as string],
    [
      { code: 'revert', data: encodeCall(Number(custom.slice(0, 10)), [7n]) },
      `${custom} (a custom error of the contract)`,
    ],
  ];

  it.each(cases)('%o', (failure, text) => {
    expect(describeFailure(failure)).toEqual(text);
  });
});

/** A contract that keeps coins, sends them on, calls, writes, fails and loops, as its argument says. */
const BUSY_LINES: readonly Line[] = [
  ['PUSH', 0n],
  ['ARG'],
  ['PUSH', BigInt(OTHER)],
  ['PUSH', 2n],
  ['ARG'],
  ['CALL', GO, 0, 0],
  ['PUSH', 1n],
  ['ARG'],
  ['PUSH', 3n],
  ['ARG'],
  ['PAY'],
  ['DUP', 1],
  ['PUSH', 2n],
  ['MOD'],
  ['REQUIRE', 'odd'],
  ['DUP', 1],
  ['PUSH', 7n],
  ['SSTORE'],
  ['STOP'],
];

describe('for any transactions', () => {
  const PARTIES: readonly Address[] = [ALICE, BOB, MINER, CONTRACT, OTHER, addressOf(key(9)), `0x${'77'.repeat(20)}`];
  const amount = fc.oneof(fc.bigInt(0n, 2_000n), fc.constant(START_BALANCE));
  const step = fc.record({
    sender: fc.constantFrom(1, 2),
    to: fc.option(fc.constantFrom(...PARTIES), { nil: null }),
    value: amount,
    gasPrice: fc.bigInt(2n, 9n),
    gasLimit: fc.constantFrom(21_000, 25_000, 40_000, 60_000, 200_000),
    words: fc.tuple(fc.bigInt(0n, 5n), fc.constantFrom(...PARTIES.map(BigInt)), fc.bigInt(0n, 3n), fc.bigInt(0n, 999n)),
    kind: fc.constantFrom('call', 'empty', 'deploy'),
  });

  const plain = { sender: 1, to: CONTRACT, value: 0n, gasPrice: 2n, gasLimit: 200_000 } as const;
  const words = (amountPaid: bigint): [bigint, bigint, bigint, bigint] => [1n, BigInt(BOB), 0n, amountPaid];
  /** One step for each outcome that must occur whatever chance brings. */
  const outcomes: (typeof step extends fc.Arbitrary<infer Step> ? Step : never)[] = [
    { ...plain, kind: 'call', words: words(0n) },
    { ...plain, kind: 'call', words: words(999n) },
    { ...plain, kind: 'call', words: words(0n), gasLimit: 25_000 },
    { ...plain, kind: 'empty', words: words(0n) },
    { ...plain, kind: 'call', words: words(0n), to: null },
  ];

  it('coins are only moved, a call costs what the transaction does, and nothing is thrown', () => {
    const failures = new Set<string>();
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 12 }), (steps) => {
        const world = createWorld().state;
        world.setCode(CONTRACT, contract({ selector: GO, headWords: 4, payable: true, lines: BUSY_LINES }));
        world.setCode(OTHER, contract({ selector: GO, payable: true, lines: [['STOP']] }));
        const accounts = new Set<Address>(PARTIES);
        const total = () => [...accounts].reduce((sum, address) => sum + world.balance(address), 0n);
        const expected = total();
        for (const { sender, words, kind, value, ...fields } of steps) {
          const deployed = contract({ isConstructor: true, payable: true, lines: [['STOP']] });
          const data = { call: encodeCall(GO, words), empty: new Uint8Array(0), deploy: deployed }[kind];
          const from = addressOf(key(sender));
          const message = { ...fields, value, data, from };
          const asked = callContract(world, message, CONTEXT);
          const tx = transaction({ ...fields, value, data, nonce: world.nonce(from) }, key(sender));
          const { value: receipt } = executeTransaction(world, tx, CONTEXT, BLOCK_GAS);
          if (asked.contractAddress !== undefined) accounts.add(asked.contractAddress);
          expect(total()).toBe(expected);
          if (receipt === undefined) continue;
          failures.add(receipt.failure?.code ?? 'none');
          expect([receipt.gasUsed, receipt.failure, receipt.logs]).toEqual([asked.gasUsed, asked.failure, asked.logs]);
        }
      }),
      { numRuns: 60, examples: [[outcomes]] },
    );
    expect([...failures]).toEqual(
      expect.arrayContaining(['none', 'outOfGas', 'invalidCode', 'noFunction', 'insufficientBalance']),
    );
  });
});

it('returns words as the ABI encodes them', () => {
  state.setCode(
    CONTRACT,
    contract({
      selector: GO,
      view: true,
      lines: [
        ['PUSH', 1n],
        ['PUSH', 2n],
        ['RETURN', 2],
      ],
    }),
  );
  const message = { from: ALICE, to: CONTRACT, value: 0n, data: encodeCall(GO, []), gasLimit: 30_000, gasPrice: 0n };
  expect(callContract(state, message, CONTEXT).output).toEqual(encodeWords([1n, 2n]));
});
