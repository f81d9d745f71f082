import { assert } from '@wattchain/core';
import { type Artifact, Sandbox } from '@wattchain/vm';
import { expect, it } from 'vitest';
import { compileSolidity } from '../../compile.js';

const SOURCE = `// SPDX-License-Identifier: MIT
pragma solidity ^0.8.35;

interface Source {
  function number() external view returns (uint256);
  function list() external view returns (uint256[] memory);
}

contract Numbers is Source {
  uint256 public number = 41;

  function list() external pure returns (uint256[] memory all) {
    all = new uint256[](2);
    all[1] = 7;
  }
}

contract Caller {
  function add(uint256 a, uint256 b) private pure returns (uint256) {
    return a + b;
  }

  function next(Source source) external view returns (uint256) {
    return add(1, source.number());
  }

  function last(Source source) external view returns (uint256) {
    return add(1, source.list()[1]);
  }
}
`;

it('calls views of other contracts in the middle of an expression', () => {
  const { artifacts } = compileSolidity({ name: 'caller.sol', text: SOURCE }, () => undefined);
  const artifactOf = (name: string): Artifact => {
    const artifact = artifacts.find(({ contract }) => contract === name);
    assert(artifact !== undefined, `there is a contract ${name}`);
    return artifact;
  };
  const sandbox = new Sandbox();
  const numbers = sandbox.deploy(artifactOf('Numbers'));
  const caller = sandbox.deploy(artifactOf('Caller'));
  expect(caller.call('next', [numbers.address])).toBe(42n);
  expect(caller.call('last', [numbers.address])).toBe(8n);
});
