import { type CompanionFigure, formatKwh, formatTokens } from '@wattchain/market';

/** A figure of a contract beside the rules, with its unit. */
export function figureText({ value, unit }: CompanionFigure, currency: string): string {
  if (unit === 'mWh') return `${formatKwh(value)} kWh`;
  if (unit === 'number') return String(value);
  return `${formatTokens(value)} ${unit === 'wei' ? 'coins' : currency}`;
}
