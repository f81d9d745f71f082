import { describe, expect, it } from 'vitest';
import { FEED_IN, FIRST, OrderRoom, TARIFF } from '../../testing/orderRoom.js';

const KWH = 1_000_000n;
const HOMES = 334;
const roomOf = (homes: number) => new OrderRoom({ contract: 'CallAuction', homes, args: [0] });

describe('gas of a whole transaction', () => {
  it('with one order, the first of its period and a later one: 45,000 at most', () => {
    const room = roomOf(2);
    expect(room.post(1, room.bid(1, KWH, TARIFF)).gasUsed).toBeLessThanOrEqual(45_000);
    expect(room.post(2, room.ask(2, KWH, FEED_IN)).gasUsed).toBeLessThanOrEqual(45_000);
  });

  it('with a day of twenty-four orders of a home, the first of their periods: 15,000 each at most', () => {
    const room = roomOf(1);
    const day = Array.from({ length: 24 }, (_, hour) =>
      room.bid(1, KWH + BigInt(hour), TARIFF, FIRST - 1n + BigInt(hour)),
    );
    expect(room.post(1, ...day).gasUsed / 24).toBeLessThanOrEqual(15_000);
  });
});

describe('gas of the transaction that clears a thousand orders of 334 homes', () => {
  // By McAfee's rule, which costs most of the three.
  const room = new OrderRoom({ contract: 'CallAuction', homes: HOMES, args: [1] });

  it.each([
    ['at sixteen prices', FIRST, (n: number) => (BigInt((n * 31) % 16) * TARIFF) / 20n + FEED_IN],
    ['at the prices of the supplier, so that each is a tie with all others', FIRST + 1n, undefined],
  ] as const)('%s: 6,000,000 at most', (_name, number, priceOf) => {
    for (let n = 1; n <= HOMES; n++) {
      const orders = [0, 1, 2].slice(0, n === HOMES ? 1 : 3).map((i) => {
        const energy = 300_000n + BigInt((n * 7_919 + i * 104_729) % 2_000_000);
        const isBid = (n + i) % 2 === 0;
        const price = priceOf?.(n * 3 + i) ?? (isBid ? TARIFF : FEED_IN);
        return room[isBid ? 'bid' : 'ask'](n, energy, price, number);
      });
      room.post(n, ...orders);
    }
    expect(room.acts(number)).toHaveLength(1_000);
    expect(room.clear(room.clearArgs(number)).gasUsed).toBeLessThanOrEqual(6_000_000);
  });
});
