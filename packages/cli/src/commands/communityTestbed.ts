import { constants } from 'node:os';
import { join } from 'node:path';
import { WattchainError } from '@wattchain/core';
import { type Command, Option } from 'commander';
import type { ChainHost } from '../community/blockSource.js';
import type { ProgressTarget } from '../community/progress.js';
import { TestbedHost } from '../community/testbedHost.js';
import { parseFraction, parseWhole } from '../options.js';
import { stopOnSignal } from '../testbed/signals.js';

/** Whether and how a run's chains are mined by four nodes. */
export interface RunTestbedOptions {
  /** `stay`: the network of the last chain runs on. */
  readonly testbed?: true | 'stay';
  readonly blockInterval: string;
  readonly duty: string;
  readonly rpcPort: string;
  readonly p2pPort: string;
}

/** Periods of a run on testbeds: a day of hours takes half a minute, so these hours. */
const MOST_PERIODS = 1_000;
/** Below `--out`, and gone when all went well. */
const FOLDER = '.testbed';

/** Adds the options of a run on testbeds. */
export function withTestbedOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--testbed [stay]',
        'play each rule on four nodes that mine, with a page to look at, instead of in this process; stay: the last network runs on until Ctrl-C',
      ).choices(['stay']),
    )
    .option('--block-interval <ms>', 'block interval of the testbed', '1000')
    .option('--duty <share>', 'part of a core that each of its two miners uses, 0.01 to 1', '0.2')
    .option('--rpc-port <port>', "the testbed's first JSON-RPC port; the other nodes take the next three", '8545')
    .option('--p2p-port <port>', "the testbed's first libp2p port; the other nodes take the next three", '30303');
}

/**
 * Runs `play` with the chains where the options want them, and ends their nodes behind it. Ctrl-C ends them too; what is done by then is
 * kept for `--resume`.
 * @param out the folder of the run's files
 */
export async function withChains(
  options: RunTestbedOptions,
  { periods, out, target }: { readonly periods: number; readonly out: string; readonly target: ProgressTarget },
  play: (host: { readonly host?: ChainHost }) => Promise<void>,
): Promise<void> {
  if (options.testbed === undefined) return play({});
  if (periods > MOST_PERIODS)
    throw new WattchainError('badCommunity', `${periods} periods are many for a testbed, which waits for its blocks`, {
      values: { periods, most: MOST_PERIODS },
      hint: `take ${MOST_PERIODS} at most, with --from and --to, or run without --testbed`,
    });
  const host = new TestbedHost({
    places: {
      directory: join(out, FOLDER),
      rpcPort: parseWhole('--rpc-port', options.rpcPort, 1, 65_532),
      p2pPort: parseWhole('--p2p-port', options.p2pPort, 1, 65_532),
      blockIntervalMs: parseWhole('--block-interval', options.blockInterval, 100, 60_000),
      duty: parseFraction('--duty', options.duty, 0.01, 1),
    },
    stays: options.testbed === 'stay',
    progress: target.line,
    step: (text) => target.passing?.(text),
  });
  const interrupted = stopOnSignal(host);
  try {
    const signal = await Promise.race([interrupted, play({ host: host.begin })]);
    if (signal !== undefined) {
      target.line(`interrupted: the rules that are done lie in ${out}; the same command with --resume goes on`);
      process.exitCode = 128 + constants.signals[signal];
    } else if (host.running !== undefined) {
      target.line(`the network of the last rule runs on: ${host.running.node('home-1').rpcUrl}/   Ctrl-C stops it`);
      await interrupted;
    }
  } finally {
    await host.stop();
  }
  // A run that was interrupted still waits for blocks, and handles of others may linger.
  process.exit();
}
