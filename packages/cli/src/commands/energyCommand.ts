import { WattchainError } from '@wattchain/core';
import { addCommand } from '../program.js';

/**
 * What to do about an error of the market library, as commands. The keys are its codes, of `refused` the contract's error or the text
 * of its `require`, of `implausible` the reason. Where there is none the library's own hint says it.
 */
export const COMMAND_HINTS: Readonly<Record<string, string>> = {
  unknownOffer: 'wattchain trade list --offers shows the offers there are',
  unknownTrade: 'wattchain trade list shows the trades there are',
  unknownPayout: 'wattchain bank payouts shows the payouts there are',
  unknownKeyChange: 'wattchain council show names the changes that are open',

  ERC20InsufficientBalance: 'buy tokens first: wattchain bank buy --tokens N',
  ERC20InsufficientAllowance: 'the command sends the approval when one is needed: run it again',
  FewerTokens: 'the rate has moved: wattchain bank explain says how; wattchain bank buy --tolerance 5 takes more',
  FewerCoins: 'the rate has moved: wattchain bank explain says how; wattchain bank redeem --tolerance 5 takes more',
  LimitExceeded: 'another operator can raise it: wattchain bank limit',
  DepositTooSmall: 'cover it first: wattchain bank deposit; wattchain bank show says what is there',
  CoverTooSmall: 'wattchain bank show says what is missing; wattchain bank add-cover --coins N adds some',
  OtherRates: 'look again: wattchain bank explain',
  OtherPayout: 'look again: wattchain bank payouts',
  OtherPayment: 'look again: wattchain bank payouts',
  OtherStandingOrder: 'look again: wattchain bank orders',
  power: 'check the figure and its unit; a registrar can announce a larger rating: wattchain meter source announce',
  NotEnoughOnOffer: 'wattchain trade list --offers says how much is left of each',
  TermDiffers: 'look again: wattchain trade list --offers; numbers of young offers can change with the newest blocks',
  GridPriceDiffers: 'the grid price has changed: run it again; wattchain trade grid-price show tells it',
  TradeNotReady: 'wattchain trade explain says what it waits for, or how it ended',
  UnexpectedReadingNumber: 'another report came in between: wattchain meter show says how far the meter was read',
  PeriodAlreadyRead: 'wattchain meter show says how far the meter was read',
  ReadingTooEarly: 'wattchain meter rules tells market time and by how much readings may lead',
  BeyondRating:
    'wattchain meter show tells the rating; a registrar can announce another: wattchain meter source announce',
  WrongSigner: 'wattchain meter show names whose readings count',
  AnotherReading: 'the reading has changed: wattchain meter explain tells it; sign again with wattchain meter correct',

  'only an operator may do this': "sign as one of the bank's operators: wattchain bank show names them",
  'only a registrar may do this':
    'sign as a registrar, who is a member of the council: wattchain council show names them',
  'only a member of the council': 'sign as a member: wattchain council show names them',
  'only members and recovery key': 'sign as one of them: wattchain council show names them',
  "only the meter's household": 'sign as the household: wattchain meter show names it',
  "only the offer's seller": 'sign as the seller: wattchain trade list --offers names it',
  'this meter is not registered': 'an operator registers it with wattchain meter register',
  'this meter is registered already':
    'wattchain meter show says for whom; wattchain meter source announce changes where its readings come from',
  'this meter reports another way':
    'wattchain meter show says whether a device signs its readings or a reporter sends them',
  'there is no new reading': 'wattchain meter show says how far the meter was read',
  'this source is not announced': 'a registrar announces it with wattchain meter source announce',
  'the offer has expired': 'wattchain trade list --offers --state open shows those that can be accepted',
  'there is no such offer': 'wattchain trade list --offers shows the offers there are',
  'there is no such trade': 'wattchain trade list shows the trades there are',
  'this trade is closed already': 'wattchain trade show says how it ended',
  'this payout is not pending': 'wattchain bank payouts shows what became of it',
  'this payout is not marked as paid': 'wattchain bank payouts shows where it stands',
  'this payout is not disputed': 'wattchain bank payouts shows where it stands',
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
