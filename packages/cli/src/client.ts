import { WattchainError } from '@wattchain/core';
import {
  type CommunityClock,
  communityClock,
  type MarketAddresses,
  readCommunityDescription,
  UTC_ZONE,
} from '@wattchain/market';
import type { Artifact } from '@wattchain/vm';
import {
  type Account,
  type Address,
  type Chain,
  type Client,
  createClient,
  createPublicClient,
  createWalletClient,
  defineChain,
  HttpRequestError,
  http,
  type PublicClient,
  TimeoutError,
  type Transport,
  type WalletClient,
} from 'viem';
import { namedOffset } from './timeZone.js';

/** What `watt_genesis` tells that commands need. */
export interface NetworkGenesis {
  readonly hash: string;
  readonly name: string;
  readonly chainId: number;
  readonly testbed: boolean;
  readonly confirmations: number;
  readonly blockIntervalMs: number;
  /** What is said of the community; `market` reads it. */
  readonly community?: unknown;
}

type DescribedGenesis = NetworkGenesis & { readonly contracts: readonly ListedContract[] };

/** A contract that genesis lists. */
interface ListedContract {
  readonly name: string;
  readonly address: Address;
}

export type NodeClient = PublicClient<Transport, Chain>;
export type SignerClient = WalletClient<Transport, Chain, Account>;

/** A node that answers, and the network it is part of. */
export interface Connection {
  readonly rpcUrl: string;
  readonly client: NodeClient;
  readonly genesis: NetworkGenesis;
  /** The community's clock; that of UTC where genesis names none. */
  readonly clock: CommunityClock;
  /** A client that signs with `account` on this side and sends through the same node. */
  signer(account: Account): SignerClient;
  /** What contracts beside the energy contracts were made from, as far as the command was told. */
  readonly artifacts: readonly Artifact[];
  /** Whether genesis lists the energy contracts. */
  readonly hasEnergyContracts: boolean;
  /** The energy contracts; `noEnergyContracts` when genesis lists none. */
  contracts(): MarketAddresses;
  /** One of the node's own methods, such as `watt_status`. */
  watt<Result>(method: `watt_${string}`, params?: readonly unknown[]): Promise<Result>;
}

/** Calls one of the node's own methods, which viem's types do not know. */
export async function wattRequest<Result>(
  client: Client,
  method: string,
  params: readonly unknown[] = [],
): Promise<Result> {
  const request = client.request as unknown as (call: {
    method: string;
    params: readonly unknown[];
  }) => Promise<unknown>;
  return (await request({ method, params })) as Result;
}

/** Connects to a node's JSON-RPC. Errors: `nodeUnreachable`, with the address. */
export async function connect(
  rpcUrl: string,
  transport: Transport = http(rpcUrl, { retryCount: 1 }),
): Promise<Connection> {
  const bare = createClient({ transport });
  let described: DescribedGenesis;
  try {
    const answer = await wattRequest<{ hash: string; genesis: Omit<DescribedGenesis, 'hash'> }>(bare, 'watt_genesis', [
      false,
    ]);
    described = { ...answer.genesis, hash: answer.hash };
  } catch (error) {
    if (!isUnreachable(error)) throw error;
    if (isCutOff(error))
      throw new WattchainError('nodeUnreachable', `what listens at ${rpcUrl} closes the connection without an answer`, {
        values: { rpcUrl },
        hint: 'a node whose places are all taken does so: try again in a moment; or it is no node',
        cause: error,
      });
    throw new WattchainError('nodeUnreachable', `no node answers at ${rpcUrl}`, {
      values: { rpcUrl },
      hint: 'start one (wattchain testbed, or wattchain node --data DIR) or name another with --rpc URL',
      cause: error,
    });
  }
  const chain = defineChain({
    id: described.chainId,
    name: described.name,
    nativeCurrency: { name: 'Watt', symbol: 'WATT', decimals: 18 },
    rpcUrls: { default: { http: [rpcUrl] } },
  });
  const pollingInterval = Math.max(100, Math.floor(described.blockIntervalMs / 4));
  const client = createPublicClient({ chain, transport, pollingInterval });
  return {
    rpcUrl,
    client,
    genesis: described,
    clock: communityClock(readCommunityDescription(described.community).zone ?? UTC_ZONE, namedOffset),
    signer: (account) => createWalletClient({ account, chain, transport, pollingInterval }),
    artifacts: [],
    hasEnergyContracts: described.contracts.some((contract) => contract.name === 'EnergyToken'),
    contracts: () => energyContracts(described.contracts),
    watt: (method, params = []) => wattRequest(client, method, params),
  };
}

/** Whether a call failed because nobody answered it, or not in time. */
export function isUnreachable(error: unknown): boolean {
  return (error instanceof HttpRequestError && error.status === undefined) || error instanceof TimeoutError;
}

/** What the system says of a connection that stood and was closed, and its text in Node.js. */
const CUT_OFF = /ECONNRESET|EPIPE|UND_ERR_SOCKET|other side closed|socket hang up/;

/** Whether somebody took the connection and closed it, rather than nobody being there. */
function isCutOff(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause)
    if (CUT_OFF.test(`${(cause as NodeJS.ErrnoException).code ?? ''} ${cause.message}`)) return true;
  return false;
}

function energyContracts(listed: readonly ListedContract[]): MarketAddresses {
  const addressOf = (name: string) => {
    const found = listed.find((contract) => contract.name === name);
    if (!found) {
      throw new WattchainError('noEnergyContracts', `the genesis of this network lists no contract ${name}`, {
        values: { name, listed: listed.map((contract) => contract.name) },
        hint: 'use a network made by wattchain init or wattchain testbed',
      });
    }
    return found.address;
  };
  return {
    tokenAddress: addressOf('EnergyToken'),
    bankAddress: addressOf('Bank'),
    tradeAddress: addressOf('EnergyTrade'),
    registryAddress: addressOf('MeterRegistry'),
    councilAddress: addressOf('Council'),
  };
}
