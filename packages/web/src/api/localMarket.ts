import { computed } from '@preact/signals';
import {
  COMMUNITY_ADDRESSES as ADDRESSES,
  communityMoneyAbi,
  gridAbi,
  type LocalMarket,
  type LocalTariff,
  localMarketOf,
  type PoolTerms,
  poolAbi,
} from '@wattchain/market';
import { readContract } from 'viem/actions';
import { ledger } from './ledger.js';
import { genesis, registryRules } from './live.js';
import { client } from './node.js';

/** Markets on the shared accounts, by the names of their contracts, and what their rule is called. */
const MARKETS: Readonly<Record<string, string>> = {
  CallAuction: 'call auction',
  ContinuousBook: 'continuous book',
  PeerChoice: 'choice of neighbours',
  Pool: 'pool',
  AllowancePool: 'pool with allowances',
  MintPerKwh: 'coins for exports',
};

/** The community's market that the network was made for; `undefined` where it has none, or one that this page does not know. */
export const marketContract = computed<{ readonly name: string; readonly title: string } | undefined>(() => {
  const listed = genesis.value?.genesis.contracts?.find(({ address }) => address === ADDRESSES.marketAddress);
  const title = listed && MARKETS[listed.name];
  return listed && title !== undefined ? { name: listed.name, title } : undefined;
});

/** What of a market no event tells, decided for ever by its genesis. */
export interface MarketTerms {
  /** In force from the beginning on. */
  readonly first: LocalTariff;
  /** `undefined` for what is no pool. */
  readonly pool: PoolTerms | undefined;
  /** Of the money: `USD`. */
  readonly currency: string;
}

/** Asks the contracts. Throws viem's errors when the node does not answer. */
export async function readMarketTerms(name: string): Promise<MarketTerms> {
  const [first, currency, pool] = await Promise.all([
    readContract(client, { address: ADDRESSES.gridAddress, abi: gridAbi, functionName: 'tariffs', args: [0n] }),
    readContract(client, { address: ADDRESSES.moneyAddress, abi: communityMoneyAbi, functionName: 'symbol' }),
    name !== 'Pool'
      ? undefined
      : readContract(client, { address: ADDRESSES.marketAddress, abi: poolAbi, functionName: 'poolRules' }),
  ]);
  return {
    first,
    currency,
    pool: pool && { rule: pool[0], localBps: pool[1], coefficients: pool[2].map(BigInt) },
  };
}

/** The market as the events that are read so far tell it. */
export function readMarket(first: LocalTariff): LocalMarket {
  return localMarketOf(ledger.value?.local ?? [], first, registryRules.value.resolutionSeconds);
}
