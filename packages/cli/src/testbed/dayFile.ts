import { basename } from 'node:path';
import { WattchainError } from '@wattchain/core';
import { MAX_DAY_FILE_BYTES, parseDayProfile, type ReadDay } from '@wattchain/market';
import { readInputFile } from '../inputFile.js';
import { MAX_HOUSEHOLDS } from './participants.js';

/** A community's day out of a file, for the testbed. */
export interface DayFileContent {
  readonly file: string;
  readonly day: ReadDay;
}

/** Reads a community's day. Errors: `unreadableFile`; `badDayFile` with file, line and column, or when the testbed is too small for it. */
export function readDayFile(path: string, date: string | undefined): DayFileContent {
  const file = basename(path);
  const day = parseDayProfile({ file, text: readText(path), ...(date === undefined ? {} : { date }) });
  if (day.homes.length > MAX_HOUSEHOLDS) {
    throw new WattchainError('badDayFile', `${file}: it has ${day.homes.length} homes`, {
      values: { file, homes: day.homes.length },
      hint: `the testbed has accounts for ${MAX_HOUSEHOLDS}: leave out columns`,
    });
  }
  return { file, day };
}

function readText(path: string): string {
  const text = readInputFile(path, MAX_DAY_FILE_BYTES);
  if (text !== undefined) return text;
  throw new WattchainError('badDayFile', `${path} has more than ${MAX_DAY_FILE_BYTES} bytes`, {
    values: { path },
    hint: 'cut the day out of it',
  });
}
