import { setMaxListeners } from 'node:events';
import type { Pieces } from '@wattchain/core';
import { beforeEach, describe, expect, test } from 'vitest';
import {
  FIRST_TURN_MS,
  MAX_LONG_REQUESTS,
  MAX_SHORT_PIECES,
  MAX_WAITING_OF_CLIENT,
  MAX_WAITING_REQUESTS,
  TURN_MS,
} from '../limits.js';
import { Turns } from './turns.js';

const ENOUGH_MS = 1_000_000;

let nowMs: number;
let turns: Turns;
/** The names of the pieces that ran, in order. */
let ran: string[];
beforeEach(() => {
  nowMs = 0;
  turns = new Turns({ elapsedMs: () => nowMs });
  ran = [];
});

/** Work of so many pieces, each of which takes so long. */
function* work(name: string, count: number, pieceMs: number): Pieces<string> {
  for (let done = 0; done < count; done++) {
    ran.push(name);
    nowMs += pieceMs;
    if (done < count - 1) yield;
  }
  return name;
}

/** Of a client that stays. */
const staying = () => new AbortController().signal;

function ask(client: string, name: string, count: number, pieceMs: number, maxMs = ENOUGH_MS): Promise<string> {
  return turns.share(client, maxMs, staying()).run(work(name, count, pieceMs));
}

/** The order of turns: neighbouring pieces of one name are one. */
function order(): string[] {
  return ran.filter((name, i) => name !== ran[i - 1]);
}

/** A turn of the event loop that belongs to something else. */
const other = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('turns', () => {
  test('come one a turn of the event loop; what else waits runs in between', async () => {
    const all = Promise.all([ask('a', 'a', 5, TURN_MS), ask('b', 'b', 5, TURN_MS)]);
    const seen: number[] = [];
    for (let i = 0; i < 5; i++) {
      await other();
      seen.push(ran.length);
    }
    // Each of these five looks came after at most one more piece.
    seen.forEach((count, i) => void expect(count - (seen[i - 1] ?? 0)).toBeLessThanOrEqual(1));
    await all;
    expect(ran).toHaveLength(10);
  });

  test('are short at first and longer later', async () => {
    const done = ask('a', 'a', 60, 1);
    await other();
    expect(ran).toHaveLength(FIRST_TURN_MS);
    await other();
    expect(ran).toHaveLength(FIRST_TURN_MS + TURN_MS);
    expect(await done).toBe('a');
  });

  test('go to the client that has had the least time, however many requests another has', async () => {
    const greedy = Array.from({ length: 8 }, (_, i) => ask('greedy', `g${i}`, 20, TURN_MS));
    const modest = ask('modest', 'modest', 8, TURN_MS);
    await modest;
    const before = ran.slice(0, ran.lastIndexOf('modest'));
    const taken = before.filter((name) => name !== 'modest').length;
    expect(taken).toBeGreaterThanOrEqual(6);
    expect(taken).toBeLessThanOrEqual(9);
    await Promise.all(greedy);
  });

  test('a newcomer is next, and done before what began long ago', async () => {
    const long = ['x', 'y', 'z'].map((client) => ask(client, client, 30, TURN_MS));
    for (let i = 0; i < 20; i++) await other();
    const before = ran.length;
    await ask('new', 'new', 1, 1);
    expect(ran.indexOf('new')).toBeLessThanOrEqual(before + 1);
    await Promise.all(long);
  });

  test('a batch of short requests goes through between two turns of who had more', async () => {
    const long = ask('long', 'long', 40, TURN_MS);
    for (let i = 0; i < 3; i++) await other();
    const share = turns.share('batch', ENOUGH_MS, staying());
    const before = ran.length;
    for (let i = 0; i < 50; i++) await share.run(work('short', 1, 0.1));
    expect(ran.length - before - 50).toBeLessThanOrEqual(2);
    await long;
  });

  test('requests of one client take turns among themselves, the newest first', async () => {
    const all = Promise.all([ask('a', 'old', 4, TURN_MS), ask('a', 'older', 4, TURN_MS)]);
    await other();
    await other();
    await other();
    await ask('a', 'short', 1, 1);
    expect(order().slice(0, 4)).toEqual(['older', 'old', 'older', 'short']);
    await all;
  });
});

describe('a cap', () => {
  test('ends what takes longer, names the limit, and lets work clean up', async () => {
    let closed = false;
    function* endless(): Pieces<never> {
      try {
        for (;;) {
          nowMs += 1;
          yield;
        }
      } finally {
        closed = true;
      }
    }
    const run = turns.share('a', 100, staying()).run(endless());
    await expect(run).rejects.toMatchObject({ rpcCode: -32000, message: expect.stringContaining('more than 100 ms') });
    expect([nowMs, closed]).toEqual([100, true]);
  });

  test('counts the requests of one message together, and only what ran', async () => {
    const share = turns.share('a', 100, staying());
    const rival = ask('b', 'b', 30, TURN_MS);
    expect(await share.run(work('one', 6, 10))).toBe('one');
    await expect(share.run(work('two', 6, 10))).rejects.toMatchObject({ message: expect.stringContaining('aborted') });
    expect(ran.filter((name) => name === 'two')).toHaveLength(4);
    // Another message begins anew.
    expect(await ask('a', 'three', 6, 10, 100)).toBe('three');
    await rival;
  });
});

describe('bounds', () => {
  test('a client with too much waiting is told so, and nobody else', async () => {
    const waiting = Array.from({ length: MAX_WAITING_OF_CLIENT }, () => ask('a', 'a', 2, 1));
    await expect(async () => ask('a', 'a', 1, 1)).rejects.toMatchObject({
      rpcCode: -32005,
      message: expect.stringContaining('of this client'),
    });
    expect(await ask('b', 'b', 1, 1)).toBe('b');
    await Promise.all(waiting);
    expect(await ask('a', 'again', 1, 1)).toBe('again');
  });

  test('all together are bounded too', async () => {
    const waiting = Array.from({ length: MAX_WAITING_REQUESTS }, (_, i) => ask(`c${i}`, 'c', 1, 1));
    await expect(async () => ask('late', 'late', 1, 1)).rejects.toMatchObject({
      message: expect.stringContaining('of all clients'),
    });
    await Promise.all(waiting);
  });

  test('only so many long requests go on at once; short ones pass them', async () => {
    const started = new Set<string>();
    const long = Array.from({ length: MAX_LONG_REQUESTS + 3 }, (_, i) =>
      ask(`l${i}`, `l${i}`, 3 * MAX_SHORT_PIECES, 1),
    );
    while (ran.length < (MAX_LONG_REQUESTS + 3) * MAX_SHORT_PIECES + 2 * MAX_LONG_REQUESTS * TURN_MS) {
      await other();
    }
    const counts = new Map<string, number>();
    for (const name of ran) counts.set(name, (counts.get(name) ?? 0) + 1);
    for (const [name, count] of counts) if (count > MAX_SHORT_PIECES) started.add(name);
    expect(started.size).toBe(MAX_LONG_REQUESTS);
    expect(Math.min(...counts.values())).toBe(MAX_SHORT_PIECES);
    const before = ran.length;
    await ask('short', 'short', 1, 1);
    expect(ran.indexOf('short') - before).toBeLessThanOrEqual(TURN_MS + 1);
    expect(await Promise.all(long)).toHaveLength(MAX_LONG_REQUESTS + 3);
  });

  test('an error in a piece reaches who asked, and the next goes on', async () => {
    function* broken(): Pieces<never> {
      yield;
      throw new RangeError('broken');
    }
    await expect(turns.share('a', ENOUGH_MS, staying()).run(broken())).rejects.toThrow('broken');
    expect(await ask('a', 'fine', 1, 1)).toBe('fine');
  });
});

describe('a client that is gone', () => {
  const gone = { code: 'clientGone' };

  test('leaves no work behind: what waits ends, cleans up and frees its place', async () => {
    const leaving = new AbortController();
    let cleaned = 0;
    function* endless(): Pieces<never> {
      try {
        for (;;) {
          nowMs += 1;
          yield;
        }
      } finally {
        cleaned += 1;
      }
    }
    setMaxListeners(MAX_WAITING_OF_CLIENT, leaving.signal);
    const share = turns.share('a', ENOUGH_MS, leaving.signal);
    const runs = Array.from({ length: MAX_WAITING_OF_CLIENT }, () => share.run(endless()));
    for (let i = 0; i < 2 * MAX_WAITING_OF_CLIENT; i++) await other();
    leaving.abort();
    await Promise.all(runs.map((run) => expect(run).rejects.toMatchObject(gone)));
    expect(cleaned).toBe(MAX_WAITING_OF_CLIENT);
    await expect(async () => share.run(endless())).rejects.toMatchObject(gone);
    const before = nowMs;
    expect(await ask('a', 'back', 1, 1)).toBe('back');
    expect(nowMs).toBe(before + 1);
  });

  test('cannot fill the places of all, however often it comes and goes', async () => {
    for (let i = 0; i < 3 * MAX_WAITING_REQUESTS; i++) {
      const leaving = new AbortController();
      const run = turns.share(`passer-by ${i}`, ENOUGH_MS, leaving.signal).run(work('never', 1, 1));
      leaving.abort();
      await expect(run).rejects.toMatchObject(gone);
    }
    expect(await ask('b', 'b', 1, 1)).toBe('b');
    expect(ran).toEqual(['b']);
  });

  test('that leaves in the middle of its own turn has no other', async () => {
    const leaving = new AbortController();
    function* leaves(): Pieces<never> {
      for (;;) {
        ran.push('piece');
        leaving.abort();
        yield;
      }
    }
    await expect(turns.share('a', ENOUGH_MS, leaving.signal).run(leaves())).rejects.toMatchObject(gone);
    expect(ran).toEqual(['piece']);
    expect(await ask('b', 'b', 1, 1)).toBe('b');
  });
});
