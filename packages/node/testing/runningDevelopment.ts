/** Development chains that a test starts and that end with it, and what their tests share. */
import { toHex } from '@wattchain/core';
import { DEV_ACCOUNTS, type DevelopmentKitOptions, startDevelopment } from './developmentKit.js';
import { COUNTER, counterDeployment } from './rpcKit.js';

export const [ALICE, BOB] = DEV_ACCOUNTS.map(({ address }) => address) as [`0x${string}`, `0x${string}`];

/** The minimum gas price. */
export const GWEI = 10n ** 9n;

/** Code and constructor argument of a counter that starts at 7. */
export const COUNTER_AT_7 = toHex(counterDeployment(7));

export const TOTAL = { abi: COUNTER.abi, functionName: 'total' } as const;
/** Those that run, for the test to stop. */
export const running: Awaited<ReturnType<typeof startDevelopment>>[] = [];

/** Starts one. */
export async function start(options?: DevelopmentKitOptions) {
  const kit = await startDevelopment(options);
  running.push(kit);
  return kit;
}

/** Deploys the counter; its address. */
export async function deployCounter({ client }: Awaited<ReturnType<typeof startDevelopment>>) {
  const hash = await client.sendTransaction({ account: ALICE, data: COUNTER_AT_7 });
  const { contractAddress } = await client.getTransactionReceipt({ hash });
  return contractAddress as `0x${string}`;
}
