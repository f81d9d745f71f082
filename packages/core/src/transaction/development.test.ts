import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeBody, encodeBody } from '../block/block.js';
import { validateLead } from '../block/validate.js';
import { type Address, EMPTY_BYTES, toHex, ZERO_ADDRESS } from '../bytes.js';
import { genesisRecord, genesisToJson, parseGenesis } from '../genesis.js';
import { MAX_CODE_BYTES, WORD_LIMIT } from '../params.js';
import { nextTarget } from '../pow/difficulty.js';
import { PUBLISHED_ADDRESSES } from '../publishedAccounts.js';
import {
  createStateEdit,
  createUnsignedTransaction,
  decodeDevelopmentTransactions,
  decodeStateEdit,
  EDITED_BALANCE_LIMIT,
  encodeStateEdit,
  isStateEdit,
  type StateEdit,
} from './development.js';
import { encodeRlp } from './rlp.js';
import { decodeTransaction, signTransaction } from './transaction.js';

const LARGEST = `0x${'f'.repeat(64)}`;
const FILE = {
  name: 'development',
  chainId: 31_337,
  timestampMs: 1_700_000_000_000,
  blockIntervalMs: 1_000,
  firstTarget: LARGEST,
  largestTarget: LARGEST,
  blockGasLimit: 30_000_000,
  blockByteLimit: 1_000_000,
  minGasPriceWei: '1',
  blockRewardWei: '0',
  confirmations: 12,
  testbed: true,
  development: true,
};
const decodeOne = (raw: Uint8Array, chainId: number) => {
  const [decoded] = decodeDevelopmentTransactions([raw], chainId);
  if (decoded === undefined) throw new RangeError('one in, none out');
  return decoded;
};
const GENESIS = parseGenesis(FILE);
const ORDINARY = parseGenesis({ ...FILE, development: false });
const FIELDS = {
  nonce: 3,
  gasPrice: 1n,
  gasLimit: 21_000,
  to: ZERO_ADDRESS,
  value: 5n,
  data: EMPTY_BYTES,
  chainId: 31_337,
};

const addresses = fc.uint8Array({ minLength: 20, maxLength: 20 }).map((bytes): Address => toHex(bytes));
const words = fc.bigInt({ min: 0n, max: WORD_LIMIT - 1n });
const edits: fc.Arbitrary<StateEdit> = fc.record(
  {
    address: addresses,
    balance: fc.bigInt({ min: 0n, max: EDITED_BALANCE_LIMIT - 1n }),
    nonce: fc.maxSafeNat(),
    code: fc.uint8Array({ maxLength: 64 }),
    word: fc.record({ slot: words, value: words }, { noNullPrototype: true }),
  },
  { requiredKeys: ['address'], noNullPrototype: true },
);

describe('unsigned transactions', () => {
  it('come back from their bytes with their sender, on a development chain only', () => {
    fc.assert(
      fc.property(addresses, fc.maxSafeNat(), words, (sender, nonce, value) => {
        const transaction = createUnsignedTransaction({ ...FIELDS, nonce, value }, sender);
        expect(decodeOne(transaction.raw, 31_337).value).toEqual(transaction);
        expect(decodeTransaction(transaction.raw, 31_337).fault?.code).toBe('txSignature');
      }),
    );
  });

  it('are of every type', () => {
    const { gasPrice: _, ...common } = FIELDS;
    const accessList = [{ address: ZERO_ADDRESS, storageKeys: [] }];
    const sender = PUBLISHED_ADDRESSES[0] as Address;
    for (const tx of [
      { ...FIELDS, type: 1 as const, accessList },
      { ...common, type: 2 as const, maxFeePerGas: 3n, maxPriorityFeePerGas: 2n, accessList },
    ]) {
      const transaction = createUnsignedTransaction(tx, sender);
      expect(transaction).toMatchObject({ type: tx.type, accessList, sender });
      expect(decodeOne(transaction.raw, 31_337).value).toEqual(transaction);
      expect(decodeTransaction(transaction.raw, 31_337).fault?.code).toBe('txSignature');
    }
  });

  it('are refused in a body of any other network', () => {
    const body = encodeBody([createUnsignedTransaction(FIELDS, PUBLISHED_ADDRESSES[0] as Address)]);
    expect(decodeBody(body, GENESIS).value).toHaveLength(1);
    expect(decodeBody(body, ORDINARY).fault).toMatchObject({ code: 'transactionForm', fault: { code: 'txSignature' } });
  });

  it('belong to one chain id, and an r above the addresses is no sender', () => {
    const { raw } = createUnsignedTransaction(FIELDS, ZERO_ADDRESS);
    expect(decodeOne(raw, 31_338).fault?.code).toBe('txSignature');
    const tooLarge = createUnsignedTransaction(FIELDS, `0x1${'00'.repeat(20)}`);
    expect(decodeOne(tooLarge.raw, 31_337).fault?.code).toBe('txSignature');
  });

  it('leave signed ones as they are', () => {
    const signed = signTransaction(FIELDS, new Uint8Array(32).fill(7));
    expect(decodeOne(signed.raw, 31_337).value).toEqual(signed);
  });
});

describe('edits of the state', () => {
  it('come back from their bytes', () => {
    fc.assert(
      fc.property(edits, (edit) => {
        expect(decodeStateEdit(encodeStateEdit(edit)).value).toEqual(edit);
      }),
    );
  });

  it('are transactions of nobody, told from others by all three of their marks', () => {
    const edit = createStateEdit({ address: ZERO_ADDRESS, nonce: 1 }, 9, 31_337);
    expect(edit).toMatchObject({ nonce: 9, gasLimit: 0, maxFeePerGas: 0n, sender: ZERO_ADDRESS });
    expect(isStateEdit(edit)).toBe(true);
    expect(isStateEdit(createUnsignedTransaction({ ...FIELDS, to: edit.to }, PUBLISHED_ADDRESSES[0] as Address))).toBe(
      false,
    );
    expect(isStateEdit(createUnsignedTransaction(FIELDS, ZERO_ADDRESS))).toBe(false);
    expect(isStateEdit(signTransaction({ ...FIELDS, to: edit.to }, new Uint8Array(32).fill(7)))).toBe(false);
  });

  it('hold the longest code there is', () => {
    const code = new Uint8Array(MAX_CODE_BYTES).fill(1);
    expect(decodeStateEdit(createStateEdit({ address: ZERO_ADDRESS, code }, 1, 1).data).value).toEqual({
      address: ZERO_ADDRESS,
      code,
    });
  });

  const address = new Uint8Array(20);
  const one = Uint8Array.of(1);
  it.each([
    ['no RLP', Uint8Array.of(0xff)],
    ['a short address', encodeRlp([one, [], [], [], []])],
    ['a part too few', encodeRlp([address, [], [], []])],
    ['bytes for a list', encodeRlp([address, one, [], [], []])],
    ['a list in a list', encodeRlp([address, [[]], [], [], []])],
    ['two balances', encodeRlp([address, [one, one], [], [], []])],
    ['a slot without a word', encodeRlp([address, [], [], [], [one]])],
    ['leading zeros', encodeRlp([address, [Uint8Array.of(0, 1)], [], [], []])],
    ['a balance of 2^192', encodeRlp([address, [Uint8Array.of(1, ...new Uint8Array(24))], [], [], []])],
    ['a code longer than any', encodeRlp([address, [], [], [new Uint8Array(MAX_CODE_BYTES + 1)], []])],
    ['a nonce of 2^53', encodeRlp([address, [], [Uint8Array.of(0x20, 0, 0, 0, 0, 0, 0)], [], []])],
  ])('are refused with %s', (_, data) => {
    expect(decodeStateEdit(data).fault?.code).toBe('txEncoding');
  });
});

describe('a development genesis', () => {
  it('says so in its canonical form, which other networks do not', () => {
    expect(genesisToJson(GENESIS).development).toBe(true);
    expect(genesisToJson(ORDINARY)).not.toHaveProperty('development');
    expect(GENESIS.hash).not.toBe(ORDINARY.hash);
    expect(parseGenesis(genesisToJson(GENESIS)).hash).toBe(GENESIS.hash);
  });

  it.each([
    ['testbed', { testbed: false }],
    ['firstTarget', { firstTarget: '0x01' }],
    ['miners', { miners: [PUBLISHED_ADDRESSES[0]] }],
  ])('needs what makes it harmless: %s', (field, change) => {
    expect(() => parseGenesis({ ...FILE, ...change })).toThrow(field);
  });

  it('has one target, however fast blocks come, and no block is from the future', () => {
    const record = genesisRecord(GENESIS);
    const parent = { ...record, activeMs: 1_000, header: { ...record.header, height: 1_000_000 } };
    expect(nextTarget(GENESIS, parent)).toBe(WORD_LIMIT - 1n);
    expect(nextTarget(ORDINARY, parent)).toBeLessThan(WORD_LIMIT - 1n);
    const header = { ...record.header, timestampMs: 2 ** 52 };
    expect(validateLead(header, 0, GENESIS)).toBeUndefined();
    expect(validateLead(header, 0, ORDINARY)?.code).toBe('fromTheFuture');
  });
});
