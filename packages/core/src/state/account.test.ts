import { describe, expect, it } from 'vitest';
import vectors from '../../../../test/vectors/stateTree.json' with { type: 'json' };
import { type Address, fromHex, type Hash, toHex } from '../bytes.js';
import { AssertionFailure } from '../error.js';
import {
  accountKey,
  codeKey,
  decodeAccount,
  decodeWord,
  encodeAccount,
  encodeWord,
  storageKey,
  treeKey,
} from './account.js';

const values = vectors.states.flatMap((state) => state.values);

describe('flat keys and values', () => {
  it('are those of the independent vectors', () => {
    for (const { account, storage, key, value, treeKey: place } of values) {
      if (account !== undefined) {
        const decoded = {
          nonce: account.nonce,
          balance: BigInt(account.balance),
          codeHash: account.codeHash as Hash | null,
        };
        expect(toHex(accountKey(account.address as Address))).toBe(key);
        expect(toHex(encodeAccount(decoded))).toBe(value);
        expect(decodeAccount(fromHex(value))).toEqual(decoded);
      } else {
        expect(toHex(storageKey(storage?.address as Address, BigInt(storage?.slot as string)))).toBe(key);
        expect(toHex(encodeWord(BigInt(storage?.word as string)) as Uint8Array)).toBe(value);
        expect(decodeWord(fromHex(value))).toBe(BigInt(storage?.word as string));
      }
      expect(toHex(treeKey(fromHex(key)))).toBe(place);
    }
  });

  it('has no value for a zero word and 0 for none', () => {
    expect(encodeWord(0n)).toBeUndefined();
    expect(decodeWord(undefined)).toBe(0n);
  });

  it('keys code by its hash under "c"', () => {
    const hash: Hash = `0x${'5c'.repeat(32)}`;
    expect(toHex(codeKey(hash))).toBe(`0x63${'5c'.repeat(32)}`);
  });

  it('refuses a second spelling of an address', () => {
    expect(() => accountKey(`0x${'AB'.repeat(20)}`)).toThrow(AssertionFailure);
    expect(() => storageKey(`0x${'ab'.repeat(19)}`, 0n)).toThrow(AssertionFailure);
    expect(() => storageKey(`0x${'ab'.repeat(20)}`, 2n ** 256n)).toThrow(AssertionFailure);
  });
});
