import { createECDH, createHmac, pbkdf2Sync } from 'node:crypto';
import {
  type Address,
  bigIntToBytes,
  bytesToBigInt,
  concatBytes,
  EMPTY_BYTES,
  numberToBytes,
  parseMnemonic,
  publicKeyToAddress,
} from '@wattchain/core';

/** The words that development chains everywhere use: whoever holds value under them has given it away. */
export const DEVELOPMENT_MNEMONIC = 'test test test test test test test test test test test junk';
/** Most accounts that a development chain begins with. */
export const MAX_DEVELOPMENT_ACCOUNTS = 1_000;

/** An account whose key the process holds. */
export interface DevelopmentAccount {
  readonly address: Address;
  /** 32 bytes. */
  readonly privateKey: Uint8Array;
}

/** A key of BIP-32 and what its children are derived with. */
interface ExtendedKey {
  readonly key: Uint8Array;
  readonly chainCode: Uint8Array;
}

const CURVE = 'secp256k1';
/** Order of secp256k1 (SEC 2, section 2.4.1). */
const CURVE_ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
const HARDENED = 2 ** 31;
/** m/44'/60'/0'/0, under which Ethereum's wallets count their accounts (BIP-44). */
const ACCOUNTS_PATH = [HARDENED + 44, HARDENED + 60, HARDENED, 0];

/**
 * The first accounts of a mnemonic, m/44'/60'/0'/0/i. Throws `badMnemonic`.
 *
 * What `privateKeyOfMnemonic` of core does, on the operating system's PBKDF2 and curve: in JavaScript ten accounts take most of
 * the second in which a development chain gives its first answer.
 */
export function deriveAccounts(mnemonic: string, count: number): DevelopmentAccount[] {
  const seed = pbkdf2Sync(parseMnemonic(mnemonic), 'mnemonic', 2048, 64, 'sha512');
  const parent = ACCOUNTS_PATH.reduce(deriveChild, splitKey(hmac(Buffer.from('Bitcoin seed'), seed)));
  return Array.from({ length: count }, (_, index) => {
    const { key } = deriveChild(parent, index);
    return { privateKey: key, address: publicKeyToAddress(publicKeyOf(key, 'uncompressed')) };
  });
}

/** CKDpriv of BIP-32. Its two impossible cases (one in 2^127) give a key that the curve refuses. */
function deriveChild({ key, chainCode }: ExtendedKey, index: number): ExtendedKey {
  const own = index >= HARDENED ? concatBytes(Uint8Array.of(0), key) : publicKeyOf(key, 'compressed');
  const child = splitKey(hmac(chainCode, concatBytes(own, numberToBytes(index, 4))));
  const sum = (bytesToBigInt(child.key) + bytesToBigInt(key)) % CURVE_ORDER;
  return { key: bigIntToBytes(sum, 32), chainCode: child.chainCode };
}

function publicKeyOf(key: Uint8Array, format: 'compressed' | 'uncompressed'): Uint8Array {
  const curve = createECDH(CURVE);
  curve.setPrivateKey(key);
  return concatBytes(curve.getPublicKey(null, format), EMPTY_BYTES);
}

function hmac(key: Uint8Array, data: Uint8Array): Uint8Array {
  return createHmac('sha512', key).update(data).digest();
}

function splitKey(bytes: Uint8Array): ExtendedKey {
  return { key: bytes.slice(0, 32), chainCode: bytes.slice(32) };
}
