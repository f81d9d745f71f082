import { type Hash, numberToHex, toFunctionSelector, zeroHash } from 'viem';
import { getTransactionReceipt } from 'viem/actions';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { marketPeople } from '../../testing/marketPeople.js';
import { type MarketVm, NOTICE } from '../../testing/marketVm.js';
import { GENESIS_ADDRESSES } from '../contracts/contracts.js';
import * as market from '../index.js';
import { parseTokens } from '../units.js';
import type { SigningClient } from './transaction.js';

const { tokenAddress, bankAddress } = GENESIS_ADDRESSES;
const reference = (n: number) => numberToHex(n, { size: 32 });

let vm: MarketVm;
let operator: SigningClient;
let secondOperator: SigningClient;
let seller: SigningClient;
let buyer: SigningClient;

beforeEach(() => {
  ({ vm, operator, secondOperator, seller, buyer } = marketPeople());
});

const receiptOf = async (hash: Promise<Hash>) => getTransactionReceipt(operator, { hash: await hash });
const balanceOf = (client: SigningClient) =>
  market.getTokenBalance(client, { tokenAddress, owner: client.account.address });

/** Counts from now on how often a client reads a view. */
function countReads(client: SigningClient): (view: string) => number {
  const request = vi.spyOn(client, 'request');
  return (view) => {
    const start = `"data":"${toFunctionSelector(view)}`;
    return request.mock.calls.filter((call: unknown) => JSON.stringify(call).includes(start)).length;
  };
}

describe('payouts outside', () => {
  const destination = reference(7);

  /** A payout of the buyer. */
  async function requested(tokens: string): Promise<market.Payout> {
    const hash = market.requestPayout(buyer, { bankAddress, tokens: parseTokens(tokens), destination });
    const payoutId = market.payoutIdOf(await receiptOf(hash)) ?? 0n;
    return market.getPayout(buyer, { bankAddress, payoutId });
  }

  beforeEach(async () => {
    vm.give(buyer.account, parseTokens('9'));
  });

  it('are requested, marked as paid, closed, cancelled, and listed', async () => {
    await expect(requested('5')).rejects.toMatchObject({
      hint: expect.stringMatching(/^their owner must allow it to take so many tokens first/),
    });
    await market.approveTokens(buyer, { tokenAddress, spender: bankAddress, tokens: parseTokens('9') });
    const payout = await requested('5');
    const holder = buyer.account.address;
    expect(payout).toEqual({
      payoutId: 1n,
      holder,
      tokens: parseTokens('5'),
      destination,
      state: 'pending',
      payer: 0n,
      reference: zeroHash,
      closesAt: 0n,
      objector: 0n,
    });
    const explain = () => market.explainPayout(buyer, { bankAddress, payoutId: 1n });
    const about = `Payout 1, 5 tokens of ${holder}:`;
    expect(await explain()).toBe(
      `${about} no operator has paid it yet; the bank holds the tokens, and their holder can cancel it.`,
    );
    await market.markPayoutPaid(operator, { bankAddress, ...payout, reference: reference(8) });
    expect(await explain()).toBe(
      `${about} operator 1 says that it was paid with ${reference(8)}. Until 1970-01-12T13:56:40Z the holder, or another operator, can object; then anyone can close it.`,
    );
    await expect(market.closePayout(seller, { bankAddress, payoutId: 1n })).rejects.toMatchObject({
      message: 'this can be done from 1970-01-12T13:56:40Z on, and it is 1970-01-12T13:46:40Z',
    });
    vm.nowS += NOTICE;
    await market.closePayout(seller, { bankAddress, payoutId: 1n });
    expect(await explain()).toMatch(/: paid by operator 1 with 0x0+8; the tokens are gone/);
    const second = await requested('3');
    const other = market.cancelPayout(buyer, { bankAddress, ...second, tokens: parseTokens('4') });
    await expect(other).rejects.toMatchObject({
      message: `payout 2 is one of 3 tokens of ${holder} to ${destination}, not the one that was described`,
      hint: 'numbers can move when blocks are replaced: look the payout up again',
    });
    await market.cancelPayout(buyer, { bankAddress, ...second });
    const all = await market.listPayouts(operator, { bankAddress });
    expect(all.entries.map(({ payoutId, state }) => [payoutId, state])).toEqual([
      [2n, 'cancelled'],
      [1n, 'paid'],
    ]);
    const listed = async (filter: Omit<market.ListPayoutsParameters, 'bankAddress'>) =>
      (await market.listPayouts(operator, { bankAddress, ...filter })).entries.map(({ payoutId }) => payoutId);
    expect(await listed({ state: 'paid' })).toEqual([1n]);
    expect(await listed({ holder, before: 2n })).toEqual([1n]);
    expect(await listed({ holder: seller.account.address })).toEqual([]);
    expect(await balanceOf(buyer)).toBe(parseTokens('4'));
    await expect(market.getPayout(buyer, { bankAddress, payoutId: 3n })).rejects.toMatchObject({
      code: 'unknownPayout',
    });
  });

  it('are disputed and decided', async () => {
    await market.approveTokens(buyer, { tokenAddress, spender: bankAddress, tokens: parseTokens('9') });
    const marked = async () => {
      const { payoutId } = await requested('2');
      const payout = await market.getPayout(buyer, { bankAddress, payoutId });
      await market.markPayoutPaid(operator, { bankAddress, ...payout, reference: reference(8) });
      await market.objectToPayout(buyer, { bankAddress, ...payout, reference: reference(8) });
      return market.getPayout(buyer, { bankAddress, payoutId });
    };
    const [first, second] = [await marked(), await marked()];
    expect(await market.explainPayout(buyer, { bankAddress, payoutId: 1n })).toMatch(
      /: operator 1 says that it was paid with 0x0+8, and the holder denied it\. Another operator decides/,
    );
    await expect(market.decidePayout(operator, { bankAddress, ...first, wasPaid: true })).rejects.toMatchObject({
      message: 'nobody decides for itself',
      hint: 'who neither paid nor objected decides; the payer can only say that it was not paid, who objected that it was',
    });
    await market.decidePayout(secondOperator, { bankAddress, ...first, wasPaid: true });
    await market.decidePayout(secondOperator, { bankAddress, ...second, wasPaid: false });
    const third = await market.getPayout(buyer, { bankAddress, payoutId: 2n });
    await market.markPayoutPaid(operator, { bankAddress, ...third, reference: reference(9) });
    await market.objectToPayout(secondOperator, { bankAddress, ...third, reference: reference(9) });
    expect(await market.explainPayout(buyer, { bankAddress, payoutId: 2n })).toMatch(
      /and operator 2 denied it\. The holder or another operator decides; operator 2 can still say yes, the payer no\.$/,
    );
    await market.decidePayout(buyer, { bankAddress, ...third, reference: reference(9), wasPaid: false });
    const states = await market.listPayouts(operator, { bankAddress });
    expect(states.entries.map(({ state, payer }) => [state, payer])).toEqual([
      ['pending', 0n],
      ['paid', 1n],
    ]);
    await expect(market.objectToPayout(buyer, { bankAddress, ...second })).rejects.toMatchObject({
      hint: 'look the payout up again: it may have been decided, or marked with another reference',
    });
  });

  it('come of standing orders that are due', async () => {
    await market.approveTokens(buyer, { tokenAddress, spender: bankAddress, tokens: parseTokens('9') });
    const leave = (intervalSeconds: bigint) =>
      market.setStandingOrder(buyer, {
        bankAddress,
        tokens: parseTokens('2'),
        intervalSeconds,
        destination: reference(7),
      });
    expect(market.standingOrderIdOf(await receiptOf(leave(60n)))).toBe(1n);
    await leave(600n);
    await leave(60n);
    await market.cancelStandingOrder(buyer, {
      bankAddress,
      orderId: 3n,
      tokens: parseTokens('2'),
      destination: reference(7),
    });
    expect(await market.listDueStandingOrders(operator, { bankAddress })).toEqual([]);
    const { entries: orders } = await market.listStandingOrders(operator, { bankAddress });
    expect(orders.map(({ orderId, nextDue }) => [orderId, nextDue])).toEqual([
      [2n, vm.nowS + 600n],
      [1n, vm.nowS + 60n],
    ]);
    expect(orders[0]).toMatchObject({
      holder: buyer.account.address,
      tokens: parseTokens('2'),
      intervalSeconds: 600n,
      destination: reference(7),
    });
    expect(await market.listStandingOrders(operator, { bankAddress, holder: seller.account.address })).toEqual({
      entries: [],
    });
    vm.nowS += 60n;
    const reads = countReads(operator);
    const orderIds = await market.listDueStandingOrders(operator, { bankAddress });
    expect(orderIds).toEqual([1n]);
    // Which are due the contract says; and of a list it reads no more than is in it.
    expect(reads('standingOrders(uint256)')).toBe(0);
    await market.listStandingOrders(operator, { bankAddress });
    expect(reads('standingOrders(uint256)')).toBe(2);
    await market.runStandingOrders(secondOperator, { bankAddress, orderIds });
    expect(await balanceOf(buyer)).toBe(parseTokens('7'));
    expect(await market.listDueStandingOrders(operator, { bankAddress })).toEqual([]);
    expect(await market.listPayouts(operator, { bankAddress, state: 'paid' })).toEqual({ entries: [] });
    expect(reads('payouts(uint256)')).toBe(0);
    const pending = await market.listPayouts(operator, { bankAddress, state: 'pending' });
    expect([pending.entries.length, reads('payouts(uint256)')]).toEqual([1, 1]);
  });
});
