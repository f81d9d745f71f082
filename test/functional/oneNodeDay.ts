/**
 * A day of one's own on one node that stands for the testbed's four machines: where what becomes of a file on the chain, in the report and
 * on the page is what is tested, and not that four nodes agree on it.
 */
import type { Address } from '@wattchain/core';
import { runCommunityDay } from '../../packages/cli/dist/testbed/communityDay.js';
import { describeDayFile, readDayFile } from '../../packages/cli/dist/testbed/dayFile.js';
import { testbedGenesis } from '../../packages/cli/dist/testbed/network.js';
import { MACHINES, participantAccount } from '../../packages/cli/dist/testbed/participants.js';
import type { CommunityResult } from '../../packages/cli/dist/testbed/result.js';
import { parseTimeZone } from '../../packages/cli/dist/timeZone.js';
import { TestNetwork, testTarget } from './framework.js';

const BLOCK_INTERVAL_MS = 300;
const RECOVERY_KEY: Address = `0x${'0c'.repeat(20)}`;

/** A day that was played, on a node that goes on. */
export interface PlayedDay {
  /** URL of the node's JSON-RPC and page. */
  readonly url: string;
  readonly report: CommunityResult;
  stop(): Promise<void>;
}

/** Plays the day of a file, by the community's clock where it is named, with the genesis, the accounts and the steps of a testbed. */
export async function playOnOneNode(file: string, timeZone?: string): Promise<PlayedDay> {
  const clock = timeZone === undefined ? undefined : parseTimeZone('--time-zone', timeZone);
  const own = readDayFile(file, undefined, clock);
  const options = { blockIntervalMs: BLOCK_INTERVAL_MS, profile: own.day, community: describeDayFile(own) };
  const genesis = testbedGenesis(options, testTarget(BLOCK_INTERVAL_MS), RECOVERY_KEY);
  const miner = participantAccount('miner-1').address;
  const network = await TestNetwork.create(genesis as object, { nodes: 1, miners: [0] }, miner);
  try {
    await network.start();
    const node = network.node(0);
    const { hash: genesisHash } = await node.rpc<{ hash: Address }>('eth_getBlockByNumber', ['0x0', false]);
    const nodes = new Map(MACHINES.map((machine) => [machine, node]));
    const report = await runCommunityDay({ genesisHash, nodes }, own, () => {});
    return { url: node.rpcUrl, report, stop: () => network.remove() };
  } catch (error) {
    await network.remove();
    throw error;
  }
}
