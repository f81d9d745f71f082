import { describe, expect, it } from 'vitest';
import { bigIntToBytes, fromHex, toHex, ZERO_HASH } from '../bytes.js';
import { type Genesis, genesisRecord, parseGenesis } from '../genesis.js';
import { addressOf, encodeSeal, sign } from '../keys.js';
import { nextTarget } from '../pow/difficulty.js';
import { search, targetToWords } from '../pow/search.js';
import { blockHash, sealHash } from './header.js';
import type { Header, HeaderRecord } from './types.js';
import { recordOf, validateHeader, validateLead } from './validate.js';

const MINER_KEY = bigIntToBytes(11n, 32);
const OTHER_KEY = bigIntToBytes(12n, 32);
const RULES = {
  name: 'headers',
  chainId: 7,
  timestampMs: 1_000_000,
  blockIntervalMs: 1_000,
  firstTarget: toHex(bigIntToBytes(1n << 252n, 32)),
  largestTarget: toHex(bigIntToBytes((1n << 256n) - 1n, 32)),
  blockGasLimit: 1_000_000,
  blockByteLimit: 100_000,
  minGasPriceWei: '0',
  blockRewardWei: '0',
  confirmations: 12,
};
const OPEN = parseGenesis(RULES);
const CLOSED = parseGenesis({ ...RULES, miners: [addressOf(MINER_KEY)] });

/** The child of `parent` with these fields, its work found. */
function mine(genesis: Genesis, parent: HeaderRecord, changed: Partial<Header> = {}): Header {
  const template: Header = {
    ...genesis.header,
    parentHash: parent.hash,
    height: parent.header.height + 1,
    timestampMs: parent.header.timestampMs + 1_000,
    target: nextTarget(genesis, parent),
    historyRoot: parent.history.top.hash,
    ...changed,
  };
  const { solution } = search(sealHash(template), targetToWords(template.target), 0n, 1, 0, 100_000, undefined);
  if (solution === undefined) return expect.fail('no nonce meets the target');
  return { ...template, ...solution };
}

function seal(header: Header, key: Uint8Array): Header {
  return { ...header, minerSeal: encodeSeal(sign(fromHex(blockHash(header)), key)) };
}

describe('validateHeader', () => {
  const parent = genesisRecord(OPEN);

  it('accepts a chain of headers', () => {
    let head = parent;
    for (let i = 1; i <= 5; i++) {
      const header = mine(OPEN, head, { timestampMs: head.header.timestampMs + 500 * i });
      expect(validateHeader(header, head, OPEN)).toBeUndefined();
      head = recordOf(header, head, OPEN);
    }
    expect(head.header.height).toBe(5);
  });

  it.each<[string, Partial<Header>, object]>([
    ['another parent', { parentHash: ZERO_HASH }, { code: 'headerParent', got: ZERO_HASH, expected: parent.hash }],
    ['an easier target', { target: 1n << 253n }, { code: 'headerTarget', got: 1n << 253n, expected: 1n << 252n }],
    [
      'a harder target',
      { target: (1n << 252n) - 1n },
      { code: 'headerTarget', got: (1n << 252n) - 1n, expected: 1n << 252n },
    ],
    ['a height left out', { height: 2 }, { code: 'headerHeight', got: 2, expected: 1 }],
    [
      'no history',
      { historyRoot: ZERO_HASH },
      { code: 'headerHistory', got: ZERO_HASH, expected: parent.history.top.hash },
    ],
    ["the parent's time", { timestampMs: 1_000_000 }, { code: 'headerTimestamp', got: 1_000_000, expected: 1_000_001 }],
    ['another gas limit', { gasLimit: 999_999 }, { code: 'headerGasLimit', got: 999_999, expected: 1_000_000 }],
    ['more gas than the limit', { gasUsed: 1_000_001 }, { code: 'headerGasUsed', got: 1_000_001, expected: 1_000_000 }],
    [
      'a seal where nobody is named',
      { minerSeal: new Uint8Array(65) },
      { code: 'headerSeal', detail: 'a seal, where genesis lists no miners' },
    ],
  ])('refuses %s', (_, changed, fault) => {
    expect(validateHeader(mine(OPEN, parent, changed), parent, OPEN)).toEqual(fault);
  });

  it('refuses the history of an ancestor and of a sister chain', () => {
    const first = recordOf(mine(OPEN, parent), parent, OPEN);
    const sister = recordOf(mine(OPEN, parent, { extra: Uint8Array.of(1) }), parent, OPEN);
    const child = recordOf(mine(OPEN, first), first, OPEN);
    for (const { history } of [parent, sister, child]) {
      const historyRoot = history.top.hash;
      const fault = { code: 'headerHistory', got: historyRoot, expected: first.history.top.hash };
      expect(validateHeader(mine(OPEN, first, { historyRoot }), first, OPEN)).toEqual(fault);
    }
  });

  it('accepts the edges: one millisecond later, all gas used', () => {
    expect(validateHeader(mine(OPEN, parent, { timestampMs: 1_000_001, gasUsed: 1_000_000 }), parent, OPEN)).toBe(
      undefined,
    );
  });

  it('asks for the work before anything else', () => {
    const good = mine(OPEN, parent);
    const bad = { ...good, height: 9, target: 1n };
    expect(validateHeader(bad, parent, OPEN)).toEqual({ code: 'headerWork', got: blockHash(bad), expected: 1n });
    expect(validateHeader({ ...good, target: 0n }, parent, OPEN)?.code).toBe('headerWork');
  });
});

describe('the seal', () => {
  const parent = genesisRecord(CLOSED);
  const header = mine(CLOSED, parent);

  it('of a listed miner is accepted, whoever earns', () => {
    expect(validateHeader(seal(header, MINER_KEY), parent, CLOSED)).toBeUndefined();
  });

  it('of anyone else, or of another block, names its signer', () => {
    expect(validateHeader(seal(header, OTHER_KEY), parent, CLOSED)).toEqual({
      code: 'headerMiner',
      got: addressOf(OTHER_KEY),
    });
    const other = mine(CLOSED, parent, { extra: Uint8Array.of(1) });
    const borrowed = { ...other, minerSeal: seal(header, MINER_KEY).minerSeal };
    expect(['headerMiner', 'headerSeal']).toContain(validateHeader(borrowed, parent, CLOSED)?.code);
  });

  it('must be there, and canonical', () => {
    const noSeal = { code: 'headerSeal', detail: 'no valid signature in a seal of 0 bytes' };
    expect(validateHeader(header, parent, CLOSED)).toEqual(noSeal);
    const { minerSeal } = seal(header, MINER_KEY);
    const withRecovery = { ...header, minerSeal: Uint8Array.of(...minerSeal.subarray(0, 64), 27) };
    expect(validateHeader(withRecovery, parent, CLOSED)).toMatchObject({ code: 'headerSeal' });
    const noPoint = { ...header, minerSeal: encodeSeal({ r: 5n, s: 1n, recovery: 0 }) };
    expect(validateHeader(noPoint, parent, CLOSED)).toEqual({ code: 'headerSeal', detail: 'no key gives this seal' });
  });
});

describe('validateLead', () => {
  it.each([
    [1_000, 5_000],
    [2_500, 5_000],
    [4_000, 8_000],
    [15_000, 30_000],
    [60_000, 30_000],
  ])('allows, at an interval of %i ms, a lead of %i ms', (blockIntervalMs, leadMs) => {
    const genesis: Genesis = { ...OPEN, blockIntervalMs };
    const nowMs = 5_000_000;
    const header = (timestampMs: number): Header => ({ ...OPEN.header, timestampMs });
    expect(validateLead(header(nowMs + leadMs), nowMs, genesis)).toBeUndefined();
    expect(validateLead(header(nowMs + leadMs + 1), nowMs, genesis)).toEqual({
      code: 'fromTheFuture',
      got: nowMs + leadMs + 1,
      expected: nowMs + leadMs,
    });
    expect(validateLead(header(0), nowMs, genesis)).toBeUndefined();
  });
});

describe('recordOf', () => {
  const parent = genesisRecord(OPEN);

  it('adds work and capped time', () => {
    const first = recordOf(mine(OPEN, parent, { timestampMs: 1_000_700 }), parent, OPEN);
    // floor(2^256 / (2^252 + 1)) = 15
    expect([first.totalWork, first.activeMs]).toEqual([15n, 1_000]);
    expect(first.hash).toBe(blockHash(first.header));
    const second = recordOf(mine(OPEN, first, { timestampMs: 1_001_400 }), first, OPEN);
    expect(second.activeMs).toBe(1_700);
    const asleep = recordOf(mine(OPEN, second, { timestampMs: 90_000_000 }), second, OPEN);
    expect(asleep.activeMs).toBe(11_700);
    const { work, activeMs } = asleep.history.top;
    expect([work, activeMs]).toEqual([asleep.totalWork, asleep.activeMs]);
    expect(asleep.totalWork).toBe(second.totalWork + (1n << 256n) / (asleep.header.target + 1n));
  });

  it('asserts the parent', () => {
    const header = mine(OPEN, parent, { parentHash: ZERO_HASH });
    expect(() => recordOf(header, parent, OPEN)).toThrow('assertion failed');
  });
});
