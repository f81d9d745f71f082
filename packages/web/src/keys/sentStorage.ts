import type { Hex } from 'viem';

/** A transaction that was signed in this browser. */
export interface SentTransaction {
  readonly genesisHash: Hex;
  readonly hash: Hex;
  readonly from: Hex;
  /** What it does, in words for the person who signed it. */
  readonly text: string;
  readonly sentMs: number;
  /** As it was sent, so that it can be sent again when a node has lost it. */
  readonly raw: Hex;
}

const STORE = 'sent';
/** Transactions that are kept, of all chains together; the oldest go first. */
const MAX_SENT = 500;

/** What was sent on a chain, newest first. */
export async function listSent(genesisHash: Hex): Promise<readonly SentTransaction[]> {
  const all = await ask((store) => store.getAll() as IDBRequest<SentTransaction[]>, 'readonly');
  return all.filter((sent) => sent.genesisHash === genesisHash).sort((a, b) => b.sentMs - a.sentMs);
}

/** Keeps a transaction. */
export async function storeSent(sent: SentTransaction): Promise<void> {
  await ask((store) => store.put(sent), 'readwrite');
  const all = await ask((store) => store.getAll() as IDBRequest<SentTransaction[]>, 'readonly');
  const old = all.sort((a, b) => b.sentMs - a.sentMs).slice(MAX_SENT);
  for (const { genesisHash, hash } of old) await ask((store) => store.delete([genesisHash, hash]), 'readwrite');
}

let database: Promise<IDBDatabase> | undefined;

async function ask<T>(request: (store: IDBObjectStore) => IDBRequest<T>, mode: IDBTransactionMode): Promise<T> {
  database ??= new Promise((resolve, reject) => {
    const opening = indexedDB.open('wattchain-sent', 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore(STORE, { keyPath: ['genesisHash', 'hash'] });
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => reject(opening.error);
  });
  const store = (await database).transaction(STORE, mode).objectStore(STORE);
  return new Promise((resolve, reject) => {
    const asked = request(store);
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}
