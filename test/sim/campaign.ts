import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { WattchainError } from '@wattchain/core';

/** What a campaign plays. */
export interface CampaignSettings {
  readonly scenario: string;
  readonly nodes: number;
  /** Virtual hours of each seed. */
  readonly hours: number;
  readonly firstSeed: number;
}

/** How far it came. */
interface CampaignState extends CampaignSettings {
  nextSeed: number;
  events: number;
  /** Seeds on which a rule was broken, with the names of the rules. */
  readonly broken: { readonly seed: number; readonly rules: readonly string[] }[];
}

/** Seeds played one after the other, as often as somebody goes on with it. */
export class Campaign {
  private constructor(
    private readonly state: CampaignState,
    private readonly path: string | undefined,
  ) {}

  /** Begins, or goes on where the file says. Errors: `badState` when the file is of another campaign or cannot be written. */
  static begin(settings: CampaignSettings, path: string | undefined): Campaign {
    const fresh: CampaignState = { ...settings, nextSeed: settings.firstSeed, events: 0, broken: [] };
    if (path === undefined) return new Campaign(fresh, path);
    if (!existsSync(path)) {
      const campaign = new Campaign(fresh, path);
      // Now, and not after the first seed, it is said that the file cannot be written.
      campaign.#save(path);
      return campaign;
    }
    const state = readState(path);
    for (const name of ['scenario', 'nodes', 'hours', 'firstSeed'] as const) {
      if (state[name] === settings[name]) continue;
      throw badState(`${path} is of a campaign with ${name} ${String(state[name])}, not ${settings[name]}`);
    }
    const campaign = new Campaign(state as CampaignState, path);
    campaign.#save(path);
    return campaign;
  }

  /** The seeds that are left to play until all nodes together have played so many hours. */
  *seedsTo(nodeHours: number): Generator<number, void, undefined> {
    for (let seed = this.state.nextSeed; this.#nodeHoursBefore(seed) < nodeHours; seed++) yield seed;
  }

  get nodeHours(): number {
    return this.#nodeHoursBefore(this.state.nextSeed);
  }

  #nodeHoursBefore(seed: number): number {
    const { firstSeed, nodes, hours } = this.state;
    return (seed - firstSeed) * nodes * hours;
  }

  /** Seeds on which a rule was broken. */
  get violations(): number {
    return this.state.broken.length;
  }

  /** Takes the result of the next seed, and remembers it. */
  add({
    events,
    violations,
  }: {
    readonly events: number;
    readonly violations: readonly { readonly rule: string }[];
  }): void {
    const { state, path } = this;
    if (violations.length > 0) {
      state.broken.push({ seed: state.nextSeed, rules: [...new Set(violations.map(({ rule }) => rule))] });
    }
    state.nextSeed++;
    state.events += events;
    if (path !== undefined) this.#save(path);
  }

  #save(path: string): void {
    try {
      // Renamed into place, so that whoever is stopped in between loses nothing.
      writeFileSync(`${path}.new`, `${JSON.stringify(this.state, undefined, 2)}\n`);
      renameSync(`${path}.new`, path);
    } catch {
      throw badState(`${path} cannot be written`);
    }
  }

  /** All of it in a line. */
  sentence(): string {
    const { scenario, nodes, hours, firstSeed, nextSeed, events, broken } = this.state;
    const bad =
      broken.length === 0 ? '' : ` (${broken.map(({ seed, rules }) => `${seed}: ${rules.join(' ')}`).join('; ')})`;
    return `sim: scenario ${scenario} seeds ${firstSeed} to ${nextSeed - 1} nodes ${nodes} hours ${hours} node-hours ${this.nodeHours} events ${events} seeds with violations ${broken.length}${bad}`;
  }
}

function readState(path: string): Partial<CampaignState> {
  try {
    const state: unknown = JSON.parse(readFileSync(path, 'utf8'));
    const isWhole = typeof state === 'object' && state !== null && 'nextSeed' in state && 'broken' in state;
    if (isWhole) return state as Partial<CampaignState>;
  } catch {
    // Said below.
  }
  throw badState(`${path} does not say how far a campaign came`);
}

function badState(message: string): WattchainError {
  return new WattchainError('badState', message, { hint: 'give another file, or the options that it was begun with' });
}
