/**
 * Local policy: what a node decides for itself, each default with its unit and reason. What all nodes of a network must
 * agree on stands in genesis instead.
 */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Address, parseAddress, WattchainError } from '@wattchain/core';
import type { LogFormat, LogLevel } from './base/log.js';
import { badConfig, requireKnownFields } from './configFields.js';

/** Who this node talks to. */
export interface P2pConfig {
  /** Multiaddrs to listen on. */
  readonly listen: readonly string[];
  /** Multiaddrs of peers that are dialled at start and again whenever they are lost. */
  readonly peers: readonly string[];
  /** Peer ids that may connect; absent: everybody. */
  readonly allow?: readonly string[];
  /** Peer ids that make up the network, this node's own among them; absent: whoever makes a handshake. */
  readonly members?: readonly string[];
  /** File with the key of a private network; absent: everybody can connect who knows how. */
  readonly pskPath?: string;
}

/** The JSON-RPC door. */
export interface RpcConfig {
  /** Address to bind. */
  readonly host: string;
  /** TCP port, 0 lets the operating system choose. */
  readonly port: number;
  /** Host names (without port) that a request may name, against DNS rebinding. */
  readonly allowedHosts: readonly string[];
  /** Origins of web pages that may call, beside the node's own page and browser extensions. */
  readonly allowedOrigins: readonly string[];
  /** Addresses of reverse proxies in front of the node: each of their connections counts as a client, not each address. */
  readonly proxies: readonly string[];
  /** PEM files of the certificate (with its chain) and of its key: with both the door speaks TLS. */
  readonly tlsCertPath?: string;
  readonly tlsKeyPath?: string;
  /** Milliseconds of the node's time that one request may take, a batch counted as one. */
  readonly maxRequestMs: number;
}

/** A second door for looking: the page and reading, without sending and control. */
export interface ReadingConfig {
  /** Address to bind, such as this machine's in the local network. */
  readonly host: string;
  readonly port: number;
  /** Host names (without port) that a request may name beside IP addresses. */
  readonly allowedHosts: readonly string[];
}

/** Mining. */
export interface MineConfig {
  readonly enabled: boolean;
  /** Worker threads. */
  readonly threads: number;
  /** Part of the time in which each thread works, 0.01 to 1. */
  readonly duty: number;
  /** Earns the reward and the fees; needed when mining. */
  readonly address?: Address;
  /**
   * Members, this node included, that must be seen before it mines; absent: a strict majority of them, two where none are
   * named; 1: it mines alone.
   */
  readonly minMembers?: number;
  /** Joules that one try costs, with all that the machine draws for it: an estimate, from which cost figures are computed. */
  readonly joulesPerHash: number;
  /** File with the 32-byte sealing key as hex, needed where genesis lists the miners. */
  readonly sealKeyPath?: string;
}

/** Limits of the transaction pool. */
export interface MempoolConfig {
  readonly maxTransactions: number;
  /** Of raw transactions together. */
  readonly maxBytes: number;
  /** Transactions of one account that wait for nothing but a block. */
  readonly maxPerAccount: number;
  /** Transactions of one account that wait for an earlier nonce or for funds. */
  readonly maxQueuedPerAccount: number;
  /** Transactions of one account that others of the same nonce may take the place of, in a minute. */
  readonly maxReplacementsPerMinute: number;
  /** Of all accounts together. */
  readonly maxQueued: number;
  /** How long a transaction may wait for an earlier nonce or for funds. */
  readonly queuedLifetimeMs: number;
}

/** The log on standard output. */
export interface LogConfig {
  /** Lines below it are left out. */
  readonly level: LogLevel;
  readonly format: LogFormat;
}

/** A complete configuration; paths are absolute. */
export interface NodeConfig {
  readonly dataDir: string;
  readonly genesisPath: string;
  readonly p2p: P2pConfig;
  readonly rpc: RpcConfig;
  /** Absent: no door for looking. */
  readonly reading?: ReadingConfig;
  readonly mine: MineConfig;
  readonly mempool: MempoolConfig;
  readonly log: LogConfig;
  /** Whether to leave all cryptography to the noble library: slower, and the same answers. */
  readonly nobleAlone: boolean;
  /** One block of the own templates in so many is executed again when it is found, and compared. */
  readonly recheckOneIn: number;
}

/** What stands in a configuration file: only what differs from the defaults. Relative paths start at the data directory. */
export interface NodeConfigInput {
  readonly genesisPath?: string;
  readonly p2p?: Partial<P2pConfig>;
  readonly rpc?: Partial<RpcConfig>;
  readonly reading?: Partial<ReadingConfig>;
  readonly mine?: Partial<Omit<MineConfig, 'address'>> & { readonly address?: string };
  readonly mempool?: Partial<MempoolConfig>;
  readonly log?: Partial<LogConfig>;
  readonly nobleAlone?: boolean;
  readonly recheckOneIn?: number;
}

/** The defaults, each with its reason. */
export const NODE_DEFAULTS = {
  p2p: {
    // Loopback: a node is opened to others on purpose, not by forgetting a line.
    listen: ['/ip4/127.0.0.1/tcp/0'] as readonly string[],
    peers: [] as readonly string[],
  },
  rpc: {
    // The door has no users of its own, so it opens to this machine only.
    host: '127.0.0.1',
    // The port that Ethereum clients expect.
    port: 8545,
    allowedHosts: ['localhost', '127.0.0.1', '[::1]'] as readonly string[],
    allowedOrigins: [] as readonly string[],
    proxies: [] as readonly string[],
    // Geth's figure for a call; a call with all of a block's gas takes one to three seconds.
    maxRequestMs: 5_000,
  },
  mine: {
    // Somebody must name who earns before a node mines.
    enabled: false,
    // One thread leaves a two-core machine usable.
    threads: 1,
    // Half of a core: mining for a neighbourhood should not heat the room.
    duty: 0.5,
    // An estimate: 5 W for one busy core of a server (AMD EPYC 7763: 280 W for 64 cores, and 15 % for fans and power supply)
    // at 9 million tries a second. docs/mining.md says how to measure one's own.
    joulesPerHash: 6e-7,
  },
  mempool: {
    // 4,096 transfers are about 20 blocks of 4.2 Mgas; 16 MiB hold them even when each carries 4 KiB.
    maxTransactions: 4_096,
    maxBytes: 16 * 1024 * 1024,
    // A household's whole day of offers and settlements at once, four times over.
    maxPerAccount: 512,
    // Room for transactions that arrive in the wrong order, little for somebody who parks there.
    maxQueuedPerAccount: 64,
    // Each is checked and passed on by every node, and one of them pays. Ten rises of a tenth are two and a half times the price.
    maxReplacementsPerMinute: 10,
    maxQueued: 1_024,
    // Geth's figure is three hours; a gap that is not filled within one is a mistake of the sender.
    queuedLifetimeMs: 3_600_000,
  },
  // People read a terminal, programs read everything else.
  log: { level: 'info', format: 'auto' } as LogConfig,
  // The faster code gives noble's answers, as the tests show, and a new node catches up in a fraction of the time.
  nobleAlone: false,
  // A miner of one-second blocks would notice a wrong template within minutes, for a half per cent of the work.
  recheckOneIn: 256,
} as const;

/** Name of the configuration file in a data directory. */
export const CONFIG_FILE = 'config.json';
/** Name of the genesis file in a data directory, unless `genesisPath` says otherwise. */
export const GENESIS_FILE = 'genesis.json';

/** Folder of the store in the data directory. */
export const CHAIN_FOLDER = 'chain';

/** The configuration in `<dataDir>/config.json`, or the defaults when there is no such file. Throws `badConfig`. */
export function loadNodeConfig(dataDir: string): NodeConfig {
  return resolveNodeConfig(readNodeConfigFile(dataDir), dataDir);
}

/** What stands in `<dataDir>/config.json`, fields and values checked; nothing when there is no such file. Throws `badConfig`. */
export function readNodeConfigFile(dataDir: string): NodeConfigInput {
  const path = join(dataDir, CONFIG_FILE);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw new WattchainError('badConfig', `${path} cannot be read`, { hint: 'check who owns the file', cause });
  }
  try {
    return checkSections(JSON.parse(text));
  } catch (cause) {
    if (cause instanceof WattchainError) throw cause;
    throw new WattchainError('badConfig', `${path} is not JSON: ${(cause as Error).message}`, {
      values: { path },
      hint: 'correct the file',
      cause,
    });
  }
}

/**
 * Checks a configuration and fills in the defaults. Throws `badConfig`, which names the field, what stands there and what
 * is expected; a field that does not exist is refused, because it is a spelling mistake.
 */
export function resolveNodeConfig(input: unknown, dataDir: string): NodeConfig {
  const checked = checkSections(input);
  const { genesisPath = GENESIS_FILE, p2p, mempool, log } = checked;
  const { nobleAlone = NODE_DEFAULTS.nobleAlone, recheckOneIn = NODE_DEFAULTS.recheckOneIn } = checked;
  const { tlsCertPath, tlsKeyPath, ...rpc } = checked.rpc ?? {};
  if ((tlsCertPath === undefined) !== (tlsKeyPath === undefined)) {
    throw badConfig('rpc', checked.rpc, 'tlsCertPath and tlsKeyPath, both or none');
  }
  const { host, port, allowedHosts = [] } = checked.reading ?? {};
  if (checked.reading !== undefined && (host === undefined || port === undefined)) {
    throw badConfig('reading', checked.reading, 'host and port, both');
  }
  refuseShutOutMembers(p2p);
  const { address, sealKeyPath, ...mine } = checked.mine ?? {};
  const directory = resolve(dataDir);
  return {
    dataDir: directory,
    genesisPath: resolve(directory, genesisPath),
    p2p: {
      ...NODE_DEFAULTS.p2p,
      ...p2p,
      ...(p2p?.pskPath === undefined ? {} : { pskPath: resolve(directory, p2p.pskPath) }),
    },
    rpc: {
      ...NODE_DEFAULTS.rpc,
      ...rpc,
      ...(tlsCertPath === undefined || tlsKeyPath === undefined
        ? {}
        : { tlsCertPath: resolve(directory, tlsCertPath), tlsKeyPath: resolve(directory, tlsKeyPath) }),
    },
    ...(host === undefined || port === undefined ? {} : { reading: { host, port, allowedHosts } }),
    mine: {
      ...NODE_DEFAULTS.mine,
      ...mine,
      ...(address === undefined ? {} : { address: parseAddress(address) }),
      ...(sealKeyPath === undefined ? {} : { sealKeyPath: resolve(directory, sealKeyPath) }),
    },
    mempool: { ...NODE_DEFAULTS.mempool, ...mempool },
    log: { ...NODE_DEFAULTS.log, ...log },
    nobleAlone,
    recheckOneIn,
  };
}

/** A member that may not connect is never seen: one of the two lists is wrong. */
function refuseShutOutMembers({ members = [], allow }: Partial<P2pConfig> = {}): void {
  const shutOut = allow === undefined ? [] : members.filter((peerId) => !allow.includes(peerId));
  if (shutOut.length > 0) throw badConfig('p2p.allow', allow, `all of p2p.members, so ${shutOut.join(', ')} too`);
}

function checkSections(input: unknown): NodeConfigInput {
  requireKnownFields(input);
  return input as NodeConfigInput;
}
