import { HDKey } from '@scure/bip32';
import { mnemonicToSeedSync } from '@scure/bip39';
import { assert } from './error.js';
import { parseMnemonic } from './mnemonic.js';

/** Keys that a mnemonic is asked for: BIP-32's non-hardened indexes. */
const MAX_INDEX = 2 ** 31 - 1;

/**
 * The private key of an account: BIP-32 along `m/44'/60'/0'/0/index` (BIP-44, coin 60) from the seed of a mnemonic, as every
 * Ethereum wallet does it. Takes a tenth of a second or more, for BIP-39's 2,048 rounds of PBKDF2. Throws `badMnemonic`.
 */
export function privateKeyOfMnemonic(mnemonic: string, index = 0): Uint8Array {
  assert(Number.isInteger(index) && index >= 0 && index <= MAX_INDEX, 'the index of an account', index);
  const seed = mnemonicToSeedSync(parseMnemonic(mnemonic));
  const { privateKey } = HDKey.fromMasterSeed(seed).derive(`m/44'/60'/0'/0/${index}`);
  assert(privateKey !== null, 'a derived private key is there');
  return privateKey;
}
