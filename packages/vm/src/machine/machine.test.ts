import { type Address, concatBytes, EMPTY_BYTES, fromHex, type StateJournal, toHex } from '@wattchain/core';
import { getContractAddress } from 'viem';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  ALICE,
  BOB,
  CONTEXT,
  CONTRACT,
  callAs,
  contract,
  createWorld,
  type Line,
  OTHER,
  THIRD,
  transaction,
} from '../../testing/testSupport.js';
import { encodeCall, encodeWords } from '../abi.js';
import { executeTransaction } from '../execution/transaction.js';
import { intrinsicGas } from '../gas.js';
import { describeFailure } from './failure.js';
import { MAX_CALL_DEPTH, MAX_LOGS } from './limits.js';

const GO = 0x01020304;
const VIEW = 0x0a0b0c0d;
const CALLDATA = encodeCall(GO, []);

let state: StateJournal;
beforeEach(() => {
  state = createWorld().state;
});

function addressNumber(n: number): Address {
  return `0x${(0xf000 + n).toString(16).padStart(40, '0')}`;
}

/** Calls a function of `target` without words in or out. */
function callLines(target: Address, selector = GO, value = 0n): Line[] {
  return [
    ['PUSH', BigInt(target)],
    ['PUSH', value],
    ['CALL', selector, 0, 0],
  ];
}

/** Puts a contract whose function GO has these lines. */
function place(address: Address, lines: readonly Line[], fields: { payable?: boolean; view?: boolean } = {}): void {
  state.setCode(address, contract({ selector: GO, lines, ...fields }));
}

function failureOf(to: Address | null, data: Uint8Array = CALLDATA, value = 0n) {
  const { failure } = callAs(state, to, { data, value });
  return failure === null ? null : [failure.code, describeFailure(failure)];
}

describe('dispatch', () => {
  beforeEach(() => {
    state.setCode(CONTRACT, contract({ selector: GO, headWords: 2, lines: [['ARGCOUNT'], ['RETURN', 1]] }));
  });

  it('refuses calldata without a selector, and an unknown one', () => {
    expect(failureOf(CONTRACT, EMPTY_BYTES)).toEqual([
      'noFunction',
      `no function was named, and ${CONTRACT} has no receive`,
    ]);
    expect(failureOf(CONTRACT, Uint8Array.of(1, 2, 3))?.[0]).toBe('noFunction');
    expect(failureOf(CONTRACT, encodeCall(GO + 1, []))).toEqual([
      'noFunction',
      `no function 0x01020305 at ${CONTRACT}`,
    ]);
  });

  it('refuses too few words and cut words', () => {
    expect(failureOf(CONTRACT, encodeCall(GO, [1n]))).toEqual(['badArguments', '2 argument words expected, 1 given']);
    const cut = encodeCall(GO, [1n, 2n, 3n]).subarray(0, -1);
    expect(failureOf(CONTRACT, cut)).toEqual(['badArguments', 'arguments are not whole words of 32 bytes']);
  });

  it('takes more words than the head', () => {
    expect(callAs(state, CONTRACT, { data: encodeCall(GO, [1n, 2n, 3n]) }).output).toEqual(encodeWords([3n]));
  });

  it('refuses coins for a function that is not payable', () => {
    expect(failureOf(CONTRACT, encodeCall(GO, [1n, 2n]), 1n)).toEqual([
      'notPayable',
      'function 0x01020304 takes no coins',
    ]);
  });

  it('does not reach the constructor', () => {
    state.setCode(CONTRACT, contract({ isConstructor: true, lines: [['STOP']] }, { selector: GO, lines: [['STOP']] }));
    expect(failureOf(CONTRACT, fromHex('0x00000000'))?.[0]).toBe('noFunction');
  });

  it('is a plain transfer where there is no code, data or not', () => {
    const data = encodeCall(GO, [7n]);
    expect(callAs(state, BOB, { data, value: 5n })).toEqual({
      gasUsed: intrinsicGas(data, false),
      output: EMPTY_BYTES,
      failure: null,
      logs: [],
    });
  });
});

describe('calls between contracts', () => {
  /** A chain of contracts, each calling the next; the last ends. */
  function placeChain(length: number): void {
    for (let i = 0; i < length; i++) {
      place(addressNumber(i), i === length - 1 ? [['STOP']] : [...callLines(addressNumber(i + 1)), ['STOP']]);
    }
  }

  it('nest up to the limit', () => {
    placeChain(MAX_CALL_DEPTH);
    expect(failureOf(addressNumber(0))).toBeNull();
  });

  it('fail beyond it', () => {
    placeChain(MAX_CALL_DEPTH + 1);
    expect(failureOf(addressNumber(0))).toEqual(['callDepth', 'calls nest deeper than 16']);
  });

  it('cannot come back into a contract on the call stack', () => {
    place(CONTRACT, [...callLines(OTHER), ['STOP']]);
    place(OTHER, [...callLines(CONTRACT), ['STOP']]);
    expect(failureOf(CONTRACT)).toEqual(['reentrancy', `${CONTRACT} is on the call stack`]);
  });

  it('may call the same contract twice, one after the other', () => {
    place(CONTRACT, [...callLines(OTHER), ...callLines(OTHER), ['STOP']]);
    place(OTHER, [['PUSH', 0n], ['SLOAD'], ['PUSH', 1n], ['ADD'], ['PUSH', 0n], ['SSTORE'], ['STOP']]);
    expect(
      executeTransaction(state, transaction({ to: CONTRACT, data: CALLDATA }), CONTEXT, 10 ** 7).value?.failure,
    ).toBeNull();
    expect(state.storage(OTHER, 0n)).toBe(2n);
  });

  it('take the caller down with their own reason, and undo what it did', () => {
    place(CONTRACT, [['PUSH', 1n], ['PUSH', 0n], ['SSTORE'], ['LOG', 5n, 0, 0], ...callLines(OTHER), ['STOP']]);
    place(OTHER, [['PUSH', 1n], ['PUSH', 0n], ['SSTORE'], ['FAIL', 'closed today']]);
    const { value: receipt } = executeTransaction(
      state,
      transaction({ to: CONTRACT, data: CALLDATA }),
      CONTEXT,
      10 ** 7,
    );
    expect(receipt?.failure && describeFailure(receipt.failure)).toBe('closed today');
    expect(receipt?.logs).toEqual([]);
    expect([state.storage(CONTRACT, 0n), state.storage(OTHER, 0n)]).toEqual([0n, 0n]);
  });

  it('send coins only to payable functions', () => {
    state.addBalance(CONTRACT, 10n);
    place(CONTRACT, [...callLines(OTHER, GO, 4n), ['STOP']]);
    place(OTHER, [['STOP']]);
    expect(failureOf(CONTRACT)?.[0]).toBe('notPayable');
    place(OTHER, [['STOP']], { payable: true });
    executeTransaction(state, transaction({ to: CONTRACT, data: CALLDATA }), CONTEXT, 10 ** 7);
    expect([state.balance(CONTRACT), state.balance(OTHER)]).toEqual([6n, 4n]);
  });

  it('cost the same counter: a callee that spends all fails the transaction with all gas used', () => {
    place(CONTRACT, [...callLines(OTHER), ['STOP']]);
    // PUSH 1 takes 3 bytes: the loop jumps to the entry, offset 14.
    place(OTHER, [['PUSH', 1n], ['JUMPIF', 16], ['STOP']]);
    expect(callAs(state, CONTRACT, { data: CALLDATA, gasLimit: 60_000 })).toMatchObject({
      gasUsed: 60_000,
      failure: { code: 'outOfGas' },
    });
  });
});

describe('a view function', () => {
  const write: Line[] = [['PUSH', 1n], ['PUSH', 0n], ['SSTORE'], ['STOP']];

  it('may call view functions, and read', () => {
    place(CONTRACT, [...callLines(OTHER), ['STOP']], { view: true });
    place(OTHER, [['PUSH', 0n], ['SLOAD'], ['POP'], ['STOP']], { view: true });
    expect(failureOf(CONTRACT)).toBeNull();
  });

  it('may call another kind, which then may not write either', () => {
    place(CONTRACT, [...callLines(OTHER), ['STOP']], { view: true });
    place(OTHER, [['STOP']]);
    expect(failureOf(CONTRACT)).toBeNull();
    place(OTHER, write);
    expect(failureOf(CONTRACT)?.[0]).toBe('viewViolation');
    place(OTHER, [...callLines(THIRD), ['STOP']]);
    place(THIRD, write);
    expect(failureOf(CONTRACT)?.[0]).toBe('viewViolation');
  });

  it('may not send coins', () => {
    state.addBalance(CONTRACT, 10n);
    place(CONTRACT, [...callLines(OTHER, GO, 1n), ['STOP']], { view: true });
    place(OTHER, [['STOP']], { view: true });
    expect(failureOf(CONTRACT)?.[0]).toBe('viewViolation');
  });

  it('binds what it calls, however deep, and not what called it', () => {
    const code = contract({ selector: GO, lines: [...callLines(OTHER, VIEW), ...write] });
    state.setCode(CONTRACT, code);
    state.setCode(OTHER, contract({ selector: VIEW, view: true, lines: [['STOP']] }));
    expect(failureOf(CONTRACT)).toBeNull();
    state.setCode(OTHER, contract({ selector: VIEW, view: true, lines: write }));
    expect(failureOf(CONTRACT)?.[0]).toBe('viewViolation');
  });
});

describe('a view call', () => {
  it('binds what it calls, however deep, and not who made it', () => {
    const write: Line[] = [['PUSH', 1n], ['PUSH', 0n], ['SSTORE'], ['STOP']];
    place(CONTRACT, [['PUSH', BigInt(OTHER)], ['CALLVIEW', GO, 0, 0], ...write]);
    place(OTHER, [['STOP']]);
    expect(failureOf(CONTRACT)).toBeNull();
    for (const forbidden of [write, [['LOG', 0n, 0, 0], ['STOP']], [['PUSH', 0n], ['PUSH', 0n], ['PAY'], ['STOP']]]) {
      place(OTHER, forbidden as Line[]);
      expect(failureOf(CONTRACT)?.[0]).toBe('viewViolation');
      place(OTHER, [...callLines(THIRD), ['STOP']]);
      place(THIRD, forbidden as Line[]);
      expect(failureOf(CONTRACT)?.[0]).toBe('viewViolation');
    }
  });

  it('lets nobody below send coins, even to who would take them', () => {
    state.addBalance(OTHER, 10n);
    place(CONTRACT, [['PUSH', BigInt(OTHER)], ['CALLVIEW', GO, 0, 0], ['STOP']]);
    place(OTHER, [...callLines(THIRD, GO, 1n), ['STOP']]);
    place(THIRD, [['STOP']], { payable: true });
    expect(failureOf(CONTRACT)?.[0]).toBe('viewViolation');
  });
});

describe('deployment', () => {
  const expectedAddress = getContractAddress({ from: ALICE, nonce: 0n }).toLowerCase() as Address;
  const owned = contract(
    {
      isConstructor: true,
      headWords: 1,
      payable: true,
      lines: [['PUSH', 0n], ['ARG'], ['PUSH', 0n], ['SSTORE'], ['CALLER'], ['PUSH', 1n], ['SSTORE'], ['STOP']],
    },
    { selector: GO, view: true, lines: [['PUSH', 0n], ['SLOAD'], ['RETURN', 1]] },
  );

  function deploy(data: Uint8Array, value = 0n, nonce = 0) {
    return executeTransaction(
      state,
      transaction({ to: null, data, value, nonce, gasLimit: 5_000_000 }),
      CONTEXT,
      10 ** 7,
    );
  }

  it('stores the code without the arguments, runs the constructor, starts at nonce 1', () => {
    const data = concatBytes(owned, encodeWords([42n]));
    const { value: receipt } = deploy(data, 9n);
    expect(receipt?.failure).toBeNull();
    expect(toHex(state.code(expectedAddress))).toBe(toHex(owned));
    expect(state.account(expectedAddress)).toMatchObject({ nonce: 1, balance: 9n });
    expect(state.storage(expectedAddress, 1n)).toBe(BigInt(ALICE));
    expect(callAs(state, expectedAddress, { data: CALLDATA }).output).toEqual(encodeWords([42n]));
    // By hand: 50 a byte of code; PUSH 1, ARG 3, PUSH 1, SSTORE 2,100 + 10,000; CALLER 2, PUSH 1, SSTORE 12,100; STOP 1.
    expect(receipt?.gasUsed).toBe(intrinsicGas(data, true) + 50 * owned.length + 5 + 12_100 + 3 + 12_100 + 1);
  });

  it('tells its address to callers that only ask', () => {
    const result = callAs(state, null, { data: concatBytes(owned, encodeWords([42n])) });
    expect(result.contractAddress).toBe(expectedAddress);
    expect(state.account(expectedAddress)).toBeUndefined();
  });

  it('refuses code that does not pass, with the reason', () => {
    expect(failureOf(null, EMPTY_BYTES)).toEqual(['invalidCode', 'contract code starts with "WC" and format 2']);
    const bad = contract({ selector: GO, lines: [['ADD'], ['STOP']] });
    expect(failureOf(null, bad)).toEqual(['invalidCode', 'at 16: ADD needs 2 words, has 0']);
  });

  it('checks the constructor like a call', () => {
    expect(failureOf(null, owned)).toEqual(['badArguments', '1 argument words expected, 0 given']);
    expect(failureOf(null, concatBytes(owned, Uint8Array.of(1)))?.[0]).toBe('badArguments');
    const plain = contract({ selector: GO, lines: [['STOP']] });
    expect(failureOf(null, plain)).toBeNull();
    expect(failureOf(null, plain, 1n)?.[0]).toBe('notPayable');
    expect(failureOf(null, concatBytes(plain, encodeWords([1n])))?.[0]).toBe('badArguments');
  });

  it('leaves nothing behind when the constructor fails', () => {
    const { value: receipt } = deploy(contract({ isConstructor: true, payable: true, lines: [['FAIL', 'no']] }), 5n);
    expect(receipt?.failure?.code).toBe('revert');
    expect(state.account(expectedAddress)).toBeUndefined();
    expect(state.codes()).toEqual([]);
    expect(state.nonce(ALICE)).toBe(1);
  });

  it('takes an address that only has coins, not one with a nonce or code', () => {
    const plain = contract({ selector: GO, lines: [['STOP']] });
    state.addBalance(expectedAddress, 3n);
    expect(failureOf(null, plain)).toBeNull();
    state.incrementNonce(expectedAddress);
    expect(failureOf(null, plain)?.[0]).toBe('addressTaken');
  });

  it('does not let the constructor be entered from within', () => {
    place(OTHER, [['CALLER'], ['PUSH', 0n], ['CALL', GO, 0, 0], ['STOP']]);
    const code = contract(
      { isConstructor: true, lines: [...callLines(OTHER), ['STOP']] },
      { selector: GO, lines: [['STOP']] },
    );
    expect(failureOf(null, code)?.[0]).toBe('reentrancy');
  });
});

describe('gas', () => {
  it('is the sum of what each instruction costs', () => {
    place(CONTRACT, [
      ['PUSH', 7n],
      ['PUSH', 1n],
      ['SSTORE'],
      ['PUSH', 8n],
      ['PUSH', 1n],
      ['SSTORE'],
      ['PUSH', 8n],
      ['PUSH', 1n],
      ['SSTORE'],
      ['STOP'],
    ]);
    // New 2,100 + 10,000, changed 2,100 + 4,000, as it was 2,100; six PUSHes and STOP at 1.
    expect(callAs(state, CONTRACT, { data: CALLDATA }).gasUsed).toBe(
      intrinsicGas(CALLDATA, false) + 12_100 + 6_100 + 2_100 + 7,
    );
  });

  it('of a call counts its words and the code behind it', () => {
    place(OTHER, [['STOP']]);
    place(CONTRACT, [...callLines(OTHER), ['STOP']]);
    // OTHER has 8 + 8 + 1 bytes. Two PUSHes, CALL 3,100 + 17, two STOPs.
    expect(callAs(state, CONTRACT, { data: CALLDATA }).gasUsed).toBe(intrinsicGas(CALLDATA, false) + 2 + 3_117 + 2);
  });

  it('that suffices to the last unit lets the run succeed, one less does not', () => {
    place(CONTRACT, [['PUSH', 7n], ['PUSH', 1n], ['SSTORE'], ['STOP']]);
    const { gasUsed } = callAs(state, CONTRACT, { data: CALLDATA });
    expect(callAs(state, CONTRACT, { data: CALLDATA, gasLimit: gasUsed }).failure).toBeNull();
    expect(callAs(state, CONTRACT, { data: CALLDATA, gasLimit: gasUsed - 1 })).toMatchObject({
      gasUsed: gasUsed - 1,
      failure: { code: 'outOfGas' },
    });
  });

  it('of a payment is more when it makes an account', () => {
    state.addBalance(CONTRACT, 10n);
    const pay = (to: bigint): Line[] => [['PUSH', to], ['PUSH', 1n], ['PAY']];
    place(CONTRACT, [...pay(BigInt(BOB)), ['STOP']]);
    const known = callAs(state, CONTRACT, { data: CALLDATA }).gasUsed;
    place(CONTRACT, [...pay(0x99n), ['STOP']]);
    expect(callAs(state, CONTRACT, { data: CALLDATA }).gasUsed - known).toBe(10_000);
  });
});

it('limits the logs of a transaction', () => {
  // A loop over local 0: entry 16, LOG takes 35 bytes.
  const loop = (count: bigint): Line[] => [
    ['LOG', 5n, 0, 0],
    ['LGET', 0],
    ['PUSH', 1n],
    ['ADD'],
    ['DUP', 1],
    ['LSET', 0],
    ['PUSH', count],
    ['LT'],
    ['JUMPIF', 16],
    ['STOP'],
  ];
  place(CONTRACT, loop(BigInt(MAX_LOGS)));
  expect(callAs(state, CONTRACT, { data: CALLDATA }).logs).toHaveLength(MAX_LOGS);
  place(CONTRACT, loop(BigInt(MAX_LOGS) + 1n));
  expect(failureOf(CONTRACT)).toEqual(['revert', 'more than 4096 logs in a transaction']);
});

it('lets a bug through as an exception, never as a failed transaction', () => {
  place(CONTRACT, [['HEIGHT'], ['STOP']]);
  const broken = { ...CONTEXT, height: 1.5 };
  expect(() => executeTransaction(state, transaction({ to: CONTRACT, data: CALLDATA }), broken, 10 ** 7)).toThrow(
    RangeError,
  );
});
