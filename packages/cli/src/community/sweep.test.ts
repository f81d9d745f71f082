import { readFileSync } from 'node:fs';
import type { CommunityOptions } from '@wattchain/market';
import { describe, expect, it } from 'vitest';
import type { ReadFile } from './inputs.js';
import { parseSweep, sweepCommunity } from './sweep.js';

const FILE = 'fontana_ca_17homes_week_2017-07-01_07.csv';
const bytes = readFileSync(new URL(`../../../market/data/${FILE}`, import.meta.url));
const file: ReadFile = { file: FILE, sha256: '00', role: 'data', bytes, text: bytes.toString('utf8') };
const OPTIONS: CommunityOptions = {
  rules: ['feedIn', 'netMetering', 'callAuction:uniform'],
  with: [],
  seed: 1,
  agents: 'truthful',
  gaps: 'refuse',
  to: '2017-07-01',
  feedIn: '0.05',
};

describe('a sweep', () => {
  it('moves the feed-in price: who sells to the grid alone gets more, net metering does not change', () => {
    const { points, currency } = sweepCommunity([file], OPTIONS, { plan: parseSweep('feed-in=0.02,0.10'), seeds: 1 });
    const [low, high] = points.map(({ rules }) => rules.map(({ mean }) => mean));
    expect(currency).toBe('USD');
    expect((high?.[0] ?? 0n) < (low?.[0] ?? 0n)).toBe(true);
    expect(high?.[1]).toBe(low?.[1]);
  });

  it('moves the homes with panels, the first ones of those named', () => {
    const options = { ...OPTIONS, pvHomes: [1, 4, 7] };
    const { points } = sweepCommunity([file], options, { plan: parseSweep('pv-homes=0,3'), seeds: 1 });
    const alone = sweepCommunity([file], options, { plan: undefined, seeds: 1 });
    expect(points[1]?.rules).toEqual(alone.points[0]?.rules);
    expect((points[0]?.rules[0]?.mean ?? 0n) > (points[1]?.rules[0]?.mean ?? 0n)).toBe(true);
    expect(() => sweepCommunity([file], options, { plan: parseSweep('pv-homes=4'), seeds: 1 })).toThrow('names 3');
  });

  it('repeats with seeds: agents of zero intelligence have an interval, truthful ones none', () => {
    const range = (agents: string) =>
      sweepCommunity([file], { ...OPTIONS, agents }, { plan: undefined, seeds: 3 }).points[0]?.rules[2];
    const [zi, truthful] = [range('zi'), range('truthful')];
    expect(truthful?.low).toBe(truthful?.high);
    expect((zi?.low ?? 0n) < (zi?.mean ?? 0n) && (zi?.mean ?? 0n) < (zi?.high ?? 0n)).toBe(true);
    expect((zi?.low ?? 0n) > (truthful?.mean ?? 0n)).toBe(true);
  });

  it('says at which value something is refused', () => {
    const at = (text: string) => () => sweepCommunity([file], OPTIONS, { plan: parseSweep(text), seeds: 1 });
    expect(at('feed-in=0.05,5')).toThrow('at --sweep feed-in=5: period 1: the feed-in price is 5, the tariff 0.22,');
    expect(at('pv-homes=2,99')).toThrow('at --sweep pv-homes=99: ');
  });

  it.each(['feed-in', 'feed-in=abc', 'feed-in=0.05,', 'sun=1', 'pv-homes=a', 'pv-homes=1,,2'])('refuses %s', (text) => {
    expect(() => parseSweep(text)).toThrow('--sweep is');
  });
});
