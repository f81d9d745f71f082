import { MINER_BENCH_FULL, MINER_BENCH_QUICK, type MinerReport, measureMiner } from '@wattchain/bench';
import type { Command } from 'commander';
import { formatTable, reportTable } from '../output.js';
import { addCommand } from '../program.js';

const ms = (value: number) => `${value.toFixed(2)} ms`;
const percent = (share: number, digits: number) => `${(100 * share).toFixed(digits)} %`;
const millions = (rate: number) => `${(rate / 1e6).toFixed(2)} M tries/s`;

/** `wattchain bench miner`: how fast mining threads turn to a new template, what polling costs, whether they keep to their duty. */
export function addMinerCommand(bench: Command): void {
  addCommand<{ quick?: boolean }>(
    bench,
    'miner',
    "measure the node's mining threads: template switch, polling, duty, two threads against one",
    (command) => command.option('--quick', 'a short run that shows that it works; too short for figures to quote'),
    async (output, { quick }) => {
      const extent = quick ? MINER_BENCH_QUICK : MINER_BENCH_FULL;
      const report = await measureMiner({ ...extent, progress: output.progress });
      reportTable(output, report, describeMiner(report));
    },
  );
}

function describeMiner({ templateSwitch, polling, duty, scaling, ...machine }: MinerReport): string {
  const { switches, arithmetic } = templateSwitch;
  const rows = [
    ['', 'measured', 'wanted'],
    [`template switch, median of ${switches}`, ms(templateSwitch.medianMs), ''],
    ['template switch, p95', ms(templateSwitch.p95Ms), ''],
    ['template switch, p99', ms(templateSwitch.p99Ms), '< 1 ms'],
    ['arithmetic about as long, median', ms(arithmetic.medianMs), ''],
    ['arithmetic, p95', ms(arithmetic.p95Ms), ''],
    ['arithmetic, p99', ms(arithmetic.p99Ms), ''],
    ['polling, with and without', percent(polling.measuredShare, 3), ''],
    [
      `polling, ${Math.round(polling.pollsPerSecond)} looks/s of ${polling.pollNs.toFixed(1)} ns`,
      percent(polling.computedShare, 4),
      '< 0.1 %',
    ],
    ...duty.map(({ asked, used, deviation }) => [
      `share of a core at duty ${asked}`,
      `${percent(used, 2)} (${deviation < 0 ? '' : '+'}${percent(deviation, 1)})`,
      'within 10 %',
    ]),
    ['one thread', millions(scaling.oneThreadHashesPerSecond), ''],
    ['two threads', millions(scaling.twoThreadsHashesPerSecond), ''],
    ['two threads / one', scaling.ratio.toFixed(2), '≥ 1.90'],
    ['two threads / one, per processor time', scaling.ratioPerCpuTime.toFixed(2), ''],
  ];
  return [
    formatTable(rows, [1, 2]),
    '',
    `${machine.node}, ${machine.cpu}, ${machine.cores} cores; load before the run ${machine.loadAverage.toFixed(2)}`,
  ].join('\n');
}
