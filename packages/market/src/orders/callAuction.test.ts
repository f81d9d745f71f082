import { describe, expect, it } from 'vitest';
import { FIRST, OrderRoom, startOf } from '../../testing/orderRoom.js';

describe('a call auction', () => {
  it('works', () => {
    const room = new OrderRoom({ contract: 'CallAuction', homes: 4, args: [0], prices: { tariff: 10n ** 18n, feedIn: 0n } });
    console.log(room.post(1, room.bid(1, 1_000_000n, 300n * 10n ** 14n)).gasUsed);
    console.log(room.post(2, room.ask(2, 1_000_000n, 100n * 10n ** 14n)).gasUsed);
    console.log(room.clear());
    room.report([1_000_000n, -1_000_000n]);
    console.log(room.settle().gasUsed);
    console.log(room.gain(1), room.gain(2), room.accountOf(room.home(1)), room.isBalanced(), startOf(FIRST));
    expect(room.isBalanced()).toBe(true);
  });
});
