import { describe, expect, it } from 'vitest';
import { type Played, type Player, playInOrder } from './player.js';
import type { Plan } from './scenarios/plan.js';

/** Plans of seeds 0, 1, 2 …, and players that play until the test says so. */
function hall(jobs: number, seeds: number) {
  const playing = new Map<number, { finish(): void; fail(error: unknown): void }>();
  const told: number[] = [];
  let started = 0;
  let ended = 0;
  const startPlayer = (): Player => {
    started++;
    return {
      play: (plan) =>
        new Promise<Played>((resolve, reject) => {
          playing.set(plan.seed, {
            finish: () => resolve({ plan } as Played),
            fail: reject,
          });
        }).finally(() => playing.delete(plan.seed)),
      end: async () => void ended++,
    };
  };
  const plans = Array.from({ length: seeds }, (_, seed) => ({ seed }) as Plan);
  const over = (async () => {
    for await (const { plan } of playInOrder(plans, { jobs, startPlayer })) told.push(plan.seed);
  })();
  return {
    told,
    over,
    playing: () => [...playing.keys()],
    players: () => ({ started, ended }),
    async finish(seed: number) {
      playing.get(seed)?.finish();
      await turn();
    },
    async fail(seed: number, error: unknown) {
      playing.get(seed)?.fail(error);
      await turn();
    },
  };
}

/** Everything that needs no time is done. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('plans that are played side by side', () => {
  it('are told in their order, whichever ends first', async () => {
    const { told, over, playing, players, finish } = hall(2, 4);
    await turn();
    expect(playing()).toEqual([0, 1]);
    await finish(1);
    expect([told, playing()]).toEqual([[], [0, 2]]);
    await finish(2);
    await finish(3);
    expect([told, playing()]).toEqual([[], [0]]);
    await finish(0);
    await over;
    expect(told).toEqual([0, 1, 2, 3]);
    expect(players()).toEqual({ started: 2, ended: 2 });
  });

  it('do not run away from a slow one', async () => {
    const { told, playing, finish } = hall(2, 100);
    await turn();
    for (let seed = 1; seed < 100; seed++) await finish(seed);
    expect([told, playing()]).toEqual([[], [0]]);
    await finish(0);
    expect(told).toEqual(Array.from({ length: 16 }, (_, seed) => seed));
    expect(playing()).toEqual([16, 17]);
  });

  it('take no more players than there are plans, and end them when one fails', async () => {
    const { over, players, fail } = hall(8, 3);
    await turn();
    const failed = expect(over).rejects.toThrow('broken');
    await fail(1, new TypeError('broken'));
    await fail(0, new TypeError('broken'));
    await failed;
    expect(players()).toEqual({ started: 3, ended: 3 });
  });
});
