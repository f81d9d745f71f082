import type { ReadingState } from '../contracts/states.js';
import { formatInstant } from '../instant.js';
import { formatKwh } from '../units.js';
import { type GetReadingParameters, getReading, type StoredReading } from './getReading.js';
import type { ReadingClient } from './transaction.js';

/**
 * What is known of a meter's period and how it came about, in plain language.
 * @throws WattchainError `unknownMeter`
 * @example
 * console.log(await explainReading(client, { registryAddress, meter, periodStart }));
 * // Reading 7: 1.900000 kWh produced and 0.828388 kWh consumed, reported at 2018-07-04T12:00:10Z. It is final.
 */
export async function explainReading(client: ReadingClient, parameters: GetReadingParameters): Promise<string> {
  return describeReading(await getReading(client, parameters));
}

/** The sentences of {@link explainReading} for a reading that was read already. */
export function describeReading(reading: StoredReading): string {
  return REASONS[reading.state](reading);
}

const REASONS: Readonly<Record<ReadingState, (reading: StoredReading) => string>> = {
  awaited: () => 'No reading of this period has come yet.',
  skipped: () =>
    'This period was skipped: a later one was read. Its reading can still come as a correction, signed by the source of the meter and a registrar.',
  correctable: (reading) =>
    `${figures(reading)} It can be corrected until ${formatInstant(reading.finalFrom)}, by the source of the meter together with a registrar; then it is final.`,
  final: (reading) => `${figures(reading)} It is final.`,
};

function figures({ number, producedMwh, consumedMwh, reportedAt, corrections }: StoredReading): string {
  const name = number === 0n ? 'A reading that came late' : `Reading ${number}`;
  // What came by a correction counts as its first.
  const times = number === 0n ? corrections - 1n : corrections;
  const corrected = times === 0n ? '' : `, corrected ${times === 1n ? 'once' : `${times} times`} since`;
  return `${name}: ${formatKwh(producedMwh)} kWh produced and ${formatKwh(consumedMwh)} kWh consumed, reported at ${formatInstant(reportedAt)}${corrected}.`;
}
