import { resolve } from 'node:path';
import { PUBLISHED_ADDRESSES, PUBLISHED_MNEMONIC, toChecksumAddress, toHex } from '@wattchain/core';
import {
  DEVELOPMENT_MNEMONIC,
  type DevelopmentAccount,
  DevelopmentNode,
  deriveAccounts,
  developmentGenesis,
  knownArtifacts,
  MAX_DEVELOPMENT_ACCOUNTS,
  requireOrigin,
  type SealingMode,
} from '@wattchain/node';
import type { Artifact } from '@wattchain/vm';
import { type Command, Option } from 'commander';
import { printCalls } from '../callLog.js';
import { collect, parseFraction, parseWhole } from '../options.js';
import { formatTable, type Output } from '../output.js';
import { pageDirectory } from '../page.js';
import { addCommand } from '../program.js';
import { runUntilSignal } from '../running.js';
import {
  type BeginningOptions,
  parseBalance,
  parseChainId,
  readState,
  requireAgreement,
  requireWritable,
  writeWhole,
} from './devState.js';

interface DevOptions extends BeginningOptions {
  readonly port: string;
  readonly blockTime?: string;
  /** Files to load from and save in. */
  readonly state?: string;
  readonly loadState?: string;
  readonly dumpState?: string;
  readonly allowOrigin: readonly string[];
  readonly artifact: readonly string[];
  readonly quiet?: boolean;
}

/** An account and what the banner calls it. */
interface NamedAccount extends DevelopmentAccount {
  readonly name: string;
}

const DEFAULT_ACCOUNTS = '10';
const DEFAULT_BALANCE = '10000';
const DEFAULT_CHAIN_ID = '31337';
/** How many of the published accounts take part in the testbed. */
const TESTBED_ACCOUNTS = 8;
/** Which of them run the bank and register meters, and whose key (miner-1's) decides on changes of theirs. */
const OPERATORS = [5, 7] as const;
const RECOVERY = 4;

/** `wattchain dev`: a chain of one process for developers, until Ctrl-C. */
export function addDevCommand(program: Command): void {
  addCommand<DevOptions>(
    program,
    'dev',
    "run a developer's chain until Ctrl-C: blocks on demand, accounts with published keys, no peers",
    (command) =>
      command
        .option('--port <port>', 'JSON-RPC port on loopback, 0 for any', '8545')
        .option('--block-time <seconds>', 'a block every so many seconds instead of one for every transaction')
        .option('--mnemonic <words>', 'whose accounts begin with coins (default: test test … junk)')
        .option('--accounts <n>', `how many of them (default: ${DEFAULT_ACCOUNTS})`)
        .option('--balance <coins>', `coins that each begins with (default: ${DEFAULT_BALANCE})`)
        .option('--chain-id <id>', `chain id (default: ${DEFAULT_CHAIN_ID})`)
        .option('--market', "the market's contracts and accounts, as on the testbed")
        .addOption(
          new Option(
            '--state <file>',
            'load the chain from this file if it exists, and save it there at the end',
          ).conflicts(['loadState', 'dumpState']),
        )
        .option('--load-state <file>', 'load the chain from this file')
        .option('--dump-state <file>', 'save the chain there at the end')
        .option('--allow-origin <origin>', 'let pages of this origin call; repeatable', collect, [])
        .option('--artifact <file>', 'a .sol or .wca file, whose lines traces then show; repeatable', collect, [])
        .option('--quiet', 'print no line for calls and blocks'),
    runDev,
  );
}

async function runDev(output: Output, options: DevOptions): Promise<void> {
  const saved = options.dumpState ?? options.state;
  if (saved !== undefined) requireWritable(resolve(saved));
  options.allowOrigin.forEach(requireOrigin);
  const accounts = accountsOf(options);
  const loaded = readState(options);
  const start = loaded ?? { genesis: await genesisOf(options, accounts) };
  const node = await DevelopmentNode.create({
    start,
    accounts,
    mode: modeOf(options),
    artifacts: knownArtifacts(await artifactsOf(options)),
    pageDirectory: pageDirectory(),
    rpc: {
      port: parseWhole('--port', options.port, 0, 65_535),
      allowedOrigins: options.allowOrigin,
    },
  });
  if (loaded !== undefined) {
    const poor = requireAgreement(options, node, accounts);
    if (poor.length > 0) output.progress(`accounts without coins in the chain of the state file: ${poor.join(', ')}`);
  }
  if (options.quiet !== true) printCalls(node, output);
  await runUntilSignal(node, () => showBanner(output, node, accounts, options));
  if (saved !== undefined) {
    writeWhole(resolve(saved), await node.development.dump());
    output.progress(`saved in ${saved}: ${node.chain.head.header.height} blocks`);
  }
}

function accountsOf(options: DevOptions) {
  const count = parseWhole('--accounts', options.accounts ?? DEFAULT_ACCOUNTS, 0, MAX_DEVELOPMENT_ACCOUNTS);
  const own = deriveAccounts(options.mnemonic ?? DEVELOPMENT_MNEMONIC, count);
  const accounts: NamedAccount[] = own.map((account, index) => ({ ...account, name: String(index) }));
  if (options.market !== true) return accounts;
  const known = new Set(own.map(({ address }) => address));
  const participants = deriveAccounts(PUBLISHED_MNEMONIC, TESTBED_ACCOUNTS)
    .map((account, index) => ({ ...account, name: `testbed ${index}` }))
    .filter(({ address }) => !known.has(address));
  return [...accounts, ...participants];
}

async function genesisOf(options: DevOptions, accounts: readonly NamedAccount[]) {
  return developmentGenesis({
    chainId: parseChainId(options.chainId ?? DEFAULT_CHAIN_ID),
    timestampMs: Date.now(),
    addresses: accounts.map(({ address }) => address),
    balanceWei: parseBalance(options.balance ?? DEFAULT_BALANCE),
    contracts: options.market === true ? await marketContracts() : [],
  });
}

async function marketContracts(): Promise<readonly unknown[]> {
  const [{ deployEnergyContracts }, { developmentRules }] = await Promise.all([
    import('../genesisFile.js'),
    import('../testbed/rules.js'),
  ]);
  const operators = OPERATORS.flatMap((index) => PUBLISHED_ADDRESSES[index] ?? []);
  const recoveryKey = PUBLISHED_ADDRESSES[RECOVERY];
  return deployEnergyContracts(developmentRules({ operators, ...(recoveryKey === undefined ? {} : { recoveryKey }) }));
}

/** What contracts were made from, so that traces show their source lines. */
async function artifactsOf({ market, artifact: files }: DevOptions): Promise<Artifact[]> {
  if (market !== true && files.length === 0) return [];
  const { loadContracts, loadMarketArtifacts } = await import('../artifacts.js');
  const loaded = await Promise.all(files.map((file) => loadContracts(file)));
  return [...(market === true ? loadMarketArtifacts() : []), ...loaded.flatMap(({ artifacts }) => artifacts)];
}

function modeOf({ blockTime }: DevOptions): SealingMode {
  if (blockTime === undefined) return { automine: true, intervalMs: 0 };
  return { automine: false, intervalMs: Math.round(1000 * parseFraction('--block-time', blockTime, 0.1, 86_400)) };
}

/** What stands between a fresh market and its first trade. */
const MARKET_HINT = [
  "The testbed's accounts act in the market. It begins without meters and tokens:",
  '  wattchain meter register --from testbed:operator-1 --meter node-1 --household testbed:node-1 --reporter testbed:gateway',
  '  wattchain bank buy --from testbed:node-2 --tokens 20',
].join('\n');

function showBanner(
  output: Output,
  { rpc, chain }: DevelopmentNode,
  accounts: readonly NamedAccount[],
  { market, blockTime }: DevOptions,
): void {
  const { genesis, head } = chain;
  const shown = accounts.map(({ name, address, privateKey }) => ({
    name,
    address: toChecksumAddress(address),
    privateKey: toHex(privateKey),
  }));
  const contracts = genesis.contracts.map(({ name, address }) => ({ name, address: toChecksumAddress(address) }));
  output.result(
    {
      url: rpc.url,
      chainId: genesis.chainId,
      genesis: genesis.hash,
      height: head.header.height,
      accounts: shown,
      contracts,
    },
    [
      `A developer's chain, for tests only: everybody knows these keys.`,
      '',
      formatTable([
        ['account', 'address', 'private key'],
        ...shown.map((account) => [account.name, account.address, account.privateKey]),
      ]),
      '',
      ...(contracts.length === 0
        ? []
        : [formatTable([['contract', 'address'], ...contracts.map(({ name, address }) => [name, address])]), '']),
      ...(market === true ? [MARKET_HINT, ''] : []),
      `chain id ${genesis.chainId}, block ${head.header.height}, ${blockTime === undefined ? 'a block for every transaction' : `a block every ${blockTime} s`}`,
      `JSON-RPC on ${rpc.url}, Ctrl-C ends it`,
    ].join('\n'),
  );
}
