import { type Address, parseAddress, ZERO_ADDRESS } from '@wattchain/core';
import { COMMUNITY_ADDRESSES } from './contracts/communityAddresses.js';
import { COMMUNITY_ARTIFACTS, type CommunityContractName } from './contracts/communityContracts.js';
import { CONTRACT_ARTIFACTS } from './contracts/contracts.js';
import {
  type AbiItem,
  deploy,
  encodeConstructor,
  type GenesisContractJson,
  requireSensible,
} from './genesisContracts.js';
import { type CouncilRules, PILOT_NOTICE_SECONDS, PILOT_REGISTRY_RULES, type RegistryRules } from './genesisRules.js';

/** All contracts that a community can have, by name. */
export const ALL_ARTIFACTS = { ...CONTRACT_ARTIFACTS, ...COMMUNITY_ARTIFACTS };
export type AnyContractName = keyof typeof CONTRACT_ARTIFACTS | CommunityContractName;

/** Prices of a period, units for 150 Wh. */
export interface GridPrices {
  readonly tariff: bigint;
  readonly feedIn: bigint;
  readonly gridFee: bigint;
  readonly localFee: bigint;
}

/** What the genesis decides of a market on the shared accounts. */
export interface MarketOptions {
  readonly contract: AnyContractName;
  /** Constructor arguments after the first, which is the market's rules. */
  readonly args?: readonly unknown[];
  /** Least balance of a member after joining and withdrawing, money units. */
  readonly depositFloor: bigint;
  /** Most that a home may owe to the supplier, money units. */
  readonly advanceLimit: bigint;
  /** Start of the first period that is settled, market time. */
  readonly firstPeriod: bigint;
  /** A reading that has not come so long after its period counts as none. */
  readonly silenceSeconds: bigint;
}

/** What a community decides when the network of its market begins. */
export interface CommunityContractsOptions {
  readonly council: CouncilRules;
  readonly registry?: Partial<RegistryRules>;
  readonly supplier: string;
  readonly gridOperator: string;
  readonly money: { readonly issuer: string; readonly symbol: string };
  /** Seconds of notice for new prices, and those in force from market time 0 on. */
  readonly grid: { readonly noticeSeconds: bigint; readonly first: GridPrices };
  readonly market?: MarketOptions;
  /** More contracts, with all of their constructor arguments. */
  readonly others?: readonly {
    readonly contract: AnyContractName;
    readonly address: string;
    readonly args: readonly unknown[];
  }[];
}

/**
 * A community's contracts as they stand after their constructors have run, ready for `contracts` of a genesis file: council, registry,
 * money, grid, and its market.
 * @throws WattchainError `badGenesisContract` with the constructor's reason; `badAddress` for text that is no address
 */
export function deployCommunity(options: CommunityContractsOptions): GenesisContractJson[] {
  const { council, supplier, gridOperator, money, grid, market, others = [] } = options;
  const { registryAddress, councilAddress, moneyAddress, gridAddress, marketAddress } = COMMUNITY_ADDRESSES;
  const rules = { ...PILOT_REGISTRY_RULES, ...options.registry };
  requireSensible(rules);
  const { tariff, feedIn, gridFee, localFee } = grid.first;
  const recoveryKey = parseAddress(council.recoveryKey ?? ZERO_ADDRESS);
  const made: GenesisContractJson[] = [];
  // In this order, because a constructor may ask those before it.
  const make = (contract: AnyContractName, address: Address, args: readonly unknown[]) => {
    const { abi, code } = ALL_ARTIFACTS[contract];
    made.push(deploy(contract, address, code, encodeConstructor(abi as readonly AbiItem[], args), made));
  };
  make('Council', councilAddress, [
    council.members.map(parseAddress),
    recoveryKey,
    council.noticeSeconds ?? PILOT_NOTICE_SECONDS,
  ]);
  const seats = [parseAddress(supplier), parseAddress(gridOperator)];
  make('CommunityRegistry', registryAddress, [councilAddress, rules, ...seats]);
  make('CommunityMoney', moneyAddress, [parseAddress(money.issuer), money.symbol]);
  make('Grid', gridAddress, [registryAddress, grid.noticeSeconds, { tariff, feedIn, gridFee, localFee }]);
  if (market !== undefined) make(market.contract, marketAddress, [marketRules(market), ...(market.args ?? [])]);
  for (const { contract, address, args } of others) make(contract, parseAddress(address), args);
  return made;
}

function marketRules({ depositFloor, advanceLimit, firstPeriod, silenceSeconds }: MarketOptions) {
  const { moneyAddress: money, registryAddress: registry, gridAddress: grid } = COMMUNITY_ADDRESSES;
  return { money, registry, grid, depositFloor, advanceLimit, firstPeriod, silenceSeconds };
}
