import { join, resolve } from 'node:path';
import type { Genesis } from '@wattchain/core';
import {
  CHAIN_FOLDER,
  loadGenesis,
  loadNodeConfig,
  type Reindexed,
  reindexStore,
  type StoreReport,
  silentLogger,
  systemRuntime,
  verifyStore,
} from '@wattchain/node';
import type { Command } from 'commander';
import { EXIT } from '../exit.js';
import { counted } from '../output.js';
import { addCommand, addGroup } from '../program.js';

interface DbOptions {
  readonly data: string;
}

const withData = (command: Command): Command =>
  command.requiredOption('--data <dir>', 'data directory of a node that is not running');

/** `wattchain db verify` and `db reindex`: what is damaged in a stopped node's store, and building it anew. */
export function addDbCommands(program: Command): void {
  const db = addGroup(program, 'db', 'look at the store of a node that is not running, and mend it');

  addCommand<DbOptions>(
    db,
    'verify',
    'read every file and every value, and say what is damaged; exit code 1 when something is',
    withData,
    async (output, { data }) => {
      const place = placeOf(data);
      const report = await verifyStore({
        ...place,
        onProgress: (height, of) => output.progress(`block ${height} of ${of}`),
      });
      output.result(report, renderReport(report, data));
      if (!report.healthy) process.exitCode = EXIT.failed;
    },
  );

  addCommand<DbOptions>(
    db,
    'reindex',
    'build the store anew from the blocks that can be read of it, by executing them again; takes stores of older versions too',
    withData,
    async (output, { data }) => {
      const place = placeOf(data);
      const result = await reindexStore({
        ...place,
        runtime: systemRuntime(),
        log: silentLogger,
        onProgress: (height, of) => output.progress(`block ${height} of ${of}`),
      });
      const { head, oldHead, missing, oldFolder, blocks } = result;
      const told = { height: head.header.height, hash: head.hash, oldHead: oldHead ?? null, blocks, oldFolder };
      output.result({ ...told, missing: missing ?? null }, renderReindexed(result));
    },
  );
}

/** The store of a data directory, and the network that it must belong to. */
function placeOf(data: string): { readonly folder: string; readonly genesis: Genesis } {
  const { dataDir, genesisPath } = loadNodeConfig(resolve(data));
  return { folder: join(dataDir, CHAIN_FOLDER), genesis: loadGenesis(genesisPath) };
}

function renderReport({ healthy, files, lost, values, valueCount, head, counts }: StoreReport, data: string): string {
  if (healthy) {
    const what = Object.entries(counts ?? {}).map(([kind, count]) => `${count.toLocaleString('en')} × ${kind}`);
    return `nothing is damaged: the chain ends at block ${head?.height}, ${head?.hash}; ${what.join(', ')}`;
  }
  const more = valueCount - values.length;
  return [
    ...(files.length > 0
      ? [`${counted(files.length, 'file')} of the database ${files.length === 1 ? 'is' : 'are'} damaged:`]
      : []),
    ...files.map(({ file, detail }) => `  ${file} ${detail}`),
    ...(lost.length > 0 ? ['parts that cannot be read:', ...lost.map((part) => `  ${part}`)] : []),
    ...(valueCount > 0 ? [`${counted(valueCount, 'value')} ${valueCount === 1 ? 'is' : 'are'} damaged:`] : []),
    ...values.map((value) => `  ${value}`),
    ...(more > 0 ? [`  and ${more} more`] : []),
    `"wattchain db reindex --data ${data}" builds the store anew from the blocks that can be read; what is missing then comes from the node's peers`,
  ].join('\n');
}

function renderReindexed({ head, oldHead, missing, oldFolder, blocks }: Reindexed): string {
  const { height } = head.header;
  const until = oldHead === undefined ? '' : ` of ${oldHead.height}`;
  return [
    `built anew from ${counted(blocks, 'block')}: the chain ends at block ${height}${until}, ${head.hash}`,
    ...(missing === undefined
      ? []
      : [`${missing}: start the node, it gets the rest from its peers; without peers the rest is lost`]),
    `the old files are in ${oldFolder}: delete them when the node runs well`,
  ].join('\n');
}
