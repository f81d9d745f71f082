import { assert } from '@wattchain/core';
import { Sandbox } from '@wattchain/vm';
import { expect, it } from 'vitest';
import { compileSolidity } from '../compile.js';

const SOURCE = `// SPDX-License-Identifier: MIT
pragma solidity ^0.8.35;

type Energy is uint256;
using {addEnergy as +, moreEnergy as >} for Energy global;

function addEnergy(Energy a, Energy b) pure returns (Energy) {
  return Energy.wrap(Energy.unwrap(a) + Energy.unwrap(b));
}

function moreEnergy(Energy a, Energy b) pure returns (bool) {
  return Energy.unwrap(a) > Energy.unwrap(b);
}

contract Units {
  function sum(Energy a, Energy b) external pure returns (Energy) {
    return a > b ? a + b + b : a + b;
  }
}

contract Numbers {
  function sum(uint256 a, uint256 b) external pure returns (uint256) {
    return a > b ? a + b + b : a + b;
  }
}
`;

it('makes operators of units cost what those of numbers cost', () => {
  const { artifacts } = compileSolidity({ name: 'units.sol', text: SOURCE }, () => undefined);
  const [units, numbers] = artifacts;
  assert(units !== undefined && numbers !== undefined, 'there are two contracts');
  expect(units.code).toBe(numbers.code);
  const sandbox = new Sandbox();
  const contract = sandbox.deploy(units);
  expect(contract.call('sum', [7n, 5n])).toBe(17n);
  expect(contract.call('sum', [5n, 7n])).toBe(12n);
  expect(() => contract.call('sum', [2n ** 256n - 1n, 1n])).toThrow('arithmetic overflow or underflow');
});
