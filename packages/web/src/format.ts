import { formatKwh, formatTokensRounded, roundHalfEven } from '@wattchain/market';
import { formatEther, formatGwei, getAddress, type Hex, hexToString } from 'viem';

/** Decimals of every amount: a watt-hour of a kilowatt-hour, a thousandth of a token or coin. */
const DECIMALS = 3;
/** Of a community's money: what an hour costs is a few cents. */
const MONEY_DECIMALS = 4;
/** What the last of them counts of 10^18. */
const LAST_DECIMAL = 10n ** 15n;
const GWEI = 10n ** 9n;

/** Energy for reading: `1.072 kWh`, to a watt-hour, half to even. */
export function kwh(energyMwh: bigint): string {
  if (isBelow(energyMwh, 500n)) return '< 0.001 kWh';
  return `${group(cut(formatKwh(1000n * roundHalfEven(energyMwh, 1000n))))} kWh`;
}

/** Energy Tokens for reading: `14.254 ENT`, half to even. */
export const tokens = (units: bigint): string =>
  isBelow(units, LAST_DECIMAL / 2n) ? '< 0.001 ENT' : `${group(formatTokensRounded(units, DECIMALS))} ENT`;

/** Money of a community for reading: `1.0724 USD`, half to even, with a minus where it is below 0. */
export function money(units: bigint, currency: string): string {
  const [sign, size] = units < 0n ? ['\u2212', -units] : ['', units];
  return `${sign}${group(formatTokensRounded(size, MONEY_DECIMALS))} ${currency}`;
}

/** Coins for reading: `99.987 WATT`, never rounded up; what three decimals do not show, such as most fees, to a gwei, and less in wei. */
export function coins(wei: bigint): string {
  if (wei > 0n && wei < GWEI) return `${count(wei)} wei`;
  if (wei > 0n && wei < LAST_DECIMAL) return `${formatEther(wei - (wei % GWEI))} WATT`;
  return `${group(cut(formatEther(wei)))} WATT`;
}

/** A price of gas: `1 gwei`, `1.5 gwei`, exactly; below a thousandth of one in wei. */
export function gasPriceText(wei: bigint): string {
  if (wei < GWEI / 1000n) return `${count(wei)} wei`;
  const [, fraction = ''] = formatGwei(wei).split('.');
  return `${count(wei / GWEI)}${fraction === '' ? '' : `.${fraction}`} gwei`;
}

/** What would be shown as nothing and is something. */
const isBelow = (value: bigint, half: bigint) => value > 0n && value <= half;

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

/** How long ago: `3 s ago`, `5 min ago`, `7 h ago`, `3 days ago`. */
export function ago(timestampMs: number, nowMs: number): string {
  const seconds = Math.max(0, Math.round((nowMs - timestampMs) / 1000));
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3600) return `${Math.round(seconds / 60)} min ago`;
  if (seconds < 172_800) return `${Math.round(seconds / 3600)} h ago`;
  return `${Math.round(seconds / 86_400)} days ago`;
}

/** `1,234,567` */
export const count = (value: number | bigint): string => value.toLocaleString('en');

/** Rates such as tries per second: `5.3 M`. */
export function magnitude(value: number): string {
  const [divisor, unit] =
    value >= 1e9 ? [1e9, ' G'] : value >= 1e6 ? [1e6, ' M'] : value >= 1e3 ? [1e3, ' k'] : [1, ''];
  return `${(value / divisor).toFixed(value >= 1e3 ? 1 : 0)}${unit}`;
}

/** To {@link DECIMALS}, what is behind them cut off. */
function cut(text: string): string {
  const [whole = '0', fraction = ''] = text.split('.');
  return `${whole}.${fraction.padEnd(DECIMALS, '0').slice(0, DECIMALS)}`;
}

/** Thousands apart. */
function group(text: string): string {
  const [whole = '0', fraction = ''] = text.split('.');
  return `${whole.replace(/\B(?=(\d{3})+$)/g, ',')}.${fraction}`;
}

function shorten(hex: string, digits: number): string {
  return `${hex.slice(0, 2 + digits)}…${hex.slice(-digits)}`;
}
