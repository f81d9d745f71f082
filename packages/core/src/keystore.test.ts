import { ctr } from '@noble/ciphers/aes.js';
import { scrypt } from '@noble/hashes/scrypt.js';
import { decryptKeystoreJsonSync, encryptKeystoreJsonSync } from 'ethers';
import { describe, expect, it } from 'vitest';
import { fromHex, textToBytes, toHex } from './bytes.js';
import { WattchainError } from './error.js';
import { keccak256 } from './hash.js';
import { addressOf } from './keys.js';
import { decryptKey, encryptKey, type KeystoreV3 } from './keystore.js';

const KEY = fromHex('0x7a28b5ba57c53603b0b07b56bba752f7784bf506fa95edc395f5cf6c7514fe9d');
const PASSPHRASE = 'testpassword';
/** Cheap, so that the tests are quick; only the vector and one test pay the real price. */
const OPTIONS = {
  salt: new Uint8Array(32).fill(1),
  iv: new Uint8Array(16).fill(2),
  uuid: new Uint8Array(16).fill(0xff),
  scryptN: 2,
};

/** The test vectors of the Web3 Secret Storage definition. */
const SCRYPT_VECTOR = {
  crypto: {
    cipher: 'aes-128-ctr',
    cipherparams: { iv: '83dbcc02d8ccb40e466191a123791e0e' },
    ciphertext: 'd172bf743a674da9cdad04534d56926ef8358534d458fffccd4e6ad2fbde479c',
    kdf: 'scrypt',
    kdfparams: {
      dklen: 32,
      n: 262_144,
      r: 1,
      p: 8,
      salt: 'ab0c7876052600dd703518d6fc3fe8984592145b591fc8fb5c6d43190334ba19',
    },
    mac: '2103ac29920d71da29f15d75b4a16dbe95cfd7ff8faea1056c33131d846e3097',
  },
  id: '3198bc9c-6672-5ab3-d995-4942343ae5b6',
  version: 3,
};
const PBKDF2_VECTOR = {
  crypto: {
    cipher: 'aes-128-ctr',
    cipherparams: { iv: '6087dab2f9fdbbfaddc31a909735c1e6' },
    ciphertext: '5318b4d5bcd28de64ee5559e671353e16f075ecae9f99c7a79a38af5f869aa46',
    kdf: 'pbkdf2',
    kdfparams: {
      c: 262_144,
      dklen: 32,
      prf: 'hmac-sha256',
      salt: 'ae3cd4e7013836a3df6bd7241b12db061dbe2c6785853cce422d148a624ce0bd',
    },
    mac: '517ead924a9d0dc3124507e3393d175ce3ff7c1e96529c6c555ce9e51205e9b2',
  },
  id: '3198bc9c-6672-5ab3-d995-4942343ae5b6',
  version: 3,
};

function errorOf(keystore: unknown, passphrase = PASSPHRASE): WattchainError {
  try {
    decryptKey(keystore, passphrase);
  } catch (error) {
    if (error instanceof WattchainError) return error;
    throw error;
  }
  return expect.fail('the key file was opened');
}

describe('decryptKey', () => {
  it.each([
    ['scrypt', SCRYPT_VECTOR],
    ['pbkdf2', PBKDF2_VECTOR],
  ])('opens the official vector of %s', (_, keystore) => {
    expect(toHex(decryptKey(keystore, PASSPHRASE))).toBe(toHex(KEY));
  });

  it('opens what ethers writes', () => {
    const account = { address: addressOf(KEY), privateKey: toHex(KEY) };
    const json = encryptKeystoreJsonSync(account, 'Grüße', { scrypt: { N: 16, r: 8, p: 1 } });
    expect(decryptKey(JSON.parse(json), 'Grüße')).toEqual(KEY);
  });

  it('opens old files: a capital letter, no address, a key without its leading zeros', () => {
    const derived = scrypt(PASSPHRASE, OPTIONS.salt, { N: 2, r: 8, p: 1, dkLen: 32 });
    const short = KEY.subarray(1);
    const ciphertext = ctr(derived.subarray(0, 16), OPTIONS.iv).encrypt(short);
    const { crypto } = encryptKey(KEY, PASSPHRASE, OPTIONS);
    const mac = toHex(keccak256(derived.subarray(16), ciphertext));
    const old = { version: 3, Crypto: { ...crypto, ciphertext: toHex(ciphertext).slice(2), mac } };
    expect(decryptKey(old, PASSPHRASE)).toEqual(Uint8Array.of(0, ...short));
  });

  const good = encryptKey(KEY, PASSPHRASE, OPTIONS);
  const withCrypto = (changed: object) => ({ ...good, crypto: { ...good.crypto, ...changed } });
  const withParams = (changed: object) => withCrypto({ kdfparams: { ...good.crypto.kdfparams, ...changed } });

  it('says when the passphrase is wrong, and nothing of the key', () => {
    const error = errorOf(good, 'testPassword');
    expect(error.code).toBe('wrongPassphrase');
    expect(error.message).toBe('the passphrase does not open this key file');
    expect(error.values).toEqual({ address: addressOf(KEY) });
  });

  it('takes a changed ciphertext, salt or mac for a wrong passphrase', () => {
    const zeros = '00'.repeat(32);
    for (const keystore of [
      withCrypto({ ciphertext: zeros }),
      withCrypto({ mac: zeros }),
      withParams({ salt: zeros }),
    ]) {
      expect(errorOf(keystore).code).toBe('wrongPassphrase');
    }
  });

  it.each<[unknown, string]>([
    [undefined, 'the key file is missing, expected an object'],
    [[], 'the key file is [], expected an object'],
    [{ ...good, version: 1 }, 'version in the key file is 1, expected a whole number from 3 to 3'],
    [{ ...good, address: '12' }, 'address in the key file is "0x12", expected an address'],
    [{ ...good, crypto: undefined }, 'crypto in the key file is missing, expected an object'],
    [withCrypto({ cipher: 'aes-256-gcm' }), 'crypto.cipher in the key file is "aes-256-gcm", expected "aes-128-ctr"'],
    [
      withCrypto({ cipherparams: { iv: '12' } }),
      'crypto.cipherparams.iv in the key file is "12", expected hexadecimal',
    ],
    [withCrypto({ ciphertext: '' }), 'crypto.ciphertext in the key file is "", expected hexadecimal digits of 1 to 32'],
    [withCrypto({ ciphertext: '00'.repeat(33) }), 'crypto.ciphertext in the key file is "0000'],
    [withCrypto({ mac: 'zz' }), 'crypto.mac in the key file is "zz", expected hexadecimal digits of 32 bytes'],
    [withCrypto({ kdf: 'argon2' }), 'crypto.kdf in the key file is "argon2", expected "scrypt" or "pbkdf2"'],
    [withParams({ n: 3 }), 'crypto.kdfparams.n in the key file is 3, expected a power of two'],
    [withParams({ n: 2 ** 22, r: 8 }), 'crypto.kdfparams.n in the key file is 4194304, expected n · r at most'],
    [
      withParams({ n: 2 ** 18, r: 8, p: 1_024 }),
      'crypto.kdfparams.n in the key file is 262144, expected n · r at most',
    ],
    [withParams({ p: 0 }), 'crypto.kdfparams.p in the key file is 0, expected a whole number from 1 to 1024'],
    [withParams({ dklen: 16 }), 'crypto.kdfparams.dklen in the key file is 16, expected a whole number from 32 to 64'],
    [
      { ...PBKDF2_VECTOR, crypto: { ...PBKDF2_VECTOR.crypto, kdfparams: { dklen: 32, salt: '00', prf: 'md5', c: 1 } } },
      'crypto.kdfparams.prf in the key file is "md5", expected "hmac-sha256"',
    ],
    [
      { ...good, address: '00'.repeat(20) },
      `address in the key file is "${'00'.repeat(20)}", expected ${good.address}, the address of the key inside`,
    ],
  ])('refuses %o', (keystore, message) => {
    const error = errorOf(keystore);
    expect(error.message).toContain(message);
    expect(error.code).toBe('badKeystore');
  });
});

describe('encryptKey', () => {
  it('writes what ethers opens', () => {
    const keystore = encryptKey(KEY, PASSPHRASE, OPTIONS);
    expect(decryptKeystoreJsonSync(JSON.stringify(keystore), PASSPHRASE).privateKey).toBe(toHex(KEY));
    expect(decryptKey(JSON.parse(JSON.stringify(keystore)), PASSPHRASE)).toEqual(KEY);
  });

  it('writes every field of the format', () => {
    const { crypto, ...rest }: KeystoreV3 = encryptKey(KEY, PASSPHRASE, OPTIONS);
    expect(rest).toEqual({
      version: 3,
      // Version 4, variant 10.
      id: 'ffffffff-ffff-4fff-bfff-ffffffffffff',
      address: '008aeeda4d805471df9b2a5b0f38a0c3bcba786b',
    });
    expect(crypto).toMatchObject({
      cipher: 'aes-128-ctr',
      cipherparams: { iv: '02'.repeat(16) },
      kdf: 'scrypt',
      kdfparams: { dklen: 32, n: 2, r: 8, p: 1, salt: '01'.repeat(32) },
    });
  });

  it('takes scrypt with N = 2^17 by default', () => {
    const { scryptN: _cheap, ...entropy } = OPTIONS;
    const keystore = encryptKey(KEY, PASSPHRASE, entropy);
    expect(keystore.crypto.kdfparams.n).toBe(131_072);
    expect(decryptKey(keystore, PASSPHRASE)).toEqual(KEY);
  });

  it('refuses what is no private key, and asserts its entropy', () => {
    expect(() => encryptKey(new Uint8Array(32), PASSPHRASE, OPTIONS)).toThrow(
      expect.objectContaining({ code: 'badPrivateKey' }),
    );
    expect(() => encryptKey(KEY, PASSPHRASE, { ...OPTIONS, iv: textToBytes('short') })).toThrow('assertion failed');
  });
});
