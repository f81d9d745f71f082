/** The thread that fuzzes: bundled with the instrumented packages by `main.mjs`, which watches over it. */
import { readFileSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { instrumentedCounters } from './counters.js';
import { type Finding, messageOf, Runner } from './engine.js';
import { type FuzzState, readState, writeState } from './state.js';
import type { Target } from './target.js';
import { TARGETS } from './targets/index.js';

/** What the main thread asks for. */
interface Order {
  readonly seed: number;
  /** Inputs of all targets together, those of earlier runs of the state counted. */
  readonly inputs: number;
  /** Names; empty: all. */
  readonly targets: readonly string[];
  readonly state?: string;
  readonly replay?: string;
  /** Where the main thread sees which input runs: a number that changes, its target's place, its length, then its bytes. */
  readonly watched: SharedArrayBuffer;
}

/** Between two writings of the state. */
const SAVE_MS = 5_000;

const order = workerData as Order;
const tell = (message: unknown) => parentPort?.postMessage(message);
const [marks, watchedBytes] = [new Int32Array(order.watched, 0, 3), new Uint8Array(order.watched, 12)];

function watchFor(place: number): (input: Uint8Array) => void {
  return (input) => {
    const length = Math.min(input.length, watchedBytes.length);
    watchedBytes.set(input.subarray(0, length));
    marks[1] = place;
    marks[2] = length;
    Atomics.add(marks, 0, 1);
  };
}

const named = (names: readonly string[]): readonly Target[] =>
  TARGETS.filter(({ name }) => names.length === 0 || names.includes(name));

async function replay(target: Target, file: string): Promise<void> {
  const input = new Uint8Array(readFileSync(file));
  watchFor(TARGETS.indexOf(target))(input);
  await target.begin?.();
  try {
    const accepted = await target.run(input);
    tell({ kind: 'replayed', accepted });
  } catch (error) {
    tell({ kind: 'replayed', message: messageOf(error), stack: error instanceof Error ? error.stack : undefined });
  }
}

async function fuzz(targets: readonly Target[]): Promise<void> {
  const state: FuzzState =
    order.state === undefined ? { seed: order.seed, targets: new Map() } : readState(order.state, order.seed);
  const onFinding = ({ target, message, input }: Finding) => tell({ kind: 'finding', target, message, input });
  const runners: { readonly target: Target; readonly runner: Runner; ms: number; inputs: number }[] = [];
  for (const target of targets) {
    const runner = await Runner.start({
      target,
      counters: instrumentedCounters(),
      seed: order.seed,
      state: state.targets.get(target.name),
      onFinding,
      watch: watchFor(TARGETS.indexOf(target)),
    });
    state.targets.set(target.name, runner.state);
    runners.push({ target, runner, ms: 0, inputs: 0 });
  }
  const total = () => runners.reduce((sum, { runner }) => sum + runner.state.inputs, 0);
  let savedMs = performance.now();
  const save = () => {
    if (order.state !== undefined) writeState(order.state, state);
    savedMs = performance.now();
  };
  while (total() < order.inputs && runners.some(({ runner }) => !runner.isBroken)) {
    for (const each of runners) {
      const [startMs, before] = [performance.now(), each.runner.state.inputs];
      await each.runner.round();
      each.ms += performance.now() - startMs;
      each.inputs += each.runner.state.inputs - before;
    }
    tell({ kind: 'progress', inputs: total() });
    if (performance.now() - savedMs > SAVE_MS) save();
  }
  save();
  const figures = runners.map(({ target: { name }, runner, ms, inputs }) => ({
    target: name,
    inputs: runner.state.inputs,
    accepted: runner.state.accepted,
    corpus: runner.corpusSize,
    features: runner.features,
    perSecond: ms === 0 ? 0 : Math.round((inputs * 1_000) / ms),
  }));
  tell({ kind: 'done', inputs: total(), figures });
}

try {
  const targets = named(order.targets);
  const [target] = targets;
  if (order.replay !== undefined && target !== undefined) await replay(target, order.replay);
  else await fuzz(targets);
} catch (error) {
  tell({
    kind: 'failed',
    message: error instanceof TypeError ? error.message : String(error instanceof Error ? error.stack : error),
  });
}
