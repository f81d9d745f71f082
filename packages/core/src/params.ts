/**
 * Invariants of the protocol: sizes and bounds that every Wattchain network shares.
 * What differs between networks stands in genesis; what a node decides for itself in `node/config.ts`; gas in `vm/gas.ts`.
 */

/** Version of the header layout. */
export const HEADER_VERSION = 2;
/** Most bytes in a header's `extra`. */
export const MAX_EXTRA_BYTES = 32;
/** Length of a miner's seal: r ‖ s ‖ recovery. */
export const MINER_SEAL_BYTES = 65;
/** 2^256, one more than the largest word, target and hash. */
export const WORD_LIMIT = 1n << 256n;
/** Chain ids of new networks are drawn from here … */
export const MIN_NEW_CHAIN_ID = 2 ** 24;
/** … to here, so that `2 · chainId + 36` stays a small integer for every client. */
export const MAX_CHAIN_ID = 2 ** 31 - 1;
/**
 * Minimum gas price of new networks, in wei: a gwei, as tools take it for granted. The tips that they add by default, 1 to 3 gwei, are
 * then no thousandfold, and a transfer still costs 0.000021 coins.
 */
export const NEW_MIN_GAS_PRICE_WEI = 10n ** 9n;
/** Most gas of a block of a new network. */
const MOST_NEW_BLOCK_GAS = 30_000_000;
/** Least: the largest code takes 2,148,104 gas to deploy, and its constructor some. */
const LEAST_NEW_BLOCK_GAS = 2_500_000;
/**
 * Gas of a block for each millisecond of its interval. The slowest blocks took less than 40 ns a gas (`wattchain bench vm`,
 * docs/benchmarks.md, "The machine"), so a full one keeps a node busy for a tenth of the interval at most.
 */
const NEW_BLOCK_GAS_PER_MS = 2_500;

/** Gas of a block of a new network, by its interval: 2.5 million at one second, 30 million from twelve seconds on. */
export function newBlockGasLimit(blockIntervalMs: number): number {
  return Math.min(MOST_NEW_BLOCK_GAS, Math.max(LEAST_NEW_BLOCK_GAS, NEW_BLOCK_GAS_PER_MS * blockIntervalMs));
}

/** A block counts at most this many block intervals in ASERT's clock. */
export const ACTIVE_TIME_CAP_INTERVALS = 10;
/** Most bytes of contract code: 31 KiB, enough for a market of a community, which is one contract. */
export const MAX_CODE_BYTES = 31_744;
/** Most bytes of one signed transaction (the pool's figure in geth is 128 KiB for calls and deployments). */
export const MAX_TRANSACTION_BYTES = 65_536;
/** A block's timestamp may lead a node's clock by `min(MAX_LEAD_MS, max(2·T, MIN_LEAD_MS))`. */
export const MAX_LEAD_MS = 30_000;
/** See {@link MAX_LEAD_MS}: short intervals still tolerate clocks that differ by seconds. */
export const MIN_LEAD_MS = 5_000;
