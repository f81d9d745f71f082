import { readFileSync } from 'node:fs';
import { readCommunity } from '@wattchain/market';
import { DATA_FORMATS, type ImportOptions } from '../../../packages/market/src/importers/dataFile.js';
import { bytesOf, LINES, textOf } from '../structure.js';
import { mustHold, type Target, unlessRefused } from '../target.js';

const FOLDER = new URL('../../../examples/community/formats/', import.meta.url);
const SAMPLES = [
  'meter-german.csv',
  'meter-registers.csv',
  'green-button.xml',
  'green-button.csv',
  'p1-export.csv',
  'p1-telegrams.txt',
  'gsy-e-load.csv',
  'lemlab.csv',
  'citylearn/Building_1.csv',
  'pvgis-hourly.csv',
  'weather.epw',
];
/** So much of a file shows what it is. */
const SEED_CHARACTERS = 3_000;
const XML_CHARACTERS = 12_000;

/** Choices of a person, by the bits of the second byte. */
function optionsOf(format: number, bits: number): ImportOptions {
  return {
    format: DATA_FORMATS[format - 1],
    gaps: (['refuse', 'zero', 'interpolate'] as const)[bits & 3] ?? 'refuse',
    dates: (bits & 4) !== 0 ? 'dmy' : undefined,
    figures: (bits & 8) !== 0 ? 'registers' : undefined,
    unit: (bits & 16) !== 0 ? 'W' : 'kWh',
    date: (bits & 32) !== 0 ? '2024-03-31' : undefined,
    stamps: (bits & 64) !== 0 ? 'ending' : undefined,
  };
}

/** A file of a community's data is refused with a place, or gives periods one after the other with energy of no sign. */
export const importers: Target = {
  name: 'importers',
  inputsPerRound: 128,
  maxBytes: 16_384,
  structure: LINES,
  seeds: () =>
    SAMPLES.map((file) =>
      bytesOf(
        `\u0000\u0010${readFileSync(new URL(file, FOLDER), 'utf8').slice(0, file.endsWith('.xml') ? XML_CHARACTERS : SEED_CHARACTERS)}`,
      ),
    ),
  dictionary: [
    '2024-03-31 02:30',
    '9999-12-31',
    '0001-01-01',
    '31.12.2024 24:00',
    ';',
    '\t',
    '"',
    '""',
    '1e308',
    '-0',
    ',,,',
    '\r\n',
    '\ufeff',
    'kWh',
  ].map(bytesOf),
  run: (input) => {
    const options = optionsOf((input[0] ?? 0) % (DATA_FORMATS.length + 1), input[1] ?? 0);
    const read = unlessRefused(() => readCommunity([{ file: 'fuzz', text: textOf(input.subarray(2)) }], options));
    if (read === undefined) return false;
    const { homes, periods } = read.series;
    for (const { producedMwh, consumedMwh } of homes) {
      mustHold(
        producedMwh.length === periods.length && consumedMwh.length === periods.length,
        'a home has figures of other periods',
      );
      mustHold(
        [...producedMwh, ...consumedMwh].every((energy) => energy >= 0n),
        'energy below zero',
      );
    }
    return true;
  },
};
