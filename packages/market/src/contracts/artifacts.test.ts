import { readFileSync } from 'node:fs';
import { fromHex } from '@wattchain/core';
import { type Artifact, assemble, disassemble } from '@wattchain/vm';
import { describe, expect, it } from 'vitest';
import { explainRefusal, TEXT_HINTS } from '../actions/refusal.js';
import { CONTRACT_ARTIFACTS } from './contracts.js';

const FILES = { EnergyToken: 'energyToken', Bank: 'bank', EnergyTrade: 'energyTrade' } as const;
const read = (file: string) => readFileSync(new URL(`../../contracts/${file}`, import.meta.url), 'utf8');

describe.each(Object.entries(FILES))('%s', (name, file) => {
  const fresh: Artifact = assemble(read(`${file}.wca`), `${file}.wca`);
  const constants = CONTRACT_ARTIFACTS[name as keyof typeof FILES];

  it('is committed as it assembles (else run scripts/buildContracts.mjs)', () => {
    expect(JSON.parse(read(`${file}.json`))).toEqual(fresh);
    expect(constants).toEqual({ name: fresh.contract, abi: fresh.abi, code: fresh.code });
  });

  it('is the same code after it was disassembled and assembled again', () => {
    expect(assemble(disassemble(fromHex(fresh.code)), 'again.wca').code).toBe(fresh.code);
  });

  it('has every function, event and error on its page', () => {
    const page = read(`${file}.md`);
    for (const entry of fresh.abi) {
      if ('name' in entry) expect(page, `${entry.type} ${entry.name}`).toContain(`\`${entry.name}`);
    }
  });

  it('has its refusals on its page, word by word', () => {
    const page = read(`${file}.md`);
    const texts = [...read(`${file}.wca`).matchAll(/require "(.+)"/g)].map((match) => match[1] ?? '');
    for (const text of texts) expect(page).toContain(text);
  });

  it('has words for every error of its own', () => {
    for (const entry of fresh.abi) {
      if (entry.type !== 'error') continue;
      const { message } = explainRefusal(
        entry.name,
        entry.inputs.map(() => 1n),
      );
      expect(message).not.toContain(entry.name);
    }
  });
});

it('has hints for texts of the contracts only', () => {
  const sources = Object.values(FILES).map((file) => read(`${file}.wca`));
  for (const text of Object.keys(TEXT_HINTS)) expect(sources.join()).toContain(`require "${text}"`);
});
