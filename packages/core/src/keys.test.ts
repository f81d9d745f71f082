import { computeAddress, getAddress, SigningKey } from 'ethers';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Address, bigIntToBytes, fromHex, textToBytes, toHex } from './bytes.js';
import { recoverAddress } from './crypto/signers.js';
import { keccak256 } from './hash.js';
import {
  addressOf,
  decodeSeal,
  ecrecover,
  encodeSeal,
  isValidSignature,
  parseAddress,
  publicKeyToAddress,
  sign,
  toChecksumAddress,
} from './keys.js';
import type { Signature } from './transaction/types.js';

/** Order of secp256k1 (SEC 2, section 2.4.1). */
const N = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
const privateKeys = fc.bigInt({ min: 1n, max: N - 1n }).map((scalar) => bigIntToBytes(scalar, 32));
const digests = fc.uint8Array({ minLength: 32, maxLength: 32 });
const KEY = bigIntToBytes(1n, 32);
const DIGEST = keccak256(textToBytes('sunshine'));

describe('addresses', () => {
  it('knows the addresses of keys 1 and 2', () => {
    expect(addressOf(bigIntToBytes(1n, 32))).toBe('0x7e5f4552091a69125d5dfcb7b8c2659029395bdf');
    expect(addressOf(bigIntToBytes(2n, 32))).toBe('0x2b5ad5c4795c026514f8317c7a215e218dccd6cf');
  });

  it('agrees with ethers on keys, compressed and uncompressed', () => {
    fc.assert(
      fc.property(privateKeys, (privateKey) => {
        const oracle = new SigningKey(toHex(privateKey));
        const address = computeAddress(oracle).toLowerCase();
        expect(addressOf(privateKey)).toBe(address);
        expect(publicKeyToAddress(fromHex(oracle.publicKey))).toBe(address);
        expect(publicKeyToAddress(fromHex(oracle.compressedPublicKey))).toBe(address);
      }),
      { numRuns: 30 },
    );
  });

  it.each([new Uint8Array(32), bigIntToBytes(N, 32), new Uint8Array(31), new Uint8Array(33)])(
    'refuses a private key that is none, without showing it',
    (privateKey) => {
      expect(() => addressOf(privateKey)).toThrow(expect.objectContaining({ code: 'badPrivateKey' }));
      expect(() => sign(DIGEST, privateKey)).toThrow('this is not a private key of secp256k1');
    },
  );

  it('refuses a public key that is no point', () => {
    expect(() => publicKeyToAddress(new Uint8Array(33).fill(2))).not.toThrow();
    for (const bytes of [new Uint8Array(65), new Uint8Array(33), Uint8Array.of(4), new Uint8Array(64)]) {
      expect(() => publicKeyToAddress(bytes)).toThrow(expect.objectContaining({ code: 'badPublicKey' }));
    }
  });
});

describe('EIP-55', () => {
  // The examples of the EIP.
  const EXAMPLES = [
    '0x52908400098527886E0F7030069857D2E4169EE7',
    '0x8617E340B3D01FA5F11F306F4090FD50E238070D',
    '0xde709f2102306220921060314715629080e2fb77',
    '0x27b1fdb04752bbc536007a920d24acb045561c26',
    '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed',
    '0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359',
    '0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB',
    '0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb',
  ];

  it.each(EXAMPLES)('writes and reads %s', (text) => {
    const lower = text.toLowerCase() as Address;
    expect(toChecksumAddress(lower)).toBe(text);
    expect(parseAddress(text)).toBe(lower);
    expect(parseAddress(lower)).toBe(lower);
    expect(parseAddress(`0x${text.slice(2).toUpperCase()}`)).toBe(lower);
  });

  it('agrees with ethers', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 20, maxLength: 20 }), (bytes) => {
        expect(toChecksumAddress(toHex(bytes))).toBe(getAddress(toHex(bytes)));
      }),
    );
  });

  it.each([
    ['0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD', /checksum of address "0x5aAeb.*" does not fit/],
    ['5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed', /is not an address/],
    ['0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAe', /is not an address/],
    ['0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAedd', /is not an address/],
    ['0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeg', /is not an address/],
    ['', /"" is not an address/],
  ])('refuses %s', (text, message) => {
    expect(() => parseAddress(text)).toThrow(expect.objectContaining({ code: 'badAddress' }));
    expect(() => parseAddress(text)).toThrow(message);
  });
});

describe('signatures', () => {
  it('agree with ethers in every bit, and give the signer back', () => {
    fc.assert(
      fc.property(privateKeys, digests, (privateKey, digest) => {
        const signature = sign(digest, privateKey);
        const oracle = new SigningKey(toHex(privateKey)).sign(digest);
        expect([signature.r, signature.s, signature.recovery]).toEqual([
          BigInt(oracle.r),
          BigInt(oracle.s),
          oracle.yParity,
        ]);
        expect(isValidSignature(signature)).toBe(true);
        expect(recoverAddress(digest, signature.r, signature.s, signature.recovery)).toBe(addressOf(privateKey));
      }),
      { numRuns: 30 },
    );
  });

  it('give their signer to contracts in both forms of s, as ethers has it', () => {
    const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
    fc.assert(
      fc.property(privateKeys, digests, (privateKey, digest) => {
        const { r, s, v } = new SigningKey(toHex(privateKey)).sign(digest);
        const [oracle, low] = [addressOf(privateKey), BigInt(s)];
        expect(ecrecover(digest, BigInt(v), BigInt(r), low)).toBe(oracle);
        expect(ecrecover(digest, BigInt(55 - v), BigInt(r), order - low)).toBe(oracle);
        expect(ecrecover(digest, BigInt(v), BigInt(r), order - low)).not.toBe(oracle);
        for (const [wrongV, wrongR, wrongS] of [
          [0n, BigInt(r), low],
          [BigInt(v) + 256n, BigInt(r), low],
          [BigInt(v), 0n, low],
          [BigInt(v), order, low],
          [BigInt(v), BigInt(r), 0n],
          [BigInt(v), BigInt(r), order],
        ] as const) {
          expect(ecrecover(digest, wrongV, wrongR, wrongS)).toBeUndefined();
        }
      }),
      { numRuns: 15 },
    );
  });

  it('of another digest or parity give another signer', () => {
    const signature = sign(DIGEST, KEY);
    expect(recoverAddress(keccak256(DIGEST), signature.r, signature.s, signature.recovery)).not.toBe(addressOf(KEY));
    expect(recoverAddress(DIGEST, signature.r, signature.s, signature.recovery === 0 ? 1 : 0)).not.toBe(addressOf(KEY));
  });

  it('have no signer when r is no x coordinate of the curve', () => {
    // x = 5: 5^3 + 7 = 132 is no square modulo the field's prime.
    expect(recoverAddress(DIGEST, 5n, 1n, 0)).toBeUndefined();
  });

  it('are valid exactly within their ranges', () => {
    const good: Signature = { r: 1n, s: 1n, recovery: 0 };
    expect(isValidSignature(good)).toBe(true);
    expect(isValidSignature({ ...good, r: N - 1n, s: N / 2n })).toBe(true);
    for (const bad of [{ r: 0n }, { r: N }, { s: 0n }, { s: N / 2n + 1n }, { r: -1n }, { s: -1n }]) {
      expect(isValidSignature({ ...good, ...bad })).toBe(false);
    }
    expect(isValidSignature({ ...good, recovery: 2 as 0 })).toBe(false);
  });

  it('travel as 65 bytes, in one form only', () => {
    const signature = sign(DIGEST, KEY);
    const seal = encodeSeal(signature);
    expect(toHex(seal)).toBe(
      `0x${signature.r.toString(16).padStart(64, '0')}${signature.s.toString(16).padStart(64, '0')}0${signature.recovery}`,
    );
    expect(decodeSeal(seal)).toEqual(signature);
    expect(decodeSeal(seal.subarray(1))).toBeUndefined();
    expect(decodeSeal(Uint8Array.of(...seal, 0))).toBeUndefined();
    expect(decodeSeal(new Uint8Array(0))).toBeUndefined();
    expect(decodeSeal(Uint8Array.of(...seal.subarray(0, 64), 27))).toBeUndefined();
    expect(decodeSeal(encodeSeal({ ...signature, s: N - signature.s }))).toBeUndefined();
    expect(decodeSeal(new Uint8Array(65))).toBeUndefined();
  });
});
