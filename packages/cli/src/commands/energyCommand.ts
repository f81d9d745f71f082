import { WattchainError } from '@wattchain/core';
import { addCommand } from '../program.js';

/**
 * What to do about an error of the market library, as commands. The keys are its codes, of `refused` the contract's error or the text
 * of its `require`, of `implausible` the reason. Where there is none the library's own hint says it.
 */
export const COMMAND_HINTS: Readonly<Record<string, string>> = {
  unknownOffer: 'wattchain trade list --offers shows the offers there are',
  unknownTrade: 'wattchain trade list shows the trades there are',

  ERC20InsufficientBalance: 'buy tokens first: wattchain bank buy --tokens N',
  ERC20InsufficientAllowance: 'the command sends the approval when one is needed: run it again',
  ReserveTooSmall: 'redeem fewer tokens, or with --outside for a payout that an operator makes',
  LimitExceeded: 'the other operator can raise it: wattchain bank limit',
  BackingNeeded: 'wattchain bank show says how many coins are free; wattchain bank deposit adds some',
  power: 'check the figure and its unit; for a larger connection say how large: --max-kw 250',
  NotEnoughOnOffer: 'wattchain trade list --offers says how much is left of each',
  UnexpectedReadingNumber: 'another report came in between: wattchain meter show says how far the meter was read',
  PeriodAlreadyRead: 'wattchain meter show says how far the meter was read',

  'only an operator may do this': "sign as one of the bank's operators: wattchain bank show names them",
  'only a registrar may do this':
    "sign as a registrar, who is one of the bank's operators: wattchain bank show names them",
  "only the meter's household": 'sign as the household: wattchain meter show names it',
  "only the meter's reporter":
    'sign as the reporter: wattchain meter show names it, wattchain meter reporter changes it',
  "only the offer's seller": 'sign as the seller: wattchain trade list --offers names it',
  "only the order's holder": 'sign as the holder: wattchain bank orders names it',
  "only the payout's holder": 'sign as the holder: wattchain bank payouts names it',
  'this meter is not registered': 'an operator registers it with wattchain meter register',
  'this meter is registered already':
    'wattchain meter show says for whom; wattchain meter reporter changes who reports for it',
  'the offer has expired': 'wattchain trade list --offers --state open shows those that can be accepted',
  'there is no such offer': 'wattchain trade list --offers shows the offers there are',
  'there is no such trade': 'wattchain trade list shows the trades there are',
  'there is no such standing order': 'wattchain bank orders shows the standing orders there are',
  'no reading for this period yet': 'wattchain meter report records it',
  'nothing to settle in this period': 'wattchain trade list --state readyToSettle shows what can be settled',
  'there is a reading: settle it': 'wattchain trade settle does that',
  'settleBy has not passed': 'wattchain trade show says when it does',
  'this trade is closed already': 'wattchain trade show says how it ended',
  'this payout is not pending': 'wattchain bank payouts shows what became of it',
};

/** {@link addCommand} for what deals with the energy contracts: its errors name the commands that help. */
export const addEnergyCommand: typeof addCommand = (parent, usage, description, configure, run) =>
  addCommand<Parameters<typeof run>[1]>(parent, usage, description, configure, async (...received) => {
    try {
      await run(...received);
    } catch (error) {
      throw inCommands(error);
    }
  });

/** An error with the hint of {@link COMMAND_HINTS} when there is one, else the error itself. */
export function inCommands(error: unknown): unknown {
  if (!(error instanceof WattchainError)) return error;
  const key = keyOf(error);
  const hint = Object.hasOwn(COMMAND_HINTS, key) ? COMMAND_HINTS[key] : undefined;
  if (hint === undefined) return error;
  return new WattchainError(error.code, error.message, { values: error.values, hint, cause: error });
}

function keyOf({ code, message, values }: WattchainError): string {
  if (code === 'implausible') return String(values.reason);
  if (code !== 'refused') return code;
  return values.error === 'Error' ? message : String(values.error);
}
