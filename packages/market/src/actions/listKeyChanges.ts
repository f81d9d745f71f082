import type { Address } from '@wattchain/core';
import { getAbiItem } from 'viem';
import { getBlockNumber, getLogs } from 'viem/actions';
import { councilAbi } from '../contracts/generated.js';
import { getKeyChange, type KeyChange } from './getKeyChange.js';
import type { Page } from './listPage.js';
import type { KeyChangeName } from './requestKeyChange.js';
import type { ReadingClient } from './transaction.js';

/** Blocks that a node reads for one `eth_getLogs`. */
const BLOCKS_EACH = 2_000n;
/** Such spans that are asked for at a time, and for one page: it looks back on 200,000 blocks. */
const SPANS_AT_ONCE = 10n;
const SPANS_A_PAGE = 100n;

export interface ListKeyChangesParameters {
  /** The council. */
  readonly councilAddress: Address;
  /** Only what was requested before this block: `next` of the page before. Default: up to the newest block. */
  readonly before?: bigint;
}

/**
 * A page of the changes of keys that were requested, newest first, each as it stands now. They have no numbers and are found by their
 * events, in a bounded number of blocks: `next` is the block to go on before.
 * @example
 * const { entries, next } = await listKeyChanges(client, { councilAddress });
 * const open = entries.filter(({ state }) => state === 'open');
 */
export async function listKeyChanges(
  client: ReadingClient,
  { councilAddress, before }: ListKeyChangesParameters,
): Promise<Page<KeyChange>> {
  const newest = await getBlockNumber(client);
  const end = before === undefined || before > newest ? newest : before - 1n;
  const lowest = end - SPANS_A_PAGE * BLOCKS_EACH + 1n;
  const first = lowest > 0n ? lowest : 0n;
  // What was requested again stands once, where it was requested last.
  const found = new Map<string, KeyChangeName>();
  for (let to = end; to >= first; to -= SPANS_AT_ONCE * BLOCKS_EACH)
    for (const named of await requestedIn(client, councilAddress, first, to))
      if (!found.has(named.oldKey + named.newKey)) found.set(named.oldKey + named.newKey, named);
  const entries = await Promise.all(
    [...found.values()].map((named) => getKeyChange(client, { councilAddress, ...named })),
  );
  return first === 0n ? { entries } : { entries, next: first };
}

/** What was requested in {@link SPANS_AT_ONCE} spans up to a block, newest first. */
async function requestedIn(
  client: ReadingClient,
  address: Address,
  first: bigint,
  to: bigint,
): Promise<KeyChangeName[]> {
  const event = getAbiItem({ abi: councilAbi, name: 'KeyChangeRequested' });
  const ends: bigint[] = [];
  for (let end = to; end >= first && ends.length < SPANS_AT_ONCE; end -= BLOCKS_EACH) ends.push(end);
  const spans = await Promise.all(
    ends.map((toBlock) => {
      const from = toBlock - BLOCKS_EACH + 1n;
      return getLogs(client, { address, event, fromBlock: from > first ? from : first, toBlock, strict: true });
    }),
  );
  return spans.flatMap((logs) => logs.reverse().map(({ args: { oldKey, newKey } }) => ({ oldKey, newKey })));
}
