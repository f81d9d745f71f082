import { createStateEdit, createUnsignedTransaction, type StateEdit, toHex, ZERO_ADDRESS } from '@wattchain/core';
import { beforeEach, describe, expect, it } from 'vitest';
import { ALICE, BOB, CONTEXT, callAs, contract, createWorld, MINER, START_BALANCE } from '../../testing/testSupport.js';
import { encodeCall } from '../abi.js';
import { describeFailure } from '../machine/failure.js';
import { executeTransaction } from './transaction.js';

const GO = 0x01020304;
/** Returns the word in slot 5. */
const READER = contract({ selector: GO, view: true, lines: [['PUSH', 5n], ['SLOAD'], ['RETURN', 1]] });

let state: ReturnType<typeof createWorld>['state'];
beforeEach(() => {
  state = createWorld().state;
});

/** Makes an edit in the block of the tests' context, which has no gas left. */
function edit(change: StateEdit, height = CONTEXT.height) {
  return executeTransaction(state, createStateEdit(change, height, CONTEXT.genesis.chainId), CONTEXT, 0);
}

describe('an edit of the state', () => {
  it('changes what it names, for nothing, and nobody else', () => {
    expect(edit({ address: BOB, balance: 5n, nonce: 9 }).value).toEqual({ gasUsed: 0, failure: null, logs: [] });
    expect(state.account(BOB)).toEqual({ nonce: 9, balance: 5n, codeHash: null });
    expect(state.account(ALICE)).toMatchObject({ nonce: 0, balance: START_BALANCE });
    expect(state.account(ZERO_ADDRESS)).toBeUndefined();
    expect(state.balance(MINER)).toBe(0n);
  });

  it('gives an address code that runs and storage that it reads', () => {
    edit({ address: BOB, code: READER });
    edit({ address: BOB, word: { slot: 5n, value: 77n } });
    const { output, failure } = callAs(state, BOB, { data: encodeCall(GO, []) });
    expect(failure).toBeNull();
    expect(BigInt(toHex(output))).toBe(77n);
    expect(state.balance(BOB)).toBe(START_BALANCE);
  });

  it('takes code away, and makes an account cease to exist', () => {
    edit({ address: BOB, code: READER });
    edit({ address: BOB, code: new Uint8Array(0), balance: 0n });
    expect(state.account(BOB)).toBeUndefined();
  });

  it('fails for code that the verifier refuses, and for a nonce that was used', () => {
    const badCode = edit({ address: BOB, balance: 1n, code: Uint8Array.of(1, 2, 3) }).value;
    expect(badCode?.failure?.code).toBe('invalidCode');
    expect(state.balance(BOB)).toBe(START_BALANCE);
    edit({ address: BOB, nonce: 4 });
    const lower = edit({ address: BOB, nonce: 3 }).value;
    expect(lower?.failure && describeFailure(lower.failure)).toBe(`the nonce of ${BOB} is 4 already`);
  });

  it('belongs to the block of its height', () => {
    expect(edit({ address: BOB, nonce: 1 }, CONTEXT.height - 1).fault).toMatchObject({ code: 'nonceTooLow' });
    expect(edit({ address: BOB, nonce: 1 }, CONTEXT.height + 1).fault).toMatchObject({ code: 'nonceTooHigh' });
    expect(state.nonce(BOB)).toBe(0);
  });

  it('fails when it is none', () => {
    const { chainId } = CONTEXT.genesis;
    const { to } = createStateEdit({ address: BOB }, CONTEXT.height, chainId);
    const fields = { nonce: CONTEXT.height, gasPrice: 0n, gasLimit: 0, to, value: 0n, data: Uint8Array.of(1), chainId };
    const outcome = executeTransaction(state, createUnsignedTransaction(fields, ZERO_ADDRESS), CONTEXT, 0);
    expect(outcome.value?.failure?.code).toBe('badArguments');
  });
});
