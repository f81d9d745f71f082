/** The importing program as a process that is killed. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { watch } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Hash } from '@wattchain/core';
import type { Feed } from './feed.js';
import { type KillOutcome, lookAtStore, type Place } from './killed.js';
import type { ImportMoment } from './plan.js';

const PROGRAM = fileURLToPath(new URL('./importing.js', import.meta.url));
/** LevelDB's smallest: it makes a table every few blocks and compacts every twenty or so. */
const WRITE_BUFFER_BYTES = 65_536;
/** The one thing that the program's log may warn of: reorganisations of a few blocks. */
const ORDINARY = 'log warn chain reorganised';

/** What a process had said when it ended. */
interface Said {
  readonly opened: { readonly head: Hash; readonly next: number } | undefined;
  /** Batches that were handed to the database, and those that were on disk. */
  readonly writing: number;
  readonly written: number;
  readonly shown: readonly Hash[];
  /** What it must not say. */
  readonly odd: readonly string[];
  readonly done: boolean;
}

/** What a run of the program left. */
interface Run {
  readonly said: Said;
  readonly signal: NodeJS.Signals | null;
  readonly code: number | null;
  readonly stderr: string;
}

/** A store that importing programs work on, one after the other, each killed. */
export class Importer {
  /** Head of the store; `undefined` before the first. */
  #known: Hash | undefined;
  /** Place of the first block that the store does not have, at least. */
  #next = 0;
  /** Tables that the kill before left, which may still be there. */
  #left: ReadonlySet<string> = new Set();
  /** How long it last took to open the store. */
  openingMs = 60;

  constructor(
    readonly folder: string,
    private readonly feed: Feed,
    private readonly files: { readonly genesis: string; readonly blocks: string },
  ) {}

  /** Runs the program until it is killed at this moment; begins anew first when too few blocks are left for that. */
  async kill(moment: ImportMoment): Promise<KillOutcome> {
    for (;;) {
      if (moment.at === 'reorganises' && this.#nextReorganisation(this.#next) === undefined) await this.#beginAnew();
      const run = await this.#run(moment);
      if (run.signal === 'SIGKILL') return this.#judge(run);
      const wrong = this.#faultsOf(run);
      if (wrong.length > 0) return { places: [], head: this.#known, inFlight: undefined, shown: 0, wrong };
      await this.#beginAnew();
    }
  }

  /** Lets a program import everything that is left, and says what is wrong afterwards. */
  async finish(): Promise<string[]> {
    const run = await this.#run(undefined);
    const { head, wrong } = await lookAtStore(this.folder, this.feed.genesis);
    const last = this.feed.heads.at(-1);
    const end = head === last ? [] : [`all blocks were imported, and the head is ${head} instead of ${last}`];
    return [...this.#faultsOf(run), ...wrong, ...end];
  }

  async #beginAnew(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
    this.#known = undefined;
    this.#left = new Set();
    this.#next = 0;
  }

  /** Place of the next block that reorganises. */
  #nextReorganisation(from: number): number | undefined {
    const place = this.feed.kinds.indexOf('reorganises', from);
    return place < 0 ? undefined : place;
  }

  /** Head after so many blocks of the feed. */
  #headAfter(blocks: number): Hash {
    return this.feed.heads[blocks - 1] ?? this.feed.genesis.hash;
  }

  async #run(moment: ImportMoment | undefined): Promise<Run> {
    await mkdir(this.folder, { recursive: true });
    const { genesis, blocks } = this.files;
    const args = [PROGRAM, this.folder, genesis, blocks, String(WRITE_BUFFER_BYTES)];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let left = moment?.nth ?? 0;
    const note = (what: ImportMoment['at']) => {
      if (what !== moment?.at || --left !== 0) return;
      setTimeout(() => child.kill('SIGKILL'), moment.delayMs);
    };
    let stdout = '';
    let stderr = '';
    let read = 0;
    let next = 0;
    let writing = 0;
    let openingAt = 0;
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
      for (let end = stdout.indexOf('\n', read); end >= 0; end = stdout.indexOf('\n', read)) {
        const [word, , place] = stdout.slice(read, end).split(' ');
        read = end + 1;
        if (word === 'opening') openingAt = performance.now();
        if (word === 'opened') {
          this.openingMs = performance.now() - openingAt;
          next = Number(place);
        }
        if (word === 'writing' && next + writing++ === this.#nextReorganisation(next)) note('reorganises');
        if (word === 'opening' || word === 'writing') note(word);
      }
    });
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    const tables = new Set<string>();
    const watcher = watch(this.folder, (_event, name) => {
      if (openingAt === 0 || name === null || !name.endsWith('.ldb') || tables.has(name)) return;
      tables.add(name);
      note('table');
    });
    const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
    watcher.close();
    return { said: saidIn(stdout.slice(0, read)), code, signal, stderr };
  }

  /** What must not be, whatever the store is. */
  #faultsOf({ said, code, signal, stderr }: Run): string[] {
    const { opened, odd } = said;
    const head = opened?.head;
    return [
      ...odd,
      ...(stderr === '' ? [] : [`it wrote: ${stderr}`]),
      ...(signal === 'SIGKILL' || (code === 0 && said.done) ? [] : [`it ended with ${signal ?? code}`]),
      ...(head === undefined || head === (this.#known ?? this.feed.genesis.hash)
        ? []
        : [`the store was at ${this.#known ?? 'nothing'}, and the program opened it at ${head}`]),
      ...(opened === undefined || this.#headAfter(opened.next) === opened.head
        ? []
        : [`the program has ${opened.next} blocks, and ${opened.head} is not the head after them`]),
    ];
  }

  async #judge(run: Run): Promise<KillOutcome> {
    const { opened, writing, written, shown } = run.said;
    const faults = this.#faultsOf(run);
    // Before its genesis is on disk a store has nothing that can be lost.
    if (opened === undefined && this.#known === undefined) {
      return { places: ['start'], head: undefined, inFlight: undefined, shown: 0, wrong: faults };
    }
    const { head, wrong, left } = await lookAtStore(this.folder, this.feed.genesis);
    const first = opened?.next ?? 0;
    const old = opened === undefined ? (this.#known as Hash) : this.#headAfter(first + written);
    const coming = opened === undefined ? old : this.#headAfter(first + writing);
    if (head !== old && head !== coming)
      wrong.push(`the head is ${head}, neither the old one ${old} nor the new one ${coming}`);
    // What clients were shown is the head or was one before it: the old head is never older than the last that was shown.
    if (shown.length > 0 && this.feed.heads.lastIndexOf(shown.at(-1) as Hash, first + written - 1) < 0)
      wrong.push(`clients were shown ${shown.at(-1)} before it was on disk`);
    const kind = writing > written ? this.feed.kinds[first + written] : undefined;
    const busy: Place[] = kind === undefined ? [] : [kind === 'reorganises' ? 'reorganisation' : 'import'];
    const places: Place[] = opened === undefined ? ['start'] : busy;
    if (left.some((name) => !this.#left.has(name))) places.push('compaction');
    this.#left = new Set(left);
    if (head !== undefined) {
      this.#known = head;
      this.#next = Math.max(this.#next, first + written);
    }
    return {
      places: places.length === 0 ? ['between'] : places,
      head,
      inFlight: old === coming ? undefined : head === old ? 'old' : 'new',
      shown: shown.length,
      wrong: [...faults, ...wrong],
    };
  }
}

/** What lines mean together. */
function saidIn(text: string): Said {
  const lines = text.split('\n').filter((line) => line !== '');
  const words = lines.map((line) => line.split(' '));
  const count = (word: string) => words.filter(([first]) => first === word).length;
  const opened = words.find(([first]) => first === 'opened');
  return {
    opened: opened && { head: opened[1] as Hash, next: Number(opened[2]) },
    writing: count('writing'),
    written: count('written'),
    shown: words.flatMap(([first, hash]) => (first === 'head' ? [hash as Hash] : [])),
    odd: lines.filter((line) => /^(log|refused)/.test(line) && line !== ORDINARY),
    done: count('done') > 0,
  };
}
