import { PAPER_NEEDS } from './needs.js';
import { PAPER_TABLE } from './table.js';

/** What a meter counts in one hour. */
export interface HourReading {
  readonly hour: number;
  readonly producedMwh: bigint;
  readonly consumedMwh: bigint;
}

/**
 * Production and load of node 1 by hour, mWh: the first two columns of `data/testbed_4homes_4july.csv`. The production is a
 * model of 5 kW of panels under San Diego's typical 4 July, the load that of a measured Californian home. The paper prints
 * neither, only their difference where it is positive.
 */
export const MODELLED_NODE_1: readonly (readonly [producedMwh: bigint, loadMwh: bigint])[] = [
  [0n, 668_000n],
  [0n, 245_000n],
  [0n, 90_000n],
  [0n, 83_000n],
  [0n, 70_000n],
  [12_000n, 64_000n],
  [125_000n, 59_000n],
  [840_000n, 67_000n],
  [1716_000n, 68_000n],
  [2494_000n, 117_000n],
  [3106_000n, 2822_000n],
  [3496_000n, 3629_000n],
  [3701_000n, 3936_000n],
  [3672_000n, 1485_000n],
  [3449_000n, 72_000n],
  [2989_000n, 72_000n],
  [2328_000n, 71_000n],
  [1497_000n, 69_000n],
  [625_000n, 68_000n],
  [98_000n, 20_000n],
  [0n, 1_000n],
  [0n, 0n],
  [0n, 0n],
  [0n, 0n],
];

/**
 * The readings of the three meters, hour by hour. Node 1's surplus is the paper's: in the trading hours its consumption is production
 * − surplus, in the others the larger of load and production. Nodes 2 and 3 produce nothing and consume what they need.
 */
export const PAPER_READINGS: {
  readonly node1: readonly HourReading[];
  readonly node2: readonly HourReading[];
  readonly node3: readonly HourReading[];
} = {
  node1: PAPER_TABLE.map(({ hour, surplusMwh }, i) => {
    const [producedMwh, loadMwh] = MODELLED_NODE_1[i] as (typeof MODELLED_NODE_1)[number];
    const larger = loadMwh > producedMwh ? loadMwh : producedMwh;
    return { hour, producedMwh, consumedMwh: surplusMwh > 0n ? producedMwh - surplusMwh : larger };
  }),
  node2: PAPER_NEEDS.map(({ hour, node2 }) => ({ hour, producedMwh: 0n, consumedMwh: node2.energyMwh })),
  node3: PAPER_NEEDS.map(({ hour, node3 }) => ({ hour, producedMwh: 0n, consumedMwh: node3.energyMwh })),
};
