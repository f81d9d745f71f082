import { WattchainError } from '@wattchain/core';
import { energyTradeAbi, formatKwh } from '@wattchain/market';
import { getContractEvents } from 'viem/actions';
import type { Connection } from './client.js';

/** Joules in a milliwatt-hour: 3,600 in a watt-hour. */
const JOULES_PER_MWH = 3.6;
/** Confirmed blocks that a status looks back on; a node answers for their logs at once. */
const RECENT_BLOCKS = 1_000;

/** What the proof of work of a span of blocks cost the network, and what that is beside the trade in it. */
export interface WorkCost {
  readonly blocks: number;
  /** Tries that these blocks took to be expected: the sum of their work. Blocks that lost a fork come on top. */
  readonly tries: number;
  /** The estimate behind all joules, `mine.joulesPerHash` of the node. */
  readonly joulesPerHash: number;
  readonly joules: number;
  /** Trades settled in these blocks, and the energy delivered in them. */
  readonly trades: number;
  readonly tradedKwh: string;
  /** Absent where nothing was traded. */
  readonly perTrade?: { readonly joules: number };
  readonly perKwh?: {
    readonly joules: number;
    /** Joules of the proof of work for each joule traded. */
    readonly share: number;
  };
}

/** What {@link workCost} counts. */
export interface WorkSpan {
  readonly blocks: number;
  readonly work: bigint;
  readonly joulesPerHash: number;
  readonly trades: number;
  readonly tradedMwh: bigint;
}

/** The cost of a span of blocks by block, trade and kWh. */
export function workCost({ blocks, work, joulesPerHash, trades, tradedMwh }: WorkSpan): WorkCost {
  const tries = Number(work);
  const joules = tries * joulesPerHash;
  const tradedJoules = Number(tradedMwh) * JOULES_PER_MWH;
  return {
    blocks,
    tries,
    joulesPerHash,
    joules,
    trades,
    tradedKwh: formatKwh(tradedMwh),
    ...(trades === 0 ? {} : { perTrade: { joules: joules / trades } }),
    ...(tradedMwh === 0n
      ? {}
      : { perKwh: { joules: (joules / Number(tradedMwh)) * 1_000_000, share: joules / tradedJoules } }),
  };
}

/** Tries to be expected of the blocks after `fromHeight` up to `toHeight`: the sum of their work. */
export async function readWork(connection: Connection, fromHeight: number, toHeight: number): Promise<bigint> {
  const [from, to] = await Promise.all([totalWorkAt(connection, fromHeight), totalWorkAt(connection, toHeight)]);
  return to - from;
}

/** The cost of the newest confirmed blocks, at most 1,000, with the trades that were settled in them. */
export async function readRecentWorkCost(
  connection: Connection,
  finalizedHeight: number,
  joulesPerHash: number,
): Promise<WorkCost> {
  const fromHeight = Math.max(0, finalizedHeight - RECENT_BLOCKS);
  const [work, settled] = await Promise.all([
    readWork(connection, fromHeight, finalizedHeight),
    connection.hasEnergyContracts && finalizedHeight > 0
      ? getContractEvents(connection.client, {
          address: connection.contracts().tradeAddress,
          abi: energyTradeAbi,
          eventName: 'Settled',
          fromBlock: BigInt(fromHeight + 1),
          toBlock: BigInt(finalizedHeight),
          strict: true,
        })
      : [],
  ]);
  return workCost({
    blocks: finalizedHeight - fromHeight,
    work,
    joulesPerHash,
    trades: settled.length,
    tradedMwh: settled.reduce((sum, { args }) => sum + args.settledMwh, 0n),
  });
}

async function totalWorkAt({ client }: Connection, height: number): Promise<bigint> {
  const { totalDifficulty } = await client.getBlock({ blockNumber: BigInt(height) });
  if (totalDifficulty !== null) return totalDifficulty;
  throw new WattchainError('noTotalWork', `the node does not say the total work of block ${height}`, {
    values: { height },
    hint: 'ask a node of Wattchain',
  });
}

/** The cost as fields of a report: of all blocks, and beside the trade. */
export function workCostFields(cost: WorkCost): [string, string][] {
  const { blocks, tries, joules, joulesPerHash, perTrade, perKwh } = cost;
  const all =
    `${tries.toLocaleString('en')} tries expected at about ${formatJoules(joulesPerHash)} each (an estimate, --joules-per-hash): ` +
    `${formatJoules(joules)}, ${formatJoules(joules / Math.max(1, blocks))} per block`;
  const perEnergy =
    perKwh === undefined
      ? ''
      : `, ${formatJoules(perKwh.joules)} per kWh: ${formatShare(perKwh.share)} of the energy that was traded`;
  return [
    ['proof of work', all],
    [
      '',
      perTrade === undefined
        ? 'no trade was settled'
        : `${formatJoules(perTrade.joules)} per confirmed trade${perEnergy}`,
    ],
  ];
}

/** An amount of energy in joules, with three digits and a fitting unit. */
export function formatJoules(joules: number): string {
  const units = ['µJ', 'mJ', 'J', 'kJ', 'MJ', 'GJ'];
  // What rounds to 1,000 is 1.00 of the next unit.
  const exponent = joules > 0 ? Math.floor(Math.log10(Number(joules.toPrecision(3))) / 3) : 0;
  const index = Math.min(units.length - 1, Math.max(0, exponent + 2));
  return `${Number((joules / 1000 ** (index - 2)).toPrecision(3)).toLocaleString('en')} ${units[index]}`;
}

/** A share in per cent, with two digits however small it is. */
export function formatShare(share: number): string {
  return `${Number((share * 100).toPrecision(2)).toLocaleString('en', { maximumFractionDigits: 12 })} %`;
}
