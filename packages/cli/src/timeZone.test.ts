import { wallTimeOf } from '@wattchain/market';
import { expect, test } from 'vitest';
import { namedOffset, parseTimeZone } from './timeZone.js';

test('zones of the database know their summer time', () => {
  // 2018-07-04T15:00Z and 2018-01-04T15:00Z.
  const offsets = (name: string) => [1_530_716_400n, 1_515_078_000n].map((seconds) => namedOffset(name, seconds));
  expect(offsets('America/Los_Angeles')).toEqual([-25_200n, -28_800n]);
  expect(offsets('Europe/London')).toEqual([3_600n, 0n]);
  expect(offsets('Asia/Kathmandu')).toEqual([20_700n, 20_700n]);
  expect(wallTimeOf(parseTimeZone('--time-zone', 'America/Los_Angeles'), 1_530_716_400n)).toEqual({
    date: '2018-07-04',
    clock: '08:00',
  });
});

test('what is no zone is refused', () => {
  for (const text of ['Mars/Olympus', 'PST8PDT', '7', ''])
    expect(() => parseTimeZone('--time-zone', text)).toThrow(expect.objectContaining({ code: 'badZone' }));
});
