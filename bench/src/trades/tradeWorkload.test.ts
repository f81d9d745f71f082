import { expect, test } from 'vitest';
import { GROUP, tradeResults, tradeTransactions } from './tradeWorkload.js';

test('a quarter are offers, a quarter acceptances, half transfers; nonces and prices keep them in order', () => {
  const signed = tradeTransactions(1_751_587_200);
  const trades = Array.from({ length: 2 * GROUP }, () => signed.next().value);
  expect(trades.filter(({ data }) => data.length === 0)).toHaveLength(GROUP);
  const next = new Map<string, number>();
  for (const [i, { sender, nonce, maxFeePerGas }] of trades.entries()) {
    if (next.has(sender)) expect(nonce).toBe(next.get(sender));
    next.set(sender, nonce + 1);
    if (i > 0) expect(maxFeePerGas).toBeLessThan(trades[i - 1]?.maxFeePerGas ?? 0n);
  }
  for (let group = 0; group < 2; group++) {
    const offers = trades.slice(group * GROUP, (group + 1) * GROUP).filter((_, i) => i % 4 === 0);
    expect(new Set(offers.map(({ sender }) => sender)).size).toBe(1);
  }
  const { offers, trades: made, balances } = tradeResults(2 * GROUP);
  expect([offers, made]).toEqual([75n, 50n]);
  expect([...balances.values()].every((balance) => balance > 0n)).toBe(true);
});
