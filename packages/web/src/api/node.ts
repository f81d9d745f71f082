/// <reference types="vite/client" />
import { GENESIS_ADDRESSES, type MarketAddresses } from '@wattchain/market';
import { type Client, createClient, defineChain, type Hex, http, type Chain as ViemChain } from 'viem';

/** Where the node's JSON-RPC is: the page comes from the same place. */
export const RPC_URL = `${location.origin}${import.meta.env.DEV ? '/rpc' : '/'}`;
/** The same for WebSocket. */
export const SOCKET_URL = RPC_URL.replace(/^http/, 'ws');

/** Whether this page came through a door for looking: then it has no keys and sends nothing. */
export const isForReading =
  document.querySelector('meta[name="wattchain-door"]')?.getAttribute('content') === 'reading';

/** One batch a turn: a view reads many small things at once. */
const transport = http(RPC_URL, { batch: { batchSize: 50 }, retryCount: 0, timeout: 10_000 });

/** Reads the chain through the node that served this page, with viem's actions one by one; no contract can send it elsewhere (ERC-3668). */
export const client: Client = createClient({ transport, ccipRead: false });

/** What `watt_status` answers; heights and times are numbers, work is decimal text. */
export interface NodeStatus {
  readonly agent: string;
  readonly network: string;
  readonly chainId: number;
  readonly genesisHash: Hex;
  readonly head: HeadStatus;
  readonly finalized: HeadStatus;
  readonly confirmations: number;
  readonly sync: { readonly syncing: boolean; readonly currentHeight: number; readonly highestHeight: number };
  /** What a person should look at between the node and its peers. */
  readonly warnings: readonly { readonly code: string; readonly detail: string }[];
  readonly peers: number;
  readonly mempool: number;
  readonly miner: {
    readonly address: Hex | null;
    readonly enabled: boolean;
    readonly hashesPerSecond: number;
    readonly paused?: { readonly code: string; readonly detail: string };
  };
}

export interface HeadStatus {
  readonly hash: Hex;
  readonly height: number;
  readonly timestampMs: number;
  readonly totalWork: string;
}

/** What `watt_genesis` answers, as far as the page uses it. */
export interface GenesisAnswer {
  readonly hash: Hex;
  readonly genesis: {
    readonly name: string;
    readonly chainId: number;
    readonly testbed: boolean;
    readonly blockIntervalMs: number;
    /** What is said of the community; `market` reads it. */
    readonly community?: unknown;
    readonly alloc: Readonly<Record<Hex, unknown>>;
    readonly contracts?: readonly { readonly name: string; readonly address: Hex }[];
  };
}

/** A call of one of the node's own methods. */
export async function request<Result>(method: `watt_${string}`, ...params: readonly unknown[]): Promise<Result> {
  return (await client.request({ method, params } as never)) as Result;
}

/** The network as viem wants it for signing. */
export function viemChain(status: NodeStatus): ViemChain {
  return defineChain({
    id: status.chainId,
    name: status.network,
    nativeCurrency: { name: 'Watt', symbol: 'WATT', decimals: 18 },
    rpcUrls: { default: { http: [RPC_URL] } },
  });
}

/** The community's contracts: those that the network started with. */
export const contracts: MarketAddresses = GENESIS_ADDRESSES;
