import { MIDSTATE_COUNT, search, sha256, targetToWords, WORD_LIMIT } from '@wattchain/core';
import { describe, expect, it } from 'vitest';
import { Searcher, type SearchJob, type SearchReport } from './searcher.js';

const SEAL_HASH = sha256(Uint8Array.of(1));
const NEVER = targetToWords(0n);

function job(fields: Partial<SearchJob> = {}): SearchJob {
  return {
    sealHash: SEAL_HASH,
    targetWords: NEVER,
    extraNonceStart: 5n,
    nonceStart: 100,
    nonceEnd: 1_000_000,
    stop: new Int32Array(new SharedArrayBuffer(4)),
    duty: 1,
    ...fields,
  };
}

/**
 * A searcher on a clock that moves by one millisecond for so many tries, and a search that never finds anything. `share` is the part
 * of a processor that a busy machine gives to it, `knowsCpu` whether the system tells processor time, `slowdown` how many times
 * longer the next slice takes.
 */
function fakeSearcher(triesPerMs: number, { share = 1, knowsCpu = true, slowdown = (): number => 1 } = {}) {
  let nowMs = 0;
  let cpuMs = 0;
  const sleeps: number[] = [];
  const reports: SearchReport[] = [];
  const slices: { extraNonce: bigint; nonceStart: number; nonceEnd: number; busyMs: number }[] = [];
  const searcher = new Searcher({
    search: (_hash, _target, extraNonce, midstates, nonceStart, nonceEnd) => {
      const tries = midstates * (nonceEnd - nonceStart);
      const busyMs = (tries / triesPerMs) * slowdown();
      cpuMs += busyMs;
      nowMs += busyMs / share;
      slices.push({ extraNonce, nonceStart, nonceEnd, busyMs });
      return { tries };
    },
    nowMs: () => nowMs,
    cpuMs: knowsCpu ? () => cpuMs : undefined,
    sleep: (stop, durationMs) => {
      sleeps.push(durationMs);
      if (stop[0] === 0) nowMs += durationMs;
    },
    report: (report) => reports.push(report),
  });
  const sleepFor = (durationMs: number) => {
    nowMs += durationMs;
  };
  return { searcher, sleeps, reports, slices, sleepFor, now: () => nowMs };
}

describe('Searcher', () => {
  it('finds what the search finds, stops the others and reports all tries', () => {
    const reports: SearchReport[] = [];
    const searcher = new Searcher({
      search,
      nowMs: () => 0,
      cpuMs: () => 0,
      sleep: () => {},
      report: (report) => reports.push(report),
    });
    const target = WORD_LIMIT >> 9n;
    const mine = job({ targetWords: targetToWords(target) });
    searcher.setJob(mine);
    for (let i = 0; searcher.isBusy && i < 50; i++) searcher.step();
    expect(mine.stop[0]).toBe(1);
    const expected = search(SEAL_HASH, targetToWords(target), 5n, MIDSTATE_COUNT, 100, 1_000_000, undefined);
    expect(reports).toEqual([
      { kind: 'solution', sealHash: SEAL_HASH, solution: expected.solution },
      { kind: 'tries', tries: expected.tries, sample: { tries: 0, cpuMs: 0 } },
    ]);
  });

  it('covers every nonce once and goes on to other extra nonces when they are used up', () => {
    const { searcher, slices } = fakeSearcher(1_000_000);
    searcher.setJob(job({ nonceStart: 10, nonceEnd: 110 }));
    for (let i = 0; i < 12; i++) searcher.step();
    const tried = slices.flatMap(({ extraNonce, nonceStart, nonceEnd }) =>
      Array.from({ length: nonceEnd - nonceStart }, (_, offset) => `${extraNonce} ${nonceStart + offset}`),
    );
    const round = (extraNonce: number) => Array.from({ length: 100 }, (_, offset) => `${extraNonce} ${10 + offset}`);
    expect(tried.slice(0, 300)).toEqual([...round(5), ...round(5 + MIDSTATE_COUNT), ...round(5 + 2 * MIDSTATE_COUNT)]);
  });

  it.each([
    [0.01, true],
    [0.1, true],
    [0.5, true],
    [1, true],
    [0.01, false],
    [0.5, false],
    [1, false],
  ])('works %d of the time, processor time known: %s', (duty, knowsCpu) => {
    const { searcher, slices, now } = fakeSearcher(300, { knowsCpu });
    searcher.setJob(job({ duty, nonceEnd: 4_000_000_000 }));
    for (let i = 0; i < 300; i++) searcher.step();
    const busyMs = slices.reduce((sum, slice) => sum + slice.busyMs, 0);
    expect(busyMs / now()).toBeGreaterThan(duty * 0.99);
    expect(busyMs / now()).toBeLessThan(duty * 1.02);
    const last = slices.at(-1)?.busyMs ?? 0;
    expect(last).toBeGreaterThanOrEqual(5);
    expect(last).toBeLessThanOrEqual(20);
  });

  it('holds its share of processor time on a busy machine by resting less', () => {
    // It gets half a processor, so a slice of 10 ms of work takes 20 ms and a quarter of the time still leaves 20 ms of rest.
    const { searcher, slices, now } = fakeSearcher(300, { share: 0.5 });
    searcher.setJob(job({ duty: 0.25, nonceEnd: 4_000_000_000 }));
    for (let i = 0; i < 300; i++) searcher.step();
    const busyMs = slices.reduce((sum, slice) => sum + slice.busyMs, 0);
    expect(busyMs / now()).toBeGreaterThan(0.245);
    expect(busyMs / now()).toBeLessThan(0.255);
  });

  it('gives credit for at most 100 ms of time in which it did not work', () => {
    const { searcher, slices, sleeps, sleepFor } = fakeSearcher(MIDSTATE_COUNT);
    searcher.setJob(job({ duty: 0.5, nonceEnd: 4_000_000_000 }));
    sleepFor(60_000);
    while (sleeps.length === 0) searcher.step();
    const busyMs = slices.reduce((sum, slice) => sum + slice.busyMs, 0);
    expect(busyMs).toBeGreaterThan(90);
    expect(busyMs).toBeLessThan(120);
  });

  it('measures its rate in slices that are long enough, per processor time', () => {
    const { searcher, reports } = fakeSearcher(2 * MIDSTATE_COUNT, { share: 0.5 });
    searcher.setJob(job({ nonceEnd: 4_000_000_000 }));
    for (let i = 0; i < 100; i++) searcher.step();
    const samples = reports.flatMap((report) => (report.kind === 'tries' ? [report] : []));
    for (const { sample, tries } of samples.slice(1)) {
      expect(sample.tries).toBe(tries);
      expect(sample.tries / sample.cpuMs).toBeCloseTo(2 * MIDSTATE_COUNT);
    }
    // The first slices are too short to count.
    expect(samples[0]?.sample.tries).toBeLessThan(samples[0]?.tries ?? 0);
    expect(samples.length).toBeGreaterThan(2);
  });

  it('measures undisturbed slices like those that others slow down', () => {
    let slice = 0;
    // Of the speed at which slices of 512 nonces take hardly half of what a slice shall.
    const slowdown = () => (++slice % 2 === 0 ? 1 : 2);
    const { searcher, reports } = fakeSearcher(110 * MIDSTATE_COUNT, { slowdown });
    searcher.setJob(job({ nonceEnd: 4_000_000_000 }));
    for (let i = 0; i < 1_000; i++) searcher.step();
    const sum = { tries: 0, cpuMs: 0 };
    for (const report of reports) {
      if (report.kind !== 'tries') continue;
      sum.tries += report.sample.tries;
      sum.cpuMs += report.sample.cpuMs;
    }
    // Half of the tries at each speed.
    expect(sum.tries / sum.cpuMs / (110 * MIDSTATE_COUNT)).toBeCloseTo(2 / 3, 1);
  });

  it('does not take longer slices because others are cut short', () => {
    const { searcher, slices } = fakeSearcher(300);
    searcher.setJob(job({ nonceEnd: 4_000_000_000 }));
    for (let i = 0; i < 20; i++) searcher.step();
    const count = () => {
      const slice = slices.at(-1);
      return slice === undefined ? 0 : slice.nonceEnd - slice.nonceStart;
    };
    const usual = count();
    // Ends of the nonces cut slices of one nonce off.
    searcher.setJob(job({ nonceStart: 0, nonceEnd: 1 }));
    for (let i = 0; i < 40; i++) searcher.step();
    searcher.setJob(job({ nonceEnd: 4_000_000_000 }));
    searcher.step();
    expect(count()).toBe(usual);
  });

  it('still owes the rest that a new job cut short', () => {
    const { searcher, sleeps } = fakeSearcher(MIDSTATE_COUNT);
    const first = job({ duty: 0.1 });
    searcher.setJob(first);
    searcher.step();
    first.stop[0] = 1;
    searcher.step();
    searcher.setJob(job({ duty: 0.1 }));
    searcher.step();
    // One nonce with all its extra nonces takes 1 ms, then 9 ms of rest; the stopped job rested 0 of them and worked 2 ms more.
    expect(sleeps[0]).toBeCloseTo(9);
    expect(sleeps[1]).toBeCloseTo(27);
  });

  it('ends a job whose word says stop and reports about four times a second', () => {
    const { searcher, reports } = fakeSearcher(MIDSTATE_COUNT);
    const mine = job();
    searcher.setJob(mine);
    for (let i = 0; i < 100; i++) searcher.step();
    expect(reports.length).toBeGreaterThan(2);
    expect(reports.length).toBeLessThan(8);
    mine.stop[0] = 1;
    searcher.step();
    expect(searcher.isBusy).toBe(false);
  });
});
