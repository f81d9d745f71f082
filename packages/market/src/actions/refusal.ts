import { formatKwh, formatTokenAmount } from '../units.js';

/** A contract's refusal in words. */
export interface RefusalText {
  readonly message: string;
  readonly hint?: string;
}

type Explain = (args: readonly unknown[]) => RefusalText;

const tokens = (value: unknown) => formatTokenAmount(BigInt(String(value)));
const kwh = (value: unknown) => `${formatKwh(BigInt(String(value)))} kWh`;

/** Every custom error of the three contracts; their arguments are in the order of the declaration. */
const REFUSALS: Readonly<Record<string, Explain>> = {
  ERC20InsufficientBalance: ([sender, balance, needed]) => ({
    message: `${sender} has ${tokens(balance)}, ${tokens(needed)} are needed`,
    hint: 'buy tokens at the bank first',
  }),
  ERC20InsufficientAllowance: ([spender, allowance, needed]) => ({
    message: `${spender} may take ${tokens(allowance)} of yours, ${tokens(needed)} are needed`,
    hint: 'approve the contract first (approveTokens)',
  }),
  ERC20InvalidReceiver: ([receiver]) => ({ message: `${receiver} cannot receive tokens` }),
  ReserveTooSmall: ([available, needed]) => ({
    message: `the bank's reserve has ${available} wei, ${needed} wei are needed`,
    hint: 'redeem fewer tokens, or ask for a payout outside',
  }),
  LimitExceeded: ([available, needed]) => ({
    message: `the operator may still attest ${tokens(available)}, not ${tokens(needed)}`,
    hint: 'the other operator can raise the limit (setLimit)',
  }),
  BackingNeeded: ([available, needed]) => ({
    message: `${available} wei of the reserve back no token, ${needed} wei were asked for`,
  }),
  NotEnoughOnOffer: ([available, needed]) => ({
    message: `${kwh(available)} are left of the offer, not ${kwh(needed)}`,
  }),
  UnexpectedReadingNumber: ([meter, got, expected]) => ({
    message: `the next reading of meter ${meter} has number ${expected}, not ${got}`,
    hint: 'getMeter says the number of the last reading',
  }),
  PeriodAlreadyRead: ([meter, periodStart, readUntil]) => ({
    message: `meter ${meter} was read until ${readUntil}, the period begins at ${periodStart}`,
  }),
  Error: ([text]) => ({ message: String(text) }),
  Panic: ([code]) => ({ message: String(code) === '18' ? 'division by zero' : 'arithmetic overflow or underflow' }),
};

/** What a contract's error means, with the figures it carries. */
export function explainRefusal(errorName: string, args: readonly unknown[]): RefusalText {
  const explain = Object.hasOwn(REFUSALS, errorName) ? REFUSALS[errorName] : undefined;
  return explain?.(args) ?? { message: `the contract refuses: ${errorName}(${args.join(', ')})` };
}
