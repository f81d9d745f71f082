import { expect, test } from 'vitest';
import { SignedWorkload } from '../trades/signedWorkload.js';
import { ImportedBlocks } from './blockRates.js';
import { ownMachineRate } from './machineRates.js';
import { Signatures } from './recoverRates.js';

const FEW = { warmUp: 4, measured: 8 };

test('this project’s side of every measure in the process does its work', async () => {
  const signatures = new Signatures(4);
  for (const rate of [signatures.own(true), signatures.own(false), signatures.noble(2)]) {
    expect(await rate).toBeGreaterThan(0);
  }
  const workload = new SignedWorkload({ trades: 8, transfers: 12 });
  expect(await ownMachineRate('vm', workload, FEW)).toBeGreaterThan(0);
  expect(await ownMachineRate('vmRoots', workload, FEW)).toBeGreaterThan(0);
  const blocks = await ImportedBlocks.make(workload, FEW);
  expect(await blocks.rate()).toBeGreaterThan(0);
  const turns = await blocks.turns();
  expect(turns.maxMs).toBeGreaterThanOrEqual(turns.p99Ms);
  expect(turns.p99Ms).toBeGreaterThanOrEqual(turns.p50Ms);
  expect(blocks.signatures(3)).toHaveLength(3);
  expect(() => workload.trades(4, 5)).toThrow('as many transactions are signed as are used');
});
