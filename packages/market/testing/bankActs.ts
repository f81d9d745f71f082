import type { AbiInput } from '@wattchain/vm';
import fc from 'fast-check';
import { ALWAYS, type BankRoom, ent, NOTICE, word } from './bankRoom.js';

/** Choices of one act: who does what, to what. */
export interface Step {
  readonly act: number;
  readonly who: number;
  /** Token units. */
  readonly amount: bigint;
  /** Which payout, order, operator or rate. */
  readonly pick: number;
  readonly yes: boolean;
  /** Seconds that pass before. */
  readonly wait: number;
}

/** Steps as fast-check makes them. */
export const steps = (least: number, most: number) =>
  fc.array(
    fc.record({
      act: fc.nat(1_000),
      who: fc.nat(1_000),
      amount: fc.oneof(fc.bigInt({ min: 0n, max: ent(20) }), fc.bigInt({ min: 0n, max: ent(1) })),
      pick: fc.nat(1_000),
      yes: fc.boolean(),
      wait: fc.oneof(
        { weight: 12, arbitrary: fc.constant(0) },
        { weight: 6, arbitrary: fc.nat(50) },
        { weight: 1, arbitrary: fc.integer({ min: 0, max: 50 }).map((more) => Number(NOTICE) + more) },
      ),
    }),
    { minLength: least, maxLength: most },
  );

type Act = (room: BankRoom, who: string, step: Step) => readonly [string, readonly AbiInput[], bigint?];

const coinsOf = (room: BankRoom, amount: bigint) => (amount * room.buyRate) / ent(1);
/** States of a payout that an act is for. */
const FITTING: Readonly<Record<string, bigint>> = {
  cancelPayout: 1n,
  markPaid: 1n,
  objectToPayout: 2n,
  closePayout: 2n,
  decidePayout: 3n,
};
type PayoutValues = readonly [string, bigint, string, bigint, bigint, string, bigint];
/** Looked at among the newest only. */
const NEWEST = 8;

/** A payout that the act may be for if there is one, else any number. */
function payoutOf(room: BankRoom, name: string, { pick }: Step) {
  const count = Number(room.read('payoutCount')[0]);
  const newest = Array.from({ length: Math.min(count, NEWEST) }, (_, i) => BigInt(count - i));
  const fitting = newest.filter((id) => room.read('payouts', [id])[3] === FITTING[name]);
  const id = fitting.length > 0 && pick % 5 > 0 ? oneOf(fitting, pick) : BigInt(pick % (count + 2));
  const [holder, tokens, destination, , , reference, closesAt] = room.read('payouts', [id]) as PayoutValues;
  return { id, holder, tokens, destination, reference, closesAt };
}
const orderOf = (room: BankRoom, { pick }: Step) => {
  const id = BigInt(pick % (Number(room.read('standingOrderCount')[0]) + 1));
  const [, tokens, destination] = room.read('standingOrders', [id]) as [string, bigint, string];
  return [id, tokens, destination] as const;
};
const pendingOf = (room: BankRoom) => {
  const [buy, redeem, , announcedAt] = room.read('pendingRates') as bigint[];
  return [buy ?? 0n, redeem ?? 0n, announcedAt ?? 0n] as const;
};

/** References are not used twice by who means well. */
let references = 0x1000;
const freshWord = () => {
  references += 1;
  return word(references);
};

/** What anybody may try at the bank: by name of the function, with arguments that fit what is there. */
export const ACTS: Readonly<Record<string, Act>> = {
  buy: (room, __, { amount }) => ['buy', [0n, ALWAYS], coinsOf(room, amount)],
  redeem: (_, __, { amount }) => ['redeem', [amount, 0n, ALWAYS]],
  redeemAll: (room, who) => ['redeem', [room.tokens(who), 0n, ALWAYS]],
  attest: (_, who, { amount }) => ['attest', [who, amount, freshWord()]],
  deposit: (room, __, { amount }) => ['deposit', [], coinsOf(room, amount)],
  withdraw: (room, _, { pick }) => ['withdraw', [room.deposit((pick % room.operators.length) + 1)]],
  shareSurplus: () => ['shareSurplus', []],
  addCover: (room, __, { amount }) => ['addCover', [], coinsOf(room, amount)],
  setLimit: (room, _, { pick, amount }) => ['setLimit', [room.operator((pick % room.operators.length) + 1), amount]],
  redeemOutside: (room, who, { amount }) => ['redeemOutside', [amount % (room.tokens(who) + 1n), freshWord()]],
  cancelPayout: (room, _, step) => {
    const { id, tokens, destination } = payoutOf(room, 'cancelPayout', step);
    return ['cancelPayout', [id, tokens, destination]];
  },
  markPaid: (room, _, step) => {
    const { id, holder, tokens, destination } = payoutOf(room, 'markPaid', step);
    return ['markPaid', [id, holder, tokens, destination, freshWord()]];
  },
  objectToPayout: (room, _, step) => {
    const { id, holder, tokens, reference } = payoutOf(room, 'objectToPayout', step);
    return ['objectToPayout', [id, holder, tokens, reference]];
  },
  decidePayout: (room, _, step) => {
    const { id, holder, tokens, reference } = payoutOf(room, 'decidePayout', step);
    return ['decidePayout', [id, holder, tokens, reference, step.yes]];
  },
  closePayout: (room, _, step) => ['closePayout', [payoutOf(room, 'closePayout', step).id]],
  setStandingOrder: (_, __, { amount }) => ['setStandingOrder', [amount, 60n, freshWord()]],
  cancelStandingOrder: (room, _, step) => ['cancelStandingOrder', orderOf(room, step)],
  runStandingOrders: () => ['runStandingOrders', [[1n, 2n, 3n]]],
  announceRates: ({ buyRate, redeemRate }, _, { pick, yes }) => {
    const [up, down] = [BigInt(pick % 7), BigInt(pick % 3) + 1n];
    return [
      'announceRates',
      [buyRate + (up * buyRate) / 5n, yes ? redeemRate + (up * (buyRate - redeemRate)) / 5n : down],
    ];
  },
  confirmRates: (room) => ['confirmRates', pendingOf(room)],
  applyRates: (room) => ['applyRates', pendingOf(room)],
  retractRates: (room) => ['retractRates', pendingOf(room)],
};

/** Does one of the acts, if the bank lets it. */
export function act(room: BankRoom, who: string, name: string, step: Step): boolean {
  const make = ACTS[name];
  if (make === undefined) return false;
  const [fn, args, value = 0n] = make(room, who, step);
  return room.try(who, fn, args, value).refusal === undefined;
}

/** Every act, those that come late in the life of a payout or of rates several times: a random one of it. */
const DRAWN = [
  ...Object.keys(ACTS),
  ...'markPaid closePayout objectToPayout decidePayout confirmRates confirmRates confirmRates applyRates applyRates redeemOutside'.split(
    ' ',
  ),
];
export const actOf = ({ act }: Step) => oneOf(DRAWN, act);

/** Waits, where the step says so, until the act is due. */
export function waitUntilDue(room: BankRoom, name: string, step: Step): void {
  if (!step.yes) return;
  const due = name === 'applyRates' ? room.read('pendingRates')[6] : payoutOf(room, name, step).closesAt;
  if (typeof due === 'bigint' && due > room.now && (name === 'applyRates' || name === 'closePayout')) room.goTo(due);
}

/** Acts that need a seat, or the holder of a payout. */
const NEEDS_SEAT = new Set(
  'attest deposit withdraw shareSurplus setLimit markPaid decidePayout runStandingOrders announceRates confirmRates retractRates'.split(
    ' ',
  ),
);
const NEEDS_HOLDER = new Set(['cancelPayout', 'objectToPayout']);

/** Somebody who may do the act: without it most random acts would be refused for who does them. */
export function whoMay(room: BankRoom, people: readonly string[], name: string, step: Step): string {
  if (NEEDS_SEAT.has(name)) return oneOf(room.operators, step.who);
  const { holder } = payoutOf(room, name, step);
  return NEEDS_HOLDER.has(name) && people.includes(holder) ? holder : oneOf(people, step.who);
}

/** One of a list, by a number of any size. */
export function oneOf<T>(list: readonly T[], n: number): T {
  return list[n % list.length] as T;
}
