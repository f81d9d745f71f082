import { readFileSync } from 'node:fs';
import { assert } from '@wattchain/core';
import { checkSources } from '@wattchain/solidity';
import type { AbiEntry } from '@wattchain/vm';
import { describe, expect, it } from 'vitest';
import { CONTRACT_ARTIFACTS } from './contracts.js';

const read = (file: string) => readFileSync(new URL(`../../contracts/${file}`, import.meta.url), 'utf8');

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

describe.each(Object.values(CONTRACT_ARTIFACTS))('$name in Solidity', ({ name, abi }) => {
  it('has the interface of the assembly', () => {
    const file = `${name}.sol`;
    const { contracts } = checkSources({ name: file, text: read(file) }, read);
    const checked = contracts[file]?.[name];
    assert(checked !== undefined, `${file} has a contract ${name}`);
    expect(interfaceOf(checked.abi)).toEqual(interfaceOf(abi));
  });
});
