import { formatKwh, formatTokensRounded, roundHalfEven } from '@wattchain/market';
import { formatEther, getAddress, type Hex, hexToString } from 'viem';

/** Energy for reading: `1.07 kWh`, rounded to a watt-hour; below 0.01 kWh to a tenth of one. */
export function kwh(energyMwh: bigint): string {
  if (energyMwh !== 0n && energyMwh > -10_000n && energyMwh < 10_000n)
    return `${(Number(energyMwh) / 1000).toFixed(1)} Wh`;
  return `${trim(formatKwh(1000n * roundHalfEven(energyMwh, 1000n)), 2)} kWh`;
}

/** Energy Tokens for reading: `14.25 ENT`. */
export const tokens = (units: bigint): string => `${group(trim(formatTokensRounded(units, 3), 2))} ENT`;

/** Coins for reading: `99.98 WATT`; what three digits of a coin do not show, such as most fees, in wei. */
export function coins(wei: bigint): string {
  if (wei > 0n && wei < 10n ** 15n) return `${count(wei)} wei`;
  return `${group(trim(roundText(formatEther(wei), 4), 2))} WATT`;
}

/** An address as far as a person compares it: `0x1f9a…c2D1`. */
export const shortAddress = (address: Hex): string => shorten(getAddress(address), 4);

/** A hash as far as a person compares it. */
export const shortHash = (hash: Hex): string => shorten(hash, 6);

/** The text in a bytes32, such as a meter's name; its hex when it is no text, for labels on the chain come from others. */
export function wordText(word: Hex): string {
  const text = hexToString(word, { size: 32 });
  return /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]+$/u.test(text) && !text.includes('\ufffd') ? text : shortHash(word);
}

/** The words of a camelCase name: `acceptUntil` is `accept until`, `EnergyToken` is `Energy Token`. */
export const humanise = (name: string): string =>
  name.replace(/([a-z])([A-Z])/g, (_, before: string, after: string) =>
    /^[A-Z]/.test(name) ? `${before} ${after}` : `${before} ${after.toLowerCase()}`,
  );

/** A length of time: `1 h`, `15 min`, `90 s`, `30 days`. */
export function duration(seconds: bigint | number): string {
  const whole = BigInt(seconds);
  for (const [size, unit] of [
    [86_400n, 'days'],
    [3_600n, 'h'],
    [60n, 'min'],
  ] as const) {
    if (whole >= size && whole % size === 0n)
      return `${whole / size} ${whole === size && unit === 'days' ? 'day' : unit}`;
  }
  return `${whole} s`;
}

/** Time between two blocks: `0.4 s`, `2.1 s`, `3 min`. */
export function interval(ms: number): string {
  return ms < 120_000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms / 60_000)} min`;
}

/** A clock time of block or meter time, in this browser's language and zone. */
export function time(seconds: bigint | number): string {
  return new Date(Number(seconds) * 1000).toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit' });
}

/** The same with the day. */
export function dateTime(seconds: bigint | number): string {
  const options = { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' } as const;
  return new Date(Number(seconds) * 1000).toLocaleString(undefined, options);
}

/** How long ago: `3 s ago`, `5 min ago`, else the date. */
export function ago(timestampMs: number, nowMs: number): string {
  const seconds = Math.max(0, Math.round((nowMs - timestampMs) / 1000));
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3600) return `${Math.round(seconds / 60)} min ago`;
  return dateTime(timestampMs / 1000);
}

/** `1,234,567` */
export const count = (value: number | bigint): string => value.toLocaleString('en');

/** Rates such as tries per second: `5.3 M`. */
export function magnitude(value: number): string {
  const [divisor, unit] =
    value >= 1e9 ? [1e9, ' G'] : value >= 1e6 ? [1e6, ' M'] : value >= 1e3 ? [1e3, ' k'] : [1, ''];
  return `${(value / divisor).toFixed(value >= 1e3 ? 1 : 0)}${unit}`;
}

/** Cuts zeros at the end, but leaves `digits` of them. */
function trim(text: string, digits: number): string {
  const [whole = '0', fraction = ''] = text.split('.');
  const kept = fraction.replace(/0+$/, '').padEnd(digits, '0').slice(0, Math.max(digits, 3));
  return `${whole}.${kept}`;
}

/** Cuts (never rounds up what somebody has) after so many digits. */
function roundText(text: string, digits: number): string {
  const [whole = '0', fraction = ''] = text.split('.');
  return `${whole}.${fraction.slice(0, digits)}`;
}

/** Thousands apart. */
function group(text: string): string {
  const [whole = '0', fraction = ''] = text.split('.');
  return `${whole.replace(/\B(?=(\d{3})+$)/g, ',')}.${fraction}`;
}

function shorten(hex: string, digits: number): string {
  return `${hex.slice(0, 2 + digits)}…${hex.slice(-digits)}`;
}
