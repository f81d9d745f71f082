import type { Hash, HeaderRecord } from '@wattchain/core';
import type { ChainServices, ChainView } from '@wattchain/node/parts';
import { describe, expect, it } from 'vitest';
import type { SimNode } from '../../world/simNode.js';
import { selfish } from './selfish.js';

const CONFIRMATIONS = 12;
const OWN = '0xself';
const OTHERS = '0xothers';

/** A chain that only grows, with blocks of others beside it, and what its selfish miner shows of it. */
function mine() {
  const known = new Map<Hash, HeaderRecord>();
  const canonical: Hash[] = [];
  const listeners = new Map<string, (event: unknown) => void>();
  const shown: string[] = [];
  const record = (name: string, parentName: string, height: number, miner: string): HeaderRecord => {
    const made = { hash: name, header: { height, parentHash: parentName, miner }, totalWork: BigInt(height) };
    known.set(name as Hash, made as unknown as HeaderRecord);
    return made as unknown as HeaderRecord;
  };
  const chain = {
    genesis: { confirmations: CONFIRMATIONS },
    get head() {
      return known.get(canonical.at(-1) as Hash);
    },
    headerByHash: (hash: Hash) => known.get(hash),
    canonicalHash: (height: number) => canonical[height],
    on: (name: string, listener: (event: unknown) => void) => listeners.set(name, listener),
  };
  const take = (made: HeaderRecord) => {
    canonical.push(made.hash);
    listeners.get('head')?.({ added: [{ record: made }], removed: [] });
  };
  canonical.push(record('genesis', 'none', 0, OTHERS).hash);
  const node = { address: OWN, incarnation: 1 } as unknown as SimNode;
  const disguise = selfish();
  const network = { announceBlock: ({ hash }: HeaderRecord) => shown.push(hash) };
  disguise.attach?.({ chain, network } as unknown as ChainServices, node);
  return {
    shown,
    view: disguise.view?.(chain as unknown as ChainView, node) as ChainView,
    /** It finds a block on its head. */
    find() {
      const height = canonical.length;
      take(record(`own ${height}`, canonical[height - 1] as string, height, OWN));
    },
    /** Others find one on a block that is not its head. */
    hear(name: string, parentName: string, height: number) {
      record(name, parentName, height, OTHERS);
      listeners.get('judged')?.({ hash: name, outcome: { value: 'side' } });
    },
  };
}

describe('a selfish miner', () => {
  it('hides its blocks, and shows them all when others come within one', () => {
    const { find, hear, shown, view } = mine();
    find();
    find();
    expect([shown, view.head.hash]).toEqual([[], 'genesis']);
    hear('other 1', 'genesis', 1);
    expect([shown, view.head.hash]).toEqual([['own 1', 'own 2'], 'own 2']);
  });

  it('shows as many as others have while it is further ahead', () => {
    const { find, hear, shown, view } = mine();
    for (let i = 0; i < 4; i++) find();
    hear('other 1', 'genesis', 1);
    expect([shown, view.head.hash]).toEqual([['own 1'], 'own 1']);
    hear('other 2', 'other 1', 2);
    hear('other 3', 'other 2', 3);
    expect(shown).toEqual(['own 1', 'own 2', 'own 3', 'own 4']);
  });

  it('races when others are level, and shows at once what wins', () => {
    const { find, hear, shown, view } = mine();
    find();
    hear('other 1', 'genesis', 1);
    expect(shown).toEqual(['own 1']);
    find();
    // The node announces a block that is no secret by itself.
    expect(view.head.hash).toBe('own 2');
  });

  it('shows all before its own node would refuse the others: one block less than a confirmation', () => {
    const { find, shown, view } = mine();
    for (let height = 1; height < CONFIRMATIONS - 1; height++) find();
    expect([shown, view.head.hash]).toEqual([[], 'genesis']);
    find();
    expect(shown).toEqual(Array.from({ length: CONFIRMATIONS - 1 }, (_, i) => `own ${i + 1}`));
    expect(view.head.hash).toBe(`own ${CONFIRMATIONS - 1}`);
    find();
    expect(view.head.hash).toBe(`own ${CONFIRMATIONS - 1}`);
  });
});
