import { assert } from '@wattchain/core';
import fc from 'fast-check';
import { checksumAddress, type Hex, numberToHex, zeroAddress, zeroHash } from 'viem';
import { describe, expect, it } from 'vitest';
import { ATTESTATION_LIMIT, BUY_RATE, MarketVm, operators, REDEEM_RATE, testAccount } from '../../testing/marketVm.js';
import { TOKEN_UNIT } from '../units.js';
import { GENESIS_ADDRESSES } from './contracts.js';

const [first, second] = operators;
const [alice, bob] = [testAccount(3), testAccount(4)] as const;
const shown = (account: { address: `0x${string}` }) => checksumAddress(account.address);
const word = (n: number): Hex => numberToHex(n, { size: 32 });
const bank = { address: GENESIS_ADDRESSES.bankAddress };

const FIGURES = [
  'issuedForCoins',
  'issuedOutside',
  'redeemedForCoins',
  'paidOutside',
  'pending',
  'outstanding',
  'backedByCoins',
  'backedOutside',
  'reserve',
  'reserveNeeded',
  'withdrawable',
] as const;
type Figures = Record<(typeof FIGURES)[number], bigint>;

function figuresOf(vm: MarketVm): Figures {
  const values = vm.read<bigint[]>('bank', 'figures');
  return Object.fromEntries(FIGURES.map((name, i) => [name, values[i]])) as Figures;
}

describe('buying', () => {
  it('mints floor(value · 10^18 / rate)', () => {
    const vm = new MarketVm();
    const { output, events } = vm.send(alice, 'bank', 'buy', [], 3_000_001n);
    const tokens = (3_000_001n * TOKEN_UNIT) / BUY_RATE;
    expect(output).toBe(tokens);
    expect(events[1]).toEqual({
      contract: 'bank',
      name: 'Bought',
      args: { buyer: shown(alice), coins: 3_000_001n, tokens, rate: BUY_RATE },
    });
    expect(vm.tokens(alice)).toBe(tokens);
    expect(figuresOf(vm)).toEqual({
      issuedForCoins: tokens,
      issuedOutside: 0n,
      redeemedForCoins: 0n,
      paidOutside: 0n,
      pending: 0n,
      outstanding: tokens,
      backedByCoins: tokens,
      backedOutside: 0n,
      reserve: 3_000_001n,
      reserveNeeded: (tokens * REDEEM_RATE) / TOKEN_UNIT,
      withdrawable: 3_000_001n - (tokens * REDEEM_RATE) / TOKEN_UNIT,
    });
  });

  it('refuses coins that buy nothing', () => {
    const vm = new MarketVm();
    expect(vm.refusal(alice, 'bank', 'buy')).toBe('too few coins for any token');
    vm.send(first, 'bank', 'setRates', [10n ** 19n, 1n]);
    expect(vm.refusal(alice, 'bank', 'buy', [], 9n)).toBe('too few coins for any token');
    expect(vm.send(alice, 'bank', 'buy', [], 10n).output).toBe(1n);
  });
});

describe('attested purchases', () => {
  it('mint within the limit of the operator, once for a reference', () => {
    const vm = new MarketVm();
    const { events } = vm.send(first, 'bank', 'attest', [alice.address, 600n * TOKEN_UNIT, word(1)]);
    expect(events[1]).toEqual({
      contract: 'bank',
      name: 'Attested',
      args: { operator: shown(first), to: shown(alice), moneyReference: word(1), tokens: 600n * TOKEN_UNIT },
    });
    expect(vm.read('bank', 'referenceUsedBy', [word(1)])).toBe(shown(first));
    expect(vm.read('bank', 'operatorLimit', [first.address])).toEqual([
      ATTESTATION_LIMIT,
      600n * TOKEN_UNIT,
      400n * TOKEN_UNIT,
    ]);
    expect(vm.refusal(second, 'bank', 'attest', [alice.address, 1n, word(1)])).toBe('this reference was used before');
    expect(vm.refusal(first, 'bank', 'attest', [alice.address, 400n * TOKEN_UNIT + 1n, word(2)])).toBe(
      `LimitExceeded(${400n * TOKEN_UNIT}, ${400n * TOKEN_UNIT + 1n})`,
    );
    vm.send(first, 'bank', 'attest', [alice.address, 400n * TOKEN_UNIT, word(2)]);
    vm.send(second, 'bank', 'attest', [bob.address, ATTESTATION_LIMIT, word(3)]);
    expect(figuresOf(vm)).toMatchObject({
      issuedOutside: 2n * ATTESTATION_LIMIT,
      backedOutside: 2n * ATTESTATION_LIMIT,
    });
  });

  it('are refused from others, for nothing, without a reference, to nobody', () => {
    const vm = new MarketVm();
    expect(vm.refusal(alice, 'bank', 'attest', [alice.address, 1n, word(1)])).toBe('only an operator may do this');
    expect(vm.refusal(first, 'bank', 'attest', [alice.address, 0n, word(1)])).toBe('the amount is 0');
    expect(vm.refusal(first, 'bank', 'attest', [alice.address, 1n, zeroHash])).toBe('the reference is missing');
    expect(vm.refusal(first, 'bank', 'attest', [zeroAddress, 1n, word(1)])).toBe(
      `ERC20InvalidReceiver(${zeroAddress})`,
    );
  });

  it('limits are set by the other operator', () => {
    const vm = new MarketVm();
    expect(vm.refusal(first, 'bank', 'setLimit', [first.address, 1n])).toBe('the other operator sets a limit');
    expect(vm.refusal(first, 'bank', 'setLimit', [alice.address, 1n])).toBe('this is not an operator');
    expect(vm.refusal(alice, 'bank', 'setLimit', [first.address, 1n])).toBe('only an operator may do this');
    vm.send(first, 'bank', 'attest', [alice.address, 10n, word(1)]);
    expect(vm.send(second, 'bank', 'setLimit', [first.address, 4n]).events).toEqual([
      { contract: 'bank', name: 'LimitChanged', args: { operator: shown(first), changedBy: shown(second), limit: 4n } },
    ]);
    expect(vm.read('bank', 'operatorLimit', [first.address])).toEqual([4n, 10n, 0n]);
    expect(vm.refusal(first, 'bank', 'attest', [alice.address, 1n, word(2)])).toBe('LimitExceeded(0, 1)');
    vm.send(second, 'bank', 'setLimit', [first.address, 11n]);
    vm.send(first, 'bank', 'attest', [alice.address, 1n, word(2)]);
  });
});

describe('redeeming for coins', () => {
  it('burns and pays at the redeem rate', () => {
    const vm = new MarketVm();
    vm.send(alice, 'bank', 'buy', [], 10n * BUY_RATE);
    const before = vm.state.balance(alice.address);
    const { output, events } = vm.send(alice, 'bank', 'redeem', [4n * TOKEN_UNIT + 1n]);
    expect(output).toBe(4n * REDEEM_RATE);
    expect(events[1]).toEqual({
      contract: 'bank',
      name: 'Redeemed',
      args: { holder: shown(alice), tokens: 4n * TOKEN_UNIT + 1n, coins: 4n * REDEEM_RATE, rate: REDEEM_RATE },
    });
    expect(vm.state.balance(alice.address) - before).toBe(4n * REDEEM_RATE);
    expect(vm.tokens(alice)).toBe(6n * TOKEN_UNIT - 1n);
  });

  it('refuses with the figure what the reserve lacks', () => {
    const vm = new MarketVm();
    vm.give(alice, 100n * TOKEN_UNIT);
    vm.send(bob, 'bank', 'deposit', [], 5n * REDEEM_RATE);
    expect(vm.refusal(alice, 'bank', 'redeem', [6n * TOKEN_UNIT])).toBe(
      `ReserveTooSmall(${5n * REDEEM_RATE}, ${6n * REDEEM_RATE})`,
    );
    vm.send(alice, 'bank', 'redeem', [5n * TOKEN_UNIT]);
    expect(figuresOf(vm)).toMatchObject({ reserve: 0n, outstanding: 95n * TOKEN_UNIT, backedByCoins: 0n });
  });

  it('refuses more than the holder has, and what is worth no coin', () => {
    const vm = new MarketVm();
    vm.send(alice, 'bank', 'buy', [], 10n * BUY_RATE);
    expect(vm.refusal(bob, 'bank', 'redeem', [TOKEN_UNIT])).toBe(
      `ERC20InsufficientBalance(${shown(bob)}, 0, ${TOKEN_UNIT})`,
    );
    expect(vm.refusal(alice, 'bank', 'redeem', [1n])).toBe('too few tokens for any coin');
    expect(vm.refusal(alice, 'bank', 'redeem', [0n])).toBe('too few tokens for any coin');
  });
});

describe('payouts outside', () => {
  function withPayout(): MarketVm {
    const vm = new MarketVm();
    vm.give(alice, 10n * TOKEN_UNIT);
    vm.send(alice, 'token', 'approve', [bank.address, 10n * TOKEN_UNIT]);
    const { output, events } = vm.send(alice, 'bank', 'redeemOutside', [4n * TOKEN_UNIT, word(0xacc)]);
    expect(output).toBe(1n);
    expect(events.at(-1)).toEqual({
      contract: 'bank',
      name: 'PayoutRequested',
      args: { payoutId: 1n, holder: shown(alice), tokens: 4n * TOKEN_UNIT, destination: word(0xacc) },
    });
    return vm;
  }

  it('hold the tokens until an operator marks them paid', () => {
    const vm = withPayout();
    expect([vm.tokens(alice), vm.tokens(bank)]).toEqual([6n * TOKEN_UNIT, 4n * TOKEN_UNIT]);
    expect(figuresOf(vm)).toMatchObject({ pending: 4n * TOKEN_UNIT, outstanding: 10n * TOKEN_UNIT });
    expect(vm.read('bank', 'payouts', [1n])).toEqual([shown(alice), 4n * TOKEN_UNIT, word(0xacc), 1, zeroHash]);
    const { events } = vm.send(second, 'bank', 'markPaid', [1n, word(7)]);
    expect(events.at(-1)).toEqual({
      contract: 'bank',
      name: 'PayoutPaid',
      args: {
        payoutId: 1n,
        holder: shown(alice),
        operator: shown(second),
        tokens: 4n * TOKEN_UNIT,
        moneyReference: word(7),
      },
    });
    expect(vm.tokens(bank)).toBe(0n);
    expect(vm.read('bank', 'payouts', [1n])).toEqual([shown(alice), 4n * TOKEN_UNIT, word(0xacc), 2, word(7)]);
    expect(figuresOf(vm)).toMatchObject({ pending: 0n, paidOutside: 4n * TOKEN_UNIT, outstanding: 6n * TOKEN_UNIT });
    expect(vm.refusal(first, 'bank', 'markPaid', [1n, word(7)])).toBe('this payout is not pending');
    expect(vm.refusal(alice, 'bank', 'cancelPayout', [1n])).toBe('this payout is not pending');
  });

  it('can be cancelled by their holder before', () => {
    const vm = withPayout();
    expect(vm.refusal(bob, 'bank', 'cancelPayout', [1n])).toBe("only the payout's holder");
    expect(vm.send(alice, 'bank', 'cancelPayout', [1n]).events.at(-1)).toEqual({
      contract: 'bank',
      name: 'PayoutCancelled',
      args: { payoutId: 1n, holder: shown(alice), tokens: 4n * TOKEN_UNIT },
    });
    expect(vm.tokens(alice)).toBe(10n * TOKEN_UNIT);
    expect(vm.refusal(first, 'bank', 'markPaid', [1n, word(7)])).toBe('this payout is not pending');
    expect(vm.refusal(alice, 'bank', 'cancelPayout', [1n])).toBe('this payout is not pending');
    expect(figuresOf(vm)).toMatchObject({ pending: 0n, paidOutside: 0n });
  });

  it('are refused without amount, destination, allowance, tokens; and marking from others', () => {
    const vm = withPayout();
    expect(vm.refusal(alice, 'bank', 'redeemOutside', [0n, word(1)])).toBe('the amount is 0');
    expect(vm.refusal(alice, 'bank', 'redeemOutside', [1n, zeroHash])).toBe('the destination is missing');
    expect(vm.refusal(alice, 'bank', 'redeemOutside', [7n * TOKEN_UNIT, word(1)])).toBe(
      `ERC20InsufficientAllowance(${checksumAddress(bank.address)}, ${6n * TOKEN_UNIT}, ${7n * TOKEN_UNIT})`,
    );
    vm.send(alice, 'token', 'approve', [bank.address, 2n ** 256n - 1n]);
    expect(vm.refusal(alice, 'bank', 'redeemOutside', [7n * TOKEN_UNIT, word(1)])).toBe(
      `ERC20InsufficientBalance(${shown(alice)}, ${6n * TOKEN_UNIT}, ${7n * TOKEN_UNIT})`,
    );
    expect(vm.refusal(alice, 'bank', 'markPaid', [1n, word(7)])).toBe('only an operator may do this');
    expect(vm.refusal(first, 'bank', 'markPaid', [1n, zeroHash])).toBe('the reference is missing');
    expect(vm.refusal(first, 'bank', 'markPaid', [2n, word(7)])).toBe('this payout is not pending');
  });
});

describe('standing orders', () => {
  const DAY = 86_400n;

  function withOrder(tokens = 100n * TOKEN_UNIT): MarketVm {
    const vm = new MarketVm();
    if (tokens > 0n) vm.give(alice, tokens);
    vm.send(alice, 'token', 'approve', [bank.address, 100n * TOKEN_UNIT]);
    const { output, events } = vm.send(alice, 'bank', 'setStandingOrder', [30n * TOKEN_UNIT, DAY, word(0xacc)]);
    expect(output).toBe(1n);
    expect(events[0]?.args).toEqual({
      orderId: 1n,
      holder: shown(alice),
      tokens: 30n * TOKEN_UNIT,
      intervalSeconds: DAY,
      destination: word(0xacc),
      nextDue: vm.nowS + DAY,
    });
    return vm;
  }

  it('pay once when due and keep their rhythm; missed dates are not made up', () => {
    const vm = withOrder();
    const due = vm.nowS + DAY;
    vm.nowS = due - 1n;
    expect(vm.send(first, 'bank', 'runStandingOrders', [[1n]])).toMatchObject({ output: 0n, events: [] });
    vm.nowS = due;
    const { output, events } = vm.send(first, 'bank', 'runStandingOrders', [[1n, 1n, 9n]]);
    expect(output).toBe(1n);
    expect(events.map(({ name }) => name)).toEqual(['Transfer', 'PayoutRequested', 'StandingOrderPaid']);
    expect(events.at(-1)?.args).toEqual({ orderId: 1n, payoutId: 1n, nextDue: due + DAY });
    expect(vm.read('bank', 'payouts', [1n])).toEqual([shown(alice), 30n * TOKEN_UNIT, word(0xacc), 1, zeroHash]);
    vm.nowS = due + 3n * DAY + 5n;
    expect(vm.send(second, 'bank', 'runStandingOrders', [[1n]]).output).toBe(1n);
    expect(vm.read<unknown[]>('bank', 'standingOrders', [1n])[4]).toBe(due + 4n * DAY);
    expect(vm.tokens(alice)).toBe(40n * TOKEN_UNIT);
  });

  it('that are not covered wait and are named, and do not stop the others', () => {
    const vm = withOrder(29n * TOKEN_UNIT);
    vm.give(bob, 5n * TOKEN_UNIT);
    vm.send(bob, 'token', 'approve', [bank.address, 2n ** 256n - 1n]);
    expect(vm.send(bob, 'bank', 'setStandingOrder', [5n * TOKEN_UNIT, DAY, word(2)]).output).toBe(2n);
    vm.nowS += DAY;
    const { output, events } = vm.send(first, 'bank', 'runStandingOrders', [[1n, 2n]]);
    expect(output).toBe(1n);
    expect(events[0]).toEqual({
      contract: 'bank',
      name: 'StandingOrderUncovered',
      args: { orderId: 1n, available: 29n * TOKEN_UNIT, needed: 30n * TOKEN_UNIT },
    });
    expect(events.at(-1)?.args).toMatchObject({ orderId: 2n, payoutId: 1n });
    vm.give(alice, TOKEN_UNIT);
    expect(vm.send(first, 'bank', 'runStandingOrders', [[1n, 2n]]).output).toBe(1n);
    vm.give(alice, 100n * TOKEN_UNIT);
    vm.send(alice, 'token', 'approve', [bank.address, 7n]);
    vm.nowS += DAY;
    expect(vm.send(first, 'bank', 'runStandingOrders', [[1n]]).events[0]?.args).toMatchObject({ available: 7n });
  });

  it('can be cancelled by their holder', () => {
    const vm = withOrder();
    expect(vm.refusal(bob, 'bank', 'cancelStandingOrder', [1n])).toBe("only the order's holder");
    expect(vm.send(alice, 'bank', 'cancelStandingOrder', [1n]).events).toEqual([
      { contract: 'bank', name: 'StandingOrderCancelled', args: { orderId: 1n, holder: shown(alice) } },
    ]);
    vm.nowS += DAY;
    expect(vm.send(first, 'bank', 'runStandingOrders', [[1n]])).toMatchObject({ output: 0n, events: [] });
    expect(vm.refusal(alice, 'bank', 'cancelStandingOrder', [1n])).toBe('there is no such standing order');
  });

  it('are refused incomplete, and runs from others', () => {
    const vm = withOrder();
    expect(vm.refusal(alice, 'bank', 'setStandingOrder', [0n, DAY, word(1)])).toBe('the amount is 0');
    expect(vm.refusal(alice, 'bank', 'setStandingOrder', [1n, 0n, word(1)])).toBe('the interval is 0');
    expect(vm.refusal(alice, 'bank', 'setStandingOrder', [1n, DAY, zeroHash])).toBe('the destination is missing');
    expect(vm.refusal(alice, 'bank', 'runStandingOrders', [[1n]])).toBe('only an operator may do this');
  });
});

describe('backing', () => {
  it('is freed by a payout outside of tokens that coins backed, and not claimed again by a later attestation', () => {
    const vm = new MarketVm();
    vm.send(alice, 'bank', 'buy', [], 10n * BUY_RATE);
    vm.send(alice, 'token', 'approve', [bank.address, 10n * TOKEN_UNIT]);
    vm.send(alice, 'bank', 'redeemOutside', [10n * TOKEN_UNIT, word(1)]);
    expect(figuresOf(vm)).toMatchObject({ backedByCoins: 10n * TOKEN_UNIT });
    vm.send(first, 'bank', 'markPaid', [1n, word(2)]);
    vm.send(first, 'bank', 'withdraw', [10n * BUY_RATE]);
    vm.give(bob, 8n * TOKEN_UNIT);
    expect(figuresOf(vm)).toMatchObject({ backedByCoins: 0n, backedOutside: 8n * TOKEN_UNIT, reserveNeeded: 0n });
  });

  it('of outside money is used up first by payouts outside, that of coins first by redeeming for coins', () => {
    const vm = new MarketVm();
    vm.send(alice, 'bank', 'buy', [], 10n * BUY_RATE);
    vm.give(alice, 6n * TOKEN_UNIT);
    vm.send(alice, 'token', 'approve', [bank.address, 16n * TOKEN_UNIT]);
    vm.send(alice, 'bank', 'redeemOutside', [5n * TOKEN_UNIT, word(1)]);
    vm.send(first, 'bank', 'markPaid', [1n, word(2)]);
    expect(figuresOf(vm)).toMatchObject({ backedByCoins: 10n * TOKEN_UNIT, backedOutside: TOKEN_UNIT });
    vm.send(alice, 'bank', 'redeem', [4n * TOKEN_UNIT]);
    expect(figuresOf(vm)).toMatchObject({ backedByCoins: 6n * TOKEN_UNIT, backedOutside: TOKEN_UNIT });
  });
});

describe('what operators decide', () => {
  it('posts rates', () => {
    const vm = new MarketVm();
    expect(vm.read('bank', 'rates')).toEqual([BUY_RATE, REDEEM_RATE]);
    expect(vm.send(second, 'bank', 'setRates', [7n, 7n]).events).toEqual([
      { contract: 'bank', name: 'RatesChanged', args: { operator: shown(second), buyRate: 7n, redeemRate: 7n } },
    ]);
    expect(vm.refusal(first, 'bank', 'setRates', [7n, 8n])).toBe('redeem rate is above buy rate');
    expect(vm.refusal(first, 'bank', 'setRates', [7n, 0n])).toBe('a rate cannot be 0');
    expect(vm.refusal(alice, 'bank', 'setRates', [7n, 7n])).toBe('only an operator may do this');
  });

  it('withdraws only what backs nothing', () => {
    const vm = new MarketVm();
    vm.send(alice, 'bank', 'buy', [], 10n * BUY_RATE);
    expect(vm.send(bob, 'bank', 'deposit', [], 1000n).events).toEqual([
      { contract: 'bank', name: 'Deposited', args: { from: shown(bob), coins: 1000n } },
    ]);
    expect(vm.refusal(bob, 'bank', 'deposit')).toBe('no coins were sent');
    const free = 10n * (BUY_RATE - REDEEM_RATE) + 1000n;
    expect(vm.refusal(first, 'bank', 'withdraw', [free + 1n])).toBe(`BackingNeeded(${free}, ${free + 1n})`);
    expect(vm.refusal(first, 'bank', 'withdraw', [0n])).toBe('the amount is 0');
    expect(vm.refusal(alice, 'bank', 'withdraw', [1n])).toBe('only an operator may do this');
    const before = vm.state.balance(first.address);
    expect(vm.send(first, 'bank', 'withdraw', [free]).events).toEqual([
      { contract: 'bank', name: 'Withdrawn', args: { operator: shown(first), coins: free } },
    ]);
    expect(vm.state.balance(first.address) - before).toBe(free);
    vm.send(alice, 'bank', 'redeem', [10n * TOKEN_UNIT]);
    expect(figuresOf(vm)).toMatchObject({ reserve: 0n, outstanding: 0n });
  });

  it('names its operators and its token', () => {
    const vm = new MarketVm();
    expect(vm.read('bank', 'operators')).toEqual([shown(first), shown(second)]);
    expect(vm.read('bank', 'isOperator', [second.address])).toBe(true);
    expect(vm.read('bank', 'isOperator', [alice.address])).toBe(false);
    expect(vm.read<string>('bank', 'token').toLowerCase()).toBe(GENESIS_ADDRESSES.tokenAddress);
    expect([vm.read('bank', 'payoutCount'), vm.read('bank', 'standingOrderCount')]).toEqual([0n, 0n]);
  });
});

it('keeps its figures equal to the supply and the reserve above the backing, whatever happens', () => {
  const people = [alice, bob, first, second] as const;
  const amount = fc.bigInt({ min: 0n, max: 20n * TOKEN_UNIT });
  const step = fc.record({
    who: fc.nat(3),
    action: fc.nat(9),
    amount,
    id: fc.bigInt({ min: 1n, max: 4n }),
    seconds: fc.bigInt({ min: 0n, max: 100n }),
  });
  fc.assert(
    fc.property(fc.array(step, { minLength: 10, maxLength: 40 }), (steps) => {
      const vm = new MarketVm();
      for (const person of people) vm.send(person, 'token', 'approve', [bank.address, 2n ** 256n - 1n]);
      for (const [i, { who, action, amount, id, seconds }] of steps.entries()) {
        const person = people[who];
        assert(person !== undefined, 'there are four people');
        vm.nowS += seconds;
        const reference = word(i + 1);
        const call = (
          [
            ['buy', [], (amount * BUY_RATE) / TOKEN_UNIT],
            ['attest', [people[Number(id) - 1]?.address, amount, reference]],
            ['redeem', [amount]],
            ['redeemOutside', [amount, reference]],
            ['markPaid', [id, reference]],
            ['cancelPayout', [id]],
            ['setStandingOrder', [amount, 50n, reference]],
            ['runStandingOrders', [[1n, 2n, 3n, 4n]]],
            ['deposit', [], amount],
            ['withdraw', [amount / 10n ** 12n]],
          ] as const
        )[action];
        assert(call !== undefined, 'there are ten actions');
        vm.try(person, 'bank', call[0], call[1], call[2]);
        const figures = figuresOf(vm);
        const supply = vm.read<bigint>('token', 'totalSupply');
        const held = people.reduce((sum, { address }) => sum + vm.tokens({ address }), vm.tokens(bank));
        expect(figures.outstanding).toBe(supply);
        expect(held).toBe(supply);
        expect(vm.tokens(bank)).toBe(figures.pending);
        expect(figures.reserve).toBe(vm.state.balance(bank.address));
        expect(figures.backedByCoins + figures.backedOutside).toBe(supply);
        expect(figures.reserveNeeded).toBe((figures.backedByCoins * REDEEM_RATE) / TOKEN_UNIT);
        expect(figures.reserve - figures.reserveNeeded).toBe(figures.withdrawable);
      }
    }),
    { numRuns: 15, interruptAfterTimeLimit: 40_000 },
  );
});
