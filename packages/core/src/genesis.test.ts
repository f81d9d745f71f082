import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareBytes, fromHex, toHex, ZERO_ADDRESS, ZERO_HASH } from './bytes.js';
import { WattchainError } from './error.js';
import { type GenesisJson, genesisRecord, genesisToJson, parseGenesis } from './genesis.js';
import { genesisChanges, genesisRecords } from './genesisState.js';
import { MAX_CODE_BYTES } from './params.js';
import { PUBLISHED_ADDRESSES } from './publishedAccounts.js';
import { isFlatKey } from './state/account.js';
import { commitState } from './state/commit.js';
import { StateJournal } from './state/journal.js';
import { MemoryKeyValues } from './state/overlay.js';
import { treeRoot } from './state/tree.js';
import type { KeyValueWrite } from './state/types.js';

const word = (value: bigint): `0x${string}` => `0x${value.toString(16).padStart(64, '0')}`;
const A = '0x00000000000000000000000000000000000000aa';
const B = '0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed';
const CONTRACT = '0x00000000000000000000000000000000000000cc';

/** Hashed by an independent script from docs/protocol.md. */
const CANONICAL: GenesisJson = {
  name: 'Our street',
  chainId: 20_190_704,
  timestampMs: 1_751_587_200_000,
  blockIntervalMs: 1_000,
  halfLifeMs: 36_000,
  firstTarget: word(1n << 240n),
  largestTarget: word((1n << 256n) - 1n),
  blockGasLimit: 30_000_000,
  blockByteLimit: 1_000_000,
  minGasPriceWei: '1',
  blockRewardWei: '2000000000000000000',
  confirmations: 12,
  miners: ['0x27b1fdb04752bbc536007a920d24acb045561c26'],
  testbed: false,
  alloc: { [A]: { balance: '1000' }, [B]: { balance: '1000000000000000000000000' } },
  contracts: [
    {
      name: 'Token',
      address: CONTRACT,
      code: '0x5743010203',
      storage: { [word(0n)]: word(0xaan), [word(1n << 255n)]: word(7n) },
    },
  ],
};
const HASH = '0xf77372195e581dd2cfbd465a4e281bc32d9e1d81698cba8425e99b4955d998db';
/** Of the block after it: the leaf of genesis, by hand from docs/protocol.md. */
const HISTORY_ROOT = '0x7e7eccaeebe3c49ed148bbd95384dd86802e7f1ed11b9cdadb1f547c22ef398b';
const STATE_ROOT = '0xb28f092f4cdd846960febc8c0bfcc2d37fbc56db531cef435351e5490dfbdfb7';
const EXTRA = '0x6e3a537dbf310e4f795ee4d20985778ac3fa0ace60b49fdad2abdf19ef2a71c6';

function errorOf(json: unknown): WattchainError {
  try {
    parseGenesis(json);
  } catch (error) {
    if (error instanceof WattchainError) return error;
    throw error;
  }
  return expect.fail('the genesis was accepted');
}

describe('parseGenesis', () => {
  it('equals the vector', () => {
    const genesis = parseGenesis(CANONICAL);
    expect(genesis.hash).toBe(HASH);
    expect(genesis.header).toEqual({
      version: 2,
      parentHash: ZERO_HASH,
      height: 0,
      timestampMs: 1_751_587_200_000,
      target: 1n << 240n,
      miner: ZERO_ADDRESS,
      transactionsRoot: ZERO_HASH,
      receiptsRoot: ZERO_HASH,
      stateRoot: STATE_ROOT,
      historyRoot: ZERO_HASH,
      gasLimit: 30_000_000,
      gasUsed: 0,
      transactionCount: 0,
      extra: fromHex(EXTRA),
      extraNonce: 0n,
      headerNonce: 0,
      minerSeal: new Uint8Array(0),
    });
    expect(genesis.blockRewardWei).toBe(2n * 10n ** 18n);
    expect(genesisRecord(genesis)).toMatchObject({
      header: genesis.header,
      hash: HASH,
      totalWork: 0n,
      activeMs: 0,
      history: { top: { hash: HISTORY_ROOT, work: 0n, activeMs: 0 }, size: 1, before: undefined },
    });
  });

  it('gives its canonical form back, whatever the order and spelling', () => {
    const { halfLifeMs: _default, testbed: _false, ...rest } = CANONICAL;
    const [token] = CANONICAL.contracts;
    const spelled = {
      ...Object.fromEntries(Object.entries(rest).reverse()),
      largestTarget: CANONICAL.largestTarget.toUpperCase().replace('0X', '0x'),
      alloc: {
        '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed': { balance: '1000000000000000000000000' },
        [A.toUpperCase().replace('0X', '0x')]: { balance: '1000' },
        [ZERO_ADDRESS]: { balance: '0' },
      },
      contracts: [{ ...token, storage: { [word(1n << 255n)]: '0x7', '0x1': '0x0', '0x0': '0xAa' } }],
    };
    const genesis = parseGenesis(JSON.parse(JSON.stringify(spelled)));
    expect(genesisToJson(genesis)).toEqual(CANONICAL);
    expect(genesis.hash).toBe(HASH);
    expect(parseGenesis(JSON.parse(JSON.stringify(genesisToJson(genesis))))).toEqual(genesis);
  });

  it('keeps what is said of the community, in the canonical form too', () => {
    const community = { name: 'Høvik, the row by the sea', zone: { kind: 'offsets', offsets: [-25_200] }, isRow: true };
    const genesis = parseGenesis({ ...CANONICAL, community });
    expect(genesis.community).toEqual(community);
    expect(parseGenesis(JSON.parse(JSON.stringify(genesisToJson(genesis))))).toEqual(genesis);
    const spelled = Object.fromEntries(Object.entries(community).reverse());
    expect(parseGenesis({ ...CANONICAL, community: spelled }).hash).toBe(genesis.hash);
    expect(parseGenesis(CANONICAL).community).toBeUndefined();
  });

  it.each([
    ['community', 'Oslo'],
    ['community', null],
    ['community', ['Oslo']],
    ['community.share', { share: 0.5 }],
    ['community.zone.kind', { zone: { kind: null } }],
    ['community.a.a.a.a.a.a.a.a', { a: { a: { a: { a: { a: { a: { a: { a: 1 } } } } } } } }],
    ['community', { name: 'x'.repeat(65_536) }],
  ])('refuses %s where it is %j', (field, community) => {
    expect(errorOf({ ...CANONICAL, community }).values).toMatchObject({ field });
  });

  it.each<[string, Partial<GenesisJson>]>([
    ['name', { name: 'Your street' }],
    ['chainId', { chainId: 1 }],
    ['timestampMs', { timestampMs: 1 }],
    ['blockIntervalMs', { blockIntervalMs: 1_001 }],
    ['halfLifeMs', { halfLifeMs: 36_001 }],
    ['firstTarget', { firstTarget: word(1n) }],
    ['largestTarget', { largestTarget: word(1n << 255n) }],
    ['blockGasLimit', { blockGasLimit: 30_000_001 }],
    ['blockByteLimit', { blockByteLimit: 1_000_001 }],
    ['minGasPriceWei', { minGasPriceWei: '2' }],
    ['blockRewardWei', { blockRewardWei: '0' }],
    ['confirmations', { confirmations: 11 }],
    ['miners', { miners: [] }],
    ['testbed', { testbed: true }],
    ['alloc', { alloc: {} }],
    ['contracts', { contracts: [] }],
    ['community', { community: { name: 'Our street' } }],
  ])('gives another hash for another %s', (_, changed) => {
    expect(parseGenesis({ ...CANONICAL, ...changed }).hash).not.toBe(HASH);
  });

  it('sorts lists whose order means nothing', () => {
    const two = ['0x00000000000000000000000000000000000000b2', '0x00000000000000000000000000000000000000b1'] as const;
    const forward = parseGenesis({ ...CANONICAL, miners: two });
    const backward = parseGenesis({ ...CANONICAL, miners: [...two].reverse() });
    expect(forward.miners).toEqual([...two].sort());
    expect(forward.hash).toBe(backward.hash);
  });

  it('is frozen to the bottom', () => {
    const genesis = parseGenesis(CANONICAL);
    const parts = [
      genesis,
      genesis.header,
      genesis.miners,
      genesis.alloc,
      genesis.contracts[0],
      genesis.contracts[0]?.storage[1],
    ];
    expect(parts.map((part) => part !== undefined && Object.isFrozen(part))).toEqual(parts.map(() => true));
  });

  const [token] = CANONICAL.contracts;
  it.each<[object, string]>([
    [{ chainId: 0 }, 'chainId in the genesis is 0, expected a whole number from 1 to 2147483647'],
    [{ chainId: 2 ** 31 }, 'chainId in the genesis is 2147483648, expected a whole number from 1 to 2147483647'],
    [{ chainId: '7' }, 'chainId in the genesis is "7", expected a whole number from 1 to 2147483647'],
    [{ chainId: undefined }, 'chainId in the genesis is missing, expected a whole number from 1 to 2147483647'],
    [{ confirmations: 0 }, 'confirmations in the genesis is 0, expected a whole number from 1 to 10000'],
    [{ blockIntervalMs: 0.5 }, 'blockIntervalMs in the genesis is 0.5, expected a whole number from 1 to 86400000'],
    [{ name: '' }, 'name in the genesis is "", expected a text of 1 to 64 characters'],
    [{ name: 'a\nb' }, 'name in the genesis is "a\\nb", expected a text of 1 to 64 characters'],
    [{ testbed: 1 }, 'testbed in the genesis is 1, expected true or false'],
    [{ firstTarget: '0x' }, 'firstTarget in the genesis is "0x", expected 0x and 1 to 64 hexadecimal digits'],
    [{ firstTarget: '0x0' }, `firstTarget in the genesis is "${word(0n).slice(0, 66)}", expected at least 0x1`],
    [
      { firstTarget: '0x11', largestTarget: '0x10' },
      `firstTarget in the genesis is "${word(17n)}", expected at most largestTarget, ${word(16n)}`,
    ],
    [{ minGasPriceWei: 1 }, 'minGasPriceWei in the genesis is 1, expected an amount below 2^128 as decimal text'],
    [{ minGasPriceWei: '01' }, 'minGasPriceWei in the genesis is "01", expected an amount below 2^128'],
    [
      { blockRewardWei: (1n << 128n).toString() },
      'blockRewardWei in the genesis is "340282366920938463463374607431768',
    ],
    [{ blockRewardWei: 5n }, 'blockRewardWei in the genesis is the bigint 5, expected an amount'],
    [{ miners: 'all' }, 'miners in the genesis is "all", expected a list of at most 256 elements'],
    [{ miners: [A, '0x1'] }, 'miners[1] in the genesis is "0x1", expected an address'],
    [{ miners: [B, '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed'] }, 'miners[1] in the genesis is "0x5aAe'],
    [{ alloc: [] }, 'alloc in the genesis is [], expected an object'],
    [{ alloc: { [A]: '5' } }, `alloc["${A}"] in the genesis is "5", expected an object`],
    [{ alloc: { [A]: {} } }, `alloc["${A}"].balance in the genesis is missing, expected an amount`],
    [{ alloc: { [A]: { balance: '-5' } } }, `alloc["${A}"].balance in the genesis is "-5", expected an amount`],
    [{ alloc: { [A]: { balance: '5', nonce: 1 } } }, `alloc["${A}"].nonce in the genesis is 1, expected no field`],
    [
      { alloc: { [B]: { balance: '5' }, '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed': { balance: '5' } } },
      'expected each address once',
    ],
    [
      { alloc: { '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD': { balance: '5' } } },
      'expected an address: 0x and 40 hexadecimal digits, in lower case or with the EIP-55 checksum',
    ],
    [JSON.parse('{"alloc": {"__proto__": {"balance": "5"}}}'), 'alloc["__proto__"] in the genesis is "__proto__"'],
    [JSON.parse('{"__proto__": 5}'), '["__proto__"] in the genesis is 5, expected no field of this name'],
    [
      { alloc: { [PUBLISHED_ADDRESSES[0] as string]: { balance: '5' } } },
      'expected no coins for an address whose key is published, except where testbed is true',
    ],
    [{ contracts: {} }, 'contracts in the genesis is {}, expected a list of at most 256 elements'],
    [{ contracts: [{ ...token, code: '0x' }] }, 'contracts[0].code in the genesis is "0x", expected 0x and the'],
    [
      { contracts: [{ ...token, code: `0x${'00'.repeat(MAX_CODE_BYTES + 1)}` }] },
      'contracts[0].code in the genesis is "0x0000',
    ],
    [{ contracts: [{ ...token, address: '0x12' }] }, 'contracts[0].address in the genesis is "0x12"'],
    [{ contracts: [{ ...token, storage: { '1': '0x1' } }] }, 'contracts[0].storage["1"] in the genesis is "1"'],
    [{ contracts: [{ ...token, storage: { '0x1': 1 } }] }, 'contracts[0].storage["0x1"] in the genesis is 1'],
    [{ contracts: [{ ...token, storage: { '0x1': '0x1', '0x01': '0x1' } }] }, 'expected each slot once'],
    [{ contracts: [token, token] }, 'contracts[1].name in the genesis is "Token", expected each name once'],
    [{ contracts: [token, { ...token, name: 'Coin' }] }, `contracts[1].address in the genesis is "${CONTRACT}"`],
    [{ gasLimit: 5 }, 'gasLimit in the genesis is 5, expected no field of this name'],
  ])('refuses %o', (wrong, message) => {
    // Object.entries keeps an own "__proto__", which a spread into a literal keeps too.
    const error = errorOf({ ...CANONICAL, ...wrong });
    expect(error.message).toContain(message);
    expect(error.code).toBe('badGenesis');
    expect(error.values).toHaveProperty('field');
    expect(error.hint).toBeDefined();
  });

  it.each([undefined, null, 5, 'genesis', []])('refuses %o for the whole file', (json) => {
    expect(errorOf(json).message).toMatch(/^the genesis is .*expected an object$/);
  });

  it('lets the published accounts into a testbed', () => {
    const address = PUBLISHED_ADDRESSES[0] as string;
    const genesis = parseGenesis({ ...CANONICAL, testbed: true, alloc: { [address]: { balance: '5' } } });
    expect([...genesis.alloc]).toEqual([{ address, balance: 5n }]);
  });
});

describe('genesisChanges', () => {
  it('builds the state that the header commits to', () => {
    const genesis = parseGenesis({ ...CANONICAL, alloc: { ...CANONICAL.alloc, [CONTRACT]: { balance: '50' } } });
    const { changes, codes } = genesisChanges(genesis);
    const store = new MemoryKeyValues();
    const { root, writes } = commitState(store, changes);
    store.apply([...writes, ...codes]);
    expect(root).toBe(genesis.header.stateRoot);
    expect(treeRoot(store)).toBe(root);
    expect(changes.map(({ key }) => toHex(key))).toEqual(changes.map(({ key }) => toHex(key)).sort());
    const state = new StateJournal(store);
    expect(state.balance(A)).toBe(1_000n);
    expect(state.balance(CONTRACT)).toBe(50n);
    expect(toHex(state.code(CONTRACT))).toBe('0x5743010203');
    expect([state.storage(CONTRACT, 0n), state.storage(CONTRACT, 1n << 255n)]).toEqual([0xaan, 7n]);
  });

  it('gives the records of the same tree part by part, each once', () => {
    const balances = fc.uniqueArray(fc.tuple(fc.uint8Array({ minLength: 20, maxLength: 20 }), fc.bigInt(1n, 9n)), {
      selector: ([bytes]) => toHex(bytes),
      maxLength: 300,
    });
    const words = fc.uniqueArray(fc.bigInt(0n, 200n), { maxLength: 60 });
    fc.assert(
      fc.property(balances, words, fc.boolean(), fc.constantFrom(1, 40), (list, slots, isFunded, changesTogether) => {
        const rules = parseGenesis(CANONICAL);
        const storage = slots.map((slot) => ({ slot, value: slot + 1n }));
        const contracts = rules.contracts.map((contract) => ({ ...contract, storage }));
        const alloc = list.map(([bytes, balance]) => ({ address: toHex(bytes), balance }));
        if (isFunded) alloc.push({ address: CONTRACT, balance: 3n });
        const whole = commitState(new MemoryKeyValues(), genesisChanges({ alloc, contracts }).changes);
        const parts = genesisRecords({ alloc, contracts }, changesTogether);
        const records = [];
        let part = parts.next();
        for (; !part.done; part = parts.next()) records.push(...part.value);
        expect(part.value).toBe(whole.root);
        const inOrder = (writes: readonly KeyValueWrite[]) =>
          writes.filter(({ key }) => !isFlatKey(key)).sort((a, b) => compareBytes(a.key, b.key));
        expect(inOrder(records)).toEqual(inOrder(whole.writes));
      }),
      { numRuns: 30 },
    );
  });
});
