import type { Address } from 'viem';
import { kwh, tokens } from '../../format.js';
import type { MeterClock } from '../../model/meterTime.js';
import type { Summary, TradeRecord } from './tradeModel.js';

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

/** Where a trade stands: a word for a label, and a sentence. */
export function stateWords(
  trade: TradeRecord,
  { blockText }: Pick<MeterClock, 'blockText'>,
  nameOf: (address: Address) => string,
): { readonly state: string; readonly sentence: string } {
  const { escrow, deliveredMwh, paid, returned, settleBy, reporter } = trade;
  switch (trade.state) {
    case 'awaitingReading':
      return {
        state: 'escrowed',
        sentence: `${tokens(escrow)} are in escrow until ${reporter === undefined ? 'the meter is read' : `${nameOf(reporter)} reports the meter`}, which is due by ${blockText(settleBy)}.`,
      };
    case 'readyToSettle':
      return { state: 'read', sentence: 'The meter was read. Anyone can settle it now.' };
    case 'refundable':
      return {
        state: 'expired',
        sentence: `No reading came by ${blockText(settleBy)}. Anyone can have the buyer's ${tokens(escrow)} sent back.`,
      };
    case 'settled':
      return { state: 'settled', sentence: `All of it was delivered; the seller got ${tokens(paid)}.` };
    case 'short':
      return {
        state: 'short',
        sentence: `${deliveredMwh === 0n ? 'Nothing was' : `Only ${kwh(deliveredMwh)} were`} delivered; the seller got ${tokens(paid)}, the buyer ${tokens(returned)} back.`,
      };
    case 'refunded':
      return { state: 'refunded', sentence: `No reading came in time; the buyer got ${tokens(returned)} back.` };
    case 'none':
      return { state: 'unknown', sentence: 'The chain does not know this trade.' };
  }
}
