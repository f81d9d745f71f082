import { resolve } from 'node:path';
import { parseAddress, WattchainError } from '@wattchain/core';
import {
  type LogFormat,
  type LogLevel,
  loadGenesisRules,
  loadNodeConfig,
  type NodeConfig,
  requireMultiaddr,
  WattchainNode,
} from '@wattchain/node';
import { type Command, Option } from 'commander';
import { collect, parseFraction, parseWhole } from '../options.js';
import { pageDirectory } from '../page.js';
import { addCommand } from '../program.js';
import { runUntilSignal } from '../running.js';
import { movedClock } from '../testbed/movedClock.js';

/** Written out here, because importing the node's lists would load the whole node for `--help`. */
const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const satisfies readonly LogLevel[];
const LOG_FORMATS = ['auto', 'json', 'text'] as const satisfies readonly LogFormat[];

interface NodeOptions {
  readonly data: string;
  readonly listen: readonly string[];
  readonly peer: readonly string[];
  readonly rpcPort?: string;
  readonly mine?: string;
  readonly duty?: string;
  readonly threads?: string;
  readonly minMembers?: string;
  readonly logLevel?: LogLevel;
  readonly logFormat?: LogFormat;
  readonly nobleAlone?: boolean;
  readonly clockAhead?: string;
}

/** `wattchain node`: one node in the foreground, until Ctrl-C. */
export function addNodeCommand(program: Command): void {
  addCommand<NodeOptions>(
    program,
    'node',
    'run a node until Ctrl-C; options override the config.json of its data directory',
    (command) =>
      command
        .requiredOption('--data <dir>', 'data directory, made by wattchain init')
        .option('--listen <multiaddr>', 'listen there, such as /ip4/0.0.0.0/tcp/30303; repeatable', collect, [])
        .option('--peer <multiaddr>', 'dial this peer and keep dialling it; repeatable', collect, [])
        .option('--rpc-port <port>', 'JSON-RPC port on loopback')
        .option('--mine <address>', 'mine for this address')
        .option('--duty <share>', 'part of a core that each mining thread uses, 0.01 to 1')
        .option('--threads <n>', 'mining threads')
        .option('--min-members <n>', 'nodes, itself included, that must answer before it mines; 1: it mines alone')
        .option('--noble-alone', 'leave all cryptography to the noble library: slower, with the same answers')
        .addOption(new Option('--log-level <level>', 'how much the log says').choices(LOG_LEVELS))
        .addOption(
          new Option('--log-format <format>', 'auto: text on a terminal, else JSON lines').choices(LOG_FORMATS),
        )
        // Between a testbed and its nodes.
        .addOption(new Option('--clock-ahead <ms>', 'how far the clock is ahead; a testbed moves it on').hideHelp()),
    async (_output, options) => {
      for (const address of [...options.listen, ...options.peer]) requireMultiaddr(address);
      const config = withOptions(loadNodeConfig(resolve(options.data)), options);
      const clock = options.clockAhead === undefined ? {} : { clock: testbedClock(options.clockAhead, config) };
      const node = await WattchainNode.create(config, { pageDirectory: pageDirectory(), ...clock });
      await runUntilSignal(node);
      const { damage } = node.services.chain;
      if (damage?.stopped) throw new WattchainError(damage.code, damage.detail, { hint: damage.hint });
      // Native handles may linger for a moment; a stopped node has nothing left to do.
      process.exit();
    },
  );
}

/** The clock of a node whose testbed plays other days than today. Errors: `clockNotMoved`, `badNumber`. */
function testbedClock(text: string, { genesisPath }: NodeConfig) {
  const aheadMs = /^-?\d{1,15}$/.test(text) ? Number(text) : undefined;
  if (aheadMs === undefined)
    throw new WattchainError('badNumber', `--clock-ahead is "${text}", not milliseconds`, { values: { text } });
  const { testbed, name } = loadGenesisRules(genesisPath);
  if (!testbed)
    throw new WattchainError('clockNotMoved', `the clock of a node of "${name}" is not moved: it is no testbed`, {
      values: { name },
      hint: 'start the node without --clock-ahead, which is for testbeds alone',
    });
  return movedClock(aheadMs);
}

/** The configuration of the data directory with the command's options above it. */
function withOptions(config: NodeConfig, options: NodeOptions): NodeConfig {
  const mine = {
    ...config.mine,
    ...(options.mine === undefined ? {} : { enabled: true, address: parseAddress(options.mine) }),
    ...(options.duty === undefined ? {} : { duty: parseFraction('--duty', options.duty, 0.01, 1) }),
    ...(options.threads === undefined ? {} : { threads: parseWhole('--threads', options.threads, 1, 256) }),
    ...(options.minMembers === undefined ? {} : { minMembers: parseWhole('--min-members', options.minMembers, 1, 64) }),
  };
  return {
    ...config,
    p2p: {
      ...config.p2p,
      listen: options.listen.length > 0 ? options.listen : config.p2p.listen,
      peers: [...config.p2p.peers, ...options.peer],
    },
    rpc:
      options.rpcPort === undefined
        ? config.rpc
        : { ...config.rpc, port: parseWhole('--rpc-port', options.rpcPort, 0, 65_535) },
    mine,
    log: { level: options.logLevel ?? config.log.level, format: options.logFormat ?? config.log.format },
    nobleAlone: options.nobleAlone ?? config.nobleAlone,
  };
}
