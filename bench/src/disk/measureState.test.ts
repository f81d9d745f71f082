import { expect, it } from 'vitest';
import { measureState } from './measureState.js';

it('imports the same transfers into states of different sizes', async () => {
  const { states } = await measureState({ accounts: [10, 300], transactions: 40 }, () => {});
  expect(states.map(({ accounts }) => accounts)).toEqual([10, 300]);
  for (const { importedPerSecond, importMemoryBytes } of states) {
    expect(importedPerSecond).toBeGreaterThan(0);
    expect(importMemoryBytes).toBeGreaterThan(0);
  }
});
