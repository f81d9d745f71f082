import {
  type Address,
  NEW_MIN_GAS_PRICE_WEI,
  type PlainData,
  PUBLISHED_ADDRESSES,
  toChecksumAddress,
} from '@wattchain/core';
import { deployForGenesis } from '@wattchain/market';

/** Coins that each participant starts with: plenty, for a coin has no price here. */
const PARTICIPANT_COINS_WEI = 1_000_000n * 10n ** 18n;
/** Reward of a block. */
const BLOCK_REWARD_WEI = 2n * 10n ** 18n;
/** Wei for one Energy Token at the bank, both ways: a coin for a token. */
const TOKEN_RATE_WEI = 10n ** 18n;
/** Token units that each operator may attest as paid outside until the other raises it. */
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
  /** The two accounts that run the bank and register meters. */
  readonly operators: readonly [Address, Address];
  /** Whose sealing keys make blocks valid; absent or empty: everybody may mine. */
  readonly miners?: readonly Address[];
}

/** The genesis file of a new network as JSON data, with the three energy contracts. */
export function createGenesis(options: GenesisOptions): unknown {
  const { miners = [] } = options;
  const hex32 = (value: bigint) => `0x${value.toString(16).padStart(64, '0')}`;
  const largest = options.target * EASIEST_FACTOR;
  return {
    name: options.name,
    ...(options.community === undefined ? {} : { community: options.community }),
    chainId: options.chainId,
    timestampMs: options.timestampMs,
    blockIntervalMs: options.blockIntervalMs,
    firstTarget: hex32(options.target),
    largestTarget: hex32(largest < LARGEST_TARGET ? largest : LARGEST_TARGET),
    blockGasLimit: 30_000_000,
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
    contracts: deployEnergyContracts(options.operators),
  };
}

/** The three energy contracts as a genesis file carries them, with the two accounts that run the bank and register meters. */
export function deployEnergyContracts([first, second]: readonly [Address, Address]): readonly unknown[] {
  return deployForGenesis({
    council: { members: [first, second], recoveryKey: PUBLISHED_ADDRESSES.at(-1) ?? first },
    bank: {
      buyRateWei: TOKEN_RATE_WEI,
      redeemRateWei: TOKEN_RATE_WEI,
      attestationLimits: [ATTESTATION_LIMIT, ATTESTATION_LIMIT],
    },
  });
}
