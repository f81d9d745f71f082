/** Every rule finds what it is there for: the fault is planted behind the back of the plan. */
import {
  accountKey,
  bytesEqual,
  decodeAccount,
  encodeAccount,
  type Genesis,
  groupKey,
  type Hash,
  type HeaderRecord,
  type KeyValueReader,
  type Receipt,
  storageKey,
} from '@wattchain/core';
import { energyTradeAbi, GENESIS_ADDRESSES, meterRegistryAbi } from '@wattchain/market';
import type { Chain, HeadEvent } from '@wattchain/node/parts';
import { type AbiEvent, encodeAbiParameters, encodeEventTopics, type Hex, hexToBytes, numberToHex } from 'viem';
import { describe, expect, it } from 'vitest';
import type { SimNode } from '../world/simNode.js';
import type { World } from '../world/world.js';
import type { Ground, Watched } from './rule.js';
import { Energy } from './rules/energy.js';
import { runPlan } from './run.js';
import { brokenBy, calmPlan, Saboteur } from './testPlans.js';
import { PAYERS } from './workload/people.js';

const nodeOf = (world: World, index: number) => world.nodes[index] as SimNode;

function chainOf(world: World, index: number): Chain {
  const chain = nodeOf(world, index).services?.chain;
  if (chain === undefined) throw new TypeError('the node runs');
  return chain;
}

/** What is at some keys of a node's state is another value for whoever reads it. */
function falsifyState(
  chain: Chain,
  change: (key: Uint8Array, value: Uint8Array | undefined) => Uint8Array | undefined,
) {
  const honest = chain.stateAt.bind(chain);
  chain.stateAt = (block): KeyValueReader | undefined => {
    const reader = honest(block);
    return reader && { get: (key) => change(key, reader.get(key)) };
  };
}

/** Tells the listeners of a chain something that its own code does not. */
function tell(chain: Chain, name: 'head' | 'failure', event: unknown): void {
  (chain as unknown as { emit(name: string, event: unknown): void }).emit(name, event);
}

it('a calm run breaks nothing, and its people trade', async () => {
  const { violations, height, counts } = await runPlan(calmPlan());
  expect(violations).toEqual([]);
  expect(height).toBeGreaterThan(30);
  expect(counts['transactions confirmed']).toBeGreaterThan(40);
  expect(counts['transactions not confirmed at the end']).toBeLessThan(20);
});

describe('confirmed', () => {
  it('finds a node that starts again without blocks that it had confirmed', async () => {
    const broken = await brokenBy(calmPlan({ hours: 0.17 }), 8, (world) => {
      const node = nodeOf(world, 1);
      node.crash();
      node.disk.wipe();
      void node.restart();
    });
    expect(broken).toEqual(['confirmed']);
  });

  it('finds a node that gives up a confirmed block while it runs', async () => {
    const broken = await brokenBy(calmPlan({ hours: 0.17 }), 8, (world) => {
      const chain = chainOf(world, 2);
      const height = chain.head.header.height;
      const removed = Array.from({ length: 13 }, (_, i) =>
        chain.blockSummary(chain.canonicalHash(height - 12 + i) as Hash),
      );
      tell(chain, 'head', { head: chain.head, added: removed, removed, changedAccounts: new Set() });
    });
    expect(broken).toContain('confirmed');
  });

  it('says nothing when the operator of that node allowed it', async () => {
    const broken = await brokenBy(calmPlan({ hours: 0.17 }), 8, (world) => {
      const chain = chainOf(world, 2);
      const height = chain.head.header.height;
      const removed = Array.from({ length: 13 }, (_, i) =>
        chain.blockSummary(chain.canonicalHash(height - 12 + i) as Hash),
      );
      chain.allowDeepReorg();
      tell(chain, 'head', { head: chain.head, added: removed, removed, changedAccounts: new Set() });
    });
    expect(broken).toEqual([]);
  });
});

describe('conservation', () => {
  it('finds a node in which somebody has a wei more', async () => {
    const key = accountKey((PAYERS[0] as (typeof PAYERS)[number]).address);
    const broken = await brokenBy(calmPlan({ hours: 0.15 }), 3, (world) => {
      falsifyState(chainOf(world, 0), (read, value) => {
        if (value === undefined || !bytesEqual(read, key)) return value;
        const account = decodeAccount(value);
        return encodeAccount({ ...account, balance: account.balance + 1n });
      });
    });
    expect(broken).toEqual(['conservation']);
  });

  it('finds a node in which there are more tokens than somebody has', async () => {
    const supply = storageKey(GENESIS_ADDRESSES.tokenAddress, 0n);
    const broken = await brokenBy(calmPlan({ hours: 0.15 }), 3, (world) => {
      falsifyState(chainOf(world, 0), (read, value) => {
        if (value === undefined || !bytesEqual(read, supply)) return value;
        const more = value.slice();
        more[31] = (more[31] ?? 0) ^ 1;
        return more;
      });
    });
    expect(broken).toEqual(['conservation']);
  });
});

it('stateRoots finds a node whose tree comes to something else', async () => {
  const top = groupKey(0, new Uint8Array(32));
  const broken = await brokenBy(calmPlan({ hours: 0.08 }), 3, (world) => {
    falsifyState(chainOf(world, 3), (read, value) => {
      if (value === undefined || !bytesEqual(read, top)) return value;
      const other = value.slice();
      other[other.length - 1] = (other[other.length - 1] ?? 0) ^ 1;
      return other;
    });
  });
  expect(broken).toEqual(['stateRoots']);
});

describe('energy', () => {
  const SELLER = numberToHex(0xa1, { size: 32 });
  const BUYER = numberToHex(0xb1, { size: 32 });

  it('finds more settled than was delivered, and more than was taken', () => {
    const blocks = market();
    expect(blocks.play([reading(SELLER, 100n, 0n), reading(BUYER, 0n, 90n), accepted(1n), settled(1n, 90n)])).toEqual(
      [],
    );
    expect(blocks.play([settled(1n, 1n)])).toEqual([expect.stringContaining('took 90 mWh, 91 mWh of it are settled')]);
    expect(market().play([reading(SELLER, 100n, 0n), accepted(1n), settled(1n, 101n)])).toEqual([
      expect.stringContaining('delivered 100 mWh, 101 mWh of it are settled'),
    ]);
    expect(market().play([reading(SELLER, 100n, 0n), settled(7n, 1n)])).toEqual([
      'trade 7 is settled and was never accepted',
    ]);
  });

  it('takes back what a reorganisation takes back', () => {
    const blocks = market();
    blocks.play([reading(SELLER, 100n, 0n), accepted(1n)]);
    expect(blocks.play([settled(1n, 100n)])).toEqual([]);
    blocks.undo();
    expect(blocks.play([settled(1n, 100n)])).toEqual([]);
  });

  /** The rule with a chain of made up blocks. */
  function market() {
    const found: string[] = [];
    const rule = new Energy();
    rule.begin({ violate: (_, detail) => found.push(detail) } as Partial<Ground> as Ground);
    const chain = { head: { header: { height: 0 } } } as Partial<Chain> as Chain;
    const watched = { node: { index: 0 }, services: { chain } } as unknown as Watched;
    rule.opened(watched);
    const blocks: HeadEvent['added'][number][] = [];
    const move = (added: HeadEvent['added'], removed: HeadEvent['removed']) => {
      rule.moved(watched, { head: {} as HeaderRecord, added, removed, changedAccounts: new Set() });
      return found.splice(0);
    };
    return {
      play(logs: readonly Receipt['logs'][number][]) {
        const record = { hash: numberToHex(blocks.length + 1, { size: 32 }), header: { height: blocks.length + 1 } };
        const block = {
          record: record as HeaderRecord,
          transactions: [],
          receipts: [{ gasUsed: 0, failure: null, logs }],
        };
        blocks.push(block);
        return move([block], []);
      },
      undo: () => move([], [blocks.pop() as (typeof blocks)[number]]),
    };
  }

  const reading = (meter: Hex, producedMwh: bigint, consumedMwh: bigint) =>
    logOf(meterRegistryAbi, GENESIS_ADDRESSES.registryAddress, 'Reading', {
      meter,
      periodStart: 300n,
      source: GENESIS_ADDRESSES.bankAddress,
      number: 1,
      producedMwh,
      consumedMwh,
    });
  const accepted = (tradeId: bigint) =>
    logOf(energyTradeAbi, GENESIS_ADDRESSES.tradeAddress, 'Accepted', {
      tradeId,
      seller: GENESIS_ADDRESSES.bankAddress,
      buyer: GENESIS_ADDRESSES.bankAddress,
      offerId: 1n,
      meter: SELLER,
      periodStart: 300n,
      energyMwh: 150n,
      price: 1n,
      gridPrice: 2n,
      settleBy: 900n,
      buyerMeter: BUYER,
    });
  const settled = (tradeId: bigint, settledMwh: bigint) =>
    logOf(energyTradeAbi, GENESIS_ADDRESSES.tradeAddress, 'Settled', {
      tradeId,
      seller: GENESIS_ADDRESSES.bankAddress,
      buyer: GENESIS_ADDRESSES.bankAddress,
      settledMwh,
      shortMwh: 0n,
      paid: 0n,
      returned: 0n,
      compensation: 0n,
    });

  function logOf(abi: readonly unknown[], address: Genesis['hash'], eventName: string, args: Record<string, unknown>) {
    const event = (abi as readonly AbiEvent[]).find(({ type, name }) => type === 'event' && name === eventName);
    if (event === undefined) throw new TypeError(`no event ${eventName}`);
    const plain = event.inputs.filter(({ indexed }) => !indexed);
    const data = encodeAbiParameters(
      plain,
      plain.map(({ name }) => args[name ?? '']),
    );
    const call = { abi: [event], eventName, args } as Parameters<typeof encodeEventTopics>[0];
    const topics = encodeEventTopics(call) as Hex[];
    return { address, topics, data: hexToBytes(data) };
  }
});

it('queues finds a pool above its limit', async () => {
  const broken = await brokenBy(calmPlan({ hours: 0.1 }), 3, (world) => {
    const mempool = nodeOf(world, 1).services?.mempool;
    Object.defineProperty(mempool, 'fills', { value: [{ name: 'transactions', size: 5_001, limit: 5_000 }] });
  });
  expect(broken).toEqual(['queues']);
});

it('standing finds a node that ends by itself', async () => {
  const broken = await brokenBy(calmPlan({ hours: 0.1 }), 3, (world) => {
    tell(chainOf(world, 1), 'failure', new TypeError('planted'));
  });
  expect(broken).toEqual(['standing']);
});

it('a promise that nobody looks at is found', async () => {
  // The runner of the tests has listeners of its own, which would make this its failure.
  const listeners = process.listeners('unhandledRejection');
  process.removeAllListeners('unhandledRejection');
  try {
    const broken = await brokenBy(calmPlan({ hours: 0.1 }), 3, () => {
      void Promise.reject(new TypeError('planted'));
    });
    expect(broken).toEqual(['unhandled']);
  } finally {
    for (const listener of listeners) process.on('unhandledRejection', listener);
  }
});

it('growth finds miners that rest although a majority is there', async () => {
  const broken = await brokenBy(calmPlan({ hours: 0.25 }), 3, ({ nodes }) => {
    for (const { services } of nodes) services?.miner.setEnabled(false);
  });
  expect(broken).toEqual(['growth']);
});

it('inclusion finds miners that leave transactions out', async () => {
  const broken = await brokenBy(calmPlan({ hours: 0.2 }), 3, ({ nodes }) => {
    for (const { services } of nodes) {
      if (services) services.mempool.executable = function* () {};
    }
  });
  expect(broken).toEqual(['inclusion']);
});

it('convergence and confirmed find two sides that go on apart', async () => {
  const plan = calmPlan({ hours: 0.33, minMembers: 1 });
  const broken = await brokenBy(plan, 3, ({ network }) => {
    network.partition([
      [0, 1],
      [2, 3],
    ]);
  });
  expect(broken).toContain('convergence');
  expect(broken).toContain('confirmed');
});

describe('alarm', () => {
  const plan = calmPlan({
    hours: 0.4,
    minMembers: 1,
    splits: 'counted',
    faults: [
      {
        kind: 'partition',
        atMs: 60_000,
        forMs: 720_000,
        groups: [
          [0, 1],
          [2, 3],
        ],
      },
    ],
  });

  it('is on at both sides of a split, and one override on each node of the lighter side heals it', async () => {
    const { violations, counts } = await runPlan({ ...plan, operatorAfterMs: 200_000 });
    expect(violations).toEqual([]);
    expect(counts).toMatchObject({ splits: 1, overrides: 2, 'reorganisations that an operator allowed': 2 });
    expect(counts['heights confirmed in two ways at the end']).toBeUndefined();
  });

  it('stays on while nobody decides, and both sides go on', async () => {
    const { violations, counts, height } = await runPlan(plan);
    expect(violations).toEqual([]);
    expect(counts.splits).toBe(1);
    expect(counts['heights confirmed in two ways at the end']).toBeGreaterThan(5);
    expect(height).toBeGreaterThan(25);
  });

  it('is missed where a node does not raise it', async () => {
    const silent = new Saboteur(10, ({ nodes }) => {
      const sync = nodes[0]?.services?.sync;
      if (sync) sync.warnings = () => [];
    });
    const { violations } = await runPlan(plan, { rules: [silent] });
    expect(new Set(violations.map(({ rule, node }) => `${rule} ${node}`))).toEqual(new Set(['alarm 0']));
  });
});
