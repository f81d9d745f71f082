import type { KeystoreV3 } from '@wattchain/core';
import type { Hex } from 'viem';

/** A key that this browser keeps: encrypted, with the name that its owner gave it. */
export interface StoredKey {
  readonly address: Hex;
  readonly name: string;
  readonly file: KeystoreV3;
}

const STORE = 'keys';

/** The keys that this browser keeps, by name. */
export async function listStoredKeys(): Promise<readonly StoredKey[]> {
  const keys = await ask((store) => store.getAll() as IDBRequest<StoredKey[]>, 'readonly');
  return keys.sort((a, b) => a.name.localeCompare(b.name));
}

/** Keeps an encrypted key. */
export async function storeKey(key: StoredKey): Promise<void> {
  await ask((store) => store.put(key), 'readwrite');
}

/** Forgets a key; without a copy elsewhere it is gone for good. */
export async function forgetKey(address: Hex): Promise<void> {
  await ask((store) => store.delete(address), 'readwrite');
}

let database: Promise<IDBDatabase> | undefined;

async function ask<T>(request: (store: IDBObjectStore) => IDBRequest<T>, mode: IDBTransactionMode): Promise<T> {
  database ??= new Promise((resolve, reject) => {
    const opening = indexedDB.open('wattchain-keys', 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore(STORE, { keyPath: 'address' });
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => reject(opening.error);
  });
  const opened = await database;
  return new Promise((resolve, reject) => {
    const transaction = opened.transaction(STORE, mode);
    const asked = request(transaction.objectStore(STORE));
    // Only a completed transaction is on disk: a key must not be shown as kept before.
    transaction.oncomplete = () => resolve(asked.result);
    transaction.onerror = () => reject(transaction.error);
    transaction.onabort = () => reject(transaction.error);
  });
}
