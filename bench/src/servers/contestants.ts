import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DEVELOPMENT_MNEMONIC } from '@wattchain/node';
import { ownCodes } from '../trades/contractCodes.js';
import { START_COINS, TRADE_ACCOUNTS, TRADE_CHAIN_ID, type TradeCodes } from '../trades/tradeWorkload.js';
import { newNode, type PeerName, peerFolder, peerModule } from './peers.js';
import type { RpcCall } from './rpcClient.js';
import type { ServerCommand } from './server.js';

/** Gas of a block on all servers. */
const BLOCK_GAS = 30_000_000;
const COINS = START_COINS / 10n ** 18n;
/** Blocks whose state Anvil keeps: as many as this project's server. By default it keeps 500 in memory and writes each that is older to disk, whole. */
const ANVIL_STATES = 64;

export const RIVAL_SERVERS = ['anvil', 'hardhat', 'ganache'] as const satisfies readonly PeerName[];
export type RivalServer = (typeof RIVAL_SERVERS)[number];

/** A server that takes part. */
export interface Contestant {
  readonly commandFor: (port: number) => ServerCommand;
  /** What its machine runs. */
  readonly codes: TradeCodes;
  /** Lets transactions wait until a block is asked for. */
  readonly pause: RpcCall;
}

const PAUSE: RpcCall = ['evm_setAutomine', [false]];

/** This project's server. */
export function ownContestant(): Contestant {
  return { commandFor: ownCommand, codes: ownCodes(), pause: PAUSE };
}

/** A rival that is installed. */
export function rivalContestant(name: RivalServer, codes: TradeCodes): Contestant {
  const pause: RpcCall = name === 'ganache' ? ['miner_stop', []] : PAUSE;
  return { commandFor: (port) => rivalCommand(name, port), codes, pause };
}

function ownCommand(port: number): ServerCommand {
  const script = fileURLToPath(new URL('ownServer.js', import.meta.url));
  return { program: process.execPath, args: [...process.execArgv, script, String(port)] };
}

/** Each prints nothing for a request. */
function rivalCommand(name: RivalServer, port: number): ServerCommand {
  const cwd = peerFolder(name);
  switch (name) {
    case 'anvil': {
      const { platform, arch } = process;
      const files = `@foundry-rs/anvil-${platform}-${arch === 'x64' ? 'amd64' : arch}/bin/anvil`;
      return { program: join(cwd, 'node_modules', files), args: anvilArguments(port), cwd };
    }
    case 'hardhat': {
      const cli = fileURLToPath(new URL('cli.js', peerModule('hardhat', 'hardhat')));
      return {
        program: newNode(),
        args: [cli, 'node', '--hostname', '127.0.0.1', '--port', String(port)],
        cwd,
        env: {
          WATTCHAIN_BENCH: JSON.stringify({
            chainId: TRADE_CHAIN_ID,
            mnemonic: DEVELOPMENT_MNEMONIC,
            accounts: TRADE_ACCOUNTS,
            balanceWei: String(START_COINS),
            blockGas: BLOCK_GAS,
          }),
          HARDHAT_DISABLE_TELEMETRY_PROMPT: 'true',
        },
      };
    }
    case 'ganache': {
      const cli = join(cwd, 'node_modules/ganache/dist/node/cli.js');
      return { program: process.execPath, args: [cli, ...ganacheArguments(port)], cwd };
    }
  }
}

function anvilArguments(port: number): string[] {
  const settings = {
    host: '127.0.0.1',
    port,
    'chain-id': TRADE_CHAIN_ID,
    mnemonic: DEVELOPMENT_MNEMONIC,
    accounts: TRADE_ACCOUNTS,
    balance: COINS,
    'gas-limit': BLOCK_GAS,
    'prune-history': ANVIL_STATES,
  };
  return ['--quiet', ...Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)])];
}

function ganacheArguments(port: number): string[] {
  const settings = {
    'server.host': '127.0.0.1',
    'server.port': port,
    'chain.chainId': TRADE_CHAIN_ID,
    'wallet.mnemonic': DEVELOPMENT_MNEMONIC,
    'wallet.totalAccounts': TRADE_ACCOUNTS,
    'wallet.defaultBalance': COINS,
    'miner.blockGasLimit': BLOCK_GAS,
    'chain.hardfork': 'shanghai',
  };
  return ['--logging.quiet', ...Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)])];
}
