import { describeTrade, parseKwh, parseTokens, type Trade, type TradeState } from '@wattchain/market';
import { kwh, tokens } from '../../format.js';
import { asSentence, inReadersWords, type Reader } from '../../model/transactionWords.js';
import type { Summary } from './tradeModel.js';

/** What somebody sold and bought in all: `You sold 2.100 kWh to two neighbours for 14.000 ENT.` */
export function summaryWords(summary: Summary): string {
  const parts: string[] = [];
  if (summary.soldMwh > 0n) {
    parts.push(`You sold ${kwh(summary.soldMwh)} to ${neighbours(summary.buyers)} for ${tokens(summary.earned)}.`);
  }
  if (summary.boughtMwh > 0n) {
    parts.push(
      `You bought ${kwh(summary.boughtMwh)} from ${neighbours(summary.sellers)} for ${tokens(summary.spent)}.`,
    );
  }
  if (summary.bondsPaid > 0n) parts.push(`Your bonds paid ${tokens(summary.bondsPaid)} for what was not delivered.`);
  if (summary.bondsGot > 0n) parts.push(`Sellers' bonds paid you ${tokens(summary.bondsGot)}.`);
  return parts.length === 0 ? 'You have neither sold nor bought energy yet.' : parts.join(' ');
}

const NUMBERS = [
  'no',
  'one',
  'two',
  'three',
  'four',
  'five',
  'six',
  'seven',
  'eight',
  'nine',
  'ten',
  'eleven',
  'twelve',
];

const neighbours = (count: number) => `${NUMBERS[count] ?? count} ${count === 1 ? 'neighbour' : 'neighbours'}`;

/** A state in a word, and how it looks. */
export const STATE_TAGS: Readonly<Record<TradeState, { readonly tag: string; readonly text: string }>> = {
  none: { tag: 'tag', text: 'unknown' },
  awaitingReading: { tag: 'tag waiting', text: 'escrowed' },
  readingNotFinal: { tag: 'tag waiting', text: 'reading not final' },
  waitingForEarlierTrade: { tag: 'tag waiting', text: 'waits for another trade' },
  readyToSettle: { tag: 'tag waiting', text: 'read' },
  refundable: { tag: 'tag bad', text: 'expired' },
  settled: { tag: 'tag good', text: 'settled' },
  short: { tag: 'tag bad', text: 'short' },
  refunded: { tag: 'tag', text: 'refunded' },
};

/** Where a trade stands and why: the sentences of `explainTrade` behind the trade's number and sum, which stand beside them; amounts as the page rounds them. */
export function reasonOf(trade: Trade, reader: Reader): string {
  const text = describeTrade(trade);
  const reason = text
    .slice(text.indexOf(': ') + 2)
    .replace(/(\d+\.\d+) kWh/g, (_, figure: string) => kwh(parseKwh(figure)))
    .replace(/(\d+(?:\.\d+)?) tokens?\b/g, (_, figure: string) => tokens(parseTokens(figure)));
  return asSentence(inReadersWords(reason, reader));
}
