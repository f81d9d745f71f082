import { describe, expect, test } from 'vitest';
import { describeCommunity, readCommunityDescription } from './description.js';

describe('what genesis says of a community', () => {
  test.each([
    { name: 'fontana.csv, 2017-07-04', zone: { kind: 'wall' } as const },
    { name: undefined, zone: { kind: 'named', name: 'Europe/Oslo' } as const },
    { name: undefined, zone: { kind: 'offsets', offsets: [{ fromSeconds: 0, offsetSeconds: -25_200 }] } as const },
    { name: undefined, zone: undefined },
    { name: undefined, zone: undefined, homes: { '0x00000000000000000000000000000000000000a1': 'Haus Nr. 5 🏡' } },
  ])('comes back as it was kept: %j', (description) => {
    const kept = JSON.parse(JSON.stringify(describeCommunity(description)));
    expect(readCommunityDescription(kept)).toEqual(description);
  });

  test.each([
    undefined,
    'Oslo',
    [],
    { zone: 'Europe/Oslo', name: 7 },
    { zone: { kind: 'lunar' } },
    { zone: { kind: 'offsets', offsets: [] } },
    { zone: { kind: 'offsets', offsets: [{ fromSeconds: '0', offsetSeconds: 0 }] } },
  ])('is unknown where it is not understood: %j', (data) => {
    expect(readCommunityDescription(data)).toEqual({ name: undefined, zone: undefined });
  });

  test('names of homes are texts, by accounts in lower case', () => {
    const homes = { '0x00000000000000000000000000000000000000A1': 'home1', '0x02': 7, '0x03': '' };
    expect(readCommunityDescription({ homes }).homes).toEqual({
      '0x00000000000000000000000000000000000000a1': 'home1',
    });
    expect(readCommunityDescription({ homes: ['home1'] }).homes).toEqual({});
  });
});
