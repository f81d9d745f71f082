import { encodeBody, encodeReceipt, type Header, sealHash, type Transaction, textToBytes } from '@wattchain/core';
import { describe, expect, it } from 'vitest';
import {
  ALICE,
  BOB,
  CAROL,
  MINER,
  solve,
  TEST_START_MS,
  type TestAccount,
  testGenesis,
  testTransaction,
} from '../../testing/chainKit.js';
import { ManualRuntime } from '../../testing/manualRuntime.js';
import { silentLogger } from '../base/log.js';
import { buildTemplate, type Template } from '../miner/template.js';
import { MemoryStore } from '../store/memoryStore.js';
import { Chain } from './chain.js';
import { isRechecked } from './executedBlock.js';

const genesis = testGenesis();
/** No block of these tests is executed again by chance. */
const NEVER = 2 ** 31;

async function openChain(recheckOneIn?: number) {
  const store = new MemoryStore();
  const runtime = new ManualRuntime(TEST_START_MS + 10_000_000);
  const options = { store, genesis, runtime, log: silentLogger };
  const chain = await Chain.open({ ...options, ...(recheckOneIn === undefined ? {} : { recheckOneIn }) });
  return { chain, store };
}

function templateOn(chain: Chain, candidates: readonly Transaction[]): Template {
  const nowMs = chain.head.header.timestampMs + genesis.blockIntervalMs;
  const template = buildTemplate({ chain, candidates, miner: MINER.address, nowMs });
  if (template === undefined) throw new RangeError('no template');
  return template;
}

/** The same as the template, but for receipts that nothing ever gave. */
function forged(template: Template): Template {
  const receipts = template.result?.receipts.map((receipt) => ({ ...receipt, gasUsed: 7 })) ?? [];
  const encodedReceipts = receipts.map(encodeReceipt);
  return { ...template, result: template.result && { ...template.result, receipts, encodedReceipts } };
}

const transfer = (from: TestAccount, nonce: number, to = BOB) =>
  testTransaction(genesis, from, { nonce, to: to.address });

async function give(chain: Chain, header: Header, template: Template) {
  const solved = solve(header);
  const outcome = await chain.acceptBlock(solved, encodeBody(template.transactions), 'miner', template);
  return { outcome, gasUsed: chain.receiptsByHash(chain.head.hash)?.map(({ gasUsed }) => gasUsed) };
}

describe('a block that is found for an own template', () => {
  it('is not executed again', async () => {
    const { chain } = await openChain(NEVER);
    const template = forged(templateOn(chain, [transfer(ALICE, 0)]));
    expect(await give(chain, template.header, template)).toEqual({ outcome: { value: 'added' }, gasUsed: [7] });
  });

  it.each<[string, Partial<Header>]>([
    ['another time', { timestampMs: TEST_START_MS + 5_000 }],
    ['something else in extra', { extra: textToBytes('other') }],
  ])('is executed when it has %s: its seal hash is another one', async (_, change) => {
    const { chain } = await openChain(NEVER);
    const template = forged(templateOn(chain, [transfer(ALICE, 0)]));
    const header = { ...template.header, ...change };
    expect(sealHash(header)).not.toEqual(template.sealHash);
    expect(await give(chain, header, template)).toEqual({ outcome: { value: 'added' }, gasUsed: [21_000] });
  });

  it('is refused when another seal hash has a root that only the template knows', async () => {
    const { chain } = await openChain(NEVER);
    const template = templateOn(chain, [transfer(ALICE, 0)]);
    const header = { ...template.header, miner: BOB.address };
    expect((await give(chain, header, template)).outcome.fault?.code).toBe('stateRoot');
  });

  it('is executed when what its template did is forgotten', async () => {
    const { chain } = await openChain(NEVER);
    const template = templateOn(chain, [transfer(ALICE, 0)]);
    const found = await give(chain, template.header, { ...template, result: undefined });
    expect(found).toEqual({ outcome: { value: 'added' }, gasUsed: [21_000] });
  });

  it('stops the chain when it does something else, where all are executed again', async () => {
    const lies: ((template: Template) => Template['result'])[] = [
      (template) => forged(template).result,
      ({ result }) => result && { ...result, writes: result.writes.slice(1) },
      ({ result }) => result && { ...result, encodedReceipts: [] },
      ({ result }) => result && { ...result, writes: result.writes.map(({ key }) => ({ key, value: undefined })) },
      ({ result }) => result && { ...result, changes: result.changes.map((c) => ({ ...c, before: c.after })) },
    ];
    for (const lie of lies) {
      const { chain } = await openChain();
      const template = templateOn(chain, [transfer(ALICE, 0)]);
      await expect(give(chain, template.header, { ...template, result: lie(template) })).rejects.toThrow('again');
      expect(chain.head.hash).toBe(genesis.hash);
    }
  });

  it('leaves the same store, to the last byte, as executing it', async () => {
    const [known, again, strange] = [await openChain(NEVER), await openChain(1), await openChain()];
    for (let round = 0; round < 4; round++) {
      const candidates = [transfer(ALICE, round, CAROL), transfer(BOB, round), transfer(CAROL, round, ALICE)];
      const template = templateOn(known.chain, round === 3 ? [] : candidates);
      expect(template.transactions).toHaveLength(round === 3 ? 0 : 3);
      const header = solve(template.header);
      const body = encodeBody(template.transactions);
      expect(await known.chain.acceptBlock(header, body, 'miner', template)).toEqual({ value: 'added' });
      expect(await again.chain.acceptBlock(header, body, 'miner', template)).toEqual({ value: 'added' });
      expect(await strange.chain.acceptBlock(header, body)).toEqual({ value: 'added' });
    }
    expect(known.store.entries).toEqual(strange.store.entries);
    expect(again.store.entries).toEqual(strange.store.entries);
  });
});

describe('isRechecked', () => {
  it('takes every block, or one in so many by the end of its hash', () => {
    const hash = (end: string) => `0x${'00'.repeat(28)}${end}` as const;
    expect([hash('00000001'), hash('ffffffff')].map((block) => isRechecked(block, 1))).toEqual([true, true]);
    const ends = ['00000000', '00000100', '00000001', '000000ff', 'fffffe00'];
    expect(ends.map((end) => isRechecked(hash(end), 256))).toEqual([true, true, false, false, true]);
  });
});
