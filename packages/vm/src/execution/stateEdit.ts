import {
  decodeStateEdit,
  EMPTY_ACCOUNT,
  type Failure,
  type Outcome,
  type Receipt,
  type StateJournal,
  type Transaction,
  type TransactionStateFault,
} from '@wattchain/core';
import type { BlockContext } from '../machine/context.js';
import { fail } from '../machine/failure.js';
import { verifyCode } from '../verify.js';

/** Makes an edit of a development chain's state. Its nonce is the block's height, so that no edit is made twice. */
export function executeStateEdit(
  state: StateJournal,
  { nonce, data, sender }: Transaction,
  { height }: BlockContext,
): Outcome<Receipt, TransactionStateFault> {
  if (nonce !== height) {
    return { fault: { code: nonce < height ? 'nonceTooLow' : 'nonceTooHigh', got: nonce, expected: height, sender } };
  }
  return { value: { gasUsed: 0, failure: applyStateEdit(state, data), logs: [] } };
}

/** What cannot stand in a state fails and changes nothing. */
function applyStateEdit(state: StateJournal, data: Uint8Array): Failure | null {
  const decoded = decodeStateEdit(data);
  if (decoded.fault) return fail('badArguments', 'this is no edit of the state');
  const { address, balance, nonce, code, word } = decoded.value;
  // A nonce that goes back would let a transaction be included a second time.
  const isReused = nonce !== undefined && nonce < state.nonce(address);
  if (isReused) return fail('badArguments', `the nonce of ${address} is ${state.nonce(address)} already`);
  if (code !== undefined && code.length > 0) {
    const verified = verifyCode(code);
    if (verified.fault) return fail('invalidCode', `at ${verified.fault.offset}: ${verified.fault.detail}`);
  }
  if (code !== undefined && code.length > 0) state.setCode(address, code);
  const account = state.account(address) ?? EMPTY_ACCOUNT;
  state.setAccount(address, {
    nonce: nonce ?? account.nonce,
    balance: balance ?? account.balance,
    codeHash: code?.length === 0 ? null : account.codeHash,
  });
  if (word !== undefined) state.setStorage(address, word.slot, word.value);
  return null;
}
