import { type Genesis, parseGenesis } from '@wattchain/core';
import { START_COINS, TRADE_CHAIN_ID, tradeAddresses } from './tradeWorkload.js';

/** A network for the workload whose blocks need no search. `startS`: when it begins, seconds. */
export function easyGenesis(startS: number, blockGasLimit: number): Genesis {
  const easy = `0x${'ff'.repeat(32)}`;
  return parseGenesis({
    name: 'benchmark',
    chainId: TRADE_CHAIN_ID,
    timestampMs: 1_000 * startS,
    blockIntervalMs: 1_000,
    firstTarget: easy,
    largestTarget: easy,
    blockGasLimit,
    blockByteLimit: 1_000_000,
    minGasPriceWei: String(10n ** 9n),
    blockRewardWei: '2000000000000000000',
    confirmations: 12,
    alloc: Object.fromEntries(tradeAddresses().map((address) => [address, { balance: String(START_COINS) }])),
  });
}
