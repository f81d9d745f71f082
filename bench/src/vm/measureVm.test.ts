import { GAS_RECOVER, OPCODES } from '@wattchain/vm';
import { expect, test } from 'vitest';
import { measureVm } from './measureVm.js';

test('every opcode that does not end a call is timed, and blocks are full of what they say', async () => {
  const blockGas = 2_000_000;
  const extent = { rounds: 1, sliceMs: 0.01, blocks: { stored: 500, blockGas, rounds: 1 } };
  const { opcodes, medianNsPerGas, slowestLoop, blocks, slowestBlock } = await measureVm(extent, () => {});
  const timed = new Set(opcodes.flatMap(({ name }) => name.split(', ')));
  const left = OPCODES.filter(({ name, flow }) => flow !== 'end' && !timed.has(name));
  expect(left).toEqual([]);
  // The gas of a case is that of the opcode alone, whatever brings its operands.
  const gas = new Map(opcodes.map((each) => [each.name, each.gas]));
  expect([gas.get('ADD'), gas.get('JUMP'), gas.get('RECOVER'), gas.get('CALLSUB, RETSUB')]).toEqual([
    OPCODES.find(({ name }) => name === 'ADD')?.gas.base,
    OPCODES.find(({ name }) => name === 'JUMP')?.gas.base,
    GAS_RECOVER,
    5,
  ]);
  // The clock of the processor may move in steps of milliseconds, which is longer than these slices: what it tells of them is nothing.
  expect(opcodes.map(({ nsPerGas }) => nsPerGas).every(Number.isFinite)).toBe(true);
  expect(medianNsPerGas).toBeGreaterThanOrEqual(0);
  expect(slowestLoop.loopNsPerGas).toBe(Math.max(...opcodes.map((each) => each.loopNsPerGas)));
  expect(slowestBlock.nsPerGas).toBe(Math.max(...blocks.map((each) => each.nsPerGas)));
  for (const each of blocks) {
    expect(each.ms).toBeGreaterThanOrEqual(0);
    // A deployment alone takes more than half of so small a block.
    expect(each.gas / blockGas).toBeGreaterThan(each.name === 'deployments' ? 0.5 : 0.85);
  }
});
