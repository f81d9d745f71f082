/** Which fields a configuration may have, and which values each of them may. */
import { isIP } from 'node:net';
import { parseAddress, WattchainError } from '@wattchain/core';
import { LOG_FORMATS, LOG_LEVELS } from './base/log.js';

/** Peer ids that a list may have. */
export const MAX_MEMBERS = 64;

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

/** Checks the fields of a configuration and their values, each by itself. Throws `badConfig`. */
export function requireKnownFields(input: unknown): void {
  for (const [name, value] of fieldsOf('', input)) {
    const section = own(SECTIONS, name);
    if (section === undefined) checkField(name, value, own(TOP_FIELDS, name));
    else for (const [field, item] of fieldsOf(name, value)) checkField(`${name}.${field}`, item, own(section, field));
  }
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

/** `badConfig`, with the field, what stands there and what is expected. */
export function badConfig(path: string, value: unknown, expected: string): WattchainError {
  const field = path === '' ? 'the configuration' : `${path} in the configuration`;
  return new WattchainError('badConfig', `${field} is ${JSON.stringify(value)}, expected ${expected}`, {
    values: { field: path, value, expected },
    hint: 'correct the configuration, docs/operating.md lists the fields and their defaults',
  });
}
