import { numberToHex } from 'viem';
import { beforeEach, describe, expect, it } from 'vitest';
import { marketPeople } from '../../testing/marketPeople.js';
import { type MarketVm, NOTICE } from '../../testing/marketVm.js';
import { GENESIS_ADDRESSES } from '../contracts/contracts.js';
import * as market from '../index.js';
import { parseKwh, parseTokens } from '../units.js';
import type { SigningClient } from './transaction.js';

const { tradeAddress, registryAddress } = GENESIS_ADDRESSES;
const METER = numberToHex(0xa1, { size: 32 });
/** The first period that begins after the tests do. */
const START = 1_000_800n;
const GRID_PRICE = parseTokens('2');

let vm: MarketVm;
let operator: SigningClient;
let secondOperator: SigningClient;
let seller: SigningClient;
let buyer: SigningClient;

beforeEach(async () => {
  const people = marketPeople({
    registry: { resolutionSeconds: 900n, correctionSeconds: 0n, readingLeadSeconds: 0n, marketTimeOffset: 0n },
    trade: { settlement: 'sellerMeter', bonds: false, gridPrice: GRID_PRICE, gateSeconds: 0n },
  });
  ({ vm, operator, secondOperator, seller, buyer } = people);
  await market.registerMeter(operator, {
    registryAddress,
    meter: METER,
    household: seller.account.address,
    source: people.gateway.account.address,
    isDevice: false,
    ratingMwh: parseKwh('3'),
  });
});

const offer = () =>
  market.offerEnergy(seller, {
    tradeAddress,
    meter: METER,
    periodStart: START,
    energyMwh: parseKwh('1'),
    price: market.DEFAULT_PRICE,
    gridPrice: GRID_PRICE,
    acceptUntil: START,
    settleBy: START + 4_500n,
  });

describe('the grid price', () => {
  const explainPrice = () => market.explainGridPrice(buyer, { tradeAddress, now: vm.nowS });

  it('is announced, confirmed, put in force, and explained at every step', async () => {
    expect(await explainPrice()).toBe('The grid takes 2 tokens for 150 Wh.');
    const price = parseTokens('2.5');
    const announcedAt = vm.nowS;
    const change = { tradeAddress, price, announcedAt };
    await market.announceGridPrice(operator, { tradeAddress, price });
    const announced = 'The grid takes 2 tokens for 150 Wh. 2.5 tokens, announced by seat 1 at 1970-01-12T13:46:40Z,';
    const when = 'from 1970-01-12T13:56:40Z to 1970-01-12T14:06:40Z. Offers keep the price they were made with.';
    expect(await explainPrice()).toBe(
      `${announced} which another member must confirm, can be put in force by anyone ${when}`,
    );
    await expect(market.confirmGridPrice(operator, change)).rejects.toMatchObject({
      message: 'another member confirms',
      hint: 'ask another member of the council for it',
    });
    await market.confirmGridPrice(secondOperator, change);
    expect(await explainPrice()).toBe(`${announced} which seat 2 has confirmed, can be put in force by anyone ${when}`);
    vm.nowS += NOTICE;
    await market.applyGridPrice(buyer, change);
    expect(await explainPrice()).toBe('The grid takes 2.5 tokens for 150 Wh.');
    expect(await market.getTradeRules(buyer, { tradeAddress })).toEqual({
      settlement: 'sellerMeter',
      bonds: false,
      gridPrice: price,
      smallestAcceptanceMwh: 1_000n,
      longestSpanSeconds: 14n * 86_400n,
      gateSeconds: 0n,
      offerLeadSeconds: 7n * 86_400n,
    });
    await expect(offer()).rejects.toMatchObject({ message: 'the grid price is 2.5 tokens, not 2 tokens' });
  });

  it('lapses, or is retracted', async () => {
    const change = { tradeAddress, price: parseTokens('3'), announcedAt: vm.nowS };
    await market.announceGridPrice(operator, change);
    vm.nowS += 2n * NOTICE + 1n;
    expect(await explainPrice()).toMatch(/3 tokens, announced by seat 1 at 1970-01-12T13:46:40Z, has lapsed.$/);
    const again = { ...change, announcedAt: vm.nowS };
    await market.announceGridPrice(operator, again);
    await market.retractGridPrice(secondOperator, again);
    expect(await market.getGridPrice(buyer, { tradeAddress })).toEqual({ inForce: GRID_PRICE, announced: undefined });
  });
});
