import type { ChainServices, HeadEvent } from '@wattchain/node/parts';
import type { SimNode } from '../world/simNode.js';
import type { World } from '../world/world.js';
import type { Conditions } from './conditions.js';
import type { Plan } from './plan.js';

/** An honest node with what it is made of since its last start. */
export interface Watched {
  readonly node: SimNode;
  readonly services: ChainServices;
}

/** What a rule sees, and where it says what it found. */
export interface Ground {
  readonly world: World;
  readonly plan: Plan;
  readonly conditions: Conditions;
  /** Says that the rule is broken. */
  violate(rule: Rule, detail: string, node?: SimNode): void;
  /** Counts something that is worth a figure. */
  count(name: string, by?: number): void;
}

/** Something that must hold whatever happens, looked at as things happen. Honest nodes alone are looked at. */
export interface Rule {
  readonly name: string;
  begin?(ground: Ground): void;
  /** A node's chain is open, at its first start and after each restart. */
  opened?(watched: Watched): void;
  /** Its head moved. */
  moved?(watched: Watched, event: HeadEvent): void;
  /** Every {@link TICK_MS}. */
  tick?(): void;
  /** After every event of the run, so it must cost next to nothing. */
  after?(): void;
  end?(): void;
}

/** How often time alone is looked at, virtual milliseconds. */
export const TICK_MS = 5_000;
