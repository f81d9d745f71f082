import type { Plan } from './scenarios/plan.js';
import { type RunResult, runPlan } from './scenarios/run.js';

/** A run and the time that it took. */
export interface Played {
  readonly plan: Plan;
  readonly result: RunResult;
  readonly realMs: number;
}

/** Plays plans, one at a time. */
export interface Player {
  /** `onProgress` is told how far it is, in words. */
  play(plan: Plan, onProgress?: (text: string) => void): Promise<Played>;
  /** Ends what it runs on. */
  end(): Promise<void>;
}

/** Plays on this thread. */
export const thisThread: Player = {
  async play(plan, onProgress) {
    const startMs = performance.now();
    const result = await runPlan(plan, {
      onProgress: ({ time, nodes }) => {
        const height = Math.max(...nodes.map(({ services }) => services?.chain.head.header.height ?? 0));
        const minutes = (time.nowMs / 60_000).toFixed(0);
        onProgress?.(`seed ${plan.seed}: ${minutes} of ${plan.hours * 60} minutes, block ${height}`);
      },
    });
    return { plan, result, realMs: performance.now() - startMs };
  },
  async end() {},
};

/** How seeds are played side by side. */
export interface PlayersOptions {
  /** Plans at a time, and so players. */
  readonly jobs: number;
  readonly startPlayer: () => Player;
  readonly onProgress?: ((text: string) => void) | undefined;
}

/** Plans that were begun and not told yet, for each player: a slow one holds up what is told of those after it, but no player. */
const AHEAD = 8;

/** Plays plans, several at a time; what came of them is told in the order of the plans. */
export async function* playInOrder(
  plans: Iterable<Plan>,
  { jobs, startPlayer, onProgress }: PlayersOptions,
): AsyncGenerator<Played, void, undefined> {
  const rest = plans[Symbol.iterator]();
  const players: Player[] = [];
  const free: Player[] = [];
  /** In the order of the plans. */
  const untold: Promise<Played>[] = [];
  const begin = () => {
    while (untold.length < AHEAD * jobs && (free.length > 0 || players.length < jobs)) {
      const next = rest.next();
      if (next.done) return;
      const player = free.pop() ?? startPlayer();
      if (!players.includes(player)) players.push(player);
      const played = player.play(next.value, onProgress);
      untold.push(played);
      const goOn = () => {
        free.push(player);
        begin();
      };
      // What goes wrong is thrown to whoever asks for the result.
      played.then(goOn, () => {});
    }
  };
  try {
    begin();
    while (untold.length > 0) {
      const played = (await untold[0]) as Played;
      untold.shift();
      begin();
      yield played;
    }
  } finally {
    await Promise.all(players.map((player) => player.end()));
  }
}
