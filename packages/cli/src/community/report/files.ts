import type { CommunityResult } from '@wattchain/market';
import { billFileName, renderBill } from './bills.js';
import { renderCitation } from './citation.js';
import { renderReport } from './report.js';
import { billsCsv, indicatorsCsv, periodsCsv } from './spreadsheets.js';
import { viewOf } from './view.js';

/** A file of a run's folder. Its chunks are made one after the other: all periods of a year of minutes are longer than a text may be. */
export interface ReportFile {
  /** Relative to the folder, with `/`. */
  readonly name: string;
  readonly chunks: Iterable<string>;
}

/**
 * All that people read of a run: the report, a bill for each home, tables, and how to cite it.
 * @param version of Wattchain, for the citation
 */
export function* reportFiles(result: CommunityResult, version: string): Iterable<ReportFile> {
  const view = viewOf(result);
  const { homes } = result.community;
  yield { name: 'report.html', chunks: [renderReport(result)] };
  for (const position of homes.keys()) {
    yield { name: `bills/${billFileName(position, homes)}`, chunks: [renderBill(view, position)] };
  }
  yield { name: 'bills.csv', chunks: billsCsv(view) };
  yield { name: 'periods.csv', chunks: periodsCsv(view) };
  yield { name: 'indicators.csv', chunks: indicatorsCsv(view) };
  yield { name: 'CITATION.cff', chunks: [renderCitation(view, version)] };
}
