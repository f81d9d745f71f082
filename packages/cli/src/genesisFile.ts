import {
  type Address,
  NEW_MIN_GAS_PRICE_WEI,
  newBlockGasLimit,
  type PlainData,
  toChecksumAddress,
} from '@wattchain/core';
import { type BankRules, deployForGenesis, type RegistryRules, type TradeRules } from '@wattchain/market';

/** Coins that each participant starts with: plenty, for a coin has no price here. */
const PARTICIPANT_COINS_WEI = 1_000_000n * 10n ** 18n;
/** Reward of a block. */
const BLOCK_REWARD_WEI = 2n * 10n ** 18n;
/** Wei for one Energy Token at the bank, both ways: a coin for a token. */
const TOKEN_RATE_WEI = 10n ** 18n;
/** Token units that each operator may attest as paid outside until another raises it. */
const ATTESTATION_LIMIT = 100_000n * 10n ** 18n;
/** A network's easiest target may become this many times easier than its first. */
const EASIEST_FACTOR = 1n << 16n;
const LARGEST_TARGET = (1n << 256n) - 1n;

/** What decides a new network; everything else has the value that docs/protocol.md gives for it. */
export interface GenesisOptions {
  readonly name: string;
  /** What is said of the community, if anything. */
  readonly community?: PlainData;
  readonly chainId: number;
  readonly timestampMs: number;
  readonly blockIntervalMs: number;
  /** First target. */
  readonly target: bigint;
  readonly testbed: boolean;
  /** Who gets coins. */
  readonly participants: readonly Address[];
  /** What the energy contracts are made with. */
  readonly market: MarketOptions;
  /** Whose sealing keys make blocks valid; absent or empty: everybody may mine. */
  readonly miners?: readonly Address[];
}

/** What a community decides of its market; what is left out has the value of a pilot. */
export interface MarketOptions {
  /** The council, by seat: they run the bank and register meters. */
  readonly operators: readonly Address[];
  /** Decides on changes of their keys; mandatory with two. */
  readonly recoveryKey?: Address;
  readonly noticeSeconds?: bigint;
  readonly registry?: Partial<RegistryRules>;
  readonly trade?: Partial<TradeRules>;
  readonly bank?: Partial<Pick<BankRules, 'buyRateWei' | 'redeemRateWei'>> & { readonly attestationLimit?: bigint };
}

/** The easiest target of a network whose first one is this. */
export function largestTargetOf(firstTarget: bigint): bigint {
  const largest = firstTarget * EASIEST_FACTOR;
  return largest < LARGEST_TARGET ? largest : LARGEST_TARGET;
}

/** The genesis file of a new network as JSON data, with the energy contracts. */
export function createGenesis(options: GenesisOptions): unknown {
  const { miners = [] } = options;
  const hex32 = (value: bigint) => `0x${value.toString(16).padStart(64, '0')}`;
  return {
    name: options.name,
    ...(options.community === undefined ? {} : { community: options.community }),
    chainId: options.chainId,
    timestampMs: options.timestampMs,
    blockIntervalMs: options.blockIntervalMs,
    firstTarget: hex32(options.target),
    largestTarget: hex32(largestTargetOf(options.target)),
    blockGasLimit: newBlockGasLimit(options.blockIntervalMs),
    blockByteLimit: 1_000_000,
    minGasPriceWei: NEW_MIN_GAS_PRICE_WEI.toString(),
    blockRewardWei: BLOCK_REWARD_WEI.toString(),
    confirmations: 12,
    testbed: options.testbed,
    ...(miners.length === 0 ? {} : { miners: miners.map(toChecksumAddress) }),
    alloc: Object.fromEntries(
      options.participants.map((address) => [
        toChecksumAddress(address),
        { balance: PARTICIPANT_COINS_WEI.toString() },
      ]),
    ),
    contracts: deployEnergyContracts(options.market),
  };
}

/** The energy contracts as a genesis file carries them. Errors: `badGenesisContract` with what a contract refuses. */
export function deployEnergyContracts(market: MarketOptions): readonly unknown[] {
  const { operators, recoveryKey, noticeSeconds, registry = {}, trade = {}, bank = {} } = market;
  const { buyRateWei = TOKEN_RATE_WEI, redeemRateWei = buyRateWei, attestationLimit = ATTESTATION_LIMIT } = bank;
  return deployForGenesis({
    council: {
      members: operators,
      ...(recoveryKey === undefined ? {} : { recoveryKey }),
      ...(noticeSeconds === undefined ? {} : { noticeSeconds }),
    },
    registry,
    trade,
    bank: { buyRateWei, redeemRateWei, attestationLimits: operators.map(() => attestationLimit) },
  });
}
