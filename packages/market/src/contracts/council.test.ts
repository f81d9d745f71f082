import { checksumAddress, zeroAddress } from 'viem';
import { describe, expect, it } from 'vitest';
import { MarketVm, NOTICE, recovery, TEST_RULES, type TestAccount, testAccount } from '../../testing/marketVm.js';
import { deployForGenesis } from '../genesisContracts.js';

const shown = (account: { address: `0x${string}` }) => checksumAddress(account.address);
const [a, b, c, d, e] = [testAccount(1), testAccount(2), testAccount(3), testAccount(4), testAccount(5)] as const;
const everyone = [a, b, c, d, e];
/** The new key of who lost one, the key that a thief wants a seat for, and somebody without power. */
const [fresh, loot, stranger] = [testAccount(6), testAccount(7), testAccount(8)] as const;

const IN_FORCE = 2;
const ENDED = 3;

/** A council of so many members. */
function councilOf(count: number, recoveryKey: TestAccount | undefined = recovery): MarketVm {
  const members = everyone.slice(0, count).map(({ address }) => address);
  const rest = recoveryKey === undefined ? {} : { recoveryKey: recoveryKey.address };
  return new MarketVm({ council: { members, noticeSeconds: NOTICE, ...rest } });
}

const keys = (from: TestAccount, to: TestAccount) => [from.address, to.address] as const;
const request = (vm: MarketVm, by: TestAccount, from: TestAccount, to: TestAccount) =>
  vm.send(by, 'council', 'requestKeyChange', keys(from, to));
const requestedAt = (vm: MarketVm, from: TestAccount, to: TestAccount) =>
  vm.read<unknown[]>('council', 'keyChange', keys(from, to))[1];
const votes = (vm: MarketVm, from: TestAccount, to: TestAccount, approve: boolean) =>
  [...keys(from, to), requestedAt(vm, from, to), approve] as const;
/** Votes; the refusal, or `undefined`. */
const vote = (vm: MarketVm, by: TestAccount, from: TestAccount, to: TestAccount, approve = true) =>
  vm.try(by, 'council', 'voteOnKeyChange', votes(vm, from, to, approve)).refusal;
const veto = (vm: MarketVm, by: TestAccount, from: TestAccount, to: TestAccount) =>
  vm.try(by, 'council', 'vetoKeyChange', [...keys(from, to), requestedAt(vm, from, to)]).refusal;
const seat = (vm: MarketVm, key: TestAccount) => vm.read('council', 'seatOf', [key.address]);
const stateOf = (vm: MarketVm, from: TestAccount, to: TestAccount) =>
  vm.read<unknown[]>('council', 'keyChange', keys(from, to))[8];

describe('a council', () => {
  it('has seats from 1 in the order of its genesis, a notice and a recovery key', () => {
    const vm = councilOf(3);
    expect([a, b, c, stranger, recovery].map((key) => seat(vm, key))).toEqual([1n, 2n, 3n, 0n, 0n]);
    expect(vm.read('council', 'seatCount')).toBe(3n);
    expect([1n, 2n, 3n].map((n) => vm.read('council', 'memberAt', [n]))).toEqual([a, b, c].map(shown));
    for (const none of [0n, 4n, 2n ** 200n]) {
      expect(() => vm.read('council', 'memberAt', [none])).toThrow('there is no such seat');
    }
    expect(vm.read('council', 'noticeSeconds')).toBe(NOTICE);
    expect(vm.read('council', 'recoveryKey')).toBe(shown(recovery));
  });

  it.each([
    [{ members: [a.address] }, 'a council has 2 to 16 members'],
    [
      { members: Array.from({ length: 17 }, (_, i) => testAccount(i + 1).address), recoveryKey: zeroAddress },
      'a council has 2 to 16 members',
    ],
    [{ recoveryKey: zeroAddress }, 'two members need a recovery key'],
    [{ members: [a.address, zeroAddress] }, "a member's key is missing"],
    [{ members: [a.address, b.address, a.address] }, 'the members must differ'],
    [{ recoveryKey: b.address }, "the recovery key is no member's"],
    [{ noticeSeconds: 0n }, 'a notice is 1 second to 90 days'],
    [{ noticeSeconds: 90n * 86_400n + 1n }, 'a notice is 1 second to 90 days'],
  ])('is refused by its genesis: %o', (change, reason) => {
    const council = { ...TEST_RULES.council, ...change };
    expect(() => deployForGenesis({ ...TEST_RULES, council })).toThrow(
      `the Council contract refuses its start: ${reason}`,
    );
  });

  it('has up to sixteen members, and needs no recovery key from three on', () => {
    const members = Array.from({ length: 16 }, (_, i) => testAccount(i + 1));
    const vm = new MarketVm({ council: { members: members.map(({ address }) => address), noticeSeconds: NOTICE } });
    const [last, next] = [testAccount(16), testAccount(17)];
    request(vm, a, last, next);
    for (const by of members.slice(1, 7)) expect(vote(vm, by, last, next)).toBeUndefined();
    expect(seat(vm, next)).toBe(0n);
    expect(vote(vm, testAccount(8), last, next)).toBeUndefined();
    expect([seat(vm, last), seat(vm, next)]).toEqual([0n, 16n]);
  });
});

describe('three members', () => {
  it('change a lost key at once when the two others agree (on the first rules no key ever changed)', () => {
    const vm = councilOf(3);
    const { events } = request(vm, a, c, fresh);
    const at = vm.nowS;
    expect(events).toEqual([
      {
        contract: 'council',
        name: 'KeyChangeRequested',
        args: { oldKey: shown(c), newKey: shown(fresh), requestedBy: shown(a), requestedAt: at },
      },
      {
        contract: 'council',
        name: 'KeyChangeVoted',
        args: { oldKey: shown(c), newKey: shown(fresh), voter: shown(a), requestedAt: at, approves: true },
      },
    ]);
    expect(vm.read('council', 'keyChange', keys(c, fresh))).toEqual([
      shown(a),
      at,
      3n,
      0b001,
      0,
      2n,
      false,
      at + NOTICE,
      1,
    ]);
    const decided = vm.send(b, 'council', 'voteOnKeyChange', votes(vm, c, fresh, true));
    expect(decided.events.at(-1)).toEqual({
      contract: 'council',
      name: 'KeyChanged',
      args: { oldKey: shown(c), newKey: shown(fresh), seat: 3n, requestedAt: at },
    });
    expect([seat(vm, c), seat(vm, fresh)]).toEqual([0n, 3n]);
    expect(vm.read('council', 'memberAt', [3n])).toBe(shown(fresh));
    expect(stateOf(vm, c, fresh)).toBe(IN_FORCE);
  });

  it('are not taken over by a thief with one key: who asks is one vote, and cannot vote for its own seat', () => {
    const vm = councilOf(3);
    request(vm, a, b, loot);
    expect(vote(vm, a, b, loot)).toBeUndefined();
    expect(seat(vm, loot)).toBe(0n);
    request(vm, a, a, loot);
    expect(vote(vm, a, a, loot)).toBe('the others vote on your key');
    expect([seat(vm, a), seat(vm, b), seat(vm, loot)]).toEqual([1n, 2n, 0n]);
  });

  it('reject what the others do not want, and a vote can be changed until then', () => {
    const vm = councilOf(3);
    request(vm, a, c, loot);
    expect(vote(vm, a, c, loot, false)).toBeUndefined();
    expect(vm.read<unknown[]>('council', 'keyChange', keys(c, loot)).slice(3, 5)).toEqual([0, 0b001]);
    const { events } = vm.send(b, 'council', 'voteOnKeyChange', votes(vm, c, loot, false));
    expect(events.at(-1)).toEqual({
      contract: 'council',
      name: 'KeyChangeEnded',
      args: { oldKey: shown(c), newKey: shown(loot), requestedAt: vm.nowS },
    });
    expect(stateOf(vm, c, loot)).toBe(ENDED);
    expect(vote(vm, b, c, loot)).toBe('this change is not open');
    expect(veto(vm, b, c, loot)).toBe('this change is not open');
  });

  it('stand against a stolen recovery key: two reject within the notice, and give the recovery key to another', () => {
    const vm = councilOf(3);
    for (const victim of [a, b, c]) request(vm, recovery, victim, loot);
    expect(vote(vm, recovery, a, loot)).toBe(`RecoveryMustWait(${vm.nowS + NOTICE})`);
    request(vm, a, recovery, fresh);
    expect(vote(vm, recovery, recovery, fresh, false)).toBe('only members vote on this key');
    expect(vote(vm, c, recovery, fresh)).toBeUndefined();
    expect(vm.read('council', 'recoveryKey')).toBe(shown(fresh));
    vm.nowS += NOTICE;
    expect(vote(vm, recovery, a, loot)).toBe('only members and recovery key');
    expect(vote(vm, fresh, a, loot, false)).toBeUndefined();
    expect(seat(vm, loot)).toBe(0n);
  });

  it('freeze the seat that a thief asks for, until it is decided; a frozen key still votes', () => {
    const vm = councilOf(3);
    request(vm, a, b, loot);
    expect(veto(vm, b, b, loot)).toBeUndefined();
    expect([seat(vm, b), seat(vm, loot)]).toEqual([0n, 0n]);
    expect([b, loot, a].map(({ address }) => vm.read('council', 'isFrozen', [address]))).toEqual([true, true, false]);
    expect(vm.read('council', 'memberAt', [2n])).toBe(shown(b));
    request(vm, b, a, fresh);
    expect(vote(vm, c, a, fresh)).toBeUndefined();
    expect(seat(vm, fresh)).toBe(1n);
    expect(vote(vm, fresh, b, loot, false)).toBeUndefined();
    expect(vote(vm, c, b, loot, false)).toBeUndefined();
    expect([seat(vm, b), seat(vm, loot)]).toEqual([2n, 0n]);
    expect(vm.read('council', 'isFrozen', [loot.address])).toBe(false);
  });

  it('are not blocked for good by a thief who vetoes: who vetoes can be changed itself', () => {
    const vm = councilOf(3, undefined);
    request(vm, b, b, fresh);
    expect(veto(vm, a, b, fresh)).toBeUndefined();
    expect(vote(vm, c, b, fresh)).toBeUndefined();
    expect([seat(vm, b), seat(vm, fresh)]).toEqual([0n, 0n]);
    expect(veto(vm, a, b, fresh)).toBe('this change is vetoed already');
    const second = testAccount(9);
    request(vm, b, a, second);
    expect(vote(vm, c, a, second)).toBeUndefined();
    expect(vote(vm, second, b, fresh)).toBeUndefined();
    expect([seat(vm, b), seat(vm, fresh), seat(vm, second)]).toEqual([0n, 2n, 1n]);
  });
});

describe('two members', () => {
  it('change a stolen key by the recovery key, after the notice and not before', () => {
    const vm = councilOf(2);
    request(vm, b, a, fresh);
    const at = vm.nowS;
    expect(seat(vm, fresh)).toBe(0n);
    expect(veto(vm, a, a, fresh)).toBeUndefined();
    expect(seat(vm, a)).toBe(0n);
    vm.nowS = at + NOTICE - 1n;
    expect(vote(vm, recovery, a, fresh)).toBe(`RecoveryMustWait(${at + NOTICE})`);
    vm.nowS += 1n;
    expect(vote(vm, recovery, a, fresh)).toBeUndefined();
    expect([seat(vm, a), seat(vm, fresh)]).toEqual([0n, 1n]);
  });

  it('one of them alone takes no seat: its approval is not enough, and the recovery key ends it at once', () => {
    const vm = councilOf(2);
    request(vm, a, b, loot);
    vm.nowS += 10n * NOTICE;
    expect(vote(vm, a, b, loot)).toBeUndefined();
    expect(seat(vm, loot)).toBe(0n);
    expect(vote(vm, recovery, b, loot, false)).toBeUndefined();
    expect(stateOf(vm, b, loot)).toBe(ENDED);
  });

  it('a stolen recovery key takes no seat while the other member watches, and both together replace it', () => {
    const vm = councilOf(2);
    request(vm, recovery, a, loot);
    expect(vote(vm, b, a, loot, false)).toBeUndefined();
    expect(stateOf(vm, a, loot)).toBe(ENDED);
    request(vm, recovery, a, loot);
    expect(stateOf(vm, a, loot)).toBe(1);
    request(vm, a, recovery, fresh);
    expect(vm.read('council', 'recoveryKey')).toBe(shown(recovery));
    expect(vote(vm, b, recovery, fresh)).toBeUndefined();
    expect(vm.read('council', 'recoveryKey')).toBe(shown(fresh));
  });

  it('a thief with one key does not replace the recovery key', () => {
    const vm = councilOf(2);
    request(vm, a, recovery, loot);
    vm.nowS += 10n * NOTICE;
    expect(vote(vm, a, recovery, loot)).toBeUndefined();
    expect(vote(vm, recovery, recovery, loot)).toBe('only members vote on this key');
    expect(vm.read('council', 'recoveryKey')).toBe(shown(recovery));
  });

  it('what a thief freezes by a veto comes free by the recovery key, at once', () => {
    const vm = councilOf(2);
    request(vm, b, b, fresh);
    expect(veto(vm, a, b, fresh)).toBeUndefined();
    expect(seat(vm, b)).toBe(0n);
    expect(vote(vm, recovery, b, fresh, false)).toBeUndefined();
    expect(seat(vm, b)).toBe(2n);
  });
});

describe('five members', () => {
  it('need three of the four others, whoever asks', () => {
    const vm = councilOf(5);
    request(vm, e, e, fresh);
    expect(vote(vm, a, e, fresh)).toBeUndefined();
    expect(vote(vm, b, e, fresh)).toBeUndefined();
    expect(vote(vm, e, e, fresh)).toBe('the others vote on your key');
    expect(seat(vm, fresh)).toBe(0n);
    expect(vote(vm, c, e, fresh)).toBeUndefined();
    expect([seat(vm, e), seat(vm, fresh)]).toEqual([0n, 5n]);
  });

  it('two of them neither decide nor block: three reject or approve', () => {
    const vm = councilOf(5);
    request(vm, a, e, loot);
    expect(vote(vm, b, e, loot)).toBeUndefined();
    expect(vote(vm, c, e, loot, false)).toBeUndefined();
    expect(vote(vm, d, e, loot, false)).toBeUndefined();
    expect(stateOf(vm, e, loot)).toBe(1);
    expect(vote(vm, b, e, loot, false)).toBeUndefined();
    expect(stateOf(vm, e, loot)).toBe(ENDED);
  });
});

describe('a change of keys', () => {
  it('names a member and a key without a seat', () => {
    const vm = councilOf(3);
    const refusal = (by: TestAccount, from: { address: `0x${string}` }, to: { address: `0x${string}` }) =>
      vm.refusal(by, 'council', 'requestKeyChange', [from.address, to.address]);
    const nobody = { address: zeroAddress };
    expect(refusal(stranger, a, fresh)).toBe('only members and recovery key');
    expect(refusal(a, stranger, fresh)).toBe("this key is no member's");
    expect(refusal(a, nobody, fresh)).toBe("this key is no member's");
    expect(refusal(a, b, nobody)).toBe('the new key is missing');
    expect(refusal(a, b, c)).toBe('the new key has a seat already');
    expect(refusal(a, b, b)).toBe('the new key has a seat already');
    expect(refusal(a, b, recovery)).toBe('the new key has a seat already');
    expect(refusal(a, recovery, b)).toBe('the new key has a seat already');
    const without = councilOf(3, undefined);
    expect(without.refusal(a, 'council', 'requestKeyChange', [zeroAddress, fresh.address])).toBe(
      "this key is no member's",
    );
  });

  it('is voted on by the request that was meant, and by nobody else', () => {
    const vm = councilOf(3);
    request(vm, a, c, fresh);
    const first = vm.nowS;
    expect(vm.refusal(a, 'council', 'requestKeyChange', keys(c, fresh))).toBe('this change is requested already');
    expect(vote(vm, stranger, c, fresh)).toBe('only members and recovery key');
    expect(veto(vm, stranger, c, fresh)).toBe('only members and recovery key');
    expect(veto(vm, a, c, fresh)).toBe('you have requested this change');
    expect(vote(vm, recovery, c, fresh, false)).toBeUndefined();
    vm.nowS += 5n;
    request(vm, a, c, fresh);
    const old = [...keys(c, fresh), first] as const;
    expect(vm.refusal(b, 'council', 'voteOnKeyChange', [...old, true])).toBe(`AnotherRequest(${first}, ${vm.nowS})`);
    expect(vm.refusal(b, 'council', 'vetoKeyChange', old)).toBe(`AnotherRequest(${first}, ${vm.nowS})`);
    expect(vm.refusal(b, 'council', 'voteOnKeyChange', [...keys(c, loot), 0n, true])).toBe('this change is not open');
  });

  it('begins without votes and vetoes of an earlier request of the same', () => {
    const vm = councilOf(3);
    request(vm, a, c, fresh);
    expect(veto(vm, c, c, fresh)).toBeUndefined();
    expect(vote(vm, recovery, c, fresh, false)).toBeUndefined();
    vm.nowS += 5n;
    request(vm, c, c, fresh);
    expect(vm.read<unknown[]>('council', 'keyChange', keys(c, fresh)).slice(3, 7)).toEqual([0, 0, 2n, false]);
    expect([seat(vm, c), vote(vm, a, c, fresh), seat(vm, fresh)]).toEqual([3n, undefined, 0n]);
  });

  it('comes to nothing when another took the place of its old key or its new one meanwhile', () => {
    const vm = councilOf(3);
    request(vm, a, c, fresh);
    request(vm, a, c, loot);
    request(vm, c, b, fresh);
    expect(vote(vm, b, c, fresh)).toBeUndefined();
    expect(vote(vm, b, c, loot)).toBe("this key is no member's");
    expect(vote(vm, a, b, fresh)).toBe('the new key has a seat already');
    expect(vote(vm, recovery, c, loot, false)).toBeUndefined();
    expect(stateOf(vm, c, loot)).toBe(ENDED);
    expect([1n, 2n, 3n].map((n) => vm.read('council', 'memberAt', [n]))).toEqual([a, b, fresh].map(shown));
  });

  it('moves what a seat may do, and can lead back', () => {
    const vm = councilOf(3);
    request(vm, a, c, fresh);
    expect(vote(vm, b, c, fresh)).toBeUndefined();
    expect(vm.refusal(c, 'council', 'requestKeyChange', keys(a, loot))).toBe('only members and recovery key');
    request(vm, fresh, a, loot);
    request(vm, a, fresh, c);
    expect(vote(vm, b, fresh, c)).toBeUndefined();
    expect([seat(vm, c), seat(vm, fresh)]).toEqual([3n, 0n]);
  });

  it('two vetoes freeze a key until both are decided', () => {
    const vm = councilOf(3);
    request(vm, a, c, fresh);
    request(vm, a, c, loot);
    for (const to of [fresh, loot]) expect(veto(vm, b, c, to)).toBeUndefined();
    expect(vote(vm, recovery, c, loot, false)).toBeUndefined();
    expect(seat(vm, c)).toBe(0n);
    expect(vote(vm, b, c, fresh)).toBeUndefined();
    expect([seat(vm, fresh), vm.read('council', 'isFrozen', [c.address])]).toEqual([3n, false]);
  });
});
