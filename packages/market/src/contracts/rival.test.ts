import { readFileSync } from 'node:fs';
import { compileSolidity } from '@wattchain/solidity';
import { type AbiEntry, assemble } from '@wattchain/vm';
import { describe, expect, it } from 'vitest';

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

describe.each(Object.entries(RIVALS))('the first rules of %s', (name, rival) => {
  it('have the interface of the same contract in assembly', () => {
    const { abi } = assemble(read(`${rival}.wca`), `${rival}.wca`);
    const readFirst = (file: string) => read(`first/${file}`);
    const { artifacts } = compileSolidity({ name: `${name}.sol`, text: readFirst(`${name}.sol`) }, readFirst);
    const solidity = artifacts.find(({ contract }) => contract === name);
    expect(interfaceOf(solidity?.abi ?? [])).toEqual(interfaceOf(abi));
  });
});
