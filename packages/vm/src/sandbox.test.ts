import { contractAddress, parseAddress } from '@wattchain/core';
import { beforeEach, describe, expect, test } from 'vitest';
import { assemble } from './assembler/index.js';
import { Sandbox, type SandboxContract } from './sandbox.js';

const SOURCE = `.contract Till
.slot    owner
.slot    sum
.event   Paid(address indexed by, uint256 amount, uint256 time)
.error   TooLittle(uint256 paid, uint256 least)
.constructor(address owner)
         arg owner  sstore owner  stop
.function pay(uint256 least) payable returns (uint256)
         value  arg least  ge  jumpif enough
         value  arg least  revert TooLittle
enough:  sload sum  value  add  dup 1  sstore sum
         caller  value  time  log Paid
         return 1
.function owner() view returns (address)
         sload owner  return 1
.function both() view returns (address owner, uint256 sum)
         sload owner  sload sum  return 2
.function name() view returns (string)
         return_string "till"
.function ask(address other) returns (uint256)
         arg other  push 0  push 7  call pay(uint256) 1
         return 1
`;
const artifact = assemble(SOURCE, 'till.wca');

let sandbox: Sandbox;
let till: SandboxContract;
beforeEach(() => {
  sandbox = new Sandbox(1_000);
  till = sandbox.deploy(artifact, [sandbox.accounts[3] as string]);
});

test('deploys with arguments, at the address that every chain gives it', () => {
  const [deployer = ''] = sandbox.accounts;
  expect(parseAddress(till.address)).toBe(contractAddress(parseAddress(deployer), 0));
  expect(till.call('owner')).toBe(sandbox.accounts[3]);
  expect(till.call('name')).toBe('till');
  expect(till.call('both')).toEqual([sandbox.accounts[3], 0n]);
});

test('a transaction keeps what it did, tells its events, and takes a second', () => {
  const [, payer = ''] = sandbox.accounts;
  const before = sandbox.balance(payer);
  sandbox.advance(58);
  const { output, events, gasUsed } = till.send('pay', [2], { from: payer, value: 5n });
  expect(output).toBe(5n);
  // The deployment was at 1001, 58 seconds passed, this is one later.
  expect(events).toEqual([{ name: 'Paid', address: till.address, args: { by: payer, amount: 5n, time: 1_060n } }]);
  expect(gasUsed).toBeGreaterThan(21_000);
  expect(sandbox.balance(payer)).toBe(before - 5n);
  expect(sandbox.balance(till.address)).toBe(5n);
  expect(till.call('pay', [0], { value: 1n }), 'a call keeps nothing').toBe(6n);
  expect(till.call('both')).toEqual([sandbox.accounts[3], 5n]);
});

describe('refusals', () => {
  test('name the error with its figures and the line, and change nothing', () => {
    const refused = () => till.send('pay', [9], { value: 5n });
    expect(refused).toThrow('TooLittle(paid 5, least 9)\n  at till.wca:10: value  arg least  revert TooLittle');
    expect(refused).toThrow(
      expect.objectContaining({
        code: 'reverted',
        values: expect.objectContaining({
          error: 'TooLittle',
          args: [5n, 9n],
          source: expect.objectContaining({ line: 10 }),
        }),
      }),
    );
    expect(sandbox.balance(till.address)).toBe(0n);
  });

  test('come from the contract that refused', () => {
    const other = sandbox.deploy(artifact, [sandbox.accounts[0] as string]);
    expect(() => till.send('ask', [other.address])).toThrow('TooLittle(paid 0, least 7)\n  at till.wca:10');
  });

  test('of what was never asked rightly', () => {
    expect(() => till.call('buy')).toThrow(expect.objectContaining({ code: 'unknownFunction' }));
    expect(() => till.call('pay', [-1])).toThrow(expect.objectContaining({ code: 'badArguments' }));
    expect(() => till.send('pay', [0], { value: 10n ** 30n })).toThrow(
      expect.objectContaining({ code: 'insufficientFunds' }),
    );
    expect(() => till.send('owner', [], { value: 1n })).toThrow('takes no coins');
  });
});
