import { describe, expect, it } from 'vitest';
import { FEED_IN, FIRST, HOUR, OrderRoom, startOf, TARIFF } from '../../testing/orderRoom.js';

const KWH = 1_000_000n;
const roomOf = (homes: number, args: readonly unknown[] = [0]) =>
  new OrderRoom({ contract: 'CallAuction', homes, args });

describe('gas of orders, of whole transactions', () => {
  it('one order', () => {
    const room = roomOf(2);
    const first = room.post(1, room.bid(1, KWH, TARIFF)).gasUsed;
    const second = room.post(2, room.ask(2, KWH, FEED_IN)).gasUsed;
    console.log('single', first, second);
    expect(second).toBeLessThanOrEqual(45_000);
  });

  it('twenty-four orders of a home at once', () => {
    const room = roomOf(2);
    const day = (n: number) =>
      Array.from({ length: 24 }, (_, hour) => room.bid(n, KWH + BigInt(hour), TARIFF, FIRST - 1n + BigInt(hour)));
    const first = room.post(1, ...day(1)).gasUsed / 24;
    const second = room.post(2, ...day(2)).gasUsed / 24;
    console.log('24', first, second);
    expect(second).toBeLessThanOrEqual(15_000);
  });

  it.each([
    ['uniform', 0],
    ['mcafee', 1],
    ['payAsBid', 2],
  ])('a thousand orders cleared, %s', (_name, pricing) => {
    const room = roomOf(334, [pricing]);
    for (let n = 1; n <= 334; n++) {
      const orders = [0, 1, 2].slice(0, n === 334 ? 1 : 3).map((i) => {
        const energy = 300_000n + BigInt((n * 7_919 + i * 104_729) % 2_000_000);
        const price = (BigInt((n * 31 + i * 17) % 16) * TARIFF) / 20n + FEED_IN;
        return (n + i) % 2 === 0 ? room.bid(n, energy, price) : room.ask(n, energy, price);
      });
      room.post(n, ...orders);
    }
    expect(room.acts()).toHaveLength(1_000);
    const { gasUsed } = room.clear();
    console.log('1000', _name, gasUsed);
    expect(gasUsed).toBeLessThanOrEqual(6_000_000);
    void HOUR;
    void startOf;
  });
});
