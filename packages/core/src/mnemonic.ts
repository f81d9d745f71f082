import { entropyToMnemonic, validateMnemonic } from '@scure/bip39';
import { wordlist } from '@scure/bip39/wordlists/english.js';
import { assert, WattchainError } from './error.js';

/** Entropy of a mnemonic of twelve words. */
export const MNEMONIC_ENTROPY_BYTES = 16;
const LENGTHS: readonly number[] = [12, 15, 18, 21, 24];

/**
 * A mnemonic of English words (BIP-39) for 16, 20, 24, 28 or 32 bytes of entropy: 12 to 24 words. The entropy is the caller's;
 * whoever sees it or the words has the keys.
 */
export function createMnemonic(entropy: Uint8Array): string {
  assert([16, 20, 24, 28, 32].includes(entropy.length), 'entropy has another number of bytes', entropy.length);
  return entropyToMnemonic(entropy, wordlist);
}

/**
 * A mnemonic as BIP-39 writes it: lower case, one space between words. Throws `badMnemonic`, which says how many words there
 * are, or which word is none of the list, or that the checksum in the last word does not fit; it never repeats the words.
 */
export function parseMnemonic(text: string): string {
  const words = text.normalize('NFKD').toLowerCase().split(/\s+/).filter(Boolean);
  if (!LENGTHS.includes(words.length)) {
    throw badMnemonic(
      `it has ${words.length} word${words.length === 1 ? '' : 's'}`,
      'a mnemonic has 12, 15, 18, 21 or 24 words',
      {
        words: words.length,
      },
    );
  }
  const unknown = words.findIndex((word) => !wordlist.includes(word));
  if (unknown !== -1) {
    throw badMnemonic(`word ${unknown + 1} is not in the list of BIP-39`, 'check its spelling', {
      position: unknown + 1,
    });
  }
  const mnemonic = words.join(' ');
  if (!validateMnemonic(mnemonic, wordlist)) {
    throw badMnemonic('its checksum does not fit', 'a word is wrong or in the wrong place', { words: words.length });
  }
  return mnemonic;
}

function badMnemonic(what: string, hint: string, values: Readonly<Record<string, unknown>>): WattchainError {
  return new WattchainError('badMnemonic', `this is no mnemonic: ${what}`, { values, hint });
}
