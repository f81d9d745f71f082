import { blockHash } from './block/header.js';
import { appendToHistory } from './block/history.js';
import type { Header, HeaderRecord } from './block/types.js';
import { type Address, fromHex, type Hash, type Hex, textToBytes, toHex, ZERO_ADDRESS, ZERO_HASH } from './bytes.js';
import { canonicalTexts, type MemberTexts } from './canonicalJson.js';
import { type GenesisBalance, GenesisBalances } from './genesisBalances.js';
import { type GenesisContract, type GenesisState, type GenesisWord, genesisStateRoot } from './genesisState.js';
import { sha256OfTexts } from './hash.js';
import { createRefuse, JsonFields, type Refuse } from './jsonFields.js';
import { HEADER_VERSION, MAX_CHAIN_ID, MAX_CODE_BYTES, WORD_LIMIT } from './params.js';
import { isPublishedAddress } from './publishedAccounts.js';

/** Plain data: texts, whole numbers, true, false, lists and objects. */
export type PlainData = string | number | boolean | readonly PlainData[] | { readonly [name: string]: PlainData };

/** The rules that a network may choose. */
export interface GenesisRules extends GenesisState {
  readonly name: string;
  /** Sorted by address; balances of 0 are left out. */
  readonly alloc: GenesisBalances;
  /**
   * Whose network it is: what programs for people must know alike wherever they ask, such as the zone of its clocks. No rule of the
   * chain depends on it, and a node does not look into it. `undefined` where nobody said.
   */
  readonly community: PlainData | undefined;
  readonly chainId: number;
  readonly timestampMs: number;
  /** T, the block interval that the difficulty aims at. */
  readonly blockIntervalMs: number;
  /** Half-life of the difficulty's answer. */
  readonly halfLifeMs: number;
  readonly firstTarget: bigint;
  /** The easiest target there may be. */
  readonly largestTarget: bigint;
  readonly blockGasLimit: number;
  readonly blockByteLimit: number;
  readonly minGasPriceWei: bigint;
  readonly blockRewardWei: bigint;
  /** A block is confirmed when so many blocks, itself included, carry it. */
  readonly confirmations: number;
  /** Who may seal blocks, sorted; empty: everybody may mine. */
  readonly miners: readonly Address[];
  /** A throw-away network whose keys are public. */
  readonly testbed: boolean;
  /** A testbed of one process without peers: every hash is work enough, and transactions need no signature. */
  readonly development: boolean;
}

/** A network: its rules and the block they make. Deeply frozen, except that bytes cannot be. */
export interface Genesis extends GenesisRules {
  /** Hash of the genesis block; two networks that differ in any rule differ here. */
  readonly hash: Hash;
  readonly header: Header;
}

/**
 * The genesis file in its canonical form: every field there, hex in lower case and words of 64 digits, amounts as
 * decimal text, lists sorted. {@link parseGenesis} is lenient where no meaning changes: `halfLifeMs` defaults to
 * 36 · T, `community`, `miners`, `testbed`, `development`, `alloc`, `contracts` and `storage` to nothing, words may be shorter, addresses may carry
 * their checksum, order is free.
 */
export interface GenesisJson {
  readonly name: string;
  /** Absent where nobody said. */
  readonly community?: PlainData;
  readonly chainId: number;
  readonly timestampMs: number;
  readonly blockIntervalMs: number;
  readonly halfLifeMs: number;
  readonly firstTarget: Hex;
  readonly largestTarget: Hex;
  readonly blockGasLimit: number;
  readonly blockByteLimit: number;
  readonly minGasPriceWei: string;
  readonly blockRewardWei: string;
  readonly confirmations: number;
  readonly miners: readonly Address[];
  readonly testbed: boolean;
  /** Absent unless true, so that no other network's hash depends on it. */
  readonly development?: true;
  readonly alloc: Readonly<Record<Address, { readonly balance: string }>>;
  readonly contracts: readonly {
    readonly name: string;
    readonly address: Address;
    readonly code: Hex;
    readonly storage: Readonly<Record<Hex, Hex>>;
  }[];
}

/** Half-life of the difficulty where genesis names none, in block intervals: 10 % noise, recovery within 60 blocks. */
const DEFAULT_HALF_LIFE_INTERVALS = 36;
const MAX_NAME_LENGTH = 64;
/** Room for a name, a zone and a line for each of some hundred homes. */
const MAX_COMMUNITY_BYTES = 65_536;
const MAX_COMMUNITY_DEPTH = 8;
const MAX_MINERS = 256;
const MAX_CONTRACTS = 256;
/** The last moment that JavaScript's Date can show. */
const MAX_TIMESTAMP_MS = 8_640_000_000_000_000;
const DAY_MS = 86_400_000;
/** Room for a header and some transfers. */
const MIN_BLOCK_BYTES = 1_024;
/** What a message of the network can carry with room to spare. */
const MAX_BLOCK_BYTES = 16 * 1_048_576;
const MAX_CONFIRMATIONS = 10_000;

const refuse: Refuse = createRefuse(
  'badGenesis',
  'the genesis',
  'correct the genesis file; all nodes of a network need the same one',
);

/**
 * Reads a genesis file, already parsed as JSON, and computes its block. Throws `badGenesis`: the message and `values`
 * name the field's path, what stands there and what is expected.
 */
export function parseGenesis(json: unknown): Genesis {
  return createGenesis(parseGenesisRules(json));
}

/** The rules alone, which {@link parseGenesis} checks as they are checked here; their state and its root may take long. */
export function parseGenesisRules(json: unknown): GenesisRules {
  return deepFreeze(parseRules(new JsonFields(json, '', refuse)));
}

/**
 * The network of these rules. Who has worked out the root of its state before may give it: the hash then says whether it is the right one,
 * because the header commits to rules and root.
 */
export function createGenesis(rules: GenesisRules, stateRoot: Hash = genesisStateRoot(rules)): Genesis {
  const header: Header = {
    version: HEADER_VERSION,
    parentHash: ZERO_HASH,
    height: 0,
    timestampMs: rules.timestampMs,
    target: rules.firstTarget,
    miner: ZERO_ADDRESS,
    transactionsRoot: ZERO_HASH,
    receiptsRoot: ZERO_HASH,
    stateRoot,
    historyRoot: ZERO_HASH,
    gasLimit: rules.blockGasLimit,
    gasUsed: 0,
    transactionCount: 0,
    extra: sha256OfTexts(canonicalTexts(canonicalForm(rules))),
    extraNonce: 0n,
    headerNonce: 0,
    minerSeal: new Uint8Array(0),
  };
  return deepFreeze({ ...rules, hash: blockHash(header), header });
}

/** The canonical form, ready for `JSON.stringify`; `parseGenesis` of it gives the same genesis. */
export function genesisToJson(genesis: GenesisRules): GenesisJson {
  return {
    name: genesis.name,
    ...(genesis.community === undefined ? {} : { community: genesis.community }),
    chainId: genesis.chainId,
    timestampMs: genesis.timestampMs,
    blockIntervalMs: genesis.blockIntervalMs,
    halfLifeMs: genesis.halfLifeMs,
    firstTarget: wordToHex(genesis.firstTarget),
    largestTarget: wordToHex(genesis.largestTarget),
    blockGasLimit: genesis.blockGasLimit,
    blockByteLimit: genesis.blockByteLimit,
    minGasPriceWei: genesis.minGasPriceWei.toString(),
    blockRewardWei: genesis.blockRewardWei.toString(),
    confirmations: genesis.confirmations,
    miners: genesis.miners,
    testbed: genesis.testbed,
    ...(genesis.development ? { development: true as const } : {}),
    alloc: Object.fromEntries(Array.from(genesis.alloc, ({ address, balance }) => [address, balanceToJson(balance)])),
    contracts: genesis.contracts.map(({ name, address, code, storage }) => ({
      name,
      address,
      code: toHex(code),
      storage: Object.fromEntries(storage.map(({ slot, value }) => [wordToHex(slot), wordToHex(value)])),
    })),
  };
}

/** Where every chain of the network starts: no work, no active time. */
export function genesisRecord(genesis: Genesis): HeaderRecord {
  const { header, hash } = genesis;
  return {
    header,
    hash,
    totalWork: 0n,
    activeMs: 0,
    history: appendToHistory(undefined, { hash, work: 0n, activeMs: 0 }),
  };
}

function parseRules(fields: JsonFields): GenesisRules {
  const blockIntervalMs = fields.integer('blockIntervalMs', 1, DAY_MS);
  const testbed = fields.flag('testbed');
  const rules: GenesisRules = {
    name: fields.text('name', MAX_NAME_LENGTH),
    community: parseCommunity(fields),
    chainId: fields.integer('chainId', 1, MAX_CHAIN_ID),
    timestampMs: fields.integer('timestampMs', 0, MAX_TIMESTAMP_MS),
    blockIntervalMs,
    halfLifeMs: fields.integer('halfLifeMs', 1, Number.MAX_SAFE_INTEGER, DEFAULT_HALF_LIFE_INTERVALS * blockIntervalMs),
    firstTarget: fields.word('firstTarget'),
    largestTarget: fields.word('largestTarget'),
    blockGasLimit: fields.integer('blockGasLimit', 1, Number.MAX_SAFE_INTEGER),
    blockByteLimit: fields.integer('blockByteLimit', MIN_BLOCK_BYTES, MAX_BLOCK_BYTES),
    minGasPriceWei: fields.amount('minGasPriceWei'),
    blockRewardWei: fields.amount('blockRewardWei'),
    confirmations: fields.integer('confirmations', 1, MAX_CONFIRMATIONS),
    miners: parseMiners(fields),
    testbed,
    development: fields.flag('development'),
    alloc: parseAlloc(fields, testbed),
    contracts: parseContracts(fields),
  };
  fields.end();
  if (rules.firstTarget < 1n) refuse('firstTarget', wordToHex(rules.firstTarget), 'at least 0x1');
  if (rules.firstTarget > rules.largestTarget) {
    refuse('firstTarget', wordToHex(rules.firstTarget), `at most largestTarget, ${wordToHex(rules.largestTarget)}`);
  }
  if (rules.development) requireDevelopment(rules);
  return rules;
}

/** What makes a development chain one in which nothing can be of value and everybody can seal a block. */
function requireDevelopment({ testbed, firstTarget, miners }: GenesisRules): void {
  if (!testbed) refuse('testbed', testbed, 'true where development is true, because anybody can act for anybody there');
  if (firstTarget !== WORD_LIMIT - 1n) {
    refuse('firstTarget', wordToHex(firstTarget), `${wordToHex(WORD_LIMIT - 1n)} where development is true`);
  }
  if (miners.length > 0) refuse('miners', miners, 'an empty list where development is true');
}

function parseCommunity(fields: JsonFields): PlainData | undefined {
  const value = fields.take('community');
  if (value === undefined) return undefined;
  const path = fields.pathOf('community');
  if (typeof value !== 'object' || value === null || Array.isArray(value)) refuse(path, value, 'an object');
  requirePlain(path, value, MAX_COMMUNITY_DEPTH);
  const bytes = textToBytes([...canonicalTexts(value)].join('')).length;
  if (bytes > MAX_COMMUNITY_BYTES) refuse(path, value, `at most ${MAX_COMMUNITY_BYTES} bytes, it has ${bytes}`);
  return value as PlainData;
}

/** Numbers are whole, so that every program writes them alike in the canonical form. */
function requirePlain(path: string, value: unknown, depth: number): void {
  if (depth === 0) refuse(path, value, `at most ${MAX_COMMUNITY_DEPTH} levels`);
  if (typeof value === 'object' && value !== null) {
    for (const [name, member] of Object.entries(value)) requirePlain(`${path}.${name}`, member, depth - 1);
    return;
  }
  const isPlain = typeof value === 'string' || typeof value === 'boolean' || Number.isSafeInteger(value);
  if (!isPlain) refuse(path, value, 'a text, a whole number, true or false');
}

function parseMiners(fields: JsonFields): Address[] {
  const seen = new Set<Address>();
  for (const [i, value] of fields.list('miners', MAX_MINERS).entries()) {
    const path = `${fields.pathOf('miners')}[${i}]`;
    const address = fields.asAddress(path, value);
    if (seen.has(address)) refuse(path, value, 'each address once');
    seen.add(address);
  }
  return [...seen].sort();
}

function parseAlloc(fields: JsonFields, isTestbed: boolean): GenesisBalances {
  const path = fields.pathOf('alloc');
  const json = fields.take('alloc') ?? {};
  const alloc = new JsonFields(json, path, refuse);
  function* entries(): Generator<GenesisBalance, void, undefined> {
    for (const [key, value] of alloc.takeAll()) {
      const entryPath = alloc.pathOf(key);
      const address = fields.asAddress(entryPath, key);
      const entry = new JsonFields(value, entryPath, refuse);
      const balance = entry.amount('balance');
      if (!isTestbed && isPublishedAddress(address)) {
        refuse(entryPath, value, 'no coins for an address whose key is published, except where testbed is true');
      }
      entry.end();
      yield { address, balance };
    }
  }
  const balances = GenesisBalances.from(entries()).sorted();
  // Two spellings of an address are two names in the file.
  const twice = balances.repeatedAddress();
  if (twice !== undefined) {
    const key = Object.keys(json).findLast((name) => name.toLowerCase() === twice);
    refuse(alloc.pathOf(key ?? twice), key, 'each address once');
  }
  return balances.withoutZeros();
}

function parseContracts(fields: JsonFields): GenesisContract[] {
  const contracts: GenesisContract[] = [];
  for (const [i, value] of fields.list('contracts', MAX_CONTRACTS).entries()) {
    const entry = new JsonFields(value, `${fields.pathOf('contracts')}[${i}]`, refuse);
    const name = entry.text('name', MAX_NAME_LENGTH);
    const address = entry.asAddress(entry.pathOf('address'), entry.take('address'));
    if (contracts.some((other) => other.name === name)) refuse(entry.pathOf('name'), name, 'each name once');
    if (contracts.some((other) => other.address === address)) {
      refuse(entry.pathOf('address'), address, 'each address once');
    }
    contracts.push({ name, address, code: parseCode(entry), storage: parseStorage(entry) });
    entry.end();
  }
  return contracts.sort(byAddress);
}

function parseCode(entry: JsonFields): Uint8Array {
  const value = entry.take('code');
  if (typeof value !== 'string' || !/^0x([0-9a-fA-F]{2})+$/.test(value) || value.length > 2 + 2 * MAX_CODE_BYTES) {
    return refuse(entry.pathOf('code'), value, `0x and the hexadecimal digits of 1 to ${MAX_CODE_BYTES} bytes`);
  }
  return fromHex(value);
}

function parseStorage(entry: JsonFields): GenesisWord[] {
  const storage = new JsonFields(entry.take('storage') ?? {}, entry.pathOf('storage'), refuse);
  const words = new Map<bigint, bigint>();
  for (const [key, value] of storage.takeAll()) {
    const path = storage.pathOf(key);
    const slot = entry.asWord(path, key);
    if (words.has(slot)) refuse(path, key, 'each slot once');
    words.set(slot, entry.asWord(path, value));
  }
  return [...words]
    .filter(([, value]) => value > 0n)
    .map(([slot, value]) => ({ slot, value }))
    .sort((a, b) => (a.slot < b.slot ? -1 : 1));
}

function byAddress(a: { readonly address: Address }, b: { readonly address: Address }): number {
  return a.address < b.address ? -1 : 1;
}

function balanceToJson(balance: bigint): { readonly balance: string } {
  return { balance: balance.toString() };
}

function wordToHex(value: bigint): Hex {
  return `0x${value.toString(16).padStart(64, '0')}`;
}

/** What the hash of a network is taken of. */
function canonicalForm(rules: GenesisRules): unknown {
  function* memberTexts(): Generator<string, void, undefined> {
    for (const { address, balance } of rules.alloc) yield `"${address}":{"balance":"${balance}"}`;
  }
  const alloc: MemberTexts = { memberTexts };
  return { ...genesisToJson({ ...rules, alloc: GenesisBalances.from([]) }), alloc };
}

function deepFreeze<T>(value: T): T {
  // Arrays of bytes refuse to be frozen (their elements cannot be made read-only).
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  for (const member of Object.values(value)) deepFreeze(member);
  return Object.freeze(value);
}
