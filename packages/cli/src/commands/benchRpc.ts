import { measureRpc, type RpcBenchPart, type RpcReport } from '@wattchain/bench';
import { WattchainError } from '@wattchain/core';
import type { Command } from 'commander';
import { parseWhole } from '../options.js';
import { formatTable, reportTable } from '../output.js';
import { addCommand } from '../program.js';

/** Of blocks that come every second, enough that their number says something. */
const DEFAULT_SECONDS = '30';

const LATENCIES = ['p50', 'p95', 'p99', 'max'] as const;
const LAGS = ['p50', 'p99', 'max'] as const;

/** `wattchain bench rpc`: whether a node that is asked a lot still mines and imports. */
export function addRpcCommand(bench: Command): void {
  addCommand<{ seconds: string; rate: string; callers: string }>(
    bench,
    'rpc',
    'measure the JSON-RPC of a node that mines and imports blocks: idle, at a steady rate, as fast as it answers, and while others ask for all its time',
    (command) =>
      command
        .option('--seconds <n>', 'length of each of the four parts', DEFAULT_SECONDS)
        .option('--rate <n>', 'requests a second of the steady part', '100')
        .option('--callers <n>', 'callers at once in the part that is as fast as it answers', '16'),
    async (output, options) => {
      const seconds = parseWhole('--seconds', options.seconds, 1, 3_600);
      const requestsPerSecond = parseWhole('--rate', options.rate, 1, 10_000);
      const callers = parseWhole('--callers', options.callers, 1, 64);
      const [, script] = process.argv;
      if (script === undefined) throw new WattchainError('benchNode', 'this program does not know where it is');
      const command = [process.execPath, script];
      const { progress } = output;
      const report = await measureRpc({ command, seconds, requestsPerSecond, callers, progress });
      reportTable(output, report, describeRpc(report));
    },
  );
}

function describeRpc(report: RpcReport): string {
  const columns = report.parts.map(describePart);
  const labels = [
    '',
    'requests/s',
    'errors',
    ...LATENCIES.map((name) => `latency ${name}`),
    ...LAGS.map((name) => `event-loop lag ${name}`),
    'blocks mined',
    'blocks imported',
    'transactions included',
  ];
  const rows = labels.map((label, row) => [label, ...columns.map((column) => column[row] ?? '')]);
  const errors = report.parts.flatMap(({ name, errors }) =>
    Object.entries(errors).map(([message, times]) => `${name}, ${times} times: ${message}`),
  );
  return [
    formatTable(
      rows,
      columns.map((_, index) => index + 1),
    ),
    '',
    `${report.seconds} s each, a block every ${report.blockIntervalMs / 1000} s from two nodes; times in ms`,
    `${report.node}, ${report.cpu}, ${report.cores} cores; load before the run ${report.loadAverage.toFixed(2)}`,
    ...errors,
  ].join('\n');
}

function describePart(part: RpcBenchPart): string[] {
  const { latencyMs, eventLoopLagMs } = part;
  const errors = Object.values(part.errors).reduce((sum, times) => sum + times, 0);
  return [
    part.name,
    part.requestsPerSecond.toFixed(0),
    String(errors),
    ...LATENCIES.map((name) => latencyMs?.[name].toFixed(1) ?? ''),
    ...LAGS.map((name) => eventLoopLagMs[name].toFixed(1)),
    String(part.blocksMined),
    String(part.blocksImported),
    String(part.transactionsIncluded),
  ];
}
