import { ctr } from '@noble/ciphers/aes.js';
import { pbkdf2 } from '@noble/hashes/pbkdf2.js';
import { scrypt } from '@noble/hashes/scrypt.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { type Address, fromHex, type Hex, textToBytes, toHex } from './bytes.js';
import { assert, WattchainError } from './error.js';
import { keccak256 } from './hash.js';
import { createRefuse, JsonFields, type Refuse } from './jsonFields.js';
import { addressOf } from './keys.js';

/** A key file: Web3 Secret Storage, version 3. Hex without `0x`, as the format has it. */
export interface KeystoreV3 {
  readonly version: 3;
  /** UUID, version 4. */
  readonly id: string;
  readonly address: string;
  readonly crypto: {
    readonly cipher: 'aes-128-ctr';
    readonly cipherparams: { readonly iv: string };
    readonly ciphertext: string;
    readonly kdf: 'scrypt';
    readonly kdfparams: {
      readonly dklen: 32;
      readonly n: number;
      readonly r: number;
      readonly p: number;
      readonly salt: string;
    };
    readonly mac: string;
  };
}

/** What encrypting needs from outside: fresh random bytes for every file, and the cost of one guess. */
export interface EncryptKeyOptions {
  /** 32 bytes. */
  readonly salt: Uint8Array;
  /** 16 bytes. */
  readonly iv: Uint8Array;
  /** 16 bytes. */
  readonly uuid: Uint8Array;
  /** scrypt's N, a power of two; 2^17 takes 128 MiB and about half a second, the least that OWASP recommends. */
  readonly scryptN?: number;
}

const SCRYPT_N = 2 ** 17;
const SCRYPT_R = 8;
const SCRYPT_P = 1;
const KEY_BYTES = 32;
/** scrypt takes 128 · N · r bytes; 256 MiB is what geth's standard files need. */
const MAX_SCRYPT_BYTES = 2 ** 29;
/** N · r · p, four times the work of geth's standard files: some seconds. */
const MAX_SCRYPT_WORK = 2 ** 23;
const MAX_PBKDF2_ITERATIONS = 10_000_000;
const MAX_SALT_BYTES = 1_024;

const refuse: Refuse = createRefuse(
  'badKeystore',
  'the key file',
  'a key file is JSON as geth and other wallets write it (Web3 Secret Storage, version 3)',
);

/** Encrypts a private key under a passphrase (scrypt, AES-128-CTR, keccak-256 MAC). Throws `badPrivateKey`. */
export function encryptKey(
  privateKey: Uint8Array,
  passphrase: string,
  { salt, iv, uuid, scryptN = SCRYPT_N }: EncryptKeyOptions,
): KeystoreV3 {
  assert(salt.length === 32 && iv.length === 16 && uuid.length === 16, 'salt, iv and uuid have 32, 16 and 16 bytes');
  const address = addressOf(privateKey);
  const derived = scrypt(textToBytes(passphrase), salt, { N: scryptN, r: SCRYPT_R, p: SCRYPT_P, dkLen: KEY_BYTES });
  const ciphertext = ctr(derived.subarray(0, 16), iv).encrypt(privateKey);
  return {
    version: 3,
    id: formatUuid(uuid),
    address: bareHex(address),
    crypto: {
      cipher: 'aes-128-ctr',
      cipherparams: { iv: bareHex(toHex(iv)) },
      ciphertext: bareHex(toHex(ciphertext)),
      kdf: 'scrypt',
      kdfparams: { dklen: KEY_BYTES, n: scryptN, r: SCRYPT_R, p: SCRYPT_P, salt: bareHex(toHex(salt)) },
      mac: bareHex(toHex(macOf(derived, ciphertext))),
    },
  };
}

/**
 * The private key in a key file, already parsed as JSON. Reads scrypt and pbkdf2 files of any wallet.
 * Throws `badKeystore` with the field that is wrong, `wrongPassphrase`.
 */
export function decryptKey(keystore: unknown, passphrase: string): Uint8Array {
  const file = new JsonFields(keystore, '', refuse);
  file.integer('version', 3, 3);
  const address = readAddress(file);
  // Files before 2016 write a capital letter.
  const name = file.has('Crypto') ? 'Crypto' : 'crypto';
  const crypto = new JsonFields(file.take(name), name, refuse);
  crypto.oneOf('cipher', ['aes-128-ctr']);
  const cipherParams = new JsonFields(crypto.take('cipherparams'), crypto.pathOf('cipherparams'), refuse);
  const iv = readBytes(cipherParams, 'iv', 16, 16);
  const ciphertext = readBytes(crypto, 'ciphertext', 1, KEY_BYTES);
  const mac = readBytes(crypto, 'mac', 32, 32);
  const derived = deriveKey(crypto, passphrase);
  if (!equalInConstantTime(macOf(derived, ciphertext), mac)) {
    throw new WattchainError('wrongPassphrase', 'the passphrase does not open this key file', {
      values: address === undefined ? {} : { address },
      hint: 'try again; upper and lower case and spaces matter',
    });
  }
  // Old wallets dropped the leading zeros of a key.
  const privateKey = new Uint8Array(KEY_BYTES);
  privateKey.set(ctr(derived.subarray(0, 16), iv).decrypt(ciphertext), KEY_BYTES - ciphertext.length);
  const actual = addressOf(privateKey);
  if (address !== undefined && actual !== address) {
    refuse('address', bareHex(address), `${bareHex(actual)}, the address of the key inside`);
  }
  return privateKey;
}

function deriveKey(crypto: JsonFields, passphrase: string): Uint8Array {
  const kdf = crypto.oneOf('kdf', ['scrypt', 'pbkdf2']);
  const params = new JsonFields(crypto.take('kdfparams'), crypto.pathOf('kdfparams'), refuse);
  // 16 bytes for the cipher and 16 for the MAC; what is derived beyond them is not used by the format.
  const dkLen = params.integer('dklen', 32, 64);
  const salt = readBytes(params, 'salt', 0, MAX_SALT_BYTES);
  const secret = textToBytes(passphrase);
  if (kdf === 'pbkdf2') {
    params.oneOf('prf', ['hmac-sha256']);
    return pbkdf2(sha256, secret, salt, { c: params.integer('c', 1, MAX_PBKDF2_ITERATIONS), dkLen });
  }
  const r = params.integer('r', 1, 2 ** 10);
  const p = params.integer('p', 1, 2 ** 10);
  const N = params.integer('n', 2, 2 ** 22);
  if (!Number.isInteger(Math.log2(N))) refuse(params.pathOf('n'), N, 'a power of two');
  if (128 * N * r > MAX_SCRYPT_BYTES || N * r * p > MAX_SCRYPT_WORK) {
    refuse(params.pathOf('n'), N, `n · r at most ${MAX_SCRYPT_BYTES / 128} and n · r · p at most ${MAX_SCRYPT_WORK}`);
  }
  return scrypt(secret, salt, { N, r, p, dkLen });
}

function readAddress(file: JsonFields): Address | undefined {
  const text = file.take('address');
  // Optional in the format: some wallets leave it out for privacy.
  if (text === undefined || text === '') return undefined;
  const address = typeof text === 'string' && !text.startsWith('0x') ? `0x${text}` : text;
  return file.asAddress('address', address);
}

function readBytes(fields: JsonFields, name: string, minBytes: number, maxBytes: number): Uint8Array {
  const value = fields.take(name);
  const isHex = typeof value === 'string' && /^(0x)?([0-9a-fA-F]{2})*$/.test(value);
  const bytes = isHex ? fromHex(value.startsWith('0x') ? value : `0x${value}`) : undefined;
  if (bytes === undefined || bytes.length < minBytes || bytes.length > maxBytes) {
    const size = minBytes === maxBytes ? `${minBytes}` : `${minBytes} to ${maxBytes}`;
    return refuse(fields.pathOf(name), value, `hexadecimal digits of ${size} bytes`);
  }
  return bytes;
}

function macOf(derived: Uint8Array, ciphertext: Uint8Array): Uint8Array {
  return keccak256(derived.subarray(16, 32), ciphertext);
}

/** Looks at every byte, so that its time tells nothing about where two MACs differ. */
function equalInConstantTime(a: Uint8Array, b: Uint8Array): boolean {
  let difference = a.length ^ b.length;
  for (const [i, byte] of a.entries()) difference |= byte ^ (b[i] ?? 0);
  return difference === 0;
}

/** RFC 9562, section 5.4: 122 random bits, version 4, variant 10. */
function formatUuid(random: Uint8Array): string {
  const bytes = random.slice();
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80;
  const digits = bareHex(toHex(bytes));
  return [digits.slice(0, 8), digits.slice(8, 12), digits.slice(12, 16), digits.slice(16, 20), digits.slice(20)].join(
    '-',
  );
}

function bareHex(hex: Hex): string {
  return hex.slice(2);
}
