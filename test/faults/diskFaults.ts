/** What a disk can do to a node's files, while it runs and while it is stopped, on real processes. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  cpSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CHAIN_FOLDER } from '@wattchain/node';
import { addressesOf, type Feed, makeFeed, writeFeed } from './feed.js';
import { Importer } from './importer.js';
import { NodeProcess, WATTCHAIN, writeDataDir } from './nodeProcess.js';
import { SmallDisk } from './smallDisk.js';
import { Provider } from './syncer.js';

/** Something that a disk does. */
interface DiskFault {
  readonly name: string;
  /** Whether a node has the files open meanwhile. */
  readonly isRunning: boolean;
  /** Does it to the folder of the store. Absent: the node itself meets it, as its files may have this size at most, or all of them together. */
  readonly harm?: (folder: string) => void;
  readonly largestFileBytes?: number;
  readonly diskBytes?: number;
  /** What the warning of a running node must say of it. */
  readonly told?: string;
  /** What the next start does: `refused` names what is wrong and ends with 1. */
  readonly start: 'refused' | 'whole';
}

/** What happened. */
export interface DiskFaultRow {
  readonly name: string;
  /** What the running node did; of a stopped one nothing. */
  readonly running: string;
  readonly start: string;
  readonly reindex: string;
  /** What is not as it must be, as sentences. */
  readonly wrong: readonly string[];
}

/** Blocks of the chain that is harmed. */
const BLOCKS = 40;
/** Enough for the files of a node at its start, too little for all blocks of its peer. */
const LARGEST_FILE_BYTES = 262_144;
const DISK_BYTES = 393_216;
/** Enough for all of them. */
const ROOM_BYTES = 64 * 1_048_576;

const filesOf = (folder: string, ending: RegExp) =>
  readdirSync(folder)
    .filter((name) => ending.test(name))
    .map((name) => join(folder, name));
const tablesOf = (folder: string) => filesOf(folder, /\.ldb$/);
const each = (ending: RegExp, harm: (path: string) => void) => (folder: string) =>
  filesOf(folder, ending).forEach(harm);
const halve = (path: string) => truncateSync(path, Math.floor(statSync(path).size / 2));
const flipOnce = (path: string) => flip(path, statSync(path).size);

/** Flips a bit in every so many bytes of a file, in place. */
function flip(path: string, everyBytes: number): void {
  const file = openSync(path, 'r+');
  const byte = new Uint8Array(1);
  for (let place = everyBytes >> 1; place < statSync(path).size; place += everyBytes) {
    readSync(file, byte, 0, 1, place);
    byte[0] = (byte[0] ?? 0) ^ 4;
    writeSync(file, byte, 0, 1, place);
  }
  closeSync(file);
}

/** A file whose reading is answered with EIO. */
function makeUnreadable(path: string): void {
  unlinkSync(path);
  symlinkSync('/proc/self/mem', path);
}

/** The fault that needs a file system of its own. */
export const FULL_DISK = 'the disk is full (384 KB)';

const STOPPED: readonly Omit<DiskFault, 'isRunning'>[] = [
  { name: 'one bit of a table flips', harm: (folder) => flipOnce(tablesOf(folder)[0] ?? ''), start: 'refused' },
  { name: 'a table is cut to half', harm: (folder) => halve(tablesOf(folder)[0] ?? ''), start: 'refused' },
  { name: 'a table is gone', harm: (folder) => unlinkSync(tablesOf(folder)[0] ?? ''), start: 'refused' },
  { name: 'CURRENT is gone', harm: each(/^CURRENT$/, unlinkSync), start: 'refused' },
  { name: 'CURRENT is empty', harm: each(/^CURRENT$/, (path) => writeFileSync(path, '')), start: 'refused' },
  { name: 'the MANIFEST is gone', harm: each(/^MANIFEST/, unlinkSync), start: 'refused' },
  { name: 'the MANIFEST is cut to half', harm: each(/^MANIFEST/, halve), start: 'refused' },
  { name: 'reading CURRENT gives EIO', harm: each(/^CURRENT$/, makeUnreadable), start: 'refused' },
  { name: 'the own list of the files is gone', harm: each(/^files\.list$/, unlinkSync), start: 'whole' },
];

const RUNNING: readonly Omit<DiskFault, 'isRunning'>[] = [
  {
    name: 'a file may not grow (256 KB)',
    largestFileBytes: LARGEST_FILE_BYTES,
    told: 'File too large',
    start: 'whole',
  },
  { name: FULL_DISK, diskBytes: DISK_BYTES, told: 'No space left on device', start: 'whole' },
  {
    name: 'a bit in each 2 KB of every table flips',
    harm: each(/\.ldb$/, (path) => flip(path, 2_048)),
    start: 'refused',
  },
  { name: 'every table is cut to half', harm: each(/\.ldb$/, halve), start: 'refused' },
  { name: 'a table is gone', harm: (folder) => unlinkSync(tablesOf(folder)[0] ?? ''), start: 'refused' },
  { name: 'CURRENT is gone', harm: each(/^CURRENT$/, unlinkSync), start: 'refused' },
  { name: 'the MANIFEST is gone', harm: each(/^MANIFEST/, unlinkSync), start: 'refused' },
];

/** Plays every fault, or those that `isPlayed` takes by name, each on a copy of one data directory. */
export async function runDiskFaults(
  seed: number,
  onRow: (row: DiskFaultRow) => void = () => {},
  isPlayed: (name: string) => boolean = () => true,
): Promise<DiskFaultRow[]> {
  const folder = mkdtempSync(join(tmpdir(), 'wattchain-disk-'));
  const feed = await makeFeed(seed, BLOCKS);
  const files = { genesis: join(folder, 'genesis.json'), blocks: join(folder, 'blocks') };
  writeFeed(feed, files.genesis, files.blocks);
  const pristine = join(folder, 'pristine');
  writeDataDir(pristine, feed.genesis, '/ip4/127.0.0.1/tcp/0', []);
  await new Importer(join(pristine, CHAIN_FOLDER), feed, files).finish();
  const provider = await Provider.start(join(folder, 'provider'), feed, files);
  const rows: DiskFaultRow[] = [];
  try {
    const all = [
      ...STOPPED.map((fault) => ({ ...fault, isRunning: false })),
      ...RUNNING.map((fault) => ({ ...fault, isRunning: true })),
    ].filter(({ name }) => isPlayed(name));
    for (const [i, fault] of all.entries()) {
      const dataDir = join(folder, `node-${i}`);
      const begin = (folder: string) => writeDataDir(folder, feed.genesis, '/ip4/127.0.0.1/tcp/0', [provider.address]);
      if (fault.harm !== undefined) cpSync(pristine, dataDir, { recursive: true });
      else if (fault.diskBytes === undefined) begin(dataDir);
      const row =
        fault.diskBytes === undefined
          ? await play(fault, dataDir, feed)
          : await playOnSmallDisk(fault, dataDir, feed, fault.diskBytes, begin);
      rows.push(row);
      onRow(row);
    }
  } finally {
    await provider.stop();
  }
  if (rows.every(({ wrong }) => wrong.length === 0)) rmSync(folder, { recursive: true });
  return rows;
}

async function playOnSmallDisk(
  fault: DiskFault,
  dataDir: string,
  feed: Feed,
  bytes: number,
  begin: (folder: string) => void,
): Promise<DiskFaultRow> {
  const disk = await SmallDisk.mount(dataDir, bytes);
  if (disk === undefined) {
    const running = 'skipped: this machine lets no file system be mounted';
    return { name: fault.name, running, start: '–', reindex: '–', wrong: [] };
  }
  begin(disk.seenAt);
  const row = await play(fault, dataDir, feed, disk);
  await disk.remove();
  return row;
}

async function play(fault: DiskFault, dataDir: string, feed: Feed, disk?: SmallDisk): Promise<DiskFaultRow> {
  const wrong: string[] = [];
  const running = fault.isRunning ? await meetRunning(fault, dataDir, feed, wrong, disk) : '–';
  if (!fault.isRunning) fault.harm?.(join(dataDir, CHAIN_FOLDER));
  disk?.grow(ROOM_BYTES);
  const start = await tryStart(dataDir, feed, wrong, disk);
  if (start.isRefused !== (fault.start === 'refused')) wrong.push(`the next start: ${start.text}`);
  const reindex = start.isRefused ? await mend(dataDir, feed, wrong) : '–';
  return { name: fault.name, running, start: start.text, reindex, wrong };
}

/** Starts a node, does it, asks for everything, and stops it; what it did in words. */
async function meetRunning(
  fault: DiskFault,
  dataDir: string,
  feed: Feed,
  wrong: string[],
  disk: SmallDisk | undefined,
): Promise<string> {
  const node = new NodeProcess(dataDir, { largestFileBytes: fault.largestFileBytes, disk });
  const { rpc = '' } = await node.line('node started');
  if (fault.harm === undefined) await node.line('the chain takes no more blocks; what is whole can still be read');
  fault.harm?.(join(dataDir, CHAIN_FOLDER));
  const { answered, refused } = await askForEverything(rpc, feed, wrong);
  const status = await call(rpc, 'watt_status', []);
  const { warnings = [] } = (status.result ?? {}) as { warnings?: readonly { code: string; detail: string }[] };
  if (fault.told !== undefined && !warnings.some(({ detail }) => detail.includes(fault.told ?? '')))
    wrong.push(`it does not warn of "${fault.told}": ${JSON.stringify(warnings)}`);
  node.end('SIGTERM');
  const [code, signal] = await node.ended();
  // A page of a mapped file that is not there any more ends a process.
  if (signal !== null && signal !== 'SIGBUS') wrong.push(`it ended by ${signal}`);
  const store = warnings.map(({ code }) => code).filter((warning) => warning.startsWith('store'));
  const warned = store.length > 0 ? `, warns ${store.join(', ')}` : '';
  return `${answered} answered, ${refused} refused${warned}; ended with ${signal ?? code}`;
}

/** Asks for every block and every balance: each answer is the right one, or none. */
async function askForEverything(rpc: string, feed: Feed, wrong: string[]) {
  let answered = 0;
  let refused = 0;
  const note = (answer: Answer) => {
    if (answer.error === undefined && answer.result !== undefined) answered++;
    else refused++;
    return answer.result;
  };
  for (const [height, hash] of feed.canonical.entries()) {
    const block = note(await call(rpc, 'eth_getBlockByNumber', [`0x${height.toString(16)}`, true]));
    const found = (block as { hash?: string } | null | undefined)?.hash;
    if (found !== undefined && found !== hash) wrong.push(`block ${height} is ${found} instead of ${hash}`);
  }
  for (const address of addressesOf(feed)) {
    const balance = note(await call(rpc, 'eth_getBalance', [address, 'latest']));
    if (balance !== undefined && BigInt(balance as string) === 0n) wrong.push(`${address} has nothing`);
  }
  return { answered, refused };
}

interface Answer {
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

async function call(url: string, method: string, params: readonly unknown[]): Promise<Answer> {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
  try {
    const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    return (await response.json()) as Answer;
  } catch {
    return {};
  }
}

async function tryStart(dataDir: string, feed: Feed, wrong: string[], disk: SmallDisk | undefined) {
  const node = new NodeProcess(dataDir, { disk });
  const opened = await Promise.race([node.line('chain opened'), node.ended().then(() => undefined)]).catch(
    () => undefined,
  );
  if (opened === undefined) {
    const [code] = await node.ended();
    const [sentence = ''] = node.stderr.split('\n');
    if (code !== 1 || !node.stderr.includes('wattchain db')) wrong.push(`it ended with ${code}: ${node.stderr}`);
    return { isRefused: true, text: sentence.replaceAll(join(dataDir, CHAIN_FOLDER), 'chain') };
  }
  node.end('SIGTERM');
  await node.ended();
  if (feed.canonical[opened.height ?? 0] !== opened.hash)
    wrong.push(`it opened ${opened.hash}, which is none of the chain`);
  return { isRefused: false, text: `starts at block ${opened.height}` };
}

/** `db verify` must tell it, `db reindex` mend it. */
async function mend(dataDir: string, feed: Feed, wrong: string[]): Promise<string> {
  const verified = await command('db', 'verify', '--data', dataDir);
  if (verified.code !== 1) wrong.push(`db verify ends with ${verified.code}: ${verified.text}`);
  const reindexed = await command('db', 'reindex', '--data', dataDir);
  if (reindexed.code !== 0) wrong.push(`db reindex ends with ${reindexed.code}: ${reindexed.text}`);
  const again = await command('db', 'verify', '--data', dataDir);
  if (again.code !== 0) wrong.push(`db verify ends with ${again.code} after db reindex: ${again.text}`);
  const height = Number(/the chain ends at block (\d+)/.exec(again.text)?.[1]);
  return `block ${height} of ${feed.canonical.length - 1}`;
}

async function command(...args: readonly string[]): Promise<{ readonly code: number | null; readonly text: string }> {
  const child = spawn(process.execPath, [WATTCHAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      text += chunk;
    });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, text };
}
