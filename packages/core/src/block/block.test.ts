import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bigIntToBytes, EMPTY_BYTES, fromHex, toHex, ZERO_ADDRESS, ZERO_HASH } from '../bytes.js';
import { type Genesis, parseGenesis } from '../genesis.js';
import { merkleRoot } from '../merkle.js';
import { MAX_TRANSACTION_BYTES } from '../params.js';
import { assembleTransaction } from '../transaction/envelope.js';
import { signTransaction } from '../transaction/transaction.js';
import type { Transaction, TransactionFields } from '../transaction/types.js';
import { blockSize, decodeBody, encodeBody, openBody, transactionsRoot, validateBody } from './block.js';
import { encodeHeader } from './header.js';
import type { Header } from './types.js';

const GENESIS = parseGenesis({
  name: 'blocks',
  chainId: 7,
  timestampMs: 0,
  blockIntervalMs: 1_000,
  firstTarget: '0xff',
  largestTarget: '0xff',
  blockGasLimit: 1_000_000,
  blockByteLimit: 1_024,
  minGasPriceWei: '0',
  blockRewardWei: '0',
  confirmations: 12,
});
const KEY = bigIntToBytes(7n, 32);

function transaction(nonce: number, dataLength = 0, chainId = GENESIS.chainId): Transaction {
  const data = new Uint8Array(dataLength);
  return signTransaction({ nonce, gasPrice: 1n, gasLimit: 21_000, to: ZERO_ADDRESS, value: 1n, data, chainId }, KEY);
}

const TRANSACTIONS = [transaction(0), transaction(1), transaction(2, 100)];

function headerFor(transactions: readonly Transaction[]): Header {
  return {
    ...GENESIS.header,
    height: 1,
    transactionCount: transactions.length,
    transactionsRoot: transactionsRoot(transactions),
  };
}

/** A body written by hand: its count, then each raw transaction behind its length. */
function bodyOf(count: number, raws: readonly Uint8Array[]): Uint8Array {
  const hex = raws.map((raw) => raw.length.toString(16).padStart(8, '0') + toHex(raw).slice(2));
  return fromHex(`0x${count.toString(16).padStart(8, '0')}${hex.join('')}`);
}

describe('a body', () => {
  it('is the count and the raw transactions, each behind its length', () => {
    const raws = TRANSACTIONS.map(({ raw }) => raw);
    expect(toHex(encodeBody(TRANSACTIONS))).toBe(toHex(bodyOf(3, raws)));
    expect(toHex(encodeBody([]))).toBe('0x00000000');
    expect(transactionsRoot(TRANSACTIONS)).toBe(merkleRoot(raws));
    expect(transactionsRoot([])).toBe(ZERO_HASH);
  });

  it('decodes to itself, with every sender', () => {
    expect(decodeBody(encodeBody(TRANSACTIONS), GENESIS)).toEqual({ value: TRANSACTIONS });
    expect(openBody(encodeBody(TRANSACTIONS), headerFor(TRANSACTIONS), GENESIS)).toEqual({ value: TRANSACTIONS });
    expect(decodeBody(encodeBody([]), GENESIS)).toEqual({ value: [] });
  });

  it('is not accepted cut, extended or with a count that lies', () => {
    const body = encodeBody(TRANSACTIONS);
    for (let length = 0; length < body.length; length++) {
      expect(decodeBody(body.subarray(0, length), GENESIS).fault?.code, `${length} bytes`).toBe('blockEncoding');
    }
    expect(decodeBody(Uint8Array.of(...body, 0), GENESIS).fault).toEqual({
      code: 'blockEncoding',
      detail: '1 bytes follow the body',
    });
    for (const count of [0, 2, 4, 2 ** 32 - 1]) {
      expect(
        decodeBody(
          bodyOf(
            count,
            TRANSACTIONS.map(({ raw }) => raw),
          ),
          GENESIS,
        ).fault?.code,
      ).toBe('blockEncoding');
    }
  });

  it('never makes its decoder throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        const { value } = decodeBody(bytes, GENESIS);
        if (value !== undefined) expect(encodeBody(value)).toEqual(bytes);
      }),
    );
  });

  it('is refused by its length before anything is read', () => {
    expect(decodeBody(new Uint8Array(1_029), GENESIS).fault).toEqual({
      code: 'blockTooLarge',
      got: 1_025,
      expected: 1_024,
    });
    expect(decodeBody(new Uint8Array(1_028), GENESIS).fault?.code).toBe('blockEncoding');
  });

  it('names the transaction that is wrong', () => {
    const foreign = encodeBody([transaction(0), transaction(1, 0, 8)]);
    expect(decodeBody(foreign, GENESIS).fault).toEqual({
      code: 'transactionForm',
      index: 1,
      fault: { code: 'txChainId', got: 8, expected: 7 },
    });
    const large: Genesis = { ...GENESIS, blockByteLimit: 2 * MAX_TRANSACTION_BYTES };
    const body = bodyOf(1, [new Uint8Array(MAX_TRANSACTION_BYTES + 1).fill(0xf8)]);
    expect(decodeBody(body, large).fault).toMatchObject({ code: 'transactionForm', fault: { code: 'txTooLarge' } });
    expect(decodeBody(bodyOf(1, [EMPTY_BYTES]), GENESIS).fault).toMatchObject({ fault: { code: 'txEncoding' } });
  });
});

describe('a body of many transactions', () => {
  const large: Genesis = { ...GENESIS, blockByteLimit: 100_000 };
  const many = Array.from({ length: 70 }, (_, nonce) => transaction(nonce));
  // r = 5 is the x of no point, so no key gives this signature.
  const { raw: nobodys } = assembleTransaction(
    transaction(0) as TransactionFields,
    { r: 5n, s: 1n, recovery: 0 },
    ZERO_ADDRESS,
  );
  const withOthers = (others: Record<number, Uint8Array>) =>
    decodeBody(
      bodyOf(
        many.length,
        many.map(({ raw }, i) => others[i] ?? raw),
      ),
      large,
    );

  it('decodes to itself', () => {
    expect(decodeBody(encodeBody(many), large)).toEqual({ value: many });
  });

  it.each([0, 31, 32, 33, 69])('names transaction %i that nobody signed', (index) => {
    expect(withOthers({ [index]: nobodys }).fault).toMatchObject({
      code: 'transactionForm',
      index,
      fault: { code: 'txSignature', detail: 'no key gives this signature' },
    });
  });

  it.each([
    [3, 5],
    [5, 3],
    [31, 32],
    [32, 31],
  ])('names the first of two that are wrong: nobody signed %i, %i is of another chain', (unsigned, foreign) => {
    const { fault } = withOthers({ [unsigned]: nobodys, [foreign]: transaction(0, 0, 8).raw });
    expect(fault).toMatchObject({
      index: Math.min(unsigned, foreign),
      fault: { code: unsigned < foreign ? 'txSignature' : 'txChainId' },
    });
  });
});

describe('validateBody and openBody', () => {
  const header = headerFor(TRANSACTIONS);

  it.each<[string, Transaction[], Partial<Header>, object]>([
    ['a missing transaction', TRANSACTIONS.slice(1), {}, { code: 'transactionCount', got: 2, expected: 3 }],
    [
      'a repeated tail (CVE-2012-2459)',
      [...TRANSACTIONS, TRANSACTIONS[2] as Transaction],
      {},
      { code: 'transactionCount', got: 4, expected: 3 },
    ],
    [
      'another order',
      [...TRANSACTIONS].reverse(),
      {},
      {
        code: 'transactionsRoot',
        got: transactionsRoot([...TRANSACTIONS].reverse()),
        expected: header.transactionsRoot,
      },
    ],
    [
      'another root',
      TRANSACTIONS,
      { transactionsRoot: ZERO_HASH },
      { code: 'transactionsRoot', got: header.transactionsRoot, expected: ZERO_HASH },
    ],
  ])('refuse %s', (_, transactions, changed, fault) => {
    const other = { ...header, ...changed };
    expect(validateBody(other, transactions, GENESIS)).toEqual(fault);
    expect(openBody(encodeBody(transactions), other, GENESIS)).toEqual({ fault });
  });

  it('check the root before any signature', () => {
    const unsigned = bodyOf(1, [Uint8Array.of(0xc0)]);
    const one = { ...header, transactionCount: 1 };
    expect(openBody(unsigned, one, GENESIS).fault?.code).toBe('transactionsRoot');
    const committed = { ...one, transactionsRoot: merkleRoot([Uint8Array.of(0xc0)]) };
    expect(openBody(unsigned, committed, GENESIS).fault?.code).toBe('transactionForm');
  });

  it('measure the header and every transaction with its length', () => {
    const raws = TRANSACTIONS.map(({ raw }) => raw.length + 4);
    const size = encodeHeader(header).length + raws.reduce((a, b) => a + b);
    expect(blockSize(header, TRANSACTIONS)).toBe(size);
    expect(validateBody(header, TRANSACTIONS, { ...GENESIS, blockByteLimit: size })).toBeUndefined();
    const fault = { code: 'blockTooLarge', got: size, expected: size - 1 };
    expect(validateBody(header, TRANSACTIONS, { ...GENESIS, blockByteLimit: size - 1 })).toEqual(fault);
    expect(openBody(encodeBody(TRANSACTIONS), header, { ...GENESIS, blockByteLimit: size - 1 })).toEqual({ fault });
  });
});
