import { readFileSync } from 'node:fs';
import { assert, fromHex } from '@wattchain/core';
import { compileSolidity } from '@wattchain/solidity';
import { assemble, disassemble } from '@wattchain/vm';
import { describe, expect, it } from 'vitest';
import { explainRefusal, TEXT_HINTS } from '../actions/refusal.js';
import { COMMUNITY_ARTIFACTS } from './communityContracts.js';
import { CONTRACT_ARTIFACTS } from './contracts.js';

const FILES = {
  EnergyToken: 'energyToken',
  Bank: 'bank',
  EnergyTrade: 'energyTrade',
  MeterRegistry: 'meterRegistry',
  Council: 'council',
  MintPerKwh: 'mintPerKwh',
  DualToken: 'dualToken',
  Certificates: 'certificates',
  FlexibilityCall: 'flexibilityCall',
  CallAuction: 'callAuction',
  ContinuousBook: 'continuousBook',
  PeerChoice: 'peerChoice',
  CommunityMoney: 'communityMoney',
  CommunityRegistry: 'communityRegistry',
  Grid: 'grid',
  Pool: 'pool',
  AllowancePool: 'allowancePool',
} as const;
const ARTIFACTS = { ...CONTRACT_ARTIFACTS, ...COMMUNITY_ARTIFACTS };
/** What contracts inherit stands on a page of its own. */
const SHARED = { 'CommunityMarket.sol': 'communityMarket', 'MeterRegistry.sol': 'meterRegistry' } as const;
const read = (file: string) => readFileSync(new URL(`../../contracts/${file}`, import.meta.url), 'utf8');

/** Texts of `require` in Solidity. */
function refusalsIn(text: string): string[] {
  return [...text.matchAll(/require\([^;]*?"([^"]+)"\s*\)/g)].map((match) => match[1] ?? '');
}

describe.each(Object.entries(FILES))('%s', (name, file) => {
  const { artifacts, files } = compileSolidity({ name: `${name}.sol`, text: read(`${name}.sol`) }, read);
  const fresh = artifacts.find(({ contract }) => contract === name);
  assert(fresh !== undefined, `${name}.sol has a contract of its name`);
  const constants = ARTIFACTS[name as keyof typeof FILES];
  const shared = Object.entries(SHARED).filter(([source]) => files.some((one) => one.name === source));
  const page = [file, ...shared.map(([, other]) => other)].map((one) => read(`${one}.md`)).join('\n');

  it('is committed as it compiles (else run npm run contracts)', () => {
    expect(JSON.parse(read(`${file}.json`))).toEqual(fresh);
    expect(constants).toEqual({ name: fresh.contract, abi: fresh.abi, code: fresh.code });
  });

  it('is the same code after it was disassembled and assembled again', () => {
    expect(assemble(disassemble(fromHex(fresh.code)), 'again.wca').code).toBe(fresh.code);
  });

  it('has every function, event and error on its page', () => {
    for (const entry of fresh.abi) {
      if ('name' in entry) expect(page, `${entry.type} ${entry.name}`).toContain(`\`${entry.name}`);
    }
  });

  it('has its refusals on its page, word by word', () => {
    const texts = files.flatMap(({ text }) => refusalsIn(text));
    expect(texts).not.toEqual([]);
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
  const sources = Object.keys(FILES).flatMap((name) => {
    const { files } = compileSolidity({ name: `${name}.sol`, text: read(`${name}.sol`) }, read);
    return files.flatMap(({ text }) => refusalsIn(text));
  });
  for (const text of Object.keys(TEXT_HINTS)) expect(sources).toContain(text);
});
