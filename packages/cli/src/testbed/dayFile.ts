import { readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { WattchainError } from '@wattchain/core';
import { MAX_DAY_FILE_BYTES, parseDayProfile, type ReadDay } from '@wattchain/market';
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
  let bytes: number;
  let text: string;
  try {
    bytes = statSync(path).size;
    text = bytes > MAX_DAY_FILE_BYTES ? '' : readFileSync(path, 'utf8');
  } catch (cause) {
    throw new WattchainError('unreadableFile', `${path} cannot be read`, {
      values: { path },
      hint: 'check the path',
      cause,
    });
  }
  if (bytes > MAX_DAY_FILE_BYTES) {
    throw new WattchainError('badDayFile', `${path} has ${bytes} bytes`, {
      values: { path, bytes },
      hint: `the limit is ${MAX_DAY_FILE_BYTES}: cut the day out of it`,
    });
  }
  return text;
}
