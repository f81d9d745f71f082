import { PUBLISHED_ADDRESSES, PUBLISHED_MNEMONIC } from '@wattchain/core';
import { mnemonicToAccount } from 'viem/accounts';
import { expect, test } from 'vitest';
import { PARTICIPANTS, participantAccount } from './participants.js';

test('the participants are the published accounts, in order, as viem derives them from the mnemonic', () => {
  const addresses = PARTICIPANTS.map(({ name }) => participantAccount(name).address);
  expect(addresses.map((address) => address.toLowerCase())).toEqual(PUBLISHED_ADDRESSES);
  expect(addresses[5]).toBe(mnemonicToAccount(PUBLISHED_MNEMONIC, { addressIndex: 5 }).address);
});
