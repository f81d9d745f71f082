import {
  type Address,
  bigIntToBytes,
  type Genesis,
  NEW_MIN_GAS_PRICE_WEI,
  parseGenesis,
  toHex,
  WORD_LIMIT,
} from '@wattchain/core';

/** What decides a development chain. */
export interface DevelopmentGenesisOptions {
  readonly chainId: number;
  readonly timestampMs: number;
  /** Who begins with `balanceWei`. */
  readonly addresses: readonly Address[];
  readonly balanceWei: bigint;
  /** Entries of a genesis file's `contracts`. */
  readonly contracts: readonly unknown[];
}

/**
 * The genesis of a development chain: the rules of a testbed, but every hash is work enough and blocks earn fees alone, so that
 * nobody's balance changes by itself. Throws `badGenesis`.
 */
export function developmentGenesis(options: DevelopmentGenesisOptions): Genesis {
  const everyHash = toHex(bigIntToBytes(WORD_LIMIT - 1n, 32));
  return parseGenesis({
    name: 'wattchain development',
    chainId: options.chainId,
    timestampMs: options.timestampMs,
    blockIntervalMs: 1_000,
    firstTarget: everyHash,
    largestTarget: everyHash,
    blockGasLimit: 30_000_000,
    blockByteLimit: 1_000_000,
    minGasPriceWei: String(NEW_MIN_GAS_PRICE_WEI),
    blockRewardWei: '0',
    confirmations: 12,
    testbed: true,
    development: true,
    alloc: Object.fromEntries(options.addresses.map((address) => [address, { balance: String(options.balanceWei) }])),
    contracts: options.contracts,
  });
}
