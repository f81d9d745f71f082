/** Kills, one after the other, and what is wrong after each. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WattchainError } from '@wattchain/core';
import { type Feed, makeFeed, writeFeed } from './feed.js';
import { Importer } from './importer.js';
import { type KillOutcome, PLACES, type Place } from './killed.js';
import { type Aim, aimOf, importMoment, nodeMoment } from './plan.js';
import { Provider, Syncer } from './syncer.js';

/** What is to be done. */
export interface CrashOptions {
  readonly seed: number;
  /** Kills together, those of the state file included. */
  readonly kills: number;
  /** Goes on up to so many kills until one fell in every place. Default: `kills`. */
  readonly atMost?: number;
  /** Number of the first kill, from 0; the round that it is in begins with an empty store. */
  readonly from?: number;
  /** Blocks of the feed. */
  readonly blocks?: number;
  /** File in which a run keeps how far it came, and from which the next one goes on. */
  readonly state?: string;
  readonly onProgress?: (report: CrashReport) => void;
}

/** Something that was not as it must be after a kill. */
export interface CrashViolation {
  /** Number of the kill, from 0. */
  readonly kill: number;
  readonly aim: Aim | undefined;
  readonly detail: string;
  /** The files as they were then. */
  readonly folder: string;
  /** The command that does it again. */
  readonly again: string;
}

/** How far a run has come. */
export interface CrashReport {
  readonly seed: number;
  /** Number of the next kill. */
  readonly next: number;
  readonly kills: number;
  /** Kills that fell in each place; one may fall in several. */
  readonly places: Readonly<Record<Place, number>>;
  /** Kills while a new head was on its way to the disk, by the head that the store had afterwards. */
  readonly oldHeads: number;
  readonly newHeads: number;
  /** Heads that clients had been shown before the kills. */
  readonly shown: number;
  readonly violations: readonly CrashViolation[];
}

/** Kills of one store before the next round begins with an empty one. */
const ROUND = 20;
/** So many kills meet every place. */
const ENOUGH_KILLS = 50;
const FEED_BLOCKS = 160;
/** Violations after which there is nothing more to learn. */
const MOST_VIOLATIONS = 5;

/**
 * Kills processes until there were so many kills.
 *
 * @throws WattchainError `otherSeed` where the state file is of another seed, `badState` where it is none
 */
export async function runCrashes(options: CrashOptions): Promise<CrashReport> {
  const { seed, kills, atMost = kills, state, onProgress } = options;
  const start = ROUND * Math.floor((options.from ?? 0) / ROUND);
  let report = readState(options) ?? emptyReport(seed, start);
  const folder = mkdtempSync(join(tmpdir(), 'wattchain-faults-'));
  const feed = await makeFeed(seed, options.blocks ?? FEED_BLOCKS);
  const crashes = new Crashes(folder, seed, feed);
  try {
    const isWanted = (next: number) =>
      next < start + kills || (next < start + atMost && unmetPlaces(report).length > 0);
    while (isWanted(report.next) && report.violations.length < MOST_VIOLATIONS) {
      report = added(report, await crashes.kill(report.next));
      if (state !== undefined) writeFileSync(state, JSON.stringify(report));
      onProgress?.(report);
    }
    const late = await crashes.endRound();
    report = { ...report, violations: [...report.violations, ...late] };
  } finally {
    await crashes.stop();
  }
  if (report.violations.length === 0) rmSync(folder, { recursive: true });
  return report;
}

/** Places that no kill fell in, though there were enough of them. */
export function missedPlaces(report: CrashReport): Place[] {
  return report.kills < ENOUGH_KILLS ? [] : unmetPlaces(report);
}

function unmetPlaces({ places }: CrashReport): Place[] {
  return PLACES.filter((place) => place !== 'between' && places[place] === 0);
}

interface Killed extends KillOutcome {
  readonly violations: readonly CrashViolation[];
}

/** Kills of the same stores. */
interface Round {
  readonly importer: Importer;
  /** Made when it is first needed. */
  syncer: Syncer | undefined;
  readonly folder: string;
  /** Number of its first kill. */
  readonly first: number;
}

/** The processes and stores of a run. */
class Crashes {
  readonly #files: { readonly genesis: string; readonly blocks: string };
  #round: Round | undefined;
  #rounds = 0;
  #provider: Provider | undefined;

  constructor(
    private readonly folder: string,
    private readonly seed: number,
    private readonly feed: Feed,
  ) {
    this.#files = { genesis: join(folder, 'genesis.json'), blocks: join(folder, 'blocks') };
    writeFeed(feed, this.#files.genesis, this.#files.blocks);
  }

  async kill(kill: number): Promise<Killed> {
    const late = kill % ROUND === 0 ? await this.endRound() : [];
    const round = this.#round ?? this.#begin(kill);
    this.#round = round;
    const { importer, folder } = round;
    const aim = aimOf(this.seed, kill);
    const outcome =
      aim === 'sync'
        ? await (await this.#syncerOf(round)).kill(nodeMoment(this.seed, kill))
        : await importer.kill(importMoment(this.seed, kill, aim, importer.openingMs));
    const violations = [...late, ...outcome.wrong.map((detail) => this.#violation(kill, aim, detail, folder))];
    // The folder stays as it is, and the next kill gets another one.
    if (outcome.wrong.length > 0) this.#round = undefined;
    return { ...outcome, violations };
  }

  /** Lets the round's importing program come to its end, and says what is wrong with what it leaves. */
  async endRound(): Promise<CrashViolation[]> {
    if (this.#round === undefined) return [];
    const { importer, folder, first } = this.#round;
    this.#round = undefined;
    const violations = (await importer.finish()).map((detail) => this.#violation(first, undefined, detail, folder));
    if (violations.length === 0) rmSync(folder, { recursive: true });
    return violations;
  }

  async stop(): Promise<void> {
    await this.#provider?.stop();
  }

  #begin(first: number): Round {
    const folder = join(this.folder, `round-${this.#rounds++}`);
    const importer = new Importer(join(folder, 'imported'), this.feed, this.#files);
    return { importer, syncer: undefined, folder, first };
  }

  /** The round's node, which needs a peer that has everything. */
  async #syncerOf(round: Round): Promise<Syncer> {
    this.#provider ??= await Provider.start(join(this.folder, 'provider'), this.feed, this.#files);
    round.syncer ??= new Syncer(join(round.folder, 'synced'), this.feed, this.#provider);
    return round.syncer;
  }

  #violation(kill: number, aim: Aim | undefined, detail: string, folder: string): CrashViolation {
    const first = ROUND * Math.floor(kill / ROUND);
    const again = `npm run faults -- --seed ${this.seed} --from ${first} --kills ${ROUND}`;
    return { kill, aim, detail, folder, again };
  }
}

function emptyReport(seed: number, next: number): CrashReport {
  const places = Object.fromEntries(PLACES.map((place) => [place, 0])) as Record<Place, number>;
  return { seed, next, kills: 0, places, oldHeads: 0, newHeads: 0, shown: 0, violations: [] };
}

function added(report: CrashReport, { places, inFlight, shown, violations }: Killed): CrashReport {
  const counts = { ...report.places };
  for (const place of places) counts[place]++;
  return {
    ...report,
    next: report.next + 1,
    kills: report.kills + 1,
    places: counts,
    oldHeads: report.oldHeads + Number(inFlight === 'old'),
    newHeads: report.newHeads + Number(inFlight === 'new'),
    shown: report.shown + shown,
    violations: [...report.violations, ...violations],
  };
}

function readState({ state, seed }: CrashOptions): CrashReport | undefined {
  if (state === undefined || !existsSync(state)) return undefined;
  let report: CrashReport;
  try {
    report = JSON.parse(readFileSync(state, 'utf8')) as CrashReport;
  } catch (cause) {
    throw new WattchainError('badState', `"${state}" is no state of a run`, { hint: 'name another file', cause });
  }
  if (report.seed === seed) return report;
  throw new WattchainError('otherSeed', `"${state}" is of seed ${report.seed}, not ${seed}`, {
    hint: `go on with --seed ${report.seed}, or name another file`,
  });
}
