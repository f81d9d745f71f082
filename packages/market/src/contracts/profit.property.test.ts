import { expect, it } from 'vitest';
import { PARTIES } from '../../testing/days/party.js';
import { tryToProfit } from '../../testing/days/profit.js';

it('never gives a party more than it put in, what it delivered and what others owed it, whatever it tries', () => {
  let taken = 0;
  let earned = 0;
  for (const party of PARTIES) {
    for (const seed of [3, 5]) {
      const report = tryToProfit(seed, party);
      const { gain, owed, fees, left } = report;
      const what = `${party.name}, seed ${seed}`;
      expect(gain <= owed + fees, `${what}: gains ${gain}, is owed ${owed}, and ${fees} of fees`).toBe(true);
      expect(left, `${what}: what stays in the market after all is closed`).toBe(0n);
      taken += report.taken;
      if (gain > owed / 50n && gain > 0n) earned += 1;
    }
  }
  // Parties that are always refused, or never earn what they are owed, show nothing.
  expect(taken).toBeGreaterThan(150);
  expect(earned).toBeGreaterThan(0);
});
