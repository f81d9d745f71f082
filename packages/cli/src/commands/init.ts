import { randomInt } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { measureMiningRate } from '@wattchain/bench';
import {
  type Address,
  MAX_CHAIN_ID,
  MIN_NEW_CHAIN_ID,
  parseAddress,
  parseGenesis,
  targetForRate,
  toChecksumAddress,
  WattchainError,
} from '@wattchain/core';
import { type CommunityZone, describeCommunity } from '@wattchain/market';
import { type NodeConfigInput, peerIdIn, requireMultiaddr, resolveNodeConfig, systemRuntime } from '@wattchain/node';
import type { Command } from 'commander';
import { writeMarketArtifacts } from '../artifacts.js';
import { makePrivateDirectory, writeInto } from '../directory.js';
import { createGenesis } from '../genesisFile.js';
import { refusePublished } from '../keys/keyFiles.js';
import { collect, parseWhole } from '../options.js';
import { formatFields, toJson } from '../output.js';
import { addCommand } from '../program.js';
import { parseTimeZone } from '../timeZone.js';
import { resolveAddress } from './coins.js';
import { givenMarketOptions, type InitMarketOptions, marketOf, withMarket } from './initMarket.js';

interface InitOptions extends InitMarketOptions {
  readonly data: string;
  readonly genesis?: string;
  readonly name?: string;
  readonly timeZone?: string;
  readonly participant: readonly string[];
  readonly blockInterval?: string;
  readonly miners?: string;
  readonly mine?: string;
  readonly member: readonly string[];
  readonly minMembers?: string;
  readonly networkKey?: string;
  readonly rpcPort: string;
  readonly p2pPort: string;
  readonly listen: readonly string[];
  readonly peer: readonly string[];
  readonly sealKey?: string;
  readonly sealer: readonly string[];
}

const DEFAULT_NAME = 'wattchain';
const DEFAULT_BLOCK_INTERVAL = '15000';
const DEFAULT_MINERS = '2';
/** Part of a core that a miner uses unless its configuration says otherwise. */
const DEFAULT_DUTY = 0.5;

/** `wattchain init`: a data directory for one node, of a new network or of one whose genesis file is at hand. */
export function addInitCommand(program: Command): void {
  addCommand<InitOptions>(
    program,
    'init',
    "make a node's data directory: a new network, or another node of one with --genesis",
    (command) =>
      withMarket(command.requiredOption('--data <dir>', 'the directory to make'))
        .option('--genesis <file>', 'join the network of this genesis file')
        .option('--name <name>', `name of a new network (default: ${DEFAULT_NAME})`)
        .option(
          '--time-zone <zone>',
          "the community's clock in a new network, such as Europe/Berlin or +01:00 (default: this machine's)",
        )
        .option('--participant <who>', 'address or key name that gets coins in a new network; repeatable', collect, [])
        .option('--block-interval <ms>', `block interval of a new network (default: ${DEFAULT_BLOCK_INTERVAL})`)
        .option('--miners <n>', `miners like this machine that a new network is made for (default: ${DEFAULT_MINERS})`)
        .option('--mine <who>', 'this node mines for this address or key name')
        .option(
          '--member <peer-id>',
          'a node of the network, as wattchain peer-key prints it; this one mines while most of them answer; repeatable',
          collect,
          [],
        )
        .option(
          '--min-members <n>',
          'nodes, itself included, that must answer before this one mines; 1: it mines alone',
        )
        .option(
          '--network-key <file>',
          'only nodes with this key, made by wattchain network-key, can connect; of them only members where --member names them',
        )
        .option(
          '--sealer <address>',
          'only who has this sealing key may mine in a new network; repeatable',
          collect,
          [],
        )
        .option('--seal-key <file>', "this node's sealing key, made by wattchain seal-key")
        .option('--keys <dir>', 'directory of key files (default: $WATTCHAIN_KEYS or ~/.wattchain/keys)')
        .option('--rpc-port <port>', 'JSON-RPC port on loopback', '8545')
        .option('--p2p-port <port>', 'libp2p port on loopback, where no --listen is given', '30303')
        .option('--listen <multiaddr>', 'listen there, such as /ip4/0.0.0.0/tcp/30303; repeatable', collect, [])
        .option('--peer <multiaddr>', 'a peer to dial, such as /ip4/10.0.0.2/tcp/30303; repeatable', collect, []),
    async (output, options) => {
      const dataDir = resolve(options.data);
      if (existsSync(join(dataDir, 'genesis.json'))) {
        throw new WattchainError('alreadyInitialised', `${dataDir} is a node's data directory already`, {
          values: { dataDir },
          hint: `start it with: wattchain node --data ${options.data}`,
        });
      }
      refuseRulesOfOthers(options);
      for (const address of [...options.listen, ...options.peer]) requireMultiaddr(address);
      // Before anything is written; the own peer id comes on top.
      resolveNodeConfig(nodeConfig(options, options.member), dataDir);
      const text = options.genesis === undefined ? toJson(await newGenesis(options)) : readGenesisText(options.genesis);
      const genesis = parseGenesis(parseJson(text, options.genesis ?? 'the new genesis'));
      makePrivateDirectory(dataDir);
      const peerId = await peerIdIn(dataDir, systemRuntime().random);
      const config = nodeConfig(options, membersWith(options.member, peerId));
      writeInto(dataDir, 'genesis.json', `${text.trimEnd()}\n`);
      writeInto(dataDir, 'config.json', `${toJson(config)}\n`);
      writeMarketArtifacts(dataDir);
      const result = { dataDir, network: genesis.name, chainId: genesis.chainId, genesisHash: genesis.hash, peerId };
      output.result(
        result,
        formatFields([
          ['network', `${genesis.name} (chain id ${genesis.chainId})`],
          ['genesis', genesis.hash],
          ['peer id', peerId],
          ['files', `${join(dataDir, 'genesis.json')}, config.json`],
          ['next', `wattchain node --data ${options.data}`],
        ]),
      );
    },
  );
}

/** With `--genesis` everything that decides a new network is fixed. */
function refuseRulesOfOthers(options: InitOptions): void {
  if (options.genesis === undefined) return;
  const { name, participant, sealer, blockInterval, miners, timeZone } = options;
  const ownRules = Object.entries({
    '--name': name !== undefined,
    '--participant': participant.length > 0,
    '--sealer': sealer.length > 0,
    '--block-interval': blockInterval !== undefined,
    '--miners': miners !== undefined,
    '--time-zone': timeZone !== undefined,
  }).flatMap(([option, isGiven]) => (isGiven ? [option] : []));
  const given = [...ownRules, ...givenMarketOptions(options)];
  if (given.length === 0) return;
  throw new WattchainError(
    'fixedByGenesis',
    `${given.join(', ')}: only for a new network, and --genesis names one that exists`,
    {
      values: { genesis: options.genesis, given },
      hint: 'leave that out to join it, or leave --genesis out to make a new one',
    },
  );
}

/** The zone that was named, or this machine's. */
function zoneOf({ timeZone }: InitOptions): CommunityZone {
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (timeZone !== undefined) return parseTimeZone('--time-zone', timeZone).zone;
  return own === undefined || own === 'UTC' ? parseTimeZone('--time-zone', 'UTC').zone : { kind: 'named', name: own };
}

async function newGenesis(options: InitOptions): Promise<unknown> {
  const market = marketOf(options);
  const blockIntervalMs = parseWhole(
    '--block-interval',
    options.blockInterval ?? DEFAULT_BLOCK_INTERVAL,
    100,
    3_600_000,
  );
  const miners = parseWhole('--miners', options.miners ?? DEFAULT_MINERS, 1, 1_000_000);
  // The recovery key owns nothing but what its acts cost.
  const participants = new Set<Address>([
    ...market.operators,
    ...(market.recoveryKey === undefined ? [] : [market.recoveryKey]),
    ...options.participant.map((who) => resolveAddress(who, options.keys)),
  ]);
  if (options.mine !== undefined) participants.add(resolveAddress(options.mine, options.keys));
  for (const address of participants) refusePublished(address);
  const community = describeCommunity({ name: undefined, zone: zoneOf(options) });
  const sealers = options.sealer.map((address) => parseAddress(address));
  // Last, because it takes seconds, and what is refused is refused at once. Each miner has a machine of its own, like this one.
  const rate = miners * (await measureMiningRate({ threads: 1, duty: DEFAULT_DUTY }));
  return createGenesis({
    name: options.name ?? DEFAULT_NAME,
    community,
    chainId: randomInt(MIN_NEW_CHAIN_ID, MAX_CHAIN_ID),
    timestampMs: Date.now(),
    blockIntervalMs,
    target: targetForRate(rate, blockIntervalMs),
    testbed: false,
    participants: [...participants],
    market,
    miners: sealers,
  });
}

/** All members, the new node among them, whether or not it was named; none where none were. */
function membersWith(members: readonly string[], peerId: string): readonly string[] {
  return members.length === 0 ? [] : [...new Set([...members, peerId])];
}

function nodeConfig(options: InitOptions, members: readonly string[]): NodeConfigInput {
  const { networkKey, minMembers } = options;
  return {
    p2p: {
      listen:
        options.listen.length > 0
          ? options.listen
          : [`/ip4/127.0.0.1/tcp/${parseWhole('--p2p-port', options.p2pPort, 0, 65_535)}`],
      peers: options.peer,
      ...(members.length === 0 ? {} : { members }),
      ...(networkKey === undefined ? {} : { pskPath: resolve(networkKey) }),
      ...(networkKey === undefined || members.length === 0 ? {} : { allow: members }),
    },
    rpc: { port: parseWhole('--rpc-port', options.rpcPort, 0, 65_535) },
    mine:
      options.mine === undefined
        ? { enabled: false }
        : {
            enabled: true,
            address: toChecksumAddress(resolveAddress(options.mine, options.keys)),
            ...(minMembers === undefined ? {} : { minMembers: parseWhole('--min-members', minMembers, 1, 64) }),
            ...(options.sealKey === undefined ? {} : { sealKeyPath: resolve(options.sealKey) }),
          },
  };
}

function readGenesisText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new WattchainError('unreadableFile', `the genesis file ${file} cannot be read`, {
      values: { file },
      hint: 'check the path',
      cause,
    });
  }
}

function parseJson(text: string, from: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new WattchainError('badGenesis', `${from} is not JSON`, {
      values: { from },
      hint: 'copy it again from another node of the network',
      cause,
    });
  }
}
