import fc from 'fast-check';
import { encodeFunctionData } from 'viem';
import { describe, expect, it } from 'vitest';
import { FEED_IN, FIRST, HOUR, OrderRoom, startOf, TARIFF, UNIT } from '../../testing/orderRoom.js';
import { billsWithSupplier, localOfTrades, totalOf } from '../mechanism/common/bills.js';
import { matchPeers } from '../mechanism/peerChoice.js';
import { type PeerChange, type PeerTerms, peerProof, termsArgument } from './peerTerms.js';

const HOMES = 5;
const NO_TERMS: PeerTerms = { price: 0n, reservedFor: [], ranks: [] };
const KWH = 1_000_000n;

/** A market of chosen neighbours that remembers what its homes have said. */
class PeerRoom extends OrderRoom {
  readonly changes: PeerChange[][];

  constructor(homes = HOMES) {
    super({ contract: 'PeerChoice', homes, hasOrders: false, deposit: 10_000n * UNIT });
    this.changes = Array.from({ length: homes }, () => []);
  }

  stand(n: number, terms: PeerTerms): void {
    const { events } = this.vm.send(this.home(n), this.market, 'stand', [termsArgument(terms)]);
    this.changes[n - 1]?.push({ from: Number(events[0]?.args.from), terms });
  }

  proofs(number: bigint) {
    const numberOf = (owner: string) => BigInt(this.homes.findIndex(({ address }) => address === owner) + 1);
    return this.changes.map((changes) => peerProof(changes, Number(number), numberOf));
  }

  settleArguments(number: bigint, count = 1n, proofs: readonly unknown[] = this.proofs(number)): unknown[] {
    return [this.hint, startOf(number), count, proofs];
  }

  settlePeers(number: bigint, count = 1n) {
    return this.vm.send(this.anyone, this.market, 'settle', this.settleArguments(number, count)).events;
  }

  termsAt(n: number, number: bigint): PeerTerms {
    return this.changes[n - 1]?.findLast(({ from }) => BigInt(from) <= number)?.terms ?? NO_TERMS;
  }
}

const energy = fc.oneof(fc.bigInt({ min: 0n, max: 20n }), fc.bigInt({ min: 0n, max: 20_000_000n }));
const price = fc.oneof(fc.bigInt({ min: 0n, max: 5n }), fc.bigInt({ min: 0n, max: TARIFF }));
/** Homes by number; shares of a rank sum to less than the whole. */
const randomTerms = fc.record({
  price,
  reservedFor: fc.oneof(
    fc.constant<number[]>([]),
    fc.uniqueArray(fc.integer({ min: 1, max: HOMES }), { maxLength: 2 }),
  ),
  ranks: fc.array(
    fc.uniqueArray(
      fc.record({ seller: fc.integer({ min: 1, max: HOMES + 1 }), shareBps: fc.nat(3_000), maxPrice: price }),
      {
        maxLength: 3,
        selector: ({ seller }) => seller,
      },
    ),
    { maxLength: 3 },
  ),
});

describe('a market of chosen neighbours', () => {
  it('shares out what meters show as the pure rule does, line by line, and bills to the last unit', () => {
    const room = new PeerRoom();
    let number = FIRST;
    const ownerOf = (n: number) => (n <= HOMES ? room.home(n) : room.anyone).address;
    const plainTerms = fc.array(fc.option(randomTerms), { minLength: HOMES, maxLength: HOMES });
    const nets = fc.array(fc.tuple(fc.boolean(), energy), { minLength: HOMES, maxLength: HOMES });
    fc.assert(
      fc.property(plainTerms, nets, (terms, meters) => {
        room.vm.nowS = startOf(number - 1n) + HOUR / 2n;
        terms.forEach((one, i) => {
          if (one === null) return;
          room.stand(i + 1, {
            price: one.price,
            reservedFor: one.reservedFor.map(ownerOf),
            ranks: one.ranks.map((rank) => rank.map((source) => ({ ...source, seller: ownerOf(source.seller) }))),
          });
        });
        const before = room.homes.map((_, i) => room.gain(i + 1));
        room.report(
          meters.map(([isNeed, mWh]) => (isNeed ? mWh : -mWh)),
          number,
        );
        const members = meters.map(([isNeed, mWh], i) => ({
          owner: room.home(i + 1).address,
          needMwh: isNeed ? mWh : 0n,
          surplusMwh: isNeed ? 0n : mWh,
        }));
        const sides = members.map((member, i) => ({ ...member, ...room.termsAt(i + 1, number) }));
        const trades = matchPeers({ periodStart: startOf(number), sellers: sides, buyers: sides });
        const lines = room.settlePeers(number).filter(({ name }) => name === 'Supplied');
        const lower = (address: unknown) => String(address).toLowerCase();
        expect(
          lines.map(({ args }) => [lower(args.seller), lower(args.buyer), args.rank, args.energyMwh, args.amount]),
        ).toEqual(
          trades.map(({ seller, buyer, rank, energyMwh, amount }) => [seller, buyer, BigInt(rank), energyMwh, amount]),
        );
        const bills = billsWithSupplier({ periodStart: startOf(number), members }, localOfTrades(members, trades), {
          tariff: TARIFF,
          feedIn: FEED_IN,
        });
        expect(room.homes.map((_, i) => (before[i] ?? 0n) - room.gain(i + 1))).toEqual(bills.map(totalOf));
        expect(room.isBalanced()).toBe(true);
        number += 1n;
      }),
      { numRuns: 25, endOnFailure: true },
    );
  });

  const buysOf = (seller: string): PeerTerms => ({
    ...NO_TERMS,
    ranks: [[{ seller: seller as `0x${string}`, shareBps: 10_000, maxPrice: TARIFF }]],
  });

  it('counts the terms that were in force: who sees the meters first and changes them changes later periods', () => {
    const room = new PeerRoom(2);
    room.vm.nowS = startOf(FIRST - 1n);
    room.stand(1, { ...NO_TERMS, price: 10n ** 16n });
    room.stand(2, buysOf(room.home(1).address));
    room.report([-KWH, KWH]);
    room.stand(1, { ...NO_TERMS, price: TARIFF });
    const refusal = (proofs: readonly unknown[]) =>
      room.vm.refusal(room.anyone, room.market, 'settle', room.settleArguments(FIRST, 1n, proofs));
    const [first, second] = room.proofs(FIRST);
    const [late] = room.proofs(FIRST + 2n);
    expect(refusal([late, second])).toBe('AnotherStanding(1)');
    expect(refusal([{ ...first, later: [] }, second])).toBe('AnotherStanding(1)');
    expect(refusal([{ ...late, from: 0, later: [] }, second])).toBe('AnotherStanding(1)');
    expect(refusal([{ ...first, terms: { ...first?.terms, price: 0n } }, second])).toBe('AnotherStanding(1)');
    expect(refusal([first, { ...second, numbers: [2n] }])).toContain('another number than a source');
    expect(refusal([first, { ...second, numbers: [0n] }])).toContain('another number than a source');
    expect(refusal([first, { ...second, numbers: [] }])).toContain('a number for every source');
    expect(refusal([first])).toContain('a proof for every member');
    room.settlePeers(FIRST);
    expect([room.gain(1), room.gain(2)]).toEqual([(KWH * 10n ** 16n) / 150_000n, -(KWH * 10n ** 16n) / 150_000n]);
    expect(refusal(room.proofs(FIRST))).toMatch(/^NotNext/);
  });

  it('settles several periods at once in which nobody changed anything, and no others', () => {
    const room = new PeerRoom(2);
    room.vm.nowS = startOf(FIRST - 1n);
    room.stand(1, { ...NO_TERMS, price: 10n ** 16n });
    room.stand(2, buysOf(room.home(1).address));
    for (const number of [FIRST, FIRST + 1n, FIRST + 2n]) room.report([-KWH, KWH], number);
    room.stand(1, NO_TERMS);
    room.report([-KWH, KWH], FIRST + 3n);
    room.report([-KWH, KWH], FIRST + 4n);
    const four = room.settleArguments(FIRST, 5n);
    expect(room.vm.refusal(room.anyone, room.market, 'settle', four)).toBe('AnotherStanding(1)');
    expect(room.settlePeers(FIRST, 4n).filter(({ name }) => name === 'Supplied')).toHaveLength(4);
    expect(room.settlePeers(FIRST + 4n)[0]?.args.amount).toBe(0n);
  });

  it('settles a day of seventeen homes that all buy of all others, short of energy, in one call', () => {
    const homes = 17;
    const room = new PeerRoom(homes);
    room.vm.nowS = startOf(FIRST - 1n);
    for (let n = 1; n <= homes; n++) {
      const others = room.homes.filter((_, i) => i !== n - 1);
      const rank = others.map(({ address }) => ({ seller: address, shareBps: 625, maxPrice: TARIFF }));
      room.stand(n, { price: 10n ** 16n + BigInt(n), reservedFor: [], ranks: [rank] });
    }
    const nets = room.homes.map((_, i) => (i % 3 === 0 ? -KWH - BigInt(i) : 2n * KWH + BigInt(i * 7)));
    for (let hour = 0n; hour < 24n; hour++) room.report(nets, FIRST + hour);
    const lines = room.settlePeers(FIRST, 24n).filter(({ name }) => name === 'Supplied');
    expect(lines).toHaveLength(24 * 6 * 11);
    expect(room.isBalanced()).toBe(true);
  });

  it('settles four periods of forty homes with sixteen sources each in one call that a block and a transaction have room for', () => {
    const homes = 40;
    const room = new PeerRoom(homes);
    room.vm.nowS = startOf(FIRST - 1n);
    for (let n = 1; n <= homes; n++) {
      const others = room.homes.filter((_, i) => i !== n - 1).slice(0, 16);
      const ranks = others.map(({ address }) => [{ seller: address, shareBps: 10_000, maxPrice: TARIFF }]);
      room.stand(n, { price: 10n ** 16n + BigInt(n), reservedFor: [], ranks });
    }
    const nets = room.homes.map((_, i) => (i % 3 === 0 ? -8n * KWH - BigInt(i) : 2n * KWH + BigInt(i * 7)));
    for (let hour = 0n; hour < 4n; hour++) room.report(nets, FIRST + hour);
    const args = room.settleArguments(FIRST, 4n);
    const data = encodeFunctionData({ abi: room.market.abi, functionName: 'settle', args });
    // With what a transaction has beside its data.
    expect(data.length / 2 + 200).toBeLessThan(65_536);
    const { gasUsed, events } = room.vm.send(room.anyone, room.market, 'settle', args);
    expect(gasUsed).toBeLessThan(29_000_000);
    // Every seller is short, so all who ask share it; the first takes of the second what it needs itself, and so on.
    expect(events.filter(({ name }) => name === 'Supplied').length).toBeGreaterThan(4 * 26 * 4);
    expect(room.isBalanced()).toBe(true);
  });

  it('takes terms of members, once a period, with sources in order that share the whole at most', () => {
    const room = new PeerRoom(3);
    const refusal = (n: number, terms: PeerTerms) =>
      room.vm.refusal(n === 0 ? room.anyone : room.home(n), room.market, 'stand', [termsArgument(terms)]);
    const source = (n: number, shareBps: number) => ({ seller: room.home(n).address, shareBps, maxPrice: 1n });
    expect(refusal(0, NO_TERMS)).toMatch(/^NotAMember/);
    expect(refusal(1, { ...NO_TERMS, ranks: [[source(2, 6_000), source(3, 4_001)]] })).toMatch(/^BadSource\(1, /);
    expect(refusal(1, { ...NO_TERMS, ranks: [[source(2, 1), source(2, 1)]] })).toMatch(/^BadSource\(1, /);
    const many = Array.from({ length: 16 }, () => [source(2, 1)]);
    room.stand(1, { ...NO_TERMS, ranks: many });
    expect(refusal(2, { ...NO_TERMS, ranks: [...many, [source(3, 1)]] })).toBe('TooManyPeers(17, 16)');
    expect(refusal(2, { ...NO_TERMS, ranks: [...many.map(() => []), [source(3, 1)]] })).toMatch(/^BadSource\(0, /);
    const reservedFor = Array.from({ length: 17 }, () => room.anyone.address);
    expect(refusal(2, { ...NO_TERMS, reservedFor })).toBe('TooManyPeers(17, 16)');
    expect(refusal(1, NO_TERMS)).toMatch(/^StandsAlready/);
  });
});
