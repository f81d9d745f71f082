import type { MarketEvent } from '@wattchain/market';
import { GENESIS_ADDRESSES } from '@wattchain/market';
import { type Address, zeroAddress } from 'viem';
import { describe, expect, it } from 'vitest';
import { historyOf } from './history.js';

const ME: Address = `0x${'a'.repeat(40)}`;
const THEM: Address = `0x${'b'.repeat(40)}`;
const TOKEN = 10n ** 18n;

const event = (eventName: string, args: object, blockNumber: bigint) =>
  ({ eventName, args, blockNumber, transactionHash: `0x${blockNumber}`, logIndex: 0 }) as MarketEvent;

describe('the history of an account', () => {
  it('tells what happened to it, newest first, and nothing twice', () => {
    const events = [
      event('Transfer', { from: zeroAddress, to: ME, value: 3n * TOKEN }, 1n),
      event('Bought', { buyer: ME, coins: TOKEN, tokens: 3n * TOKEN, rate: 1n }, 1n),
      event('Transfer', { from: ME, to: THEM, value: TOKEN }, 2n),
      event('Transfer', { from: ME, to: GENESIS_ADDRESSES.tradeAddress, value: TOKEN }, 3n),
      event('Accepted', { tradeId: 1n, seller: THEM, buyer: ME, energyMwh: 150_000n, escrow: TOKEN }, 3n),
      event(
        'Settled',
        { tradeId: 1n, seller: THEM, buyer: ME, deliveredMwh: 75_000n, paid: TOKEN / 2n, returned: TOKEN / 2n },
        4n,
      ),
      event('Transfer', { from: THEM, to: zeroAddress, value: TOKEN }, 5n),
    ];
    const told = historyOf(events, ME, () => 'node-1').map(({ text, change }) => [text, change]);
    expect(told).toEqual([
      ['Bought 0.075 kWh from node-1 for 0.500 ENT; the rest of the escrow came back', TOKEN / 2n],
      ['Agreed to buy 0.150 kWh from node-1; the tokens are in escrow', -TOKEN],
      ['Sent tokens to node-1', -TOKEN],
      ['Bought tokens at the bank for 1.000 WATT', 3n * TOKEN],
    ]);
  });

  it('names the seller of a trade that was refunded', () => {
    const events = [
      event('Accepted', { tradeId: 1n, seller: ME, buyer: THEM, energyMwh: 150_000n, escrow: TOKEN }, 1n),
      event('Refunded', { tradeId: 1n, buyer: THEM, escrow: TOKEN }, 2n),
    ];
    expect(historyOf(events, ME, () => 'node-2').map(({ text }) => text)).toEqual([
      'No reading came: the buyer got the escrow back',
      'node-2 agreed to buy 0.150 kWh',
    ]);
  });
});
