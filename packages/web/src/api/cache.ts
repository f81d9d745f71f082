import type { Hex, Log } from 'viem';

/** Confirmed logs that an earlier visit has read, by the genesis hash of their chain. */
interface CachedLogs {
  readonly confirmed: Log[];
  readonly fromBlock: number;
  readonly confirmedTo: number;
}

const NOTHING: CachedLogs = { confirmed: [], fromBlock: 0, confirmedTo: -1 };
const STORE = 'logs';
/** Chains whose logs are kept; a testbed makes a new one at every start. */
const MAX_CHAINS = 3;

/** What is known of a chain's logs. A browser without storage knows nothing, and the page still works. */
export async function recallLogs(genesisHash: Hex): Promise<CachedLogs> {
  try {
    const store = (await open()).transaction(STORE).objectStore(STORE);
    const found = (await done(store.get(genesisHash))) as { logs: CachedLogs } | undefined;
    return found?.logs ?? { ...NOTHING, confirmed: [] };
  } catch {
    return { ...NOTHING, confirmed: [] };
  }
}

/** Keeps a chain's confirmed logs and forgets the chains that were not looked at for longest. */
export async function rememberLogs(genesisHash: Hex, { confirmed, fromBlock, confirmedTo }: CachedLogs): Promise<void> {
  try {
    const store = (await open()).transaction(STORE, 'readwrite').objectStore(STORE);
    store.put({ logs: { confirmed, fromBlock, confirmedTo }, usedMs: Date.now() }, genesisHash);
    const keys = await done(store.getAllKeys());
    if (keys.length <= MAX_CHAINS) return;
    const ages = (await done(store.getAll())) as { usedMs: number }[];
    const byAge = keys.map((key, i) => ({ key, usedMs: ages[i]?.usedMs ?? 0 })).sort((a, b) => b.usedMs - a.usedMs);
    for (const { key } of byAge.slice(MAX_CHAINS)) store.delete(key);
  } catch {
    // Without storage the next visit reads the logs again.
  }
}

let database: Promise<IDBDatabase> | undefined;

function open(): Promise<IDBDatabase> {
  database ??= new Promise((resolve, reject) => {
    const request = indexedDB.open('wattchain-cache', 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  return database;
}

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
