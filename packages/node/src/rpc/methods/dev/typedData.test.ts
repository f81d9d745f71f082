import { toHex } from '@wattchain/core';
import { TypedDataEncoder } from 'ethers';
import fc from 'fast-check';
import { hashTypedData as hashByViem } from 'viem';
import { describe, expect, it } from 'vitest';
import { hashTypedData } from './typedData.js';

/** The example of recursive data in the tests of @metamask/eth-sig-util 8.2.0 (ISC), the library of wallets. */
const FAMILY = {
  types: {
    EIP712Domain: [
      { name: 'name', type: 'string' },
      { name: 'version', type: 'string' },
      { name: 'chainId', type: 'uint256' },
      { name: 'verifyingContract', type: 'address' },
    ],
    Person: [
      { name: 'name', type: 'string' },
      { name: 'mother', type: 'Person' },
      { name: 'father', type: 'Person' },
    ],
  },
  primaryType: 'Person',
  domain: {
    name: 'Family Tree',
    version: '1',
    chainId: 1,
    verifyingContract: '0xCcCCccccCCCCcCCCCCCcCcCccCcCCCcCcccccccC',
  },
  message: {
    name: 'Jon',
    mother: { name: 'Lyanna', father: { name: 'Rickard' } },
    father: { name: 'Rhaegar', father: { name: 'Aeris II' } },
  },
};

const hex = (length: number) => fc.uint8Array({ minLength: length, maxLength: length }).map(toHex);
const ATOMS: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  string: fc.string({ unit: 'grapheme', maxLength: 40 }),
  bytes: fc.uint8Array({ maxLength: 70 }).map(toHex),
  bool: fc.boolean(),
  address: hex(20),
  bytes4: hex(4),
  bytes32: hex(32),
  uint8: fc.nat(255),
  uint256: fc.bigInt({ min: 0n, max: 2n ** 256n - 1n }).map(String),
  int16: fc.integer({ min: -(2 ** 15), max: 2 ** 15 - 1 }),
  int256: fc.bigInt({ min: -(2n ** 255n), max: 2n ** 255n - 1n }).map(String),
};

/** A type and a value of it: an atom, a struct of two atoms, or lists of them. */
const valued = fc.constantFrom(...Object.keys(ATOMS), 'Part').chain((base) => {
  const part = fc.record({ note: ATOMS.string as fc.Arbitrary<unknown>, amount: ATOMS.int16 as fc.Arbitrary<unknown> });
  const one = base === 'Part' ? part : (ATOMS[base] as fc.Arbitrary<unknown>);
  const list = fc.array(one, { maxLength: 3 });
  return fc.oneof(
    one.map((value) => ({ type: base, value })),
    list.map((value) => ({ type: `${base}[]`, value })),
    fc.tuple(one, one).map((value) => ({ type: `${base}[2]`, value })),
    fc.array(list, { maxLength: 2 }).map((value) => ({ type: `${base}[][]`, value })),
  );
});

describe('hashTypedData', () => {
  it('gives what wallets sign, absent and null structs included', () => {
    expect(toHex(hashTypedData(FAMILY))).toBe('0x807773b9faa9879d4971b43856c4d60c2da15c6f8c062bd9d33afefb756de19c');
    const orphan = { ...FAMILY, message: { name: 'Jon', mother: null, father: null } };
    expect(toHex(hashTypedData(orphan))).toBe('0x5f0df71c1e490a2accd44351a86408c42769271ca80a6a66cf61cb8501907e3f');
    expect(hashTypedData({ ...orphan, message: { name: 'Jon' } })).toEqual(hashTypedData(orphan));
  });

  it('agrees with viem and ethers on whatever both can hash', () => {
    fc.assert(
      fc.property(fc.array(valued, { minLength: 1, maxLength: 5 }), fc.boolean(), (members, hasVersion) => {
        const domain = { name: 'Wattchain', chainId: 31_337, ...(hasVersion ? { version: '2' } : {}) };
        const Whole = members.map(({ type }, i) => ({ name: `m${i}`, type }));
        const Part = [
          { name: 'note', type: 'string' },
          { name: 'amount', type: 'int16' },
        ];
        const types = Whole.some(({ type }) => type.startsWith('Part')) ? { Whole, Part } : { Whole };
        const message = Object.fromEntries(members.map(({ value }, i) => [`m${i}`, value]));
        const digest = toHex(hashTypedData({ domain, types, primaryType: 'Whole', message }));
        expect(digest).toBe(TypedDataEncoder.hash(domain, types, message));
        expect(digest).toBe(hashByViem({ domain, types, primaryType: 'Whole', message } as never));
      }),
      { numRuns: 150 },
    );
  });

  it('of a domain alone', () => {
    const types = { EIP712Domain: [{ name: 'name', type: 'string' }] };
    const data = { types, primaryType: 'EIP712Domain', domain: { name: 'Wattchain' }, message: {} } as const;
    expect(toHex(hashTypedData(data))).toBe(hashByViem(data as never));
  });

  const one = (type: string, value: unknown) => ({
    types: { T: [{ name: 'a', type }] },
    primaryType: 'T',
    message: { a: value },
  });
  it.each<[unknown, string]>([
    [null, 'the typed data is null, an object is expected'],
    [{ types: {} }, 'primaryType absent is not one of the types'],
    [{ types: { T: 5 }, primaryType: 'T' }, 'types.T is 5, a list of fields is expected'],
    [{ types: { T: [{ name: 'a' }] }, primaryType: 'T' }, 'types.T[0] is {"name":"a"}, a name and a type are expected'],
    [{ types: { T: [] }, primaryType: 'T', message: null }, 'message is null, an object is expected'],
    [one('uint8', 256), 'message.a is 256, uint8 is expected'],
    [one('uint8', -1), 'message.a is -1'],
    [one('int8', 128), 'message.a is 128'],
    [one('uint256', 2 ** 53), 'message.a is 9007199254740992, uint256 is expected'],
    [one('uint256', 1.5), 'message.a is 1.5'],
    [one('uint256', null), 'message.a is null, uint256 is expected'],
    [one('uint7', 1), 'there is no type uint7'],
    [one('bytes33', '0x'), 'there is no type bytes33'],
    [one('Ghost', {}), 'there is no type Ghost'],
    [one('bytes4', '0x00'), 'message.a is "0x00", bytes4 is expected'],
    [one('bool', 'true'), 'message.a is "true", bool is expected'],
    [one('string', null), 'message.a is null, string is expected'],
    [one('address', '0x12'), 'message.a is "0x12", address is expected'],
    [one('string[]', null), 'message.a is null, string[] is expected'],
    [one('string[2]', ['x']), 'message.a is ["x"], string[2] is expected'],
    [one('string[][]', [['x'], [1]]), 'message.a[1][0] is 1, string is expected'],
    [one('bool[]', Array(20_000).fill(true)), 'it has more than 16384 fields and elements of lists'],
    [
      {
        types: Object.fromEntries(
          Array.from({ length: 800 }, (_, i) => [`T${i}`, [{ name: 'next', type: `T${i + 1}` }]]),
        ),
      },
      'characters, at most 16384 are taken',
    ],
  ])('refuses %j', (data, detail) => {
    expect(() => hashTypedData(data)).toThrow(/^the typed data cannot be hashed: /);
    expect(() => hashTypedData(data)).toThrow(detail);
  });
});
