import { type Address, type Hex, isHexOf, WattchainError } from '@wattchain/core';
import type { MeterCorrection, SignedMeterReading } from '@wattchain/market';
import type { Connection } from '../client.js';
import { readInputFile } from '../inputFile.js';
import { toJson } from '../output.js';
import { writeOut } from '../outputFile.js';
import { formatLabel, parseLabel } from './labels.js';

/** Longest file: the signed readings of a hundred meters in a day. */
const MAX_FILE_BYTES = 8_000_000;
const MAX_SIGNED = 20_000;

/** A reading as a file holds it, beside its signature: figures as decimal text. */
type Texts<Values> = { readonly [Name in keyof Values]: string };

/** Writes readings that devices signed, with the place that they count at. Errors: `unwritableFile`. */
export function writeSignedFile(file: string, connection: Connection, readings: readonly SignedMeterReading[]): void {
  writePlaced(file, connection, { readings: readings.map(toTexts) });
}

/** Reads what {@link writeSignedFile} wrote. Errors: `unreadableFile`, `badSignedFile`, `foreignSignature`. */
export function readSignedFile(
  file: string,
  connection: Connection,
): readonly (SignedMeterReading & { readonly place: string })[] {
  const { readings } = readPlaced(file, connection);
  if (!Array.isArray(readings) || readings.length === 0 || readings.length > MAX_SIGNED)
    throw bad(file, `"readings" is not a list of 1 to ${MAX_SIGNED} readings`);
  return readings.map((entry: unknown, index) => {
    const place = `${file}, reading ${index + 1}`;
    const { figure, word, meter } = fieldsOf(place, entry);
    return {
      meter: meter(),
      number: figure('number'),
      periodStart: figure('periodStart'),
      producedMwh: figure('producedMwh'),
      consumedMwh: figure('consumedMwh'),
      signature: word('signature'),
      place,
    };
  });
}

/** A correction with the signature of the meter's source. */
export interface SignedCorrection {
  readonly correction: MeterCorrection;
  readonly sourceSignature: Hex;
}

/** Writes a correction that its meter's source signed. Errors: `unwritableFile`. */
export function writeCorrectionFile(file: string, connection: Connection, signed: SignedCorrection): void {
  const { correction, sourceSignature } = signed;
  writePlaced(file, connection, { correction: toTexts({ ...correction, signature: sourceSignature }) });
}

/** Reads what {@link writeCorrectionFile} wrote. Errors: `unreadableFile`, `badSignedFile`, `foreignSignature`. */
export function readCorrectionFile(file: string, connection: Connection): SignedCorrection {
  const { correction } = readPlaced(file, connection);
  const { figure, word, meter } = fieldsOf(file, correction);
  return {
    correction: {
      meter: meter(),
      periodStart: figure('periodStart'),
      correction: figure('correction'),
      oldProducedMwh: figure('oldProducedMwh'),
      oldConsumedMwh: figure('oldConsumedMwh'),
      newProducedMwh: figure('newProducedMwh'),
      newConsumedMwh: figure('newConsumedMwh'),
    },
    sourceSignature: word('signature'),
  };
}

function toTexts<Values extends { readonly meter: Hex }>(values: Values): Texts<Values> {
  const texts = Object.entries(values).map(([name, value]) => [name, String(value)]);
  return { ...(Object.fromEntries(texts) as Texts<Values>), meter: formatLabel(values.meter) };
}

function writePlaced(file: string, connection: Connection, content: object): void {
  const { chainId } = connection.genesis;
  const { registryAddress } = connection.contracts();
  writeOut(file, `${toJson({ chainId, registry: registryAddress, ...content })}\n`);
}

/** The content of a file whose signatures count here: at this chain's registry. */
function readPlaced(file: string, connection: Connection): Record<string, unknown> {
  const bytes = readInputFile(file, MAX_FILE_BYTES);
  if (bytes === undefined) throw bad(file, `it has more than ${MAX_FILE_BYTES} bytes`);
  const content = parseJson(file, new TextDecoder().decode(bytes));
  const place = { chainId: connection.genesis.chainId, registry: connection.contracts().registryAddress };
  if (content.chainId === place.chainId && sameAddress(content.registry, place.registry)) return content;
  throw new WattchainError(
    'foreignSignature',
    `${file} was signed for chain ${String(content.chainId)} and registry ${String(content.registry)}, this is chain ${place.chainId} and ${place.registry}`,
    {
      values: { file, ...place },
      hint: 'signatures count at one registry of one chain: sign again with --rpc naming a node of this one',
    },
  );
}

const sameAddress = (text: unknown, address: Address) =>
  typeof text === 'string' && text.toLowerCase() === address.toLowerCase();

function parseJson(file: string, text: string): Record<string, unknown> {
  try {
    const content: unknown = JSON.parse(text);
    if (typeof content === 'object' && content !== null && !Array.isArray(content))
      return content as Record<string, unknown>;
  } catch {
    // Said below, as for JSON that is no object.
  }
  throw bad(file, 'it is not a JSON object');
}

/** Reads the fields of an entry, each of a kind. Errors: `badSignedFile` with the field. */
function fieldsOf(place: string, entry: unknown) {
  if (typeof entry !== 'object' || entry === null) throw bad(place, 'it is missing');
  const fields = entry as Readonly<Record<string, unknown>>;
  const text = (name: string): string => {
    const value = fields[name];
    if (typeof value === 'string') return value;
    throw bad(place, `its "${name}" is not text`);
  };
  return {
    meter: () => parseLabel(`the meter of ${place}`, text('meter')),
    figure: (name: string): bigint => {
      const value = text(name);
      if (/^\d{1,20}$/.test(value)) return BigInt(value);
      throw bad(place, `its "${name}" is "${value.slice(0, 40)}", not a whole number`);
    },
    word: (name: string): Hex => {
      const value = text(name).toLowerCase();
      if (isHexOf(value, 64) || isHexOf(value, 65)) return value;
      throw bad(place, `its "${name}" is not 64 or 65 bytes as hexadecimal text`);
    },
  };
}

function bad(place: string, what: string): WattchainError {
  return new WattchainError('badSignedFile', `${place}: ${what}`, {
    values: { place },
    hint: 'make it with wattchain meter sign or wattchain meter correct sign',
  });
}
