import { checksumAddress, zeroAddress } from 'viem';
import { expect, it } from 'vitest';
import { MarketVm, testAccount } from '../../testing/marketVm.js';
import { TOKEN_UNIT } from '../units.js';
import { GENESIS_ADDRESSES } from './contracts.js';

const [alice, bob, carol] = [testAccount(3), testAccount(4), testAccount(5)] as const;
const UNLIMITED = 2n ** 256n - 1n;
const shown = (account: { address: `0x${string}` }) => checksumAddress(account.address);

function withTokens(): MarketVm {
  const vm = new MarketVm();
  vm.give(alice, 100n * TOKEN_UNIT);
  return vm;
}

it('says what it is', () => {
  const vm = new MarketVm();
  expect(vm.read('token', 'name')).toBe('Energy Token');
  expect(vm.read('token', 'symbol')).toBe('ENT');
  expect(vm.read('token', 'decimals')).toBe(18);
  expect(vm.read('token', 'totalSupply')).toBe(0n);
  expect(vm.read<string>('token', 'bank').toLowerCase()).toBe(GENESIS_ADDRESSES.bankAddress);
});

it('transfers and says so', () => {
  const vm = withTokens();
  const { output, events } = vm.send(alice, 'token', 'transfer', [bob.address, 30n]);
  expect(output).toBe(true);
  expect(events).toEqual([
    { contract: 'token', name: 'Transfer', args: { from: shown(alice), to: shown(bob), value: 30n } },
  ]);
  expect([vm.tokens(alice), vm.tokens(bob)]).toEqual([100n * TOKEN_UNIT - 30n, 30n]);
});

it('transfers to oneself without a change, and nothing as an event', () => {
  const vm = withTokens();
  vm.send(alice, 'token', 'transfer', [alice.address, 30n]);
  expect(vm.tokens(alice)).toBe(100n * TOKEN_UNIT);
  expect(vm.send(bob, 'token', 'transfer', [alice.address, 0n]).events).toHaveLength(1);
});

it('refuses to transfer what is not there, with the figures', () => {
  const vm = withTokens();
  expect(vm.refusal(alice, 'token', 'transfer', [bob.address, 100n * TOKEN_UNIT + 1n])).toBe(
    `ERC20InsufficientBalance(${shown(alice)}, ${100n * TOKEN_UNIT}, ${100n * TOKEN_UNIT + 1n})`,
  );
  expect(vm.refusal(bob, 'token', 'transfer', [alice.address, UNLIMITED])).toBe(
    `ERC20InsufficientBalance(${shown(bob)}, 0, ${UNLIMITED})`,
  );
  expect(vm.refusal(alice, 'token', 'transfer', [zeroAddress, 1n])).toBe(`ERC20InvalidReceiver(${zeroAddress})`);
});

it('spends an allowance and no more', () => {
  const vm = withTokens();
  const approval = vm.send(alice, 'token', 'approve', [bob.address, 50n]);
  expect(approval.output).toBe(true);
  expect(approval.events).toEqual([
    { contract: 'token', name: 'Approval', args: { owner: shown(alice), spender: shown(bob), value: 50n } },
  ]);
  expect(vm.send(bob, 'token', 'transferFrom', [alice.address, carol.address, 20n]).events).toEqual([
    { contract: 'token', name: 'Transfer', args: { from: shown(alice), to: shown(carol), value: 20n } },
  ]);
  expect(vm.read('token', 'allowance', [alice.address, bob.address])).toBe(30n);
  expect(vm.read('token', 'allowance', [bob.address, alice.address])).toBe(0n);
  expect(vm.refusal(bob, 'token', 'transferFrom', [alice.address, carol.address, 31n])).toBe(
    `ERC20InsufficientAllowance(${shown(bob)}, 30, 31)`,
  );
  expect(vm.refusal(bob, 'token', 'transferFrom', [alice.address, zeroAddress, 1n])).toBe(
    `ERC20InvalidReceiver(${zeroAddress})`,
  );
  vm.send(alice, 'token', 'approve', [bob.address, 0n]);
  expect(vm.refusal(bob, 'token', 'transferFrom', [alice.address, carol.address, 1n])).toBe(
    `ERC20InsufficientAllowance(${shown(bob)}, 0, 1)`,
  );
  expect(vm.tokens(carol)).toBe(20n);
});

it('needs an allowance even from the owner', () => {
  const vm = withTokens();
  expect(vm.refusal(alice, 'token', 'transferFrom', [alice.address, bob.address, 1n])).toBe(
    `ERC20InsufficientAllowance(${shown(alice)}, 0, 1)`,
  );
});

it('never uses up an unlimited allowance', () => {
  const vm = withTokens();
  vm.send(alice, 'token', 'approve', [bob.address, UNLIMITED]);
  vm.send(bob, 'token', 'transferFrom', [alice.address, carol.address, 5n]);
  expect(vm.read('token', 'allowance', [alice.address, bob.address])).toBe(UNLIMITED);
  vm.send(alice, 'token', 'approve', [bob.address, UNLIMITED - 1n]);
  vm.send(bob, 'token', 'transferFrom', [alice.address, carol.address, 5n]);
  expect(vm.read('token', 'allowance', [alice.address, bob.address])).toBe(UNLIMITED - 6n);
});

it('lets nobody but the bank mint or burn', () => {
  const vm = withTokens();
  expect(vm.refusal(alice, 'token', 'mint', [alice.address, 1n])).toBe('only the bank may mint');
  expect(vm.refusal(alice, 'token', 'burn', [alice.address, 1n])).toBe('only the bank may burn');
  expect(vm.refusal(testAccount(1), 'token', 'mint', [alice.address, 1n])).toBe('only the bank may mint');
});

it('mints as a transfer from, burns as a transfer to the zero address', () => {
  const vm = new MarketVm();
  const { events } = vm.send(alice, 'bank', 'buy', [0n, vm.nowS], 2_000_000n * 3n);
  expect(events[0]).toEqual({
    contract: 'token',
    name: 'Transfer',
    args: { from: zeroAddress, to: shown(alice), value: 3n * TOKEN_UNIT },
  });
  expect(vm.read('token', 'totalSupply')).toBe(3n * TOKEN_UNIT);
  expect(vm.send(alice, 'bank', 'redeem', [TOKEN_UNIT, 0n, vm.nowS]).events[0]).toEqual({
    contract: 'token',
    name: 'Transfer',
    args: { from: shown(alice), to: zeroAddress, value: TOKEN_UNIT },
  });
  expect(vm.read('token', 'totalSupply')).toBe(2n * TOKEN_UNIT);
});
