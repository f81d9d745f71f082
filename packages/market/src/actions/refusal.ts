import { WattchainError } from '@wattchain/core';
import { describePanic } from '@wattchain/vm';
import { BaseError, ContractFunctionRevertedError } from 'viem';
import { formatInstant } from '../instant.js';
import { formatTokenAmount } from '../units.js';
import { COMMUNITY_REFUSALS, COMMUNITY_TEXT_HINTS } from './communityRefusals.js';
import { COUNCIL_REFUSALS, COUNCIL_TEXT_HINTS } from './councilRefusals.js';
import { ORDER_REFUSALS } from './orderRefusals.js';
import { REGISTRY_REFUSALS, REGISTRY_TEXT_HINTS } from './registryRefusals.js';
import { TRADE_REFUSALS, TRADE_TEXT_HINTS } from './tradeRefusals.js';

/** A contract's refusal in words, and what a person can do about it. */
export interface RefusalText {
  readonly message: string;
  readonly hint?: string;
}

type Explain = (args: readonly unknown[]) => RefusalText;

const tokens = (value: unknown) => formatTokenAmount(BigInt(String(value)));
const instant = (value: unknown) => formatInstant(BigInt(String(value)));

/** Every custom error of the contracts; their arguments are in the order of the declaration. */
const REFUSALS: Readonly<Record<string, Explain>> = {
  ERC20InsufficientBalance: ([sender, balance, needed]) => ({
    message: `${sender} has ${tokens(balance)}, ${tokens(needed)} are needed`,
    hint: 'buy tokens at the bank first',
  }),
  ERC20InsufficientAllowance: ([spender, allowance, needed]) => ({
    message: `${spender} may take ${tokens(allowance)} of yours, ${tokens(needed)} are needed`,
    hint: 'their owner must allow it to take so many tokens first: a buyer the trade contract, who redeems the bank',
  }),
  ERC20InvalidReceiver: ([receiver]) => ({
    message: `${receiver} cannot receive tokens`,
    hint: 'name the address of a person or a contract',
  }),
  TooLate: ([until, now]) => ({
    message: `this holds until ${instant(until)}, and it is ${instant(now)}`,
    hint: 'look how things stand now, and sign it again if it is still what you want',
  }),
  TooEarly: ([from, now]) => ({
    message: `this can be done from ${instant(from)} on, and it is ${instant(now)}`,
    hint: 'wait until then; anyone can do it',
  }),
  FewerTokens: ([got, least]) => ({
    message: `the coins buy ${tokens(got)} now, fewer than the ${tokens(least)} that were asked for at least`,
    hint: 'look at the rates, and say how many tokens are enough',
  }),
  FewerCoins: ([got, least]) => ({
    message: `the tokens bring ${got} wei now, less than the ${least} wei that were asked for at least`,
    hint: 'look at the rates, and say how many coins are enough',
  }),
  LimitExceeded: ([available, needed]) => ({
    message: `the operator may still attest ${tokens(available)}, not ${tokens(needed)}`,
    hint: 'another operator can raise the limit',
  }),
  DepositTooSmall: ([available, needed]) => ({
    message: `the operator's deposit has ${available} wei, ${needed} wei are needed`,
    hint: 'add to the deposit first: it covers what its operator attests',
  }),
  CoverTooSmall: ([available, needed]) => ({
    message: `the reserve has ${available} wei; to cover all tokens at the new redeem rate ${needed} wei are needed`,
    hint: 'add the missing cover, or announce a lower redeem rate',
  }),
  OtherPayout: ([payoutId, holder, amount, destination]) => ({
    message: `payout ${payoutId} is one of ${tokens(amount)} of ${holder} to ${destination}, not the one that was described`,
    hint: 'numbers can move when blocks are replaced: look the payout up again',
  }),
  OtherPayment: ([payoutId, holder, amount, reference]) => ({
    message: `payout ${payoutId} is one of ${tokens(amount)} of ${holder}, marked as paid with ${reference}, not the one that was described`,
    hint: 'look the payout up again: it may have been decided, or marked with another reference',
  }),
  OtherStandingOrder: ([orderId, holder, amount, destination]) => ({
    message: `standing order ${orderId} is one of ${tokens(amount)} of ${holder} to ${destination}, not the one that was described`,
    hint: 'numbers can move when blocks are replaced: look the standing order up again',
  }),
  OtherRates: ([buyRate, redeemRate, announcedAt]) => ({
    message:
      BigInt(String(announcedAt)) === 0n
        ? 'no rates are announced'
        : `announced are ${buyRate} wei and ${redeemRate} wei, at ${instant(announcedAt)}: not the rates that were described`,
    hint: 'look the announced rates up again',
  }),
  ...TRADE_REFUSALS,
  ...REGISTRY_REFUSALS,
  ...COUNCIL_REFUSALS,
  ...COMMUNITY_REFUSALS,
  ...ORDER_REFUSALS,
  Error: ([text]) => ({ message: String(text), ...hintFor(String(text)) }),
  Panic: ([code]) => ({ message: describePanic(BigInt(String(code))) }),
};

/** What to do about a text of a `require`, where the text does not say it by itself. */
export const TEXT_HINTS: Readonly<Record<string, string>> = {
  ...TRADE_TEXT_HINTS,
  ...REGISTRY_TEXT_HINTS,
  ...COUNCIL_TEXT_HINTS,
  ...COMMUNITY_TEXT_HINTS,
  'only an operator may do this':
    "a member of the council must sign it, whose key no veto has frozen: look at the bank's operators",
  'this payout is not pending': 'look at it: it is marked as paid, disputed, paid or cancelled',
  'this payout is not marked as paid': 'look at it: it is pending, disputed, paid or cancelled',
  'this payout is not disputed': 'look at it: nobody has objected, or it was decided',
  'the payer cannot object': 'the holder or another operator must sign it; the payer marks only what it pays',
  'nobody decides for itself':
    'who neither paid nor objected decides; the payer can only say that it was not paid, who objected that it was',
  'this standing order is cancelled': 'look at the list of standing orders',
  'another operator sets a limit': 'ask another operator for it',
  'this is not an operator': "name one of the bank's operators, whose key no veto has frozen",
  'redeem rate is above buy rate': 'lower the redeem rate, or raise the buy rate with it',
  'redeem rate is above the buy rate in force':
    'raise the buy rate first: else buying before and redeeming after would bring coins',
  'other rates are announced': 'wait until they are in force or lapse, or take them back',
  'another operator confirms rates': 'ask another operator for it',
  'these rates are confirmed already': 'wait for the notice to pass; then anyone can bring them into force',
  'no other operator has confirmed these rates': 'ask another operator to confirm them',
  'there is no surplus': 'the reserve has what it must have and no more',
  'this reference was used before': 'give every payment a reference of its own; this one may be attested already',
  'too few coins for any token': 'pay more coins',
  'too few tokens for any coin': 'redeem more tokens',
};

function hintFor(text: string): { hint?: string } {
  const hint = Object.hasOwn(TEXT_HINTS, text) ? TEXT_HINTS[text] : undefined;
  return hint === undefined ? {} : { hint };
}

/** What a contract's error means, with the figures it carries, and what to do about it. */
export function explainRefusal(errorName: string, args: readonly unknown[]): RefusalText {
  const explain = Object.hasOwn(REFUSALS, errorName) ? REFUSALS[errorName] : undefined;
  return explain?.(args) ?? { message: `the contract refuses: ${errorName}(${args.join(', ')})` };
}

/** {@link explainRefusal} as the error `refused`, whose `values` name the contract's error and its figures. */
export function refusalError(errorName: string, args: readonly unknown[], cause?: unknown): WattchainError {
  const { message, hint } = explainRefusal(errorName, args);
  return new WattchainError('refused', message, {
    values: { error: errorName, args },
    ...(cause === undefined ? {} : { cause }),
    ...(hint === undefined ? {} : { hint }),
  });
}

/** Whether a view failed with this text of a `require`. */
export function isRevertedWith(error: unknown, text: string): boolean {
  if (!(error instanceof BaseError)) return false;
  const reverted = error.walk((cause) => cause instanceof ContractFunctionRevertedError);
  return reverted instanceof ContractFunctionRevertedError && reverted.reason === text;
}
