/** Many random days, in the machine and in the reference. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { WattchainError } from '@wattchain/core';
import { type Difference, differenceOf } from './compare.js';
import { type PlayedDay, playRandomDay, replay } from './play.js';
import { Reference } from './reference.js';
import type { Line } from './script.js';
import { shrink } from './shrink.js';

/** What is to be compared. */
export interface DaysOptions {
  readonly days: number;
  readonly seed: number;
  /** Number of the first day. Default 0. */
  readonly from?: number;
  /** Path of reference.py. */
  readonly reference: string;
  /** File in which a run keeps how far it came, and from which the next one goes on. */
  readonly state?: string;
  readonly onProgress?: (report: DaysReport) => void;
  readonly onDifference?: (shown: ShownDifference) => void;
}

/** How far a run has come. */
export interface DaysReport {
  readonly seed: number;
  /** Number of the next day. */
  readonly next: number;
  readonly days: number;
  readonly acts: number;
  /** Acts that both took. */
  readonly taken: number;
  /** Days that agree in every act and after every block. */
  readonly agreed: number;
  readonly disagreements: number;
}

/** A day on which the two differ, and a short one that shows it. */
export interface ShownDifference extends Difference {
  readonly day: number;
  readonly script: readonly Line[];
}

/** Days between two reports. */
const REPORT_DAYS = 25;
/** Differences that are made short; finding a short day takes hundreds of plays. */
const MOST_SHOWN = 3;

/**
 * Plays the days, one after the other; while the reference counts one the machine plays the next.
 *
 * @throws WattchainError `noPython`, `referenceFailed`; `otherDays` where the state file is of another seed
 */
export async function runDays(options: DaysOptions): Promise<DaysReport> {
  const { days, seed, state, onProgress, onDifference } = options;
  let report = readState(options);
  const reference = new Reference(options.reference);
  const last = (options.from ?? 0) + days;
  let played = report.next < last ? playRandomDay(seed, report.next) : undefined;
  while (played !== undefined) {
    const day = played;
    const number = report.next;
    const answers = reference.play(day.lines);
    played = number + 1 < last ? playRandomDay(seed, number + 1) : undefined;
    const difference = differenceOf(day, await answers);
    report = counted(report, day, difference);
    if (difference && report.disagreements <= MOST_SHOWN) {
      const script = await shrink(day.lines, (lines) => isDifferent(reference, lines));
      const shown = differenceOf(replay(script), await reference.play(script)) ?? difference;
      onDifference?.({ ...shown, day: number, script });
    }
    if (report.next % REPORT_DAYS !== 0 && played !== undefined) continue;
    if (state !== undefined) writeFileSync(state, JSON.stringify(report));
    onProgress?.(report);
  }
  reference.close();
  return report;
}

async function isDifferent(reference: Reference, lines: readonly Line[]): Promise<boolean> {
  return differenceOf(replay(lines), await reference.play(lines)) !== undefined;
}

function readState({ seed, from = 0, state }: DaysOptions): DaysReport {
  if (state === undefined || !existsSync(state)) {
    return { seed, next: from, days: 0, acts: 0, taken: 0, agreed: 0, disagreements: 0 };
  }
  const report = JSON.parse(readFileSync(state, 'utf8')) as DaysReport;
  if (report.seed === seed) return report;
  throw new WattchainError('otherDays', `${state} is of seed ${report.seed}, not ${seed}`, {
    hint: 'give the seed of the file, or another file',
  });
}

function counted(report: DaysReport, { lines, answers }: PlayedDay, difference: Difference | undefined): DaysReport {
  return {
    ...report,
    next: report.next + 1,
    days: report.days + 1,
    acts: report.acts + lines.filter((line) => 'call' in line).length,
    taken: report.taken + answers.filter((answer) => 'taken' in answer).length,
    agreed: report.agreed + (difference === undefined ? 1 : 0),
    disagreements: report.disagreements + (difference === undefined ? 0 : 1),
  };
}
