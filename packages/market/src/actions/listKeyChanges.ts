import type { Address } from '@wattchain/core';
import { getAbiItem } from 'viem';
import { getBlockNumber, getLogs } from 'viem/actions';
import { councilAbi } from '../contracts/generated.js';
import { getKeyChange, type KeyChange } from './getKeyChange.js';
import type { KeyChangeName } from './requestKeyChange.js';
import type { ReadingClient } from './transaction.js';

/** Blocks that a node reads for one `eth_getLogs`. */
const BLOCKS_EACH = 2_000n;

export interface ListKeyChangesParameters {
  /** The council. */
  readonly councilAddress: Address;
  /** First block to look at; default 0. */
  readonly fromBlock?: bigint;
}

/**
 * The changes of keys that were ever requested, oldest first, each as it stands now. They are found by their events.
 * @example
 * const open = (await listKeyChanges(client, { councilAddress })).filter(({ state }) => state === 'open');
 */
export async function listKeyChanges(
  client: ReadingClient,
  { councilAddress, fromBlock = 0n }: ListKeyChangesParameters,
): Promise<KeyChange[]> {
  const event = getAbiItem({ abi: councilAbi, name: 'KeyChangeRequested' });
  const newest = await getBlockNumber(client);
  const found = new Map<string, KeyChangeName>();
  for (let start = fromBlock; start <= newest; start += BLOCKS_EACH) {
    const end = start + BLOCKS_EACH - 1n;
    const toBlock = end < newest ? end : newest;
    const logs = await getLogs(client, { address: councilAddress, event, fromBlock: start, toBlock, strict: true });
    // What was requested again stands once, where it was requested last.
    for (const { args } of logs) {
      const { oldKey, newKey } = args;
      found.delete(oldKey + newKey);
      found.set(oldKey + newKey, { oldKey, newKey });
    }
  }
  return Promise.all([...found.values()].map((named) => getKeyChange(client, { councilAddress, ...named })));
}
