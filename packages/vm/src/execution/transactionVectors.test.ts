/** Ethereum's own tests of typed transactions: which bytes are transactions, whose, with which hash and intrinsic gas. */
import { readdirSync, readFileSync } from 'node:fs';
import { decodeTransaction, fromHex, type Hex } from '@wattchain/core';
import { describe, expect, test } from 'vitest';
import { intrinsicGas } from '../gas.js';

type Result = { readonly hash: Hex; readonly sender: Hex; readonly intrinsicGas: Hex } | { readonly exception: string };

interface Vector {
  readonly result: Readonly<Record<string, Result>>;
  readonly txbytes: Hex;
}

const folder = new URL('../../../../test/vectors/transactions/', import.meta.url);
const vectors = ['ttEIP1559', 'ttEIP2930'].flatMap((kind) =>
  readdirSync(new URL(kind, folder)).flatMap((file) =>
    Object.entries(JSON.parse(readFileSync(new URL(`${kind}/${file}`, folder), 'utf8')) as Record<string, Vector>),
  ),
);

/** What we call what the vectors call so. */
const FAULTS: Readonly<Record<string, { readonly code: string; readonly detail?: string }>> = {
  GASLIMIT_PRICE_PRODUCT_OVERFLOW: { code: 'txFeeOverflow' },
  RLP_LEADING_ZEROS_BASEFEE: { code: 'txEncoding', detail: 'maxFeePerGas has leading zeros' },
  RLP_LEADING_ZEROS_PRIORITY_FEE: { code: 'txEncoding', detail: 'maxPriorityFeePerGas has leading zeros' },
  GASPRICE_OVERFLOW: { code: 'txEncoding', detail: `maxFeePerGas is larger than ${2n ** 256n - 1n}` },
  PRIORITY_OVERFLOW: { code: 'txEncoding', detail: `maxPriorityFeePerGas is larger than ${2n ** 256n - 1n}` },
  PRIORITY_GREATER_THAN_MAX_FEE_PER_GAS_2: { code: 'txPriorityFee' },
  RLP_INVALID_ACCESS_LIST_ADDRESS_TOO_LONG: {
    code: 'txEncoding',
    detail: 'the access list entry 0 has an address of 21 bytes, 20 are expected',
  },
  RLP_INVALID_ACCESS_LIST_ADDRESS_TOO_SHORT: {
    code: 'txEncoding',
    detail: 'the access list entry 0 has an address of 19 bytes, 20 are expected',
  },
  RLP_INVALID_ACCESS_LIST_STORAGE_TOO_LONG: {
    code: 'txEncoding',
    detail: 'the access list entry 0 has a key of 33 bytes, 32 are expected',
  },
  RLP_INVALID_ACCESS_LIST_STORAGE_TOO_SHORT: {
    code: 'txEncoding',
    detail: 'the access list entry 0 has a key of 2 bytes, 32 are expected',
  },
};

describe('official vectors, by the rules of Cancun', () => {
  test('are all there', () => {
    expect(vectors).toHaveLength(16);
  });

  test.each(vectors)('%s', (_, { result, txbytes }) => {
    const expected = result.Cancun as Result;
    const { value, fault } = decodeTransaction(fromHex(txbytes), 1);
    if ('exception' in expected) {
      expect(fault).toMatchObject(FAULTS[expected.exception.replace('TransactionException.', '')] as object);
      return;
    }
    expect(fault).toBeUndefined();
    expect(value).toMatchObject({ hash: expected.hash, sender: expected.sender });
    if (value === undefined) return;
    expect(intrinsicGas(value.data, value.to === null, value.accessList)).toBe(Number(expected.intrinsicGas));
  });
});
