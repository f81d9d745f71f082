import type { PayoutState } from '../contracts/states.js';
import { formatInstant } from '../instant.js';
import { formatTokenAmount } from '../units.js';
import { type GetPayoutParameters, getPayout, type Payout } from './getPayout.js';
import type { ReadingClient } from './transaction.js';

/**
 * Where a payout stands and why, in plain language.
 * @throws WattchainError `unknownPayout`
 * @example
 * console.log(await explainPayout(client, { bankAddress, payoutId: 1n }));
 * // Payout 1, 20 tokens of 0x… : pending. …
 */
export async function explainPayout(client: ReadingClient, parameters: GetPayoutParameters): Promise<string> {
  return describePayout(await getPayout(client, parameters));
}

/** The sentences of {@link explainPayout} for a payout that was read already. */
export function describePayout(payout: Payout): string {
  const { payoutId, tokens, holder } = payout;
  return `Payout ${payoutId}, ${formatTokenAmount(tokens)} of ${holder}: ${REASONS[payout.state](payout)}`;
}

const REASONS: Readonly<Record<PayoutState, (payout: Payout) => string>> = {
  none: () => 'unknown.',
  pending: () => 'no operator has paid it yet; the bank holds the tokens, and their holder can cancel it.',
  markedPaid: ({ payer, reference, closesAt }) =>
    `operator ${payer} says that it was paid with ${reference}. Until ${formatInstant(closesAt)} the holder, or another operator, can object; then anyone can close it.`,
  disputed: ({ payer, reference, objector }) =>
    objector === 0n
      ? `operator ${payer} says that it was paid with ${reference}, and the holder denied it. Another operator decides; the holder can still say yes, the payer no.`
      : `operator ${payer} says that it was paid with ${reference}, and operator ${objector} denied it. The holder or another operator decides; operator ${objector} can still say yes, the payer no.`,
  paid: ({ payer, reference }) =>
    `paid by operator ${payer} with ${reference}; the tokens are gone, and what covered them is in that operator's deposit.`,
  cancelled: () => 'cancelled by its holder, who has the tokens back.',
};
