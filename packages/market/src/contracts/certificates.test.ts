import fc from 'fast-check';
import { getAddress, stringToHex } from 'viem';
import { describe, expect, it } from 'vitest';
import {
  BEGIN,
  CommunityRoom,
  eventsOf,
  HOUR,
  home,
  meterOf,
  stranger,
  type TestReading,
} from '../../testing/communityRoom.js';
import { operators } from '../../testing/marketVm.js';
import { issueCertificates } from '../mechanism/certificates.js';

const SOLAR = stringToHex('solar', { size: 16 });
const KWH = 1_000_000n;
const made = (producedMwh: bigint, consumedMwh = 0n): TestReading => ({ producedMwh, consumedMwh });

/** A registry with meters 1 and 2, of which the first is accredited from the first hour on. */
class Room extends CommunityRoom {
  readonly certificates = this.deploy('Certificates', [this.registry.address]);

  constructor(resolutionSeconds = HOUR, correctionSeconds = 0n) {
    super({ resolutionSeconds, correctionSeconds });
    for (const n of [1, 2]) this.register(n);
    this.vm.send(operators[0], this.certificates, 'accredit', [meterOf(1), SOLAR, BEGIN]);
  }

  issue(from: bigint, hours: number, by = stranger, hasGaps = false) {
    return this.vm.try(by, this.certificates, 'issue', [meterOf(1), from, hours, hasGaps]);
  }

  refusal(functionName: string, args: readonly unknown[], by = stranger): string {
    return this.vm.refusal(by, this.certificates, functionName, args);
  }

  /** What somebody holds of an hour, and what was claimed in its name. */
  of({ address }: { readonly address: string }, hour = BEGIN): readonly bigint[] {
    return this.vm.read<bigint[]>(this.certificates, 'certificatesOf', [meterOf(1), hour, address]);
  }

  totals(): readonly bigint[] {
    return this.vm.read<bigint[]>(this.certificates, 'totals');
  }
}

describe('certificates', () => {
  it.each([900n, 1_800n, 3_600n])(
    'are issued as the rule says, whatever calls the hours come in: periods of %d s',
    (resolution) => {
      const perHour = Number(HOUR / resolution);
      const hour = fc.array(fc.option(fc.bigInt({ min: 0n, max: 3n * KWH }), { freq: 9, nil: undefined }), {
        minLength: perHour,
        maxLength: perHour,
      });
      fc.assert(
        fc.property(
          fc.array(hour, { minLength: 1, maxLength: 8 }),
          fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 8, maxLength: 8 }),
          (hours, cuts) => {
            const room = new Room(resolution);
            const produced = hours.flat();
            room.report(1, BEGIN, [
              ...produced.map((energy) => (energy === undefined ? undefined : made(energy, 7n))),
              made(0n),
            ]);
            const expected = issueCertificates(
              0n,
              produced.map((producedMwh, index) => ({ periodStart: BEGIN + BigInt(index) * resolution, producedMwh })),
              resolution,
            );
            const issued: unknown[] = [];
            for (let done = 0, call = 0; done < hours.length; call++) {
              const count = Math.min(cuts[call] ?? 1, hours.length - done);
              const result = room.issue(BEGIN + BigInt(done) * HOUR, count, home(1), true);
              expect(result.refusal).toBeUndefined();
              issued.push(...eventsOf(result, 'Issued').map(({ hour, certificates }) => ({ hour, certificates })));
              done += count;
            }
            expect(issued).toEqual(expected.hours);
            const [next, remainder] = room.vm.read<[bigint, number, string]>(room.certificates, 'sources', [
              meterOf(1),
            ]);
            expect([next, BigInt(remainder)]).toEqual([BEGIN + BigInt(hours.length) * HOUR, expected.remainderMwh]);
            for (const { hour, certificates } of expected.hours)
              expect(room.of(home(1), hour)).toEqual([certificates, 0n]);
          },
        ),
        { numRuns: 3 },
      );
    },
  );

  it('are never issued twice for a reading: not by the same hours again, not by others that reach into them', () => {
    const room = new Room();
    room.report(1, BEGIN, [made(2n * KWH), made(2n * KWH), made(2n * KWH)]);
    expect(room.issue(BEGIN, 2).refusal).toBeUndefined();
    expect(room.issue(BEGIN, 2).refusal).toBe(`NotTheNextHour(${BEGIN}, ${BEGIN + 2n * HOUR})`);
    expect(room.issue(BEGIN + HOUR, 2).refusal).toContain('NotTheNextHour');
    expect(room.issue(BEGIN + 2n * HOUR, 1).refusal).toBeUndefined();
    expect(room.totals()).toEqual([6n, 0n]);
  });

  it('not by an hour that is left out and comes later, nor by half hours', () => {
    const room = new Room(1_800n);
    room.report(1, BEGIN, [made(2n * KWH), made(2n * KWH)]);
    expect(room.issue(BEGIN + HOUR, 1).refusal).toContain('NotTheNextHour');
    expect(room.issue(BEGIN + 1_800n, 1).refusal).toContain('NotTheNextHour');
    expect(room.issue(BEGIN, 2).refusal).toBe(`ReadingNotFinal(${meterOf(1)}, ${BEGIN + HOUR})`);
    expect(room.issue(BEGIN, 0).refusal).toBe('1 to 168 hours');
    expect(room.issue(BEGIN, 169).refusal).toBe('1 to 168 hours');
  });

  it('not by a correction: a reading counts when it is final, and then nothing changes it', () => {
    const room = new Room(HOUR, 1_000n);
    room.report(1, BEGIN, [made(2n * KWH)]);
    expect(room.issue(BEGIN, 1).refusal).toContain('ReadingNotFinal');
    expect(room.issue(BEGIN, 1, home(1), true).refusal).toContain('ReadingNotFinal');
    room.vm.nowS += 1_000n;
    expect(room.issue(BEGIN, 1).refusal).toBeUndefined();
  });

  it('not by a second owner: they are the household’s, whoever asks, and the meter of a second household has its own', () => {
    const room = new Room();
    room.report(1, BEGIN, [made(2n * KWH)]);
    room.report(2, BEGIN, [made(2n * KWH)]);
    expect(room.issue(BEGIN, 1, home(2)).refusal).toBeUndefined();
    expect([room.of(home(1)), room.of(home(2))]).toEqual([
      [2n, 0n],
      [0n, 0n],
    ]);
    expect(room.refusal('issue', [meterOf(2), BEGIN, 1, false])).toBe('this meter is not accredited');
  });

  it('not by ending an accreditation and beginning it again: from its next hour on, and what was left is dropped', () => {
    const room = new Room();
    room.report(1, BEGIN, [made(KWH + 900_000n), made(900_000n)]);
    room.issue(BEGIN, 1);
    expect(room.refusal('endAccreditation', [meterOf(1)])).toBe('only a member of the council');
    room.vm.send(operators[1], room.certificates, 'endAccreditation', [meterOf(1)]);
    expect(room.issue(BEGIN + HOUR, 1).refusal).toBe('this meter is not accredited');
    expect(room.refusal('endAccreditation', [meterOf(1)], operators[0])).toBe('this meter is not accredited');
    expect(room.refusal('accredit', [meterOf(1), SOLAR, BEGIN], operators[0])).toBe(
      'not an hour to come of this meter',
    );
    room.vm.send(operators[0], room.certificates, 'accredit', [meterOf(1), SOLAR, BEGIN + HOUR]);
    room.issue(BEGIN + HOUR, 1);
    expect(room.totals()).toEqual([1n, 0n]);
  });

  it('a skipped period holds up the hours after it until the household gives it up; nobody else can, and not before the meter went on', () => {
    const room = new Room();
    room.report(1, BEGIN, [undefined]);
    expect(room.issue(BEGIN, 1, home(1), true).refusal).toContain('ReadingNotFinal');
    room.report(1, BEGIN + HOUR, [made(2n * KWH)]);
    expect(room.issue(BEGIN, 2).refusal).toContain('ReadingNotFinal');
    expect(room.issue(BEGIN, 2, stranger, true).refusal).toBe("only the meter's household");
    expect(room.issue(BEGIN, 2, home(1), true).refusal).toBeUndefined();
    expect(room.totals()).toEqual([2n, 0n]);
  });

  it('are accredited by the council alone, once, for a meter that is registered, from a full hour on', () => {
    const room = new Room();
    const args = (meter: number, technology: string, from: bigint) => [meterOf(meter), technology, from];
    expect(room.refusal('accredit', args(2, SOLAR, BEGIN), home(2))).toBe('only a member of the council');
    const by = operators[0];
    expect(room.refusal('accredit', args(1, SOLAR, BEGIN), by)).toBe('this meter is accredited already');
    expect(room.refusal('accredit', args(3, SOLAR, BEGIN), by)).toBe('this meter is not registered');
    expect(room.refusal('accredit', args(2, `0x${'00'.repeat(16)}`, BEGIN), by)).toBe('the technology is missing');
    expect(room.refusal('accredit', args(2, SOLAR, BEGIN + 900n), by)).toBe('not an hour to come of this meter');
    const odd = new CommunityRoom({ resolutionSeconds: 7_200n });
    odd.register(1);
    const certificates = odd.deploy('Certificates', [odd.registry.address]);
    expect(odd.vm.refusal(by, certificates, 'accredit', args(1, SOLAR, BEGIN))).toBe('an hour is no number of periods');
  });

  it('are handed on and claimed, never more than somebody has, and none is lost', () => {
    const room = new Room();
    room.report(1, BEGIN, [made(50n * KWH)]);
    room.issue(BEGIN, 1);
    const people = [home(1), home(2), stranger];
    const act = fc.record({
      isClaim: fc.boolean(),
      by: fc.nat(2),
      to: fc.nat(2),
      certificates: fc.bigInt({ min: 0n, max: 20n }),
    });
    const held = [50n, 0n, 0n];
    const claimed = [0n, 0n, 0n];
    fc.assert(
      fc.property(act, ({ isClaim, by, to, certificates }) => {
        const [from, other] = [people[by] ?? stranger, people[to] ?? stranger];
        const args = [meterOf(1), BEGIN, other.address, certificates];
        const { refusal } = room.vm.try(from, room.certificates, isClaim ? 'claim' : 'transfer', args);
        const isTaken = certificates > 0n && certificates <= (held[by] ?? 0n);
        expect(refusal === undefined).toBe(isTaken);
        if (isTaken) {
          held[by] = (held[by] ?? 0n) - certificates;
          const list = isClaim ? claimed : held;
          list[to] = (list[to] ?? 0n) + certificates;
        }
        expect(people.map((one) => room.of(one))).toEqual(held.map((own, index) => [own, claimed[index]]));
        const sum = (list: readonly bigint[]) => list.reduce((all, one) => all + one, 0n);
        expect(room.totals()).toEqual([50n, sum(claimed)]);
        expect(sum(held) + sum(claimed)).toBe(50n);
      }),
      { numRuns: 40 },
    );
    const zero = `0x${'00'.repeat(20)}`;
    expect(room.refusal('transfer', [meterOf(1), BEGIN, zero, 1n], home(1))).toBe('the receiver is missing');
    expect(room.refusal('claim', [meterOf(1), BEGIN, zero, 1n], home(1))).toBe('the beneficiary is missing');
    expect(room.refusal('claim', [meterOf(1), BEGIN, home(1).address, 0n], home(1))).toBe('there is nothing to move');
    const most = held[0] ?? 0n;
    expect(room.refusal('claim', [meterOf(1), BEGIN, home(1).address, most + 1n], home(1))).toBe(
      `NotEnoughCertificates(${getAddress(home(1).address)}, ${most}, ${most + 1n})`,
    );
  });
});
