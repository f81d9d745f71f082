import { type Hash, numberToBytes, toHex } from '@wattchain/core';
import { describe, expect, it } from 'vitest';
import type { PeerFault } from '../p2p/faultPolicy.js';
import { BodyFetcher } from './bodyFetcher.js';

const hashes: Hash[] = Array.from({ length: 10 }, (_, i) => toHex(numberToBytes(i, 8)));
const bodyOf = (hash: Hash) => Uint8Array.of(hashes.indexOf(hash));

type Answer = readonly (Uint8Array | undefined)[] | PeerFault;

/** A fetcher over holders that answer as said. */
function create(peers: Record<string, { answer: (asked: readonly Hash[]) => Answer | Promise<Answer> }>) {
  const asked: string[] = [];
  const penalties: [string, string][] = [];
  const pauses: number[] = [];
  const fetcher = new BodyFetcher({
    sourceId: 'source',
    holders: () => Object.keys(peers),
    pause: async (delayMs) => {
      // After a second of silence it looks for somebody else; the others are for busy peers.
      if (delayMs !== 1_000) pauses.push(delayMs);
      // Who answers at once does so before anybody has waited.
      await new Promise(setImmediate);
    },
    network: {
      requestBodies: async (peerId, wanted) => {
        asked.push(peerId);
        const answer = (await peers[peerId]?.answer(wanted)) ?? [];
        return 'code' in answer ? { fault: answer } : { value: [...answer] };
      },
      penalise: (peerId, { code }) => penalties.push([peerId, code]),
    },
  });
  return { fetcher, asked, penalties, pauses };
}

const all = (asked: readonly Hash[]) => asked.map(bodyOf);

describe('bodies', () => {
  it('come from everybody who has shown the chain, in turn and in order', async () => {
    const few = (wanted: readonly Hash[]) => all(wanted).slice(0, 3);
    const { fetcher, asked } = create({
      source: { answer: few },
      other: { answer: few },
    });
    const { value } = await fetcher.fetch(hashes);
    expect(value?.map(({ body }) => body[0])).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(asked).toEqual(['source', 'other', 'source', 'other']);
  });

  it('that one peer lacks come from another, which is no shame unless it announced them', async () => {
    const lacking = (wanted: readonly Hash[]) => wanted.map((hash) => (hash === hashes[4] ? undefined : bodyOf(hash)));
    const other = create({ other: { answer: lacking }, source: { answer: all } });
    expect((await other.fetcher.fetch(hashes)).value?.map(({ peerId }) => peerId).slice(3, 5)).toEqual([
      'other',
      'source',
    ]);
    expect(other.penalties).toEqual([]);
    const source = create({ source: { answer: lacking }, other: { answer: all } });
    expect((await source.fetcher.fetch(hashes)).value).toHaveLength(10);
    expect(source.penalties).toEqual([['source', 'bodyUnavailable']]);
  });

  it('are given up when nobody has them', async () => {
    const timeout: PeerFault = { code: 'requestTimeout', protocol: 'bodies', afterMs: 1 };
    const { fetcher, penalties } = create({ source: { answer: () => timeout }, other: { answer: () => [undefined] } });
    expect((await fetcher.fetch(hashes)).fault).toEqual({ code: 'bodyUnavailable', got: hashes[0] });
    expect(penalties).toEqual([['source', 'requestTimeout']]);
  });

  it('are asked again after a pause from a busy peer', async () => {
    let calls = 0;
    const busy: PeerFault = { code: 'requestRefused', protocol: 'bodies' };
    const { fetcher, pauses } = create({ source: { answer: (wanted) => (++calls < 4 ? busy : all(wanted)) } });
    expect((await fetcher.fetch(hashes)).value).toHaveLength(10);
    expect(pauses).toEqual([100, 200, 400]);
  });

  it('are not waited for while somebody else can be asked; the first answer is taken', async () => {
    const { fetcher, asked } = create({
      source: { answer: () => new Promise<Answer>(() => {}) },
      other: { answer: (wanted) => all(wanted).slice(0, 5) },
    });
    const { value } = await fetcher.fetch(hashes);
    expect(value?.every(({ peerId }) => peerId === 'other')).toBe(true);
    expect(asked).toEqual(['source', 'other', 'other']);
  });

  it('are given up when their holders stay busy', async () => {
    const busy: PeerFault = { code: 'requestRefused', protocol: 'bodies' };
    const { fetcher, pauses, penalties } = create({ source: { answer: () => busy } });
    expect((await fetcher.fetch(hashes)).fault).toEqual(busy);
    expect(pauses.reduce((sum, delayMs) => sum + delayMs)).toBe(5_100);
    expect(penalties).toEqual([]);
  });

  it('are not asked from a liar again', async () => {
    const { fetcher, asked } = create({ source: { answer: all }, liar: { answer: all } });
    fetcher.distrust('liar');
    await fetcher.fetch(hashes);
    await fetcher.fetch(hashes);
    expect(asked).toEqual(['source', 'source']);
    expect([fetcher.isDistrusted('liar'), fetcher.isDistrusted('source')]).toEqual([true, false]);
  });
});
