import { describe, expect, it } from 'vitest';
import { ManualRuntime } from '../../testing/manualRuntime.js';
import { TokenBucket } from '../base/tokenBucket.js';
import { FAULT_POLICY, type PeerFault, SCORE } from './faultPolicy.js';
import { PeerScores } from './peerScores.js';

const slight: PeerFault = { code: 'requestTimeout', protocol: 'p', afterMs: 1 };
const serious: PeerFault = { code: 'messageShape', detail: '' };
const fatal: PeerFault = { code: 'headerHeight', got: 1, expected: 2 };
const harmless: PeerFault = { code: 'fromTheFuture', got: 2, expected: 1 };

describe('scores', () => {
  it('follow the scale from nothing to ban', () => {
    const scores = new PeerScores(new ManualRuntime(0).stopwatch);
    expect(scores.record('a', harmless)).toBe('none');
    expect(scores.score('a')).toBe(0);
    expect([1, 2, 3].map(() => scores.record('b', slight))).toEqual(['none', 'none', 'disconnect']);
    expect([1, 2, 3].map(() => scores.record('c', serious))).toEqual(['disconnect', 'disconnect', 'ban']);
    expect(scores.record('d', fatal)).toBe('ban');
    expect(scores.record('d', fatal)).toBe('ban');
    expect(scores.score('d')).toBe(SCORE.worst);
    expect(['a', 'b', 'c', 'd'].filter((id) => scores.isBanned(id))).toEqual(['c', 'd']);
  });

  it('do not ban for what happens to honest nodes under load', () => {
    const scores = new PeerScores(new ManualRuntime(0).stopwatch);
    const sentences = Array.from({ length: 20 }, () => scores.record('a', slight));
    expect(sentences.at(-1)).toBe('disconnect');
    expect(scores.score('a')).toBe(SCORE.banBelow);
    expect(scores.isBanned('a')).toBe(false);
    expect(scores.record('a', serious)).toBe('ban');
  });

  it('fade by half in ten minutes, and bans end', () => {
    const runtime = new ManualRuntime(0);
    const scores = new PeerScores(runtime.stopwatch);
    scores.record('a', fatal);
    runtime.advance(10 * 60_000);
    expect(scores.score('a')).toBeCloseTo(-50);
    runtime.advance(20 * 60_000 - 1);
    expect(scores.isBanned('a')).toBe(true);
    runtime.advance(1);
    expect(scores.isBanned('a')).toBe(false);
    expect(scores.score('a')).toBeCloseTo(-12.5);
  });

  it('end in time, whatever somebody does to the clock', () => {
    const runtime = new ManualRuntime(0);
    const scores = new PeerScores(runtime.stopwatch);
    runtime.jumpClock(3_600_000);
    scores.record('a', fatal);
    runtime.jumpClock(-3_600_000);
    runtime.advance(30 * 60_000 - 1);
    expect(scores.isBanned('a')).toBe(true);
    runtime.advance(1);
    expect(scores.isBanned('a')).toBe(false);
  });

  it('keep a bounded number of peers', () => {
    const scores = new PeerScores(new ManualRuntime(0).stopwatch);
    for (let i = 0; i <= SCORE.maxEntries; i++) scores.record(`peer ${i}`, serious);
    expect(scores.score('peer 0')).toBe(0);
    expect(scores.score('peer 1')).toBe(-25);
  });
});

describe('fault policy', () => {
  it('rejects in gossip only what it also punishes, and punishes nothing that depends on state or time', () => {
    for (const [code, { gossip, penalty }] of Object.entries(FAULT_POLICY)) {
      if (gossip === 'reject') expect(penalty, code).toBeGreaterThan(0);
    }
    const stateful = ['parentUnknown', 'fromTheFuture', 'nonceTooHigh', 'gasPriceTooLow', 'alreadyKnown', 'poolFull'];
    for (const code of stateful as (keyof typeof FAULT_POLICY)[]) {
      expect(FAULT_POLICY[code], code).toEqual({ gossip: 'ignore', penalty: 0, bans: false });
    }
  });
});

describe('token bucket', () => {
  it('gives its capacity at once and its rate after that', () => {
    const runtime = new ManualRuntime(0);
    const bucket = new TokenBucket({ capacity: 10, perSecond: 2 }, runtime.stopwatch);
    expect([bucket.take(10), bucket.take(1)]).toEqual([true, false]);
    runtime.advance(1_500);
    expect([bucket.take(4), bucket.take(3)]).toEqual([false, true]);
    runtime.advance(3_600_000);
    expect([bucket.take(11), bucket.take(10)]).toEqual([false, true]);
  });
});
