import { readFileSync } from 'node:fs';
import { type AbiEntry, assemble } from '@wattchain/vm';
import { describe, expect, it } from 'vitest';
import { CONTRACT_ARTIFACTS } from './contracts.js';

const read = (file: string) => readFileSync(new URL(`../../../../bench/contracts/${file}`, import.meta.url), 'utf8');

/** What callers rely on, in an order that does not depend on the compiler. */
function interfaceOf(abi: readonly AbiEntry[]): string[] {
  return abi
    .map((entry) => {
      if (entry.type === 'receive') return entry.type;
      const inputs = entry.inputs.map((input) => [input.type, 'indexed' in input && input.indexed, input.name]);
      if (entry.type !== 'function') return JSON.stringify([entry.type, 'name' in entry && entry.name, inputs]);
      const outputs = entry.outputs.map(({ type, name }) => [type, name]);
      return JSON.stringify([entry.type, entry.name, entry.stateMutability, inputs, outputs]);
    })
    .sort();
}

const RIVALS = { EnergyToken: 'energyToken', Bank: 'bank', EnergyTrade: 'energyTrade' } as const;

describe.each(Object.entries(RIVALS))('%s', (name, rival) => {
  it('has the interface of the same contract in assembly', () => {
    const { abi } = assemble(read(`${rival}.wca`), `${rival}.wca`);
    expect(interfaceOf(CONTRACT_ARTIFACTS[name as keyof typeof RIVALS].abi)).toEqual(interfaceOf(abi));
  });
});
