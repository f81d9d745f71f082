import { effect, signal } from '@preact/signals';
import { COMMUNITY_ADDRESSES, decodeMarketEvents, type MarketEvent } from '@wattchain/market';
import type { Hex, Log } from 'viem';
import { getLogs } from 'viem/actions';
import { recallLogs, rememberLogs } from './cache.js';
import { status, tick } from './live.js';
import { client, contracts } from './node.js';

/** What the page knows of the community's history. */
export interface Ledger {
  /** Oldest first. */
  readonly events: readonly MarketEvent[];
  /** Logs of a community's registry, grid and market, oldest first; of a network without one there are those of the registry. */
  readonly local: readonly Log[];
  /** First block that was read; above 0 there may be history before it that is still being read or not read at all. */
  readonly fromBlock: number;
  readonly isComplete: boolean;
}

/** The events of the contracts, kept up to date; `undefined` until the newest part is read. */
export const ledger = signal<Ledger | undefined>(undefined);

/** Blocks that one request for logs may span. */
const BLOCKS_A_REQUEST = 2_000;
/** How far back the page reads: two days of one-second blocks, weeks of slower ones. */
const MAX_BLOCKS_BACK = 200_000;
/** Events kept: a year of a neighbourhood's day like the paper's is 20,000. */
const MAX_EVENTS = 30_000;

/** New blocks without events are remembered in steps of so many, so that not every block writes to the disk. */
const BLOCKS_A_MEMORY = 200;

/** How far the history is read. */
interface Reading {
  readonly genesisHash: Hex;
  /** Of blocks that nobody undoes any more, oldest first; decoded as they come, for decoding all of them would be felt. */
  confirmed: Log[];
  events: MarketEvent[];
  fromBlock: number;
  confirmedTo: number;
  /** The last block that an earlier visit knows. */
  rememberedTo: number;
  /** Which of the logs that may still be undone are shown. */
  recent: string;
}

/** Whose logs are read. */
const { registryAddress, gridAddress, marketAddress } = COMMUNITY_ADDRESSES;
const LOCAL_ADDRESSES: readonly string[] = [registryAddress, gridAddress, marketAddress];
const ENERGY_ADDRESSES: readonly string[] = Object.values(contracts);
const ALL_ADDRESSES = [...new Set([...Object.values(contracts), gridAddress, marketAddress])];
const isOf = (addresses: readonly string[]) => (log: Log) => addresses.includes(log.address.toLowerCase());

/** Of the energy contracts alone: a market of the community has events of the same names. */
const decode = (logs: readonly Log[]) => decodeMarketEvents(logs.filter(isOf(ENERGY_ADDRESSES)));

let reading: Reading | undefined;
let isUpdating = false;

/** Follows the chain as long as somebody looks. */
export function startLedger(): void {
  effect(() => {
    tick.value;
    if (isUpdating) return;
    isUpdating = true;
    update().finally(() => {
      isUpdating = false;
    });
  });
}

async function update(): Promise<void> {
  const now = status.peek();
  if (now === undefined) return;
  try {
    if (reading?.genesisHash !== now.genesisHash) {
      ledger.value = undefined;
      const known = await recallLogs(now.genesisHash);
      reading = {
        ...known,
        events: decode(known.confirmed),
        genesisHash: now.genesisHash,
        rememberedTo: known.confirmedTo,
        recent: 'none',
      };
    }
    await follow(reading, now.finalized.height, now.head.height);
  } catch {
    // The next tick tries again; that the node does not answer is shown elsewhere.
  }
}

/** Reads what is new and shows it, then block by block what is older. */
async function follow(current: Reading, finalized: number, head: number): Promise<void> {
  const before = current.events.length;
  if (current.confirmedTo < 0 || finalized - current.confirmedTo > MAX_BLOCKS_BACK) begin(current, finalized);
  while (current.confirmedTo < finalized) {
    const to = Math.min(finalized, current.confirmedTo + BLOCKS_A_REQUEST);
    const logs = await read(current.confirmedTo + 1, to);
    current.confirmed.push(...logs);
    current.events.push(...decode(logs));
    current.confirmedTo = to;
  }
  const recent = finalized < head ? await read(finalized + 1, head) : [];
  const key = recent.map(({ blockHash, logIndex }) => `${blockHash}${logIndex}`).join();
  if (key !== current.recent || current.events.length !== before) show(current, recent, head);
  current.recent = key;
  while (wantsMore(current, head) && reading === current) {
    const from = Math.max(0, current.fromBlock - BLOCKS_A_REQUEST);
    const logs = await read(from, current.fromBlock - 1);
    current.confirmed.unshift(...logs);
    current.events.unshift(...decode(logs));
    current.fromBlock = from;
    if (logs.length > 0 || !wantsMore(current, head)) show(current, recent, head);
  }
  if (current.events.length === before && current.confirmedTo - current.rememberedTo < BLOCKS_A_MEMORY) return;
  current.rememberedTo = current.confirmedTo;
  await rememberLogs(current.genesisHash, current);
}

/** Starts with the newest part of a history of which nothing, or nothing useful, is known. */
function begin(current: Reading, finalized: number): void {
  current.confirmed = [];
  current.events = [];
  current.fromBlock = Math.max(0, finalized - BLOCKS_A_REQUEST + 1);
  current.confirmedTo = current.fromBlock - 1;
}

const wantsMore = ({ fromBlock, events }: Reading, head: number) =>
  fromBlock > 0 && head - fromBlock < MAX_BLOCKS_BACK && events.length < MAX_EVENTS;

function show(current: Reading, recent: readonly Log[], head: number): void {
  if (current.confirmed.length > MAX_EVENTS) {
    current.confirmed = current.confirmed.slice(-MAX_EVENTS);
    current.events = decode(current.confirmed);
    current.fromBlock = Number(current.confirmed[0]?.blockNumber ?? 0n);
  }
  ledger.value = {
    events: [...current.events, ...decode(recent)],
    local: [...current.confirmed, ...recent].filter(isOf(LOCAL_ADDRESSES)),
    fromBlock: current.fromBlock,
    isComplete: !wantsMore(current, head),
  };
}

async function read(from: number, to: number): Promise<Log[]> {
  return getLogs(client, { address: ALL_ADDRESSES, fromBlock: BigInt(from), toBlock: BigInt(to) });
}
