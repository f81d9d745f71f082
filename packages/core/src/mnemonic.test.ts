import fc from 'fast-check';
import { mnemonicToAccount } from 'viem/accounts';
import { describe, expect, it } from 'vitest';
import { fromHex } from './bytes.js';
import { addressOf } from './keys.js';
import { createMnemonic, parseMnemonic } from './mnemonic.js';
import { privateKeyOfMnemonic } from './mnemonicKey.js';
import { PUBLISHED_ADDRESSES, PUBLISHED_MNEMONIC } from './publishedAccounts.js';

// Entropy and words from the vectors that BIP-39 links to (trezor/python-mnemonic, vectors.json).
const VECTORS: readonly (readonly [entropy: string, words: string])[] = [
  [
    '00000000000000000000000000000000',
    'abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about',
  ],
  ['7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f', 'legal winner thank year wave sausage worth useful legal winner thank yellow'],
  [
    '80808080808080808080808080808080',
    'letter advice cage absurd amount doctor acoustic avoid letter advice cage above',
  ],
  ['ffffffffffffffffffffffffffffffff', 'zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo wrong'],
  ['9e885d952ad362caeb4efe34a8e91bd2', 'ozone drill grab fiber curtain grace pudding thank cruise elder eight picnic'],
];

describe('mnemonics', () => {
  it.each(VECTORS)('of entropy %s are those of BIP-39', (entropy, words) => {
    expect(createMnemonic(fromHex(`0x${entropy}`))).toBe(words);
    expect(parseMnemonic(words)).toBe(words);
  });

  it('are read whatever their case and spaces', () => {
    expect(parseMnemonic(`  ${PUBLISHED_MNEMONIC.toUpperCase().replaceAll(' ', '\n\t ')} `)).toBe(PUBLISHED_MNEMONIC);
  });

  it('give the keys that viem and every wallet derives', () => {
    for (const index of [0, 2 ** 31 - 1]) {
      expect(addressOf(privateKeyOfMnemonic(PUBLISHED_MNEMONIC, index))).toBe(
        mnemonicToAccount(PUBLISHED_MNEMONIC, { addressIndex: index }).address.toLowerCase(),
      );
    }
    expect(addressOf(privateKeyOfMnemonic(PUBLISHED_MNEMONIC, 3))).toBe(PUBLISHED_ADDRESSES[3]);
    // The first account of the mnemonic that Hardhat and Anvil print.
    expect(addressOf(privateKeyOfMnemonic(`${'test '.repeat(11)}junk`))).toBe(
      '0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266',
    );
  });

  it('that are wrong say what is wrong, and nothing of the words', () => {
    const about = (text: string) => {
      try {
        parseMnemonic(text);
      } catch (error) {
        return error;
      }
      return undefined;
    };
    expect(about('abandon about')).toMatchObject({ code: 'badMnemonic', values: { words: 2 } });
    expect(String(about('abandon'))).toContain('it has 1 word');
    expect(String(about('abandon'))).not.toContain('it has 1 words');
    expect(about(`${'abandon '.repeat(6)}secretword ${'abandon '.repeat(5)}`)).toMatchObject({
      values: { position: 7 },
    });
    expect(String(about(`${'abandon '.repeat(6)}secretword ${'abandon '.repeat(5)}`))).not.toContain('secretword');
    expect(about('abandon '.repeat(12))).toMatchObject({ message: 'this is no mnemonic: its checksum does not fit' });
  });

  it('of any entropy are read again', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(16, 20, 24, 28, 32).chain((size) => fc.uint8Array({ minLength: size, maxLength: size })),
        (entropy) => {
          const mnemonic = createMnemonic(entropy);
          expect(parseMnemonic(mnemonic)).toBe(mnemonic);
        },
      ),
      { numRuns: 50 },
    );
  });
});
