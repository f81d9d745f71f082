import type { MarketEvent } from '@wattchain/market';
import { GENESIS_ADDRESSES } from '@wattchain/market';
import { type Address, stringToHex, zeroAddress } from 'viem';
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
      event('Transfer', { from: GENESIS_ADDRESSES.tradeAddress, to: THEM, value: TOKEN / 2n }, 4n),
      event('Transfer', { from: GENESIS_ADDRESSES.tradeAddress, to: ME, value: (TOKEN * 3n) / 4n }, 4n),
      event(
        'Settled',
        {
          tradeId: 1n,
          seller: THEM,
          buyer: ME,
          settledMwh: 75_000n,
          paid: TOKEN / 2n,
          returned: TOKEN / 2n,
          compensation: TOKEN / 4n,
        },
        4n,
      ),
      event('Transfer', { from: THEM, to: zeroAddress, value: TOKEN }, 5n),
    ];
    const told = historyOf(events, ME, () => 'node-1').map(({ text, change }) => [text, change]);
    expect(told).toEqual([
      [
        "Bought 0.075 kWh from node-1 for 0.500 ENT; the rest of the escrow came back, and 0.250 ENT out of the seller's bond",
        (TOKEN * 3n) / 4n,
      ],
      ['Agreed to buy 0.150 kWh from node-1; the tokens are in escrow', -TOKEN],
      ['Sent tokens to node-1', -TOKEN],
      ['Bought tokens at the bank for 1.000 WATT', 3n * TOKEN],
    ]);
  });

  it('tells a seller what its bond did: put in, paid, come back', () => {
    const bond = (value: bigint) => event('Transfer', { from: ME, to: GENESIS_ADDRESSES.tradeAddress, value }, 1n);
    const back = (value: bigint, block: bigint) =>
      event('Transfer', { from: GENESIS_ADDRESSES.tradeAddress, to: ME, value }, block);
    const events = [
      bond(TOKEN),
      event('Offered', { offerId: 1n, seller: ME, energyMwh: 150_000n, meter: stringToHex('roof', { size: 32 }) }, 1n),
      event('Accepted', { tradeId: 1n, seller: ME, buyer: THEM, energyMwh: 75_000n }, 2n),
      event('Refunded', { tradeId: 1n, seller: ME, buyer: THEM, escrow: TOKEN, compensation: TOKEN / 2n }, 3n),
      // Two trades in one transaction: each has its own.
      back(TOKEN / 4n, 4n),
      event(
        'Settled',
        { seller: ME, buyer: THEM, settledMwh: 1n, paid: TOKEN / 4n, returned: 0n, compensation: 0n },
        4n,
      ),
      back(TOKEN / 8n, 4n),
      event('OfferCancelled', { offerId: 1n, seller: ME, energyMwh: 75_000n, bond: TOKEN / 8n }, 4n),
    ];
    expect(historyOf(events, ME, () => 'node-2').map(({ text, change }) => [text, change])).toEqual([
      ['Withdrew 0.075 kWh of offer 1; the bond for it came back', TOKEN / 8n],
      ['Sold < 0.001 kWh to node-2 for 0.250 ENT', TOKEN / 4n],
      ['No reading came: the buyer got the escrow back, and the bond paid 0.500 ENT', 0n],
      ['node-2 agreed to buy 0.075 kWh', 0n],
      ['Offered 0.150 kWh of roof (offer 1); its bond is put in', -TOKEN],
    ]);
  });
});
