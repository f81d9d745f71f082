import { privateKeyOfMnemonic, toHex } from '@wattchain/core';
import { english, generateMnemonic, mnemonicToAccount } from 'viem/accounts';
import { describe, expect, it } from 'vitest';
import { DEVELOPMENT_MNEMONIC, deriveAccounts } from './accounts.js';

describe('deriveAccounts', () => {
  it('gives the accounts that everybody knows', () => {
    const [first, second] = deriveAccounts(DEVELOPMENT_MNEMONIC, 2);
    // As Anvil and Hardhat print them.
    expect(first?.address).toBe('0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266');
    expect(toHex(first?.privateKey ?? new Uint8Array())).toBe(
      '0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80',
    );
    expect(second?.address).toBe('0x70997970c51812dc3a010c7d01b50e0d17dc79c8');
  });

  it.each([128, 256] as const)('agrees with viem on any mnemonic of %i bits', (strength) => {
    const mnemonic = generateMnemonic(english, strength);
    const accounts = deriveAccounts(`  ${mnemonic.replace(' ', '\t')}\n`, 4);
    for (const [addressIndex, { address, privateKey }] of accounts.entries()) {
      const expected = mnemonicToAccount(mnemonic, { addressIndex });
      expect(toHex(privateKey), mnemonic).toBe(toHex(privateKeyOfMnemonic(mnemonic, addressIndex)));
      expect(address, mnemonic).toBe(expected.address.toLowerCase());
      expect(toHex(privateKey), mnemonic).toBe(toHex(expected.getHdKey().privateKey ?? new Uint8Array()));
    }
  });

  it('refuses what is no mnemonic', () => {
    expect(() => deriveAccounts('test test junk', 1)).toThrow(expect.objectContaining({ code: 'badMnemonic' }));
  });
});
