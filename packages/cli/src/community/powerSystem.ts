import { WattchainError } from '@wattchain/core';
import { type CommunitySeries, MAX_FEEDER_CHARACTERS } from '@wattchain/market';

/** Homes times periods that a program is asked about: some twenty bytes of text each. */
const MOST_CELLS = 1_000_000;
/** A program may compute a power flow for every period. */
const PATIENCE_MS = 600_000;

/** Whether a word of the command line is a program's address and not a file. */
export const isProgram = (word: string): boolean => /^https?:\/\//i.test(word);

/**
 * Asks a program for the lines of its feeder over JSON-RPC: `power_feeder` with what all meters show, its result is what a file says
 * (`docs/community-data.md`).
 * @returns that text
 * @throws WattchainError `badFeeder` where there is no answer, or none that can be kept
 */
export async function askPowerSystem(url: string, series: CommunitySeries): Promise<string> {
  const cells = series.homes.length * series.periods.length;
  if (cells > MOST_CELLS)
    throw noAnswer(
      url,
      `is not asked about ${cells} homes times periods`,
      `the limit is ${MOST_CELLS}: take fewer days`,
    );
  const question = { jsonrpc: '2.0', id: 1, method: 'power_feeder', params: [questionOf(series)] };
  const answer = readAnswer(url, await post(url, JSON.stringify(question)));
  return `${JSON.stringify(answer, undefined, 1)}\n`;
}

/** Energies are whole mWh, which numbers hold exactly. */
function questionOf({ periodSeconds, periods, homes }: CommunitySeries) {
  return {
    periodSeconds: Number(periodSeconds),
    starts: periods.map(({ start }) => Number(start)),
    homes: homes.map(({ name, consumedMwh, producedMwh }) => ({
      name,
      consumedMwh: consumedMwh.map(Number),
      producedMwh: producedMwh.map(Number),
    })),
  };
}

async function post(url: string, body: string): Promise<string> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    for await (const piece of response.body ?? []) {
      pieces.push(piece);
      length += piece.length;
      if (length > MAX_FEEDER_CHARACTERS) break;
    }
  } catch (cause) {
    const { cause: reason = cause } = cause as { readonly cause?: unknown };
    throw noAnswer(
      url,
      `does not answer: ${String((reason as Error).message ?? reason).slice(0, 200)}`,
      'start the program, or name a file',
      cause,
    );
  }
  if (length <= MAX_FEEDER_CHARACTERS) return Buffer.concat(pieces).toString('utf8');
  throw noAnswer(
    url,
    `answers with more than ${MAX_FEEDER_CHARACTERS} bytes`,
    'leave out periods in which nothing changes',
  );
}

function readAnswer(url: string, text: string): object {
  let answer: { readonly result?: unknown; readonly error?: { readonly message?: unknown } } | null;
  try {
    answer = JSON.parse(text);
  } catch (cause) {
    throw noAnswer(url, 'answers with what is no JSON', 'it speaks JSON-RPC 2.0 over HTTP', cause);
  }
  const { result, error } = answer ?? {};
  if (error !== undefined)
    throw noAnswer(url, `refuses: ${String(error?.message).slice(0, 200)}`, 'its method is power_feeder');
  if (typeof result === 'object' && result !== null) return result;
  throw noAnswer(url, 'answers without a result', 'it is an object with "lines"');
}

function noAnswer(url: string, what: string, hint: string, cause?: unknown): WattchainError {
  return new WattchainError('badFeeder', `the program at ${url} ${what}`, { values: { url }, hint, cause });
}
