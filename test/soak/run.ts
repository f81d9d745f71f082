import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PUBLISHED_ADDRESSES } from '@wattchain/core';
import { TRADE_CHAIN_ID, tradeAddresses } from '../../bench/src/trades/tradeWorkload.js';
import { TestNetwork, type TestNode, testGenesis } from '../functional/framework.js';
import { Collector, INSPECTED } from './collector.js';
import { fillCaches, payerAddresses } from './fill.js';
import { churn, type LoadCounts, lie, type Room, sleep, trade, visit, waitForHeight } from './load.js';
import { plotSoak } from './plot.js';
import { sampleOf, toCsv } from './samples.js';
import { type Judgement, judge, type Sample } from './verdict.js';

/** What a person asks for. */
export interface SoakOptions {
  readonly minutes: number;
  readonly sampleSeconds: number;
  readonly blockIntervalMs: number;
  /** Folder for the table, the picture and the report. */
  readonly out: string;
  readonly onProgress: (text: string) => void;
}

/** What was seen. */
export interface SoakReport {
  readonly minutes: number;
  readonly samples: number;
  readonly counts: LoadCounts;
  readonly heights: readonly number[];
  readonly judgements: readonly Judgement[];
  readonly broken: number;
}

const NODES = 4;
const MINERS = [0, 1, 2];
/** Stopped and started again; the others run all the time. */
const CHURNING = 3;
/** The table and the picture are written, and garbage is collected before a sample, so often while it runs. */
const MINUTE_MS = 60_000;

/** Four node processes with trades, churn, clients and liars for so many minutes; measured meanwhile, judged at the end. */
export async function soak(options: SoakOptions): Promise<SoakReport> {
  const { minutes, sampleSeconds, blockIntervalMs, out, onProgress } = options;
  mkdirSync(out, { recursive: true });
  const [miner = ''] = PUBLISHED_ADDRESSES;
  const startS = Math.floor(Date.now() / 1_000);
  const genesis = testGenesis([...tradeAddresses(), ...payerAddresses()], blockIntervalMs, {
    chainId: TRADE_CHAIN_ID,
    name: 'soak',
  });
  const network = await TestNetwork.create(genesis, { nodes: NODES, miners: MINERS }, miner);
  const samples: Sample[] = [];
  const counts: LoadCounts = {
    transactionsMined: 0,
    questions: 0,
    resent: 0,
    restarts: 0,
    clients: 0,
    hostileConnections: 0,
  };
  let isOver = false;
  const room: Room = { nodes: network.nodes, genesis, counts, isOver: () => isOver };
  const lasting = network.nodes.map((_, index) => index).filter((index) => index !== CHURNING);
  const write = (minutesSoFar: number, heights: readonly number[]): SoakReport => {
    const judgements = judge(samples, { blockIntervalMs, lasting });
    const broken = judgements.filter(({ holds }) => !holds).length;
    const report = { minutes: minutesSoFar, samples: samples.length, counts, heights, judgements, broken };
    writeFileSync(join(out, 'samples.csv'), toCsv(samples));
    writeFileSync(join(out, 'soak.svg'), plotSoak(samples, blockIntervalMs));
    writeFileSync(join(out, 'report.json'), `${JSON.stringify(report, null, 2)}\n`);
    return report;
  };
  const collectors: Collector[] = [];
  try {
    onProgress('starting four nodes …');
    await Promise.all(network.nodes.map((node) => node.start({ nodeOptions: INSPECTED })));
    collectors.push(...(await Promise.all(lasting.map((index) => Collector.of(network.node(index))))));
    await waitForHeight(network.nodes, 3);
    const beganMs = performance.now();
    const load = Promise.all([
      fillCaches(
        room,
        lasting.map((index) => network.node(index)),
      ),
      trade(room, startS),
      churn(room, network.node(CHURNING)),
      visit(room),
      lie(room),
    ]);
    // What fails here is told at the end, not by the process that watches.
    load.catch(() => {});
    const secondsNow = () => (performance.now() - beganMs) / 1_000;
    for (let minuteMs = performance.now(); secondsNow() < 60 * minutes; ) {
      await sleep(1_000 * sampleSeconds);
      const isMinute = performance.now() - minuteMs >= MINUTE_MS;
      if (isMinute) await Promise.all(collectors.map((collector) => collector.collect()));
      const seconds = secondsNow();
      const seen = await Promise.all(network.nodes.map((node, index) => sampleOf(node, index, seconds)));
      samples.push(...seen.filter((sample) => sample !== undefined));
      const height = Math.max(0, ...seen.map((sample) => sample?.height ?? 0));
      onProgress(
        `${(seconds / 60).toFixed(1)} of ${minutes} min, block ${height}, ${counts.transactionsMined} transactions, ${counts.restarts} restarts`,
      );
      if (!isMinute) continue;
      minuteMs = performance.now();
      write(
        seconds / 60,
        seen.map((sample) => sample?.height ?? 0),
      );
    }
    isOver = true;
    await load;
    return write(minutes, await heightsOf(network.nodes));
  } finally {
    isOver = true;
    for (const collector of collectors) collector.close();
    await network.remove();
  }
}

/** Heights at the end; a node that does not answer has none. */
async function heightsOf(nodes: readonly TestNode[]): Promise<number[]> {
  return Promise.all(nodes.map((node) => node.height().catch(() => 0)));
}
