import { assert } from '@wattchain/core';
import fc from 'fast-check';
import { checksumAddress } from 'viem';
import { expect, it } from 'vitest';
import { recovery as firstRecovery, MarketVm, NOTICE, testAccount } from '../../testing/marketVm.js';

/** Keys of members, the recovery key (20), and others, which may get a seat. */
const KEYS = [1, 2, 3, 4, 5, 8, 9, 20];

interface ModelChange {
  readonly from: number;
  readonly to: number;
  readonly requestedBy: number;
  readonly requestedAt: bigint;
  /** From 0; −1: the recovery key. */
  readonly seat: number;
  readonly votes: Map<number, boolean>;
  isVetoed: boolean;
  isOpen: boolean;
}

/** The council by its rules in words. */
class Model {
  readonly seats: number[];
  recovery = 20;
  readonly #changes = new Map<string, ModelChange>();

  constructor(count: number) {
    this.seats = KEYS.slice(0, count);
  }

  change(from: number, to: number): ModelChange | undefined {
    return this.#changes.get(`${from} ${to}`);
  }

  isFrozen(key: number): boolean {
    return [...this.#changes.values()].some(
      ({ isOpen, isVetoed, from, to }) => isOpen && isVetoed && (from === key || to === key),
    );
  }

  #mayAct = (by: number) => this.seats.includes(by) || by === this.recovery;
  #isFree = (key: number) => !this.seats.includes(key) && key !== this.recovery;

  request(by: number, from: number, to: number, now: bigint): boolean {
    const seat = this.seats.indexOf(from);
    const isKnown = seat >= 0 || from === this.recovery;
    if (!isKnown || !this.#mayAct(by) || !this.#isFree(to) || this.change(from, to)?.isOpen === true) return false;
    const votes = new Map<number, boolean>();
    const own = this.seats.indexOf(by);
    if (own >= 0 && own !== seat) votes.set(own, true);
    const change = { from, to, requestedBy: by, requestedAt: now, seat, votes, isVetoed: false, isOpen: true };
    this.#changes.set(`${from} ${to}`, change);
    return this.#decide(change);
  }

  vote(by: number, from: number, to: number, approve: boolean, now: bigint): boolean {
    const change = this.change(from, to);
    if (change?.isOpen !== true || !this.#mayAct(by)) return false;
    const own = this.seats.indexOf(by);
    if (own >= 0) {
      if (own === change.seat) return false;
      const before = change.votes.get(own);
      change.votes.set(own, approve);
      if (this.#decide(change)) return true;
      // Refused: as if it had not been.
      if (before === undefined) change.votes.delete(own);
      else change.votes.set(own, before);
      return false;
    }
    if (change.seat < 0 || (approve && now < change.requestedAt + NOTICE)) return false;
    return this.#close(change, approve);
  }

  veto(by: number, from: number, to: number): boolean {
    const change = this.change(from, to);
    if (change?.isOpen !== true || !this.#mayAct(by) || change.isVetoed || change.requestedBy === by) return false;
    change.isVetoed = true;
    return true;
  }

  #decide(change: ModelChange): boolean {
    const voters = change.seat < 0 ? this.seats.length : this.seats.length - 1;
    const count = (approve: boolean) => [...change.votes.values()].filter((vote) => vote === approve).length;
    if (2 * count(false) > voters) return this.#close(change, false);
    const isEnough = 2 * count(true) > voters && (change.seat < 0 || this.seats.length > 2);
    return isEnough ? this.#close(change, true) : true;
  }

  #close(change: ModelChange, approved: boolean): boolean {
    const { from, to, seat } = change;
    if (approved) {
      const holdsIt = seat < 0 ? this.recovery === from : this.seats[seat] === from;
      if (!holdsIt || !this.#isFree(to)) return false;
      if (seat < 0) this.recovery = to;
      else this.seats[seat] = to;
    }
    change.isOpen = false;
    return true;
  }
}

const key = fc.noBias(fc.constantFrom(...KEYS));
const act = fc.record({
  kind: fc.constantFrom('request', 'vote', 'vote', 'vote', 'vote', 'veto', 'wait'),
  /** What was asked last, or long ago. */
  isLatest: fc.boolean(),
  by: key,
  from: key,
  to: key,
  approve: fc.constantFrom(true, true, true, false),
  /** Votes and vetoes are of something that was asked for. */
  pick: fc.noBias(fc.nat(1_000)),
  /** Mostly by somebody who may, and for a seat that is there. */
  insider: fc.noBias(fc.nat(1_000)),
});
type Act = typeof act extends fc.Arbitrary<infer T> ? T : never;

/** Makes an act on the contract; whether it was taken. */
function make(vm: MarketVm, { kind, by, from, to, approve }: Act): boolean {
  if (kind === 'wait') {
    vm.nowS += NOTICE / 2n;
    return true;
  }
  const keys = [testAccount(from).address, testAccount(to).address] as const;
  const requestedAt = vm.read<unknown[]>('council', 'keyChange', keys)[1];
  const calls: Readonly<Record<string, readonly [string, readonly unknown[]]>> = {
    request: ['requestKeyChange', keys],
    vote: ['voteOnKeyChange', [...keys, requestedAt, approve]],
    veto: ['vetoKeyChange', [...keys, requestedAt]],
  };
  const call = calls[kind];
  assert(call !== undefined, 'there are four kinds of acts');
  return vm.try(testAccount(by), 'council', call[0], call[1]).refusal === undefined;
}

function councilOf(count: number): MarketVm {
  const members = KEYS.slice(0, count).map((n) => testAccount(n).address);
  return new MarketVm({ council: { members, recoveryKey: firstRecovery.address, noticeSeconds: NOTICE } });
}

const seatsOf = (vm: MarketVm, count: number) =>
  Array.from({ length: count }, (_, i) => vm.read<string>('council', 'memberAt', [BigInt(i + 1)]));
const shown = (n: number) => checksumAddress(testAccount(n).address);

function compare(vm: MarketVm, model: Model): void {
  expect(seatsOf(vm, model.seats.length)).toEqual(model.seats.map(shown));
  expect(vm.read('council', 'recoveryKey')).toBe(shown(model.recovery));
  for (const n of KEYS) {
    const acting = model.isFrozen(n) ? 0 : model.seats.indexOf(n) + 1;
    expect(vm.read('council', 'seatOf', [testAccount(n).address])).toBe(BigInt(acting));
  }
}

it('does what its rules say, whoever does what', () => {
  const takenKinds = new Set<string>();
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 5 }), fc.array(act, { minLength: 20, maxLength: 50 }), (count, acts) => {
      const vm = councilOf(count);
      const model = new Model(count);
      const asked: (readonly [number, number])[] = [];
      for (const made of acts) {
        const insiders = [...model.seats, model.recovery];
        const insider = insiders[made.insider % insiders.length] ?? made.by;
        const seated = insiders[made.pick % insiders.length] ?? made.from;
        const by = made.insider % 5 === 0 ? made.by : insider;
        const earlier = made.isLatest ? asked.at(-1) : asked[made.pick % Math.max(1, asked.length)];
        const named = made.kind === 'request' ? undefined : earlier;
        const [from, to] = named ?? [made.pick % 5 === 0 ? made.from : seated, made.to];
        if (made.kind === 'request') asked.push([from, to]);
        const now = vm.nowS;
        const taken = make(vm, { ...made, by, from, to });
        const { kind, approve } = made;
        if (kind === 'request') expect(taken).toBe(model.request(by, from, to, now));
        if (kind === 'vote') expect(taken).toBe(model.vote(by, from, to, approve, now));
        if (kind === 'veto') expect(taken).toBe(model.veto(by, from, to));
        if (!taken) continue;
        takenKinds.add(kind);
        compare(vm, model);
      }
    }),
    { numRuns: 10 },
  );
  // Not all of them are refused.
  expect([...takenKinds].sort()).toEqual(['request', 'veto', 'vote', 'wait']);
});

it('gives a thief with one member key no second seat, and takes nobody else the power, however long it tries', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 5 }), fc.array(act, { minLength: 20, maxLength: 40 }), (count, acts) => {
      const vm = councilOf(count);
      // The thief has the key of seat 1, and makes keys 8 and 9.
      for (const made of acts) make(vm, { ...made, by: [1, 8, 9][made.by % 3] ?? 1 });
      expect(seatsOf(vm, count)).toEqual(KEYS.slice(0, count).map(shown));
      expect(vm.read('council', 'recoveryKey')).toBe(shown(20));
      for (const [i, n] of KEYS.slice(1, count).entries()) {
        expect(vm.read('council', 'seatOf', [testAccount(n).address])).toBe(BigInt(i + 2));
      }
    }),
    { numRuns: 10 },
  );
});
