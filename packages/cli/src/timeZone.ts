import { WattchainError } from '@wattchain/core';
import { type CommunityClock, communityClock, type NamedOffset, readZone } from '@wattchain/market';

/** Formatters by zone: making one takes longer than a thousand uses. */
const formatters = new Map<string, Intl.DateTimeFormat>();

/** Offsets of the zones that this Node.js knows. */
export const namedOffset: NamedOffset = (name, seconds) => {
  let formatter = formatters.get(name);
  if (formatter === undefined) {
    formatter = new Intl.DateTimeFormat('en-US', { timeZone: name, timeZoneName: 'longOffset' });
    formatters.set(name, formatter);
  }
  const parts = formatter.formatToParts(new Date(Number(seconds) * 1000));
  const text = parts.find(({ type }) => type === 'timeZoneName')?.value ?? 'GMT';
  const [, sign, hours = '0', minutes = '0', rest = '0'] =
    /^GMT(?:([+-])(\d{2}):(\d{2})(?::(\d{2}))?)?$/.exec(text) ?? [];
  const size = BigInt(Number(hours) * 3_600 + Number(minutes) * 60 + Number(rest));
  return sign === '-' ? -size : size;
};

/** The clock that a person names: `Europe/Berlin`, `+01:00` or `wall`. Errors: `badZone`. */
export function parseTimeZone(name: string, text: string): CommunityClock {
  const { value, fault } = readZone(text, isKnown);
  if (fault === undefined) return communityClock(value, namedOffset);
  throw new WattchainError('badZone', `${name}: ${fault.what}`, { values: { name, text }, hint: fault.hint });
}

function isKnown(name: string): boolean {
  try {
    return namedOffset(name, 0n) !== undefined;
  } catch {
    // What Intl throws for a name that it does not have.
    return false;
  }
}
