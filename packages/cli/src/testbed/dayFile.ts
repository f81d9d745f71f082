import { basename } from 'node:path';
import { type PlainData, WattchainError } from '@wattchain/core';
import {
  alignedDay,
  type CommunityClock,
  describeCommunity,
  MAX_DAY_FILE_BYTES,
  parseDayProfile,
  type ReadDay,
} from '@wattchain/market';
import { readInputText } from '../inputFile.js';
import { MAX_HOUSEHOLDS } from './participants.js';

/** A community's day out of a file, for the testbed. */
export interface DayFileContent {
  readonly file: string;
  readonly day: ReadDay;
}

/**
 * Reads a community's day, by the community's clock where it is named. Errors: `unreadableFile`; `badDayFile` with file, line and column,
 * or when the testbed is too small for it.
 */
export function readDayFile(path: string, date: string | undefined, clock?: CommunityClock): DayFileContent {
  const file = basename(path);
  const text = readInputText(path, MAX_DAY_FILE_BYTES, bad);
  const day = parseDayProfile({
    file,
    text,
    mostHomes: MAX_HOUSEHOLDS,
    ...(date === undefined ? {} : { date }),
    ...(clock === undefined ? {} : { clock }),
  });
  return { file, day: alignedDay(file, day) };
}

/** Which day it is and by which clock it is told, for genesis: so that every node's page says the same. */
export function describeDayFile({ file, day: { date, zone } }: DayFileContent): PlainData {
  return describeCommunity({ name: `The day of ${file}${date === undefined ? '' : `, ${date}`}`, zone });
}

const bad = (file: string, what: string, hint: string) =>
  new WattchainError('badDayFile', `${file}: ${what}`, { values: { file }, hint });
