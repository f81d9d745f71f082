import { WattchainError } from '@wattchain/core';
import { formatTokens } from '@wattchain/market';
import type { Command } from 'commander';
import { OutputFolder } from '../community/folder.js';
import { readInputs } from '../community/inputs.js';
import { duration } from '../community/progress.js';
import { renderResolutionPage } from '../community/report/plotPages.js';
import { svgFile } from '../community/report/plots/plot.js';
import { type ResolutionRow, resolutionPlot } from '../community/report/plots/resolution.js';
import { compareResolutions } from '../community/resolution.js';
import { formatTable, reportTable, toJson } from '../output.js';
import { addCommand } from '../program.js';
import { type CommunityRunOptions, parseRules, readOptions, withCommunityOptions } from './communityRun.js';

const DEFAULT_OUT = '.wattchain/resolution';
const NOTES = [
  'Finer periods than the data’s are modelled: parts of each period are drawn from the seed and keep its sum for every home; beside them the even split.',
  'Every period is settled as it ends. A seller waits half a period for its end, in the mean, then for the report, the settlement and twelve confirmations at 15 s a block.',
  'Bytes are those of all headers and bodies. Proof of work is modelled and the same at every resolution: a network makes its blocks whether anybody trades or not.',
];

/** `wattchain community resolution`: the same span at 1 h, 15 min, 5 min and 1 min. */
export function addCommunityResolutionCommand(group: Command): void {
  addCommand<CommunityRunOptions & { out?: string; rule?: string[] }>(
    group,
    'resolution',
    'the same span in periods of 1 h, 15 min, 5 min and 1 min under one rule: bytes, gas, waiting time, money',
    (command) =>
      withCommunityOptions(command)
        .option('--rule <name...>', 'the rule, one that a contract settles', ['pool:mmr'])
        .option('--out <folder>', 'where the files go', DEFAULT_OUT),
    async (output, options) => {
      const { paths, options: asked } = readOptions(options);
      const [rule, ...others] = parseRules(options.rule ?? ['pool:mmr']);
      if (rule === undefined || others.length > 0)
        throw new WattchainError('badRule', `--rule names ${others.length + 1} rules`, {
          hint: 'name one, such as pool:mmr',
        });
      const { inputs } = await readInputs(paths, asked);
      const folder = new OutputFolder(options.out ?? DEFAULT_OUT, false);
      const rows = await compareResolutions({ inputs, rule, folder, progress: output.progress });
      const { currency } = inputs;
      folder.write('resolution.json', `${toJson({ rule, currency, rows, notes: NOTES })}\n`);
      folder.write('resolution.svg', svgFile(resolutionPlot(rows, currency)));
      folder.write('resolution.html', renderResolutionPage(rows, currency, NOTES));
      reportTable(output, { rule, currency, rows, notes: NOTES }, describe(rows, currency, folder.path));
    },
  );
}

function describe(rows: readonly ResolutionRow[], currency: string, path: string): string {
  const table = formatTable(
    [
      ['period', 'how', 'bytes', 'gas', 'joules (modelled)', 'until a seller is paid', `all bills, ${currency}`],
      ...rows.map((row) => [
        row.label,
        row.kind,
        String(row.storageBytes),
        String(row.gas),
        String(row.millijoules / 1_000n),
        duration(Number(row.waitingSeconds)),
        formatTokens(row.money),
      ]),
    ],
    [2, 3, 4, 5, 6],
  );
  return `${table}\n\n${path}/resolution.html`;
}
