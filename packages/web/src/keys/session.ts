import { computed, signal } from '@preact/signals';
import { type KeystoreV3, PUBLISHED_ADDRESSES, publishedParticipant } from '@wattchain/core';
import {
  type Hex,
  keccak256,
  type LocalAccount,
  type Signature,
  serializeTransaction,
  type TransactionSerializable,
} from 'viem';
import { toAccount } from 'viem/accounts';
import { genesis } from '../api/live.js';
import { isForReading } from '../api/node.js';
import { forgetKey, listStoredKeys, type StoredKey, storeKey } from './keyStorage.js';
import type { KeyAnswer, KeyRequest } from './messages.js';
import { startSent } from './sent.js';

/** A person's account on this page. */
export interface PageAccount {
  readonly address: Hex;
  readonly name: string;
  /** `published` accounts are the testbed's, whose keys everybody knows. */
  readonly kind: 'stored' | 'published';
  readonly isUnlocked: boolean;
}

const stored = signal<readonly StoredKey[]>([]);
/** Indexes of the published accounts that were used in this browser. */
const used = signal<readonly number[]>([]);
const unlocked = signal<ReadonlySet<Hex>>(new Set());
const chosen = signal<Hex | undefined>(undefined);

/** One of the accounts that a testbed offers to everybody. */
export interface PublishedAccount {
  readonly index: number;
  readonly address: Hex;
  readonly name: string;
  readonly role: string;
}

/** The testbed's accounts, as many as its genesis gives coins to: eight, and more for a larger community; none on any other network. */
export const publishedAccounts = computed<readonly PublishedAccount[]>(() => {
  const known = genesis.value?.genesis;
  if (known?.testbed !== true || isForReading) return [];
  return PUBLISHED_ADDRESSES.flatMap((address, index) => {
    if (!(address in known.alloc)) return [];
    return [{ ...publishedParticipant(index), index, address }];
  });
});

/** Every account that this browser uses. The published ones are never locked: everybody has their keys. */
export const accounts = computed<readonly PageAccount[]>(() => [
  ...stored.value.map(({ address, name }) => ({
    address,
    name,
    kind: 'stored' as const,
    isUnlocked: unlocked.value.has(address),
  })),
  ...publishedAccounts.value
    .filter(({ index }) => used.value.includes(index))
    .map(({ address, name }) => ({ address, name, kind: 'published' as const, isUnlocked: true })),
]);

/** The account that acts, if one was chosen. */
export const account = computed<PageAccount | undefined>(() =>
  accounts.value.find(({ address }) => address === chosen.value),
);

/** Unlocked keys are locked again after so long without a click or a key. */
const IDLE_MS = 30 * 60_000;
/** Tabs of this page tell each other of keys that come, go and are locked. */
const tabs = new BroadcastChannel('wattchain-keys');
const CHOICE = 'wattchain-account';
const USED = 'wattchain-published';

/** Reads the stored keys and watches over the unlocked ones. */
export function startSession(): void {
  if (isForReading) return;
  void readStored();
  startSent();
  // A tab keeps its own choice over a reload; a new one begins with the last choice of any.
  chosen.value = (recall(sessionStorage, CHOICE) ?? recall(localStorage, CHOICE)) as Hex | undefined;
  readUsed();
  addEventListener('storage', ({ key }) => key === USED && readUsed());
  tabs.onmessage = ({ data }) => {
    if (data === 'lock') forgetUnlocked();
    else void readStored();
  };
  let idle = setTimeout(lock, IDLE_MS);
  const touch = () => {
    clearTimeout(idle);
    idle = setTimeout(lock, IDLE_MS);
  };
  for (const event of ['pointerdown', 'keydown'] as const) addEventListener(event, touch, { passive: true });
}

async function readStored(): Promise<void> {
  // A browser that keeps nothing (private mode, storage off) still has the testbed's accounts.
  stored.value = await listStoredKeys().catch(() => []);
  // A key that another tab has forgotten is forgotten here too.
  for (const address of unlocked.value) if (fileOf(address) === undefined) void ask({ kind: 'lock', address });
  unlocked.value = new Set([...unlocked.value].filter((address) => fileOf(address) !== undefined));
}

function readUsed(): void {
  used.value = (recall(localStorage, USED) ?? '')
    .split(',')
    .filter((text) => /^\d{1,2}$/.test(text))
    .map(Number);
}

/** A browser whose storage is off throws at the first touch; then nothing is remembered. */
function recall(storage: Storage, key: string): string | undefined {
  try {
    return storage.getItem(key) ?? undefined;
  } catch {
    return undefined;
  }
}

function remember(storage: Storage, key: string, value: string): void {
  try {
    storage.setItem(key, value);
  } catch {
    // Then the choice lasts until the tab is closed.
  }
}

/** Makes a new key, encrypted under `passphrase`. Returns its twelve words, which are kept nowhere. */
export async function createAccount(name: string, passphrase: string): Promise<string> {
  const answer = await ask({ kind: 'create', passphrase });
  await keepKey(name, answer);
  if (answer.kind !== 'key' || answer.words === undefined) throw new KeyError('the key has no words');
  return answer.words;
}

/** What a person brings along: the text of a v3 file (with its own passphrase), a mnemonic, or hexadecimal digits. */
export interface ForeignKey {
  readonly secret: string;
  readonly index: number;
  readonly filePassphrase: string;
}

/** Takes a key over and encrypts it under `passphrase`. */
export async function importAccount(name: string, foreign: ForeignKey, passphrase: string): Promise<Hex> {
  return keepKey(name, await ask({ kind: 'import', ...foreign, passphrase }));
}

/** Uses one of the testbed's accounts, whose keys are public. */
export function usePublished({ index, address }: PublishedAccount): void {
  if (!used.value.includes(index)) used.value = [...used.value, index];
  remember(localStorage, USED, used.value.join(','));
  choose(address);
}

/** Unlocks a stored key. Throws {@link KeyError} when the passphrase is wrong. */
export async function unlock(address: Hex, passphrase: string): Promise<void> {
  const file = fileOf(address);
  if (file === undefined) throw new KeyError('this browser does not keep that key any more');
  await ask({ kind: 'unlock', file, passphrase });
  opened(address);
}

/** Locks every key, in every tab: the workers forget them. */
export function lock(): void {
  forgetUnlocked();
  tabs.postMessage('lock');
}

function forgetUnlocked(): void {
  void ask({ kind: 'lock', address: undefined });
  unlocked.value = new Set();
}

/** Lets another account act. */
export function choose(address: Hex): void {
  chosen.value = address;
  remember(sessionStorage, CHOICE, address);
  remember(localStorage, CHOICE, address);
}

/** The encrypted file of a stored key, for keeping it elsewhere. */
export function fileOf(address: Hex): KeystoreV3 | undefined {
  return stored.peek().find((key) => key.address === address)?.file;
}

/** Forgets a stored key in this browser. */
export async function forget(address: Hex): Promise<void> {
  await forgetKey(address);
  await readStored();
  tabs.postMessage('changed');
}

/** An account for viem whose key stays in the worker: it can sign this chain's legacy transactions and nothing else. */
export function signerOf(address: Hex): LocalAccount {
  const refuse = async (): Promise<never> => {
    throw new KeyError('this page signs transactions only');
  };
  return toAccount({
    address,
    signMessage: refuse,
    signTypedData: refuse,
    async signTransaction(transaction) {
      const unsigned = { ...transaction, type: 'legacy' } as TransactionSerializable;
      return serializeTransaction(unsigned, await signHash(address, keccak256(serializeTransaction(unsigned))));
    },
  });
}

async function signHash(address: Hex, hash: Hex): Promise<Signature> {
  const demo = publishedAccounts.peek().find((each) => each.address === address);
  if (demo !== undefined) await ask({ kind: 'openPublished', index: demo.index });
  const answer = await ask({ kind: 'sign', address, hash });
  if (answer.kind !== 'signature') throw new KeyError('the key did not sign');
  const { r, s, yParity } = answer;
  return { r, s, v: BigInt(27 + yParity) };
}

async function keepKey(name: string, answer: KeyAnswer): Promise<Hex> {
  if (answer.kind !== 'key' || answer.file === undefined) throw new KeyError('the key could not be kept');
  await storeKey({ address: answer.address, name, file: answer.file });
  await readStored();
  tabs.postMessage('changed');
  opened(answer.address);
  return answer.address;
}

function opened(address: Hex): void {
  unlocked.value = new Set([...unlocked.value, address]);
  choose(address);
}

/** Why a key cannot be used, as a sentence for its owner. */
export class KeyError extends Error {}

let worker: Worker | undefined;
let lastId = 0;

/** One question to the worker. Throws {@link KeyError} with its reason. */
function ask(request: KeyRequest): Promise<Exclude<KeyAnswer, { kind: 'failed' }>> {
  worker ??= new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
  const asked = worker;
  const id = ++lastId;
  return new Promise((resolve, reject) => {
    const end = () => {
      asked.removeEventListener('message', listen);
      asked.removeEventListener('error', fail);
    };
    const listen = ({ data }: MessageEvent<{ id: number; answer: KeyAnswer }>) => {
      if (data.id !== id) return;
      end();
      if (data.answer.kind === 'failed') reject(new KeyError(data.answer.message));
      else resolve(data.answer);
    };
    // A worker that could not be loaded, as when the node is gone, is made again at the next question.
    const fail = () => {
      end();
      if (worker === asked) worker = undefined;
      reject(new KeyError('the part of the page that keeps keys could not be loaded: try again'));
    };
    asked.addEventListener('message', listen);
    asked.addEventListener('error', fail);
    asked.postMessage({ id, request });
  });
}
