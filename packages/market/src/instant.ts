/** A moment of block time in a sentence: `2018-07-04T08:00:00Z`. Seconds since 1970; beyond what calendars know, the plain number. */
export function formatInstant(seconds: bigint): string {
  const ms = Number(seconds) * 1000;
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? `second ${seconds}` : date.toISOString().replace('.000Z', 'Z');
}
