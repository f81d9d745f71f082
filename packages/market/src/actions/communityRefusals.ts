import { formatInstant } from '../instant.js';
import { formatKwh, formatTokens } from '../units.js';

const number = (value: unknown) => BigInt(String(value));
const kwh = (value: unknown) => `${formatKwh(number(value))} kWh`;
const time = (value: unknown) => formatInstant(number(value));
const price = (value: unknown) => `${formatTokens(number(value))} for 150 Wh`;

/** Custom errors of the markets of a community and of what is built beside them; their arguments are in the order of the declaration. */
export const COMMUNITY_REFUSALS: Readonly<
  Record<string, (args: readonly unknown[]) => { message: string; hint: string }>
> = {
  // ---- Accounts and settlement, which all markets share
  Uncovered: ([owner, free, needed]) => ({
    message: `${owner} has ${free} units of money that nothing needs, ${needed} are needed`,
    hint: 'put money in first, or take back orders that hold some',
  }),
  NotAnAccount: ([owner]) => ({
    message: `${owner} has no account in this market`,
    hint: 'accounts are of members, the supplier and the grid operator: join first',
  }),
  NotAMember: ([owner, periodStart]) => ({
    message: `${owner} is no member in the period from ${time(periodStart)} on`,
    hint: 'join first; members take part from the period after that on',
  }),
  NotNext: ([periodStart, next]) => ({
    message: `the period that comes next begins at ${time(next)}, not at ${time(periodStart)}`,
    hint: 'periods are settled once each, in the order of time: begin with the next one',
  }),
  PeriodNotReady: ([periodStart, owner]) => ({
    message: `the reading of ${owner} for the period from ${time(periodStart)} on is missing or not final`,
    hint: 'wait until it is final, or until it counts as none',
  }),
  AmountTooLarge: ([amount, largest]) => ({
    message: `${amount} is beyond the largest amount, ${largest}`,
    hint: 'choose a smaller one',
  }),
  NotInForce: ([entry, periodStart]) => ({
    message: `entry ${entry} of the grid's list is not the one in force at ${time(periodStart)}`,
    hint: 'ask the grid for the hint of that period',
  }),
  PricesNotFixed: ([periodStart, fixedUntil]) => ({
    message: `prices of the period from ${time(periodStart)} on can still change; those until ${time(fixedUntil)} are fixed`,
    hint: 'wait until the notice has passed',
  }),
  // ---- Prices of the grid, billing periods, allowances
  PostedTooLate: ([from, earliest]) => ({
    message: `prices from ${time(from)} on come too late: the earliest are from ${time(earliest)} on`,
    hint: 'prices are posted with notice, and never for what has begun',
  }),
  EntriesOutOfOrder: ([from, previous]) => ({
    message: `prices from ${time(from)} on stand behind those from ${time(previous)} on`,
    hint: 'post prices in the order of time, behind all that were posted before',
  }),
  PriceTooHigh: ([got, largest]) => ({
    message: `a price of ${price(got)} is above ${price(largest)}`,
    hint: 'check the unit: prices are for 150 Wh, with 18 decimals',
  }),
  FeedInAboveTariff: ([feedIn, tariff]) => ({
    message: `the feed-in price of ${price(feedIn)} is above the tariff of ${price(tariff)}`,
    hint: 'with such prices members would buy to sell: choose a feed-in price of the tariff at most',
  }),
  LocalFeeAboveGridFee: ([localFee, gridFee]) => ({
    message: `the fee for energy of neighbours, ${price(localFee)}, is above that of the grid, ${price(gridFee)}`,
    hint: 'choose a local fee of the grid fee at most',
  }),
  NotBilled: ([periodEnd, billingEnd]) => ({
    message: `periods until ${time(periodEnd)} reach beyond the billing period, which ends at ${time(billingEnd)}`,
    hint: 'settle up to its end, have it billed, and go on',
  }),
  NotThisPart: ([periodStart, done, members]) => ({
    message: `this is not the next call for the period from ${time(periodStart)} on, of which ${done} of ${members} members are done`,
    hint: 'ask parting how far it is: members are measured, then all is shared out, then they are paid',
  }),
  AnotherShare: ([periodStart]) => ({
    message: `this is not what the members get for the period from ${time(periodStart)} on`,
    hint: 'hand in the parts as the event Shared told them',
  }),
  AllowancesTooLarge: ([sum, forecast]) => ({
    message: `the allowances sum to ${kwh(sum)}, the pool expects ${kwh(forecast)}`,
    hint: 'promise no more than members are expected to give',
  }),
  // ---- A host's unit of account
  BondTooSmall: ([bond, needed]) => ({
    message: `the bond is ${bond} wei, ${needed} wei are needed`,
    hint: 'lock more coins first; a confirmed rate that is on its way counts already',
  }),
  BondCovers: ([bond, needed]) => ({
    message: `the bond of ${bond} wei covers the ${needed} wei that are needed`,
    hint: 'a host is liquidated when its bond is below that, at the rate in force',
  }),
  // ---- Certificates
  NotTheNextHour: ([got, expected]) => ({
    message: `the meter's next hour begins at ${time(expected)}, not at ${time(got)}`,
    hint: 'hours are done one after the other, each once: begin with the next one',
  }),
  ReadingNotFinal: ([meter, periodStart]) => ({
    message: `the reading of meter ${meter} for the period from ${time(periodStart)} on is missing or not final`,
    hint: 'wait until it is final; a skipped one comes in by a correction, or the household gives it up',
  }),
  NotEnoughCertificates: ([owner, held, needed]) => ({
    message: `${owner} has ${held} certificates of that meter and hour, ${needed} are needed`,
    hint: 'look at what the account holds',
  }),
  // ---- Calls for flexibility
  TooFewBaselineDays: ([meter, found, needed]) => ({
    message: `the baseline of meter ${meter} has ${found} days of ${needed}`,
    hint: 'days on which it promised something do not count, and none older than 93 days',
  }),
  PastTheGate: ([gate, now]) => ({
    message: `promises were taken until ${time(gate)}, and it is ${time(now)}`,
    hint: 'look for a call of a later period',
  }),
  BeforeTheGate: ([gate, now]) => ({
    message: `promises are taken until ${time(gate)}, and it is ${time(now)}`,
    hint: 'a call is settled after its gate, when readings are final',
  }),
  // ---- The book of the coin
  CoinOrderTooSmall: ([got, smallest]) => ({
    message: `the order is of ${kwh(got)}, the smallest is of ${kwh(smallest)}`,
    hint: 'order more coins at once',
  }),
};

/** What to do about a text of a `require` of a community's contracts, where the text does not say it by itself. */
export const COMMUNITY_TEXT_HINTS: Readonly<Record<string, string>> = {
  'the input is not described yet': 'a registrar says first which input the readings come from (describe)',
  'the input is described already': 'it is said once; another input is another community',
  'this place cannot be taken':
    'take the next number, or that of a member who has left, is paid and owes nothing; a home is a member once',
  'the next accounting period has begun': 'announce the allowances before it begins',
  'the supplier closes the period first': 'wait: where the supplier stays silent anyone closes it later',
};
