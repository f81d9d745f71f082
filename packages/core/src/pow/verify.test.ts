import { describe, expect, it } from 'vitest';
import vectors from '../../../../test/vectors/pow.json' with { type: 'json' };
import { fromHex, type Hash, toHex } from '../bytes.js';
import { meetsTarget, POW_TAG, powBlock1, powDigest, powHash } from './verify.js';

describe('proof of work', () => {
  it('lays the message out so that the nonce is alone with constants in the second block', () => {
    expect(powBlock1(new Uint8Array(32), 0n)).toHaveLength(64);
    expect(POW_TAG).toHaveLength(48);
  });

  it.each(vectors.hashes)('hashes extraNonce $extraNonce, headerNonce $headerNonce as the protocol says', (vector) => {
    const sealHash = fromHex(vector.sealHash);
    const extraNonce = BigInt(vector.extraNonce);
    expect(toHex(powDigest(sealHash, extraNonce, vector.headerNonce))).toBe(vector.digest);
    expect(powHash(sealHash, extraNonce, vector.headerNonce)).toBe(vector.blockHash);
  });

  it('accepts a hash equal to the target and none above', () => {
    const hash: Hash = `0x${'00'.repeat(31)}05`;
    expect(meetsTarget(hash, 6n)).toBe(true);
    expect(meetsTarget(hash, 5n)).toBe(true);
    expect(meetsTarget(hash, 4n)).toBe(false);
  });
});
