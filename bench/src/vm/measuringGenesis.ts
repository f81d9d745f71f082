import { type Address, type Genesis, parseGenesis } from '@wattchain/core';

/** A network whose blocks need no search, with coins for `addresses`. */
export function measuringGenesis(addresses: readonly Address[], contracts: readonly unknown[] = []): Genesis {
  const easy = `0x${'ff'.repeat(32)}`;
  return parseGenesis({
    name: 'benchmark of the machine',
    chainId: 20_000_003,
    timestampMs: 1_700_000_000_000,
    blockIntervalMs: 1_000,
    firstTarget: easy,
    largestTarget: easy,
    blockGasLimit: 30_000_000,
    blockByteLimit: 1_000_000,
    minGasPriceWei: '1',
    blockRewardWei: '0',
    confirmations: 12,
    contracts,
    alloc: Object.fromEntries(addresses.map((address) => [address, { balance: String(10n ** 24n) }])),
  });
}
