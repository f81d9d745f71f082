/** What people do at the bank. */
import type { Known } from '../known.js';
import { HOUSEHOLDS, NEW_KEYS, STRANGER } from '../names.js';
import type { Random } from '../random.js';
import { UNLIMITED } from '../rules.js';
import type { Act } from '../script.js';
import { type Maker, otherMember } from './maker.js';

const TOKEN = 10n ** 18n;
const BUYERS = [...HOUSEHOLDS, STRANGER];

const until = (random: Random, { nowS }: Known) =>
  String(nowS + BigInt(random.below(100)) - (random.oneIn(12) ? 90n : 0n));
const operator = (random: Random, known: Known) => random.pick(known.members) ?? 'p1';
const reference = (random: Random) => `r${1 + random.below(60)}`;
/** A part of what somebody has, now and then a little too much. */
const some = (random: Random, all: bigint) =>
  String(random.oneIn(8) ? all + BigInt(random.below(3)) : random.between(0n, all));

function buy(random: Random, known: Known): Act {
  const rate = BigInt(known.values('bank.rates')[0] ?? 1);
  const coins = random.oneIn(6) ? random.between(0n, 5n) : random.between(1n, 30n) * rate + random.between(0n, rate);
  const tokens = (coins * TOKEN) / rate;
  const least = random.oneOf([0n, tokens, tokens - 1n, tokens + 1n]);
  const by = random.pick(BUYERS) ?? STRANGER;
  return { by, call: 'bank.buy', args: [String(least > 0n ? least : 0n), until(random, known)], coins: String(coins) };
}

function redeem(random: Random, known: Known): Act {
  const by = random.pick(BUYERS) ?? STRANGER;
  const amount = some(random, known.tokens(by) / BigInt(1 + random.below(4)));
  const rate = BigInt(known.values('bank.rates')[1] ?? 1);
  const coins = (BigInt(amount) * rate) / TOKEN;
  const least = String(coins + random.oneOf([0n, 0n, 1n]));
  return { by, call: 'bank.redeem', args: [amount, least, until(random, known)] };
}

function attest(random: Random, known: Known): Act {
  const to = random.pick([...BUYERS, operator(random, known)]) ?? STRANGER;
  const amount = String(random.between(0n, 40n * TOKEN));
  return { by: operator(random, known), call: 'bank.attest', args: [to, amount, reference(random)] };
}

function depositOf(known: Known, seat: number): bigint {
  return BigInt(known.values(`bank.seat.${seat}`)[2] ?? 0);
}

function withdraw(random: Random, known: Known): Act {
  const seat = random.below(known.members.length);
  const all = depositOf(known, seat + 1);
  const coins = random.oneIn(6) ? String(all) : some(random, all / 3n);
  return { by: known.members[seat] ?? 'p1', call: 'bank.withdraw', args: [coins] };
}

function addCoins(random: Random, known: Known): Act {
  const call = random.oneIn(3) ? 'bank.addCover' : 'bank.deposit';
  return { by: operator(random, known), call, args: [], coins: String(random.between(0n, 10n ** 22n)) };
}

function setLimit(random: Random, known: Known): Act {
  const limit = String(random.between(0n, 500n * TOKEN));
  return { by: operator(random, known), call: 'bank.setLimit', args: [operator(random, known), limit] };
}

function redeemOutside(random: Random, known: Known): Act {
  const by = random.pick(BUYERS) ?? STRANGER;
  const amount = some(random, known.tokens(by) / 4n);
  return { by, call: 'bank.redeemOutside', args: [amount, reference(random)] };
}

/** Whatever may be done with a payout, mostly when it may. */
function handlePayout(random: Random, known: Known): Act | undefined {
  const payout = random.pick(known.payouts.slice(-6));
  if (payout === undefined) return undefined;
  const { id, holder, amount, destination, state } = payout;
  const reference = payout.reference === 'r0' ? `r${1 + random.below(60)}` : payout.reference;
  const by = random.oneIn(3) ? holder : operator(random, known);
  const mark: Act = { by, call: 'bank.markPaid', args: [id, holder, amount, destination, reference] };
  const cancel: Act = { by: holder, call: 'bank.cancelPayout', args: [id, amount, destination] };
  const object: Act = { by, call: 'bank.objectToPayout', args: [id, holder, amount, reference] };
  const close: Act = { by: STRANGER, call: 'bank.closePayout', args: [id] };
  const decide: Act = { by, call: 'bank.decidePayout', args: [id, holder, amount, reference, random.oneIn(2)] };
  if (random.oneIn(6)) return random.oneOf([mark, cancel, object, close, decide]);
  if (state === '1') return random.oneOf([mark, mark, mark, cancel]);
  if (state === '2') return random.oneOf([object, close]);
  return state === '3' ? decide : close;
}

function handleOrder(random: Random, known: Known): Act {
  const order = random.pick(known.orders);
  if (order === undefined || random.oneIn(3)) {
    const by = random.pick(BUYERS) ?? STRANGER;
    const args = [String(random.between(0n, 4n * TOKEN)), String(random.below(4000)), reference(random)];
    return { by, call: 'bank.setStandingOrder', args };
  }
  const [id = '1', holder = 'p6', amount = '0', destination = 'r1'] = order;
  if (random.oneIn(5)) return { by: holder, call: 'bank.cancelStandingOrder', args: [id, amount, destination] };
  const ids = known.orders.map(([number = '1']) => number);
  return { by: operator(random, known), call: 'bank.runStandingOrders', args: [random.oneIn(2) ? ids : [id, id]] };
}

function handleRates(random: Random, known: Known): Act {
  const [buyInForce = '1'] = known.values('bank.rates');
  const [buy = '0', redeem = '0', at = '0', announcedBy, confirmed = '0', state] = known.values('bank.pending');
  const by = otherMember(random, known, announcedBy);
  if (state === '0' || state === '4' || random.oneIn(8)) {
    const rate = BigInt(buyInForce);
    const next = random.between((rate * 2n) / 3n, (rate * 3n) / 2n);
    const nextRedeem = random.oneIn(3) ? next : random.between((rate + 1n) / 2n, rate + 1n);
    return { by, call: 'bank.announceRates', args: [String(next), String(nextRedeem)] };
  }
  const args = [buy, redeem, at];
  if (random.oneIn(12)) return { by, call: 'bank.retractRates', args };
  const isConfirmed = confirmed !== '0';
  return random.oneIn(6) === isConfirmed
    ? { by, call: 'bank.confirmRates', args }
    : { by: STRANGER, call: 'bank.applyRates', args };
}

function moveTokens(random: Random, known: Known): Act {
  const by = random.pick(BUYERS) ?? STRANGER;
  if (random.oneIn(3)) {
    const allowed = random.oneOf([UNLIMITED, UNLIMITED, 0n, 5n * TOKEN]);
    return { by, call: 'token.approve', args: [random.oneOf(['trade', 'bank']), String(allowed)] };
  }
  const to = random.pick([...BUYERS, ...NEW_KEYS, 'p0']) ?? STRANGER;
  return { by, call: 'token.transfer', args: [to, some(random, known.tokens(by) / 5n)] };
}

/** What households do at the bank without meaning anybody harm. */
export const HONEST_BANK_ACTS: readonly Maker[] = [
  [4, buy],
  [3, redeem],
  [2, redeemOutside],
];

/** What ends a notice. */
export const BANK_DECISIONS = [handlePayout, handleRates];

export const BANK_ACTS: readonly Maker[] = [
  [4, buy],
  [3, redeem],
  [2, attest],
  [2, withdraw],
  [1, addCoins],
  [1, (random, known) => ({ by: operator(random, known), call: 'bank.shareSurplus', args: [] })],
  [1, setLimit],
  [3, redeemOutside],
  [8, handlePayout],
  [3, handleOrder],
  [6, handleRates],
  [2, moveTokens],
];
