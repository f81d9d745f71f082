// Runs the contract in memory, without a node: wattchain contract test
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { buildContract } from '@wattchain/solidity';
import { Sandbox } from '@wattchain/vm';

const artifact = buildContract(new URL('counter.sol', import.meta.url));

let sandbox;
let counter;
beforeEach(() => {
  sandbox = new Sandbox();
  counter = sandbox.deploy(artifact);
});

test('counts, and tells who counted', () => {
  const { output, events } = counter.send('add', [5]);
  assert.equal(output, 5n);
  assert.deepEqual(events[0].args, { by: sandbox.accounts[0], total: 5n });
  assert.equal(counter.call('total'), 5n);
});

test('refuses too many at once, and changes nothing', () => {
  assert.throws(() => counter.send('add', [101]), /TooMany\(given 101, most 100\)/);
  assert.equal(counter.call('total'), 0n);
});

test('only its owner starts again', () => {
  counter.send('add', [7]);
  assert.throws(() => counter.send('reset', [], { from: sandbox.accounts[1] }), /only the owner may do this/);
  counter.send('reset');
  assert.equal(counter.call('total'), 0n);
});
