import { WattchainError } from '@wattchain/core';
import {
  checkSeries,
  communityClock,
  type DataReport,
  decodeText,
  formatKwh,
  type ImportedCommunity,
  kilowatts,
  parseAssets,
  readCommunity,
} from '@wattchain/market';
import type { Command } from 'commander';
import { type DataOptions, importOptions, readDataFiles, withDataOptions } from '../community/data.js';
import { readInputText } from '../inputFile.js';
import { counted, formatFields, formatTable, reportTable } from '../output.js';
import { addCommand } from '../program.js';
import { namedOffset } from '../timeZone.js';
import { withExample } from './sending.js';

/** Rates are kept in 10^-18 of their unit. */
const RATE_DECIMALS = 18;

interface CheckOptions extends DataOptions {
  readonly assets?: string;
}

const MAX_ASSETS_BYTES = 1_000_000;

const badAssets = (file: string, what: string, hint: string) =>
  new WattchainError('badAssets', `${file}: ${what}`, { values: { file }, hint });

/** `wattchain community check FILE…`: what is understood of files of data, before anything runs. */
export function addCommunityCheckCommand(group: Command): void {
  addCommand<CheckOptions>(
    group,
    'check <files...>',
    'what is understood of files of data, before anything runs: homes, span, zone, gaps, sums, what is suspicious; a file is FILE, HOME=FILE or HOME:pv=FILE',
    (command) =>
      withExample(
        withDataOptions(command).option('--assets <file>', 'assets, whose panels produce in the weather of a file'),
        'wattchain community check anna=meter.csv ben=greenbutton.xml ben:pv=pvgis.csv --time-zone Europe/Zurich --resolution 1h',
      ),
    async (output, options, ...files) => {
      const data = readDataFiles(files.flat());
      const { assets } = options;
      const asked = {
        ...importOptions(options),
        panels:
          assets === undefined
            ? undefined
            : parseAssets(assets, readInputText(assets, MAX_ASSETS_BYTES, badAssets, decodeText)).panels,
      };
      const imported = readLeniently((gaps) => readCommunity(data, { ...asked, gaps }), options);
      const report = checkSeries(imported, asked.clock ?? communityClock(imported.series.zone, namedOffset));
      reportTable(output, report, describeReport(report, options));
    },
  );
}

/** Gaps are shown here, and refused where something runs: they count as nothing for the sums unless an option says otherwise. */
function readLeniently(
  read: (gaps: DataOptions['gaps']) => ImportedCommunity,
  { gaps }: DataOptions,
): ImportedCommunity {
  return read(gaps === undefined || gaps === 'refuse' ? 'zero' : gaps);
}

function describeReport(report: DataReport, { gaps }: DataOptions): string {
  const { homes, periods, periodSeconds } = report;
  const rows = homes.map((home) => [
    home.name,
    formatKwh(home.consumedMwh),
    formatKwh(home.producedMwh),
    kilowatts(home.peakLoadW),
    kilowatts(home.peakProductionW),
    String(home.gapPeriods),
  ]);
  return [
    formatTable([['file', 'format'], ...report.files.map(({ file, format }) => [file, format])]),
    '',
    formatFields([
      ['homes', String(homes.length)],
      ['from', report.from],
      ['to', report.to],
      ['periods', `${periods} of ${periodSeconds / 60n} minutes`],
      ['zone', report.zone],
      ...report.rates.map(({ title, least, most }): [string, string] => [title, `${rate(least)} to ${rate(most)}`]),
    ]),
    '',
    formatTable(
      [['home', 'load kWh', 'production kWh', 'peak load kW', 'peak production kW', 'gaps'], ...rows],
      [1, 2, 3, 4, 5],
    ),
    ...listOf('understood', [
      ...report.files.flatMap(({ file, notes }) => notes.map((note) => `${file}: ${note}`)),
      ...report.notes,
    ]),
    ...listOf(gapHeading(report, gaps), report.gaps),
    ...listOf(
      'suspicious',
      report.doubts.map(({ what, hint }) => `${what}; ${hint}`),
    ),
  ].join('\n');
}

function gapHeading({ gapCount, gapPeriods }: DataReport, rule: DataOptions['gaps']): string {
  const became =
    rule === 'interpolate'
      ? 'filled with the line between their neighbours'
      : rule === 'zero'
        ? 'filled with 0'
        : 'counted as 0 above; a run refuses them without --gaps zero or --gaps interpolate';
  return `${counted(gapCount, 'gap')} of ${counted(gapPeriods, 'period')}, ${became}`;
}

const listOf = (heading: string, lines: readonly string[]) =>
  lines.length === 0 ? [] : ['', `${heading}:`, ...lines.map((line) => `  ${line}`)];

/** A rate without the zeros at its end. */
function rate(value: bigint): string {
  const digits = value.toString().padStart(RATE_DECIMALS + 1, '0');
  return `${digits.slice(0, -RATE_DECIMALS)}.${digits.slice(-RATE_DECIMALS)}`.replace(/\.?0+$/, '');
}
