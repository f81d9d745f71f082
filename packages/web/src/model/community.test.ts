import { exchangesOf, type Flow, type HomeRecord } from '@wattchain/market';
import { type Address, stringToHex } from 'viem';
import { describe, expect, it } from 'vitest';
import { tradesInWords } from './communityWords.js';
import { flowLayout, treeLayout } from './flowLayout.js';
import { nameBook, nameIn } from './names.js';

const person = (index: number): Address => `0x${index.toString(16).padStart(40, 'a')}`;
const meter = (name: string) => stringToHex(name, { size: 32 });
const KWH = 1_000_000n;
const home = (index: number, producedMwh: bigint, meters = [`home-${index}`]): HomeRecord => ({
  owner: person(index),
  meters: meters.map((name) => ({
    meter: meter(name),
    owner: person(index),
    source: person(8),
    isDevice: false,
    readings: [],
  })),
  periods: [
    {
      start: 0n,
      readings: [{ producedMwh, consumedMwh: KWH }],
      unread: 0,
      soldMwh: 0n,
      boughtMwh: 0n,
    },
  ],
});
const metersOf = (...homes: readonly HomeRecord[]) => homes.flatMap(({ meters }) => meters);
const flow = (seller: number, buyer: number, kwh: bigint, periodStart = 0n): Flow => ({
  seller: person(seller),
  buyer: person(buyer),
  meter: meter(`home-${seller}`),
  periodStart,
  energyMwh: kwh * KWH,
  paid: kwh * 10n ** 18n,
});

describe('names', () => {
  const meters = metersOf(home(1, 0n), home(2, 0n));
  const sources = {
    own: undefined,
    accounts: [],
    contracts: [{ address: person(9), name: 'EnergyTrade' }],
    meters,
    published: [],
    operators: [],
    reporters: [],
    miners: [person(7), person(8), person(7)],
  };
  it('calls households after their meters, in whatever case an address comes', () => {
    expect(nameIn(nameBook(sources), person(1).toUpperCase().replace('0X', '0x') as Address)?.name).toBe('home-1');
    expect(nameIn(nameBook(sources), person(9))).toEqual({ name: 'Energy Trade', kind: 'contract' });
    expect(nameIn(nameBook(sources), person(5))).toBeUndefined();
  });
  it('says you to the one who acts, and tells two miners apart', () => {
    const book = nameBook({ ...sources, own: { address: person(2), name: 'mine' } });
    expect(nameIn(book, person(2))).toEqual({ name: 'you (home-2)', kind: 'you' });
    expect(nameIn(book, person(7))?.name).toBe('miner …aaa7');
    expect(nameIn(nameBook({ ...sources, miners: [person(7)] }), person(7))?.name).toBe('miner');
  });
});

describe('what was traded, in words', () => {
  const book = nameBook({
    own: { address: person(1), name: 'mine' },
    accounts: [],
    contracts: [],
    meters: metersOf(home(1, KWH), home(2, 0n)),
    published: [],
    operators: [],
    reporters: [],
    miners: [],
  });
  const nameOf = (address: Address) => nameIn(book, address);
  it('speaks to the household that looks', () => {
    expect(tradesInWords([flow(1, 2, 2n), flow(1, 3, 1n)], nameOf)).toBe(
      'You sold 3.000 kWh to two neighbours for 3.000 ENT.',
    );
    expect(tradesInWords([flow(2, 1, 2n)], nameOf)).toBe(
      'home-2 sold 2.000 kWh to one neighbour for 2.000 ENT. You bought 2.000 kWh from one neighbour for 2.000 ENT.',
    );
  });
  it('sums up many sellers, and says when there are none', () => {
    expect(tradesInWords([flow(2, 3, 0n)], nameOf)).toBe('Nothing was traded between neighbours.');
    expect(
      tradesInWords(
        [4, 5, 6, 7, 8].map((seller) => flow(seller, 9, 1n)),
        nameOf,
      ),
    ).toMatch(/2 more households sold 2\.000 kWh for 2\.000 ENT\.$/);
  });
});

describe('the energy picture', () => {
  it('sums exchanges up, the largest first, all periods together', () => {
    const flows = [flow(1, 2, 1n), flow(1, 3, 5n), flow(1, 2, 2n, 3600n), flow(1, 4, 0n)];
    expect(exchangesOf(flows).map(({ buyer, energyMwh }) => [buyer, energyMwh])).toEqual([
      [person(3), 5n * KWH],
      [person(2), 3n * KWH],
    ]);
  });
  it('gives every figure a place of its own', () => {
    const households = [1, 2, 3, 4, 5].map((index) => home(index, index <= 2 ? KWH : 0n));
    const exchanges = exchangesOf([flow(1, 3, 1n), flow(1, 4, 2n), flow(2, 3, 3n), flow(2, 4, 4n), flow(1, 2, 5n)]);
    for (const { lines, houses, height, width } of [
      flowLayout(households, exchanges),
      treeLayout(households, exchanges),
    ]) {
      expect(lines).toHaveLength(5);
      const places = lines.map(({ labelY }) => labelY).sort((a, b) => a - b);
      // A figure above and one below the pair of lines take 58 pixels.
      for (const [index, place] of places.entries()) expect(place - (places[index - 1] ?? -100)).toBeGreaterThan(58);
      for (const house of houses) {
        expect(house.y).toBeGreaterThanOrEqual(0);
        expect(house.y + house.height).toBeLessThanOrEqual(height);
        expect(house.x + house.width).toBeLessThanOrEqual(width);
      }
      expect(new Set(houses.map(({ household: { owner } }) => owner)).size).toBe(5);
    }
  });
});
