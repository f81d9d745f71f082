import { formatInstant } from '../instant.js';
import { formatKwh } from '../units.js';

const number = (value: unknown) => BigInt(String(value));
const kwh = (value: unknown) => `${formatKwh(number(value))} kWh`;
const time = (value: unknown) => formatInstant(number(value));

/** Custom errors of the registry of meters; their arguments are in the order of the declaration. */
export const REGISTRY_REFUSALS: Readonly<
  Record<string, (args: readonly unknown[]) => { message: string; hint: string }>
> = {
  UnexpectedReadingNumber: ([meter, got, expected]) => ({
    message: `the next reading of meter ${meter} has number ${expected}, not ${got}`,
    hint: 'readings are numbered without a gap: look up the number of the last one',
  }),
  NotAPeriod: ([periodStart, resolution]) => ({
    message: `periods are ${resolution} seconds long and begin at multiples of that, not at ${time(periodStart)}`,
    hint: 'choose the start of a period',
  }),
  ReadingTooEarly: ([meter, periodEnd, latestEnd]) => ({
    message: `the period of meter ${meter} ends at ${time(periodEnd)}; readings may reach until ${time(latestEnd)} now`,
    hint: 'report it when the period has ended; compare the clocks of meter and chain (market time)',
  }),
  BeyondRating: ([meter, energy, rating]) => ({
    message: `meter ${meter} can show ${kwh(rating)} for a period, not ${kwh(energy)}`,
    hint: 'check the figure and its unit; registrars can announce another rating',
  }),
  WrongSigner: ([meter, signer, expected]) => ({
    message: `readings of meter ${meter} come from ${expected}, not from ${signer}`,
    hint: 'the source of the meter signs over registry, chain, meter, number, period and values; another figure, chain or key gives another signer',
  }),
  ReadingIsFinal: ([meter, periodStart, finalFrom]) => ({
    message: `the reading of meter ${meter} for the period from ${time(periodStart)} on is final since ${time(finalFrom)}`,
    hint: 'a final reading changes no more',
  }),
  AnotherReading: ([meter, corrections, producedMwh, consumedMwh]) => ({
    message: `the reading of meter ${meter} says ${kwh(producedMwh)} produced and ${kwh(consumedMwh)} consumed (corrections so far: ${corrections}), not what is to be corrected`,
    hint: 'look the reading up again and sign over what it says now',
  }),
  NotInForceNow: ([from, until]) => ({
    message: `this source can be brought into force from ${time(from)} until ${time(until)}`,
    hint: 'wait for that time; what has lapsed must be announced again',
  }),
};

/** What to do about a text of a `require` of the registry, where the text does not say it by itself. */
export const REGISTRY_TEXT_HINTS: Readonly<Record<string, string>> = {
  'only a registrar may do this': 'a member of the council must sign it, whose key no veto has frozen',
  'this meter is not registered': 'a registrar must register it first',
  'this meter is registered already': 'registrars can announce another source and rating for it; its household stays',
  'there is no new reading':
    'the list is empty, or all of it was brought already: look up the numbers of the last ones',
  'this meter reports another way':
    'a meter with a device key signs its readings, and anyone brings them; those of another meter are sent by its reporter',
  'another registrar must confirm': 'it is announced already; a second registrar who announces the same confirms it',
  'this source is not announced': 'a registrar must announce it, with the same kind and rating',
  'this period was not skipped': 'report its reading first: only what was read, or passed over, can be corrected',
  'no registrar has signed it':
    'a correction needs the signatures of the source of the meter and of a registrar, with different keys',
  "the signature's s is too high": 'of the two forms of a signature give the one with the low s, as signers do',
};
