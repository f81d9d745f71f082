import { PUBLISHED_ADDRESSES, PUBLISHED_MNEMONIC } from '@wattchain/core';
import { mnemonicToAccount } from 'viem/accounts';
import { expect, test } from 'vitest';
import {
  findParticipant,
  householdName,
  MAX_HOUSEHOLDS,
  PARTICIPANTS,
  participantAccount,
  participantAt,
  participantsFor,
} from './participants.js';

test('the participants are the published accounts, in order, as viem derives them from the mnemonic', () => {
  const addresses = participantsFor(MAX_HOUSEHOLDS).map(({ name }) => participantAccount(name).address);
  expect(addresses.map((address) => address.toLowerCase())).toEqual(PUBLISHED_ADDRESSES);
  expect(addresses[5]).toBe(mnemonicToAccount(PUBLISHED_MNEMONIC, { addressIndex: 5 }).address);
  expect(addresses[36]).toBe(mnemonicToAccount(PUBLISHED_MNEMONIC, { addressIndex: 36 }).address);
});

test("a larger community adds households behind the paper's eight participants", () => {
  expect(participantsFor(3)).toEqual(PARTICIPANTS);
  expect(participantsFor(5).map(({ name }) => name)).toEqual([
    ...PARTICIPANTS.map(({ name }) => name),
    'node-4',
    'node-5',
  ]);
  expect(findParticipant('node-33')).toBeUndefined();
});

test('every household has an account, found by its name and by its address', () => {
  for (let position = 0; position < MAX_HOUSEHOLDS; position += 1) {
    const name = householdName(position);
    const address = participantAccount(name).address.toLowerCase() as `0x${string}`;
    expect(findParticipant(name)?.name).toBe(name);
    expect(participantAt(address)?.name).toBe(name);
  }
});
