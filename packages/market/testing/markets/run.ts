/** Many random communities, by the rules and by the reference. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { WattchainError } from '@wattchain/core';
import { LineProcess } from '../days/lineProcess.js';
import { randomCommunity } from './community.js';
import { differenceAt, rulesOf, type Texts, texts } from './rules.js';

/** What is to be compared. */
export interface MarketsOptions {
  readonly communities: number;
  readonly seed: number;
  /** Number of the first community. Default 0. */
  readonly from?: number;
  /** Path of markets.py. */
  readonly reference: string;
  /** File in which a run keeps how far it came, and from which the next one goes on. */
  readonly state?: string;
  readonly onProgress?: (report: MarketsReport) => void;
  readonly onDifference?: (number: number, what: string) => void;
}

/** How far a run has come. */
export interface MarketsReport {
  readonly seed: number;
  /** Number of the next community. */
  readonly next: number;
  readonly communities: number;
  readonly agreed: number;
  readonly disagreements: number;
}

/** A community and what the reference makes of it. */
export interface RecordedCommunity {
  readonly community: Texts;
  readonly answer: Texts;
}

/** Communities that the reference is asked about at once. */
const BATCH = 50;

/**
 * Compares the communities, batch by batch; the reference counts while the rules do.
 * @throws WattchainError `noPython`, `referenceFailed`; `otherMarkets` where the state file is of another seed
 */
export async function runMarkets(options: MarketsOptions): Promise<MarketsReport> {
  const { communities, seed, from = 0, state, onProgress, onDifference } = options;
  let report = readState(options);
  const reference = new LineProcess(options.reference);
  const last = from + communities;
  while (report.next < last) {
    const count = Math.min(BATCH, last - report.next);
    const batch = Array.from({ length: count }, (_, index) => randomCommunity(seed, report.next + index));
    reference.send(batch.map(texts));
    let disagreements = 0;
    for (const [index, community] of batch.entries()) {
      const what = differenceAt(rulesOf(community), (await reference.next()) as Texts);
      if (what === undefined) continue;
      disagreements += 1;
      onDifference?.(report.next + index, what);
    }
    report = {
      seed,
      next: report.next + count,
      communities: report.communities + count,
      agreed: report.agreed + count - disagreements,
      disagreements: report.disagreements + disagreements,
    };
    if (state !== undefined) writeFileSync(state, JSON.stringify(report));
    onProgress?.(report);
  }
  reference.close();
  return report;
}

function readState({ seed, from = 0, state }: MarketsOptions): MarketsReport {
  if (state === undefined || !existsSync(state))
    return { seed, next: from, communities: 0, agreed: 0, disagreements: 0 };
  const report = JSON.parse(readFileSync(state, 'utf8')) as MarketsReport;
  if (report.seed === seed) return report;
  throw new WattchainError('otherMarkets', `${state} is of seed ${report.seed}, not ${seed}`, {
    hint: 'give the seed of the file, or another file',
  });
}

/** Communities with what the reference says of them, as JSON lines that need no Python. */
export async function recordMarkets({ communities, seed, from = 0, reference }: MarketsOptions): Promise<string> {
  const python = new LineProcess(reference);
  const lines: string[] = [];
  for (let number = from; number < from + communities; number++) {
    const community = texts(randomCommunity(seed, number));
    python.send([community]);
    const recorded: RecordedCommunity = { community, answer: (await python.next()) as Texts };
    lines.push(`${JSON.stringify(recorded)}\n`);
  }
  python.close();
  return lines.join('');
}
