/** A day in the machine, made as it goes or replayed from its script. */
import { DayGenerator } from './generator.js';
import { DayMachine } from './machine.js';
import { Random } from './random.js';
import { randomRules } from './rules.js';
import type { Act, DayRules, DayStart, Line, MachineAnswer, Snapshot } from './script.js';
import { SnapshotReader } from './snapshot.js';

/** What the machine said to a line that has an answer. */
export type MachineEntry = MachineAnswer | { readonly snapshot: Snapshot };

/** A day's script with what the machine said to it. */
export interface PlayedDay {
  readonly lines: readonly Line[];
  readonly answers: readonly MachineEntry[];
}

class Stage {
  readonly #machine: DayMachine;
  readonly #reader: SnapshotReader;
  readonly answers: MachineEntry[] = [];

  constructor(rules: DayRules) {
    this.#machine = new DayMachine(rules);
    this.#reader = new SnapshotReader(this.#machine, rules.council.keys.length);
  }

  begin(timeS: bigint): void {
    this.#machine.nowS = timeS;
  }

  act(act: Act): void {
    const answer = this.#machine.run(act);
    if ('taken' in answer) this.#reader.note(act);
    this.answers.push(answer);
  }

  compare(): Snapshot {
    const snapshot = this.#reader.read();
    this.answers.push({ snapshot });
    return snapshot;
  }
}

/** The day of a seed and a number, made and played. */
export function playRandomDay(seed: number, number: number): PlayedDay {
  const random = new Random(seed, number);
  const rules = randomRules(random);
  const generator = new DayGenerator(random, rules);
  const stage = new Stage(rules);
  const lines: Line[] = [{ day: `seed ${seed}, day ${number}`, rules }];
  let snapshot: Snapshot = {};
  for (let block = generator.next(snapshot); block !== undefined; block = generator.next(snapshot)) {
    stage.begin(block.timeS);
    lines.push({ block: String(block.timeS) });
    for (const act of block.acts) {
      stage.act(act);
      lines.push(act);
    }
    snapshot = stage.compare();
    lines.push({ compare: true });
  }
  return { lines, answers: stage.answers };
}

/** A script played again. */
export function replay(lines: readonly Line[]): PlayedDay {
  const [start, ...rest] = lines;
  const stage = new Stage((start as DayStart).rules);
  for (const line of rest) {
    if ('block' in line) stage.begin(BigInt(line.block));
    else if ('compare' in line) stage.compare();
    else if ('call' in line) stage.act(line);
  }
  return { lines, answers: stage.answers };
}
