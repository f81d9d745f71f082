import { checksumAddress, zeroAddress } from 'viem';
import { describe, expect, it } from 'vitest';
import { type MarketVm, NOTICE, testAccount } from '../../testing/marketVm.js';
import {
  asReported,
  device,
  endPeriod,
  gateway,
  household,
  meterId,
  otherRegistrar,
  RATING,
  readingOf,
  registrar,
  registryRoom,
  signedBy,
  stranger,
} from '../../testing/registryRoom.js';

const shown = (account: { address: `0x${string}` }) => checksumAddress(account.address);
const thief = testAccount(7);

const kept = (vm: MarketVm, meter: number) => vm.read('registry', 'meters', [meterId(meter)]);

describe('another source', () => {
  const terms = (source: { address: `0x${string}` }, isDevice = true, rating = RATING) =>
    [meterId(1), source.address, isDevice, rating] as const;
  const announced = (vm: MarketVm, args: readonly unknown[]) => vm.read('registry', 'announcedSource', args);
  const news = testAccount(8);

  it('comes into force after the notice, until twice the notice, by anyone, with kind and rating', async () => {
    const vm = registryRoom();
    const args = terms(news, false, 2n * RATING);
    const { events } = vm.send(registrar, 'registry', 'announceSource', args);
    expect(events).toMatchObject([
      { name: 'SourceAnnounced', args: { registrar: shown(registrar), ratingMwh: 2n * RATING, isConfirmed: false } },
    ]);
    const at = vm.nowS;
    expect(announced(vm, args)).toEqual({ announcedAt: at, announcedBy: 1, isConfirmed: false });
    const early = `NotInForceNow(${at + NOTICE}, ${at + 2n * NOTICE})`;
    vm.nowS = at + NOTICE - 1n;
    expect(vm.refusal(registrar, 'registry', 'applySource', args)).toBe(early);
    vm.nowS = at + 2n * NOTICE + 1n;
    expect(vm.refusal(registrar, 'registry', 'applySource', args)).toBe(early);
    vm.nowS = at + 2n * NOTICE;
    for (const other of [
      terms(news, true, 2n * RATING),
      terms(news, false, RATING),
      terms(thief, false, 2n * RATING),
    ]) {
      expect(vm.refusal(stranger, 'registry', 'applySource', other)).toBe('this source is not announced');
    }
    expect(vm.send(stranger, 'registry', 'applySource', args).events).toMatchObject([{ name: 'SourceChanged' }]);
    expect(kept(vm, 1)).toMatchObject({ isDevice: false, rating: 2n * RATING, feed: { source: shown(news) } });
    expect(vm.refusal(stranger, 'registry', 'applySource', args)).toBe('this source is not announced');

    endPeriod(vm, 2);
    const old = await signedBy(device, readingOf(1, 1));
    expect(vm.refusal(gateway, 'registry', 'reportSigned', [[old]])).toBe('this meter reports another way');
    vm.send(news, 'registry', 'report', [[asReported(readingOf(1, 1))]]);
  });

  it('a stolen registrar key takes no meter: its household stops it (on the first rules it was done at once)', () => {
    const vm = registryRoom();
    vm.send(registrar, 'registry', 'announceSource', terms(thief));
    vm.nowS += NOTICE - 1n;
    expect(vm.refusal(thief, 'registry', 'applySource', terms(thief))).toMatch(/^NotInForceNow/);
    expect(vm.refusal(stranger, 'registry', 'stopSource', terms(thief))).toBe('only a registrar may do this');
    expect(vm.send(household, 'registry', 'stopSource', terms(thief)).events).toMatchObject([
      { name: 'SourceStopped', args: { stoppedBy: shown(household) } },
    ]);
    vm.nowS += NOTICE;
    expect(vm.refusal(thief, 'registry', 'applySource', terms(thief))).toBe('this source is not announced');
    expect(kept(vm, 1)).toMatchObject({ feed: { source: shown(device) } });
  });

  it('is stopped by the other registrar too, and announced again later', () => {
    const vm = registryRoom();
    vm.send(registrar, 'registry', 'announceSource', terms(thief));
    vm.send(otherRegistrar, 'registry', 'stopSource', terms(thief));
    expect(vm.refusal(otherRegistrar, 'registry', 'stopSource', terms(thief))).toBe('this source is not announced');
    vm.send(registrar, 'registry', 'announceSource', terms(thief));
    expect(announced(vm, terms(thief))).toMatchObject({ announcedAt: vm.nowS });
  });

  it('that two registrars announce is not stopped by a household which holds on to a broken meter', () => {
    const vm = registryRoom();
    vm.send(registrar, 'registry', 'announceSource', terms(news));
    expect(vm.refusal(registrar, 'registry', 'announceSource', terms(news))).toBe('another registrar must confirm');
    expect(vm.send(otherRegistrar, 'registry', 'announceSource', terms(news)).events).toMatchObject([
      { name: 'SourceAnnounced', args: { registrar: shown(otherRegistrar), isConfirmed: true } },
    ]);
    expect(vm.refusal(household, 'registry', 'stopSource', terms(news))).toBe('only a registrar may do this');
    vm.nowS += NOTICE;
    vm.send(stranger, 'registry', 'applySource', terms(news));
    expect(kept(vm, 1)).toMatchObject({ feed: { source: shown(news) } });
  });

  it('that lapsed can be announced again, and counts from then', () => {
    const vm = registryRoom();
    vm.send(registrar, 'registry', 'announceSource', terms(news));
    vm.send(otherRegistrar, 'registry', 'announceSource', terms(news));
    vm.nowS += 2n * NOTICE + 1n;
    vm.send(registrar, 'registry', 'announceSource', terms(news));
    expect(announced(vm, terms(news))).toEqual({ announcedAt: vm.nowS, announcedBy: 1, isConfirmed: false });
    expect(vm.refusal(stranger, 'registry', 'applySource', terms(news))).toMatch(/^NotInForceNow/);
  });

  it('is announced by registrars only, for meters that are registered, with a source and a rating', () => {
    const vm = registryRoom();
    expect(vm.refusal(household, 'registry', 'announceSource', terms(news))).toBe('only a registrar may do this');
    const refusal = (...args: readonly unknown[]) => vm.refusal(registrar, 'registry', 'announceSource', args);
    expect(refusal(meterId(9), news.address, true, RATING)).toBe('this meter is not registered');
    expect(refusal(meterId(1), zeroAddress, true, RATING)).toBe('the source is missing');
    expect(refusal(meterId(1), news.address, true, 0n)).toBe('a rating is 1 mWh to 1 GWh');
  });
});
