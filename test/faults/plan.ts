import { draw } from './draw.js';

/** What a kill aims at. Where it fell is seen afterwards. */
export type Aim = 'import' | 'reorganisation' | 'compaction' | 'start' | 'sync';

const AIMS: readonly Aim[] = ['import', 'reorganisation', 'compaction', 'start', 'sync'];

/** What a kill aims at: each five kills have all aims, in an order of their own. */
export function aimOf(seed: number, kill: number): Aim {
  const left = [...AIMS];
  const group = Math.floor(kill / AIMS.length);
  for (let place = 0; ; place++) {
    const [aim] = left.splice(draw(left.length, seed, 'aim', group, place), 1);
    if (place === kill % AIMS.length) return aim as Aim;
  }
}

/** When an importing program is killed: so many milliseconds after a line or a new table, counted from the program's start. */
export interface ImportMoment {
  /** `reorganises`: the batch of the next reorganisation is handed to the database. `table`: LevelDB makes a table file. */
  readonly at: 'opening' | 'writing' | 'reorganises' | 'table';
  /** Which of them, from 1. */
  readonly nth: number;
  readonly delayMs: number;
}

/** When a node is killed: so many milliseconds after it is started or has written a line to its log. */
export interface NodeMoment {
  readonly at: 'start' | 'chain opened' | 'catching up' | 'new head';
  readonly nth: number;
  readonly delayMs: number;
}

/** Milliseconds that a batch takes, about, and the making of a small table. */
const [BATCH_MS, TABLE_MS] = [8, 5];
const [MOST_WRITES, MOST_TABLES, MOST_HEADS] = [8, 3, 60];
/** Milliseconds that a node takes to read its own code. */
const NODE_START_MS = 900;

/** When the importing program is killed; `openingMs` is how long it last took to open its store. */
export function importMoment(seed: number, kill: number, aim: Exclude<Aim, 'sync'>, openingMs: number): ImportMoment {
  const number = (limit: number, what: string) => draw(Math.max(1, Math.ceil(limit)), seed, what, kill);
  switch (aim) {
    case 'import':
      return { at: 'writing', nth: 1 + number(MOST_WRITES, 'write'), delayMs: number(BATCH_MS, 'delay') };
    case 'reorganisation':
      return { at: 'reorganises', nth: 1, delayMs: number(BATCH_MS / 2, 'delay') };
    case 'compaction':
      return { at: 'table', nth: 1 + number(MOST_TABLES, 'table'), delayMs: number(TABLE_MS, 'delay') };
    case 'start':
      return { at: 'opening', nth: 1, delayMs: number(openingMs, 'delay') };
  }
}

/** When a node that catches up with a peer is killed. */
export function nodeMoment(seed: number, kill: number): NodeMoment {
  const number = (limit: number, what: string) => draw(limit, seed, what, kill);
  const kind = number(10, 'moment');
  if (kind < 1) return { at: 'start', nth: 1, delayMs: number(NODE_START_MS, 'delay') };
  if (kind < 2) return { at: 'chain opened', nth: 1, delayMs: number(NODE_START_MS, 'delay') };
  if (kind < 4) return { at: 'catching up', nth: 1, delayMs: number(NODE_START_MS / 3, 'delay') };
  return { at: 'new head', nth: 1 + number(MOST_HEADS, 'head'), delayMs: number(BATCH_MS, 'delay') };
}
