/**
 * Local policy: what a node decides for itself, each default with its unit and reason. What all nodes of a network must
 * agree on stands in genesis instead.
 */
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join, resolve } from 'node:path';
import { type Address, parseAddress, WattchainError } from '@wattchain/core';
import { LOG_FORMATS, LOG_LEVELS, type LogFormat, type LogLevel } from './base/log.js';

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

/** Peer ids that a list may have. */
export const MAX_MEMBERS = 64;

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

/** Refuses what no node can dial or listen on. Throws `badAddress`. */
export function requireMultiaddr(address: string): void {
  if (MULTIADDR.test(address)) return;
  throw new WattchainError('badAddress', `"${address}" is not a multiaddr`, {
    values: { address },
    hint: 'write it like /ip4/192.168.1.20/tcp/30303 or /dns4/meter.local/tcp/30303/p2p/12D3KooW…',
  });
}

/** Refuses what no page's origin can be. Throws `badOrigin`. */
export function requireOrigin(origin: string): void {
  if (ORIGIN.test(origin)) return;
  throw new WattchainError('badOrigin', `"${origin}" is not an origin`, {
    values: { origin },
    hint: 'write scheme, name and port as the browser does, like http://localhost:5173, without a path',
  });
}

/** What a field may be: a sentence for people and a test. */
interface FieldRule {
  readonly expected: string;
  readonly accepts: (value: unknown) => boolean;
}

const text: FieldRule = { expected: 'a text', accepts: (value) => typeof value === 'string' && value !== '' };
const flag: FieldRule = { expected: 'true or false', accepts: (value) => typeof value === 'boolean' };
const texts: FieldRule = {
  expected: 'a list of texts',
  accepts: (value) => Array.isArray(value) && value.every((item) => typeof item === 'string'),
};
/** The multiaddrs that a node can dial or listen on: TCP, by address or name, with or without the peer's id. */
const MULTIADDR = /^\/(ip4|ip6|dns|dns4|dns6)\/[^/\s]+\/tcp\/\d{1,5}(\/p2p\/[A-Za-z0-9]+)?$/;
const multiaddrs: FieldRule = {
  expected: 'a list of multiaddrs such as /ip4/10.0.0.2/tcp/30303',
  accepts: (value) => texts.accepts(value) && (value as string[]).every((item) => MULTIADDR.test(item)),
};
/** Scheme, name and port of a page, as a browser's `Origin` header has them (RFC 6454). */
const ORIGIN = /^[a-z][a-z0-9+.-]*:\/\/[^/\s?#*]+$/i;
const origins: FieldRule = {
  expected: 'a list of origins such as http://localhost:5173',
  accepts: (value) => texts.accepts(value) && (value as string[]).every((item) => ORIGIN.test(item)),
};
/** What libp2p calls a peer whose key is Ed25519, as the nodes' are: base58 of the key with its kind. */
const PEER_ID = /^12D3KooW[1-9A-HJ-NP-Za-km-z]{44}$/;
const peerIds: FieldRule = {
  expected: `a list of at most ${MAX_MEMBERS} different peer ids such as 12D3KooW…, as wattchain status prints them`,
  accepts: (value) =>
    texts.accepts(value) &&
    (value as string[]).every((item) => PEER_ID.test(item)) &&
    new Set(value as string[]).size === (value as string[]).length &&
    (value as string[]).length <= MAX_MEMBERS,
};
const ipAddresses: FieldRule = {
  expected: 'a list of IP addresses such as 10.0.0.2',
  accepts: (value) => texts.accepts(value) && (value as string[]).every((item) => isIP(item) !== 0),
};
const choice = (allowed: readonly string[]): FieldRule => ({
  expected: allowed.map((item) => `"${item}"`).join(' or '),
  accepts: (value) => allowed.some((item) => item === value),
});
const whole = (min: number, max: number): FieldRule => ({
  expected: `a whole number from ${min} to ${max}`,
  accepts: (value) => Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max,
});

const TOP_FIELDS: Readonly<Record<string, FieldRule>> = {
  genesisPath: text,
  nobleAlone: flag,
  recheckOneIn: whole(1, 1_000_000),
};

/** Every section and field that a configuration may have. */
const SECTIONS: Readonly<Record<string, Readonly<Record<string, FieldRule>>>> = {
  p2p: { listen: multiaddrs, peers: multiaddrs, allow: peerIds, members: peerIds, pskPath: text },
  rpc: {
    host: text,
    port: whole(0, 65_535),
    allowedHosts: texts,
    allowedOrigins: origins,
    proxies: ipAddresses,
    tlsCertPath: text,
    tlsKeyPath: text,
    maxRequestMs: whole(10, 3_600_000),
  },
  reading: { host: text, port: whole(0, 65_535), allowedHosts: texts },
  mine: {
    enabled: flag,
    threads: whole(1, 64),
    duty: {
      expected: 'a number from 0.01 to 1',
      accepts: (value) => typeof value === 'number' && value >= 0.01 && value <= 1,
    },
    address: {
      expected: 'an address: 0x and 40 hexadecimal digits, in lower case or with its checksum',
      accepts: isAddress,
    },
    minMembers: whole(1, MAX_MEMBERS),
    joulesPerHash: {
      expected: 'a number above 0 and at most 1',
      accepts: (value) => typeof value === 'number' && value > 0 && value <= 1,
    },
    sealKeyPath: text,
  },
  mempool: {
    maxTransactions: whole(1, 1_000_000),
    maxBytes: whole(65_536, 1_073_741_824),
    maxPerAccount: whole(1, 1_000_000),
    maxQueuedPerAccount: whole(1, 1_000_000),
    maxReplacementsPerMinute: whole(1, 1_000_000),
    maxQueued: whole(1, 1_000_000),
    queuedLifetimeMs: whole(1_000, 604_800_000),
  },
  log: { level: choice(LOG_LEVELS), format: choice(LOG_FORMATS) },
};

function isAddress(value: unknown): boolean {
  try {
    return typeof value === 'string' && parseAddress(value) !== undefined;
  } catch {
    return false;
  }
}

function checkSections(input: unknown): NodeConfigInput {
  for (const [name, value] of fieldsOf('', input)) {
    const section = own(SECTIONS, name);
    if (section === undefined) checkField(name, value, own(TOP_FIELDS, name));
    else for (const [field, item] of fieldsOf(name, value)) checkField(`${name}.${field}`, item, own(section, field));
  }
  return input as NodeConfigInput;
}

/** What stands in a table under a name that anybody may have written, such as `constructor`. */
function own<T>(table: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

function fieldsOf(path: string, value: unknown): [string, unknown][] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw badConfig(path, value, 'an object');
  return Object.entries(value);
}

function checkField(path: string, value: unknown, rule: FieldRule | undefined): void {
  if (rule === undefined) throw badConfig(path, value, 'no field of this name');
  if (!rule.accepts(value)) throw badConfig(path, value, rule.expected);
}

function badConfig(path: string, value: unknown, expected: string): WattchainError {
  const field = path === '' ? 'the configuration' : `${path} in the configuration`;
  return new WattchainError('badConfig', `${field} is ${JSON.stringify(value)}, expected ${expected}`, {
    values: { field: path, value, expected },
    hint: 'correct the configuration, docs/operating.md lists the fields and their defaults',
  });
}
