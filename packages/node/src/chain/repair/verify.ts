import { compareBytes, type Genesis, type Hash, toHex, unlessDamaged } from '@wattchain/core';
import { checkFolder, type FileProblem } from '../../store/checkFolder.js';
import { openLevelStore } from '../../store/levelStore.js';
import { requireStopped, salvageFolder } from '../../store/salvage.js';
import {
  bodyKey,
  COMMIT_KEY,
  type CommitRecord,
  canonicalKey,
  decodeCommit,
  headerKey,
  KINDS,
  receiptsKey,
  undoKey,
} from '../../store/schema.js';
import type { Store } from '../../store/store.js';
import { auditStore, type StoreCounts } from './audit.js';

export interface VerifyOptions {
  /** Folder of the store, which no node has open. */
  readonly folder: string;
  readonly genesis: Genesis;
  readonly onProgress?: (height: number, of: number) => void;
}

/** What a look at everything found. */
export interface StoreReport {
  readonly healthy: boolean;
  /** Files that are not as they were written; then nothing is asked of LevelDB. */
  readonly files: readonly FileProblem[];
  /** What stood in the parts of files that cannot be read. */
  readonly lost: readonly string[];
  /** Values that are missing, wrong or contradict others, the first of them. */
  readonly values: readonly string[];
  /** How many there are. */
  readonly valueCount: number;
  /** Block at which the store is; `undefined` while files are wrong, or what says it. */
  readonly head: Pick<CommitRecord, 'height' | 'hash'> | undefined;
  /** What was looked at; `undefined` while files are wrong. */
  readonly counts: StoreCounts | undefined;
}

/** Most parts of files and most values that are told. */
const MAX_TOLD = 200;

/**
 * Looks at every file, and when all are as they were written, at every value: what it takes to know that a node reads nothing wrong.
 * Throws `storeUnavailable`, `storeLocked`, `storeVersion`, `genesisMismatch`.
 */
export async function verifyStore({ folder, genesis, onProgress }: VerifyOptions): Promise<StoreReport> {
  await requireStopped(folder);
  const { problems } = await checkFolder(folder);
  if (problems.length > 0) {
    const lost = await whatIsLost(folder);
    return { healthy: false, files: problems, lost, values: [], valueCount: 0, head: undefined, counts: undefined };
  }
  const store = await openLevelStore(folder);
  try {
    const values: string[] = [];
    let valueCount = 0;
    const tell = (problem: string) => {
      if (values.length < MAX_TOLD) values.push(problem);
      valueCount++;
    };
    const counts = await auditStore(store, genesis, tell, onProgress);
    return { healthy: valueCount === 0, files: [], lost: [], values, valueCount, head: headOf(store), counts };
  } finally {
    await store.close();
  }
}

function headOf(store: Store): StoreReport['head'] {
  const commit = unlessDamaged(() => store.get(COMMIT_KEY), undefined);
  const head = commit && unlessDamaged(() => decodeCommit(commit), undefined);
  return head && { height: head.height, hash: head.hash };
}

/** The parts of files that cannot be read, with the kinds of values and the heights that stood there, as far as indexes tell. */
async function whatIsLost(folder: string): Promise<string[]> {
  const parts: {
    readonly file: string;
    readonly detail: string;
    readonly after?: Uint8Array;
    readonly upTo?: Uint8Array;
  }[] = [];
  const canonical = new Map<string, { readonly sequence: number; readonly hash: Hash | undefined }>();
  for await (const { file, entries, damaged } of salvageFolder(folder)) {
    for (const { detail, after, upTo } of damaged) {
      if (parts.length < MAX_TOLD) parts.push({ file, detail, ...(after && { after }), ...(upTo && { upTo }) });
    }
    for (const { sequence, key, value } of entries) {
      if (key[0] !== CANONICAL || sequence < (canonical.get(toHex(key))?.sequence ?? 0)) continue;
      canonical.set(toHex(key), { sequence, hash: value && toHex(value) });
    }
  }
  const hashes = new Map<number, Hash>();
  for (const [key, { hash }] of canonical) if (hash !== undefined) hashes.set(Number(`0x${key.slice(4)}`), hash);
  return parts.map(({ file, detail, after, upTo }) => {
    const what = upTo === undefined ? 'what stood there is not known' : describeRange(after, upTo, hashes);
    return `${file}: ${detail.replace(/^the stored chain is damaged: /, '')}; ${what}`;
  });
}

const CANONICAL = canonicalKey(0)[0];
/** Heights named for one kind in one part of a file. */
const MAX_HEIGHTS = 12;

/** Which kinds of values, and of those of canonical blocks which heights, have keys in a range. */
function describeRange(after: Uint8Array | undefined, upTo: Uint8Array, hashes: ReadonlyMap<number, Hash>): string {
  const isInside = (key: Uint8Array) =>
    compareBytes(key, upTo) <= 0 && (after === undefined || compareBytes(key, after) > 0);
  const keysOf: readonly (readonly [string, (height: number, hash: Hash) => Uint8Array])[] = [
    ['header', (_height, hash) => headerKey(hash)],
    ['body', (_height, hash) => bodyKey(hash)],
    ['receipts', (_height, hash) => receiptsKey(hash)],
    ['undo record', (_height, hash) => undoKey(hash)],
    ['place in the chain', (height) => canonicalKey(height)],
  ];
  const named = keysOf.flatMap(([kind, keyOf]) => {
    const heights = [...hashes].filter(([height, hash]) => isInside(keyOf(height, hash))).map(([height]) => height);
    if (heights.length === 0) return [];
    const shown = heights.sort((a, b) => a - b).slice(0, MAX_HEIGHTS);
    return [
      `${kind} of block ${shown.join(', ')}${heights.length > shown.length ? ` and ${heights.length - shown.length} more` : ''}`,
    ];
  });
  const first = after?.[0] ?? 0;
  // Where the chain's own map stood there too, heights are not known.
  const others = Object.entries(KINDS)
    .filter(([prefix]) => prefix.charCodeAt(0) >= first && prefix.charCodeAt(0) <= (upTo[0] ?? 0))
    .map(([, kind]) => kind)
    .filter((kind) => !named.some((name) => name.startsWith(kind.split(' ')[0] ?? kind)));
  const list = [...named, ...(others.length > 0 ? [`perhaps ${others.join(', ')}`] : [])];
  return list.length > 0 ? `there stood ${list.join('; ')}` : 'nothing that is known stood there';
}
