import { genesisChanges, genesisRecord, MemoryKeyValues } from '@wattchain/core';
import { DEVELOPMENT_MNEMONIC, deriveAccounts, developmentGenesis } from '@wattchain/node';
import { expect, test } from 'vitest';
import { type BeginningOptions, requireAgreement } from './devState.js';

const accounts = deriveAccounts(DEVELOPMENT_MNEMONIC, 5).map(({ address }, index) => ({
  name: String(index),
  address,
}));
/** A chain that three of the accounts began, with 50 coins each. */
const genesis = developmentGenesis({
  chainId: 31_337,
  timestampMs: 1_700_000_000_000,
  addresses: accounts.slice(0, 3).map(({ address }) => address),
  balanceWei: 50n * 10n ** 18n,
  contracts: [],
});
const state = new MemoryKeyValues();
state.apply(genesisChanges(genesis).changes.map(({ key, after }) => ({ key, value: after })));
const chain = { genesis, head: genesisRecord(genesis), stateAt: () => state };
const agree = (options: BeginningOptions, count = 3) => requireAgreement(options, { chain }, accounts.slice(0, count));

test('options that say what the file says are taken, and accounts that have nothing there are named', () => {
  const options = { chainId: '31337', accounts: '3', balance: '50', mnemonic: DEVELOPMENT_MNEMONIC };
  expect(agree(options)).toEqual([]);
  expect(agree({}, 5)).toEqual(['3', '4']);
});

test.each<[BeginningOptions, number, string]>([
  [{ chainId: '5' }, 3, '--chain-id is "5", and the chain in the state file has 31337'],
  [{ balance: '10000' }, 3, '--balance is "10000", and the chain in the state file began with 50 coins'],
  [{ accounts: '5' }, 5, '--accounts is "5", and the chain in the state file has no coins for 2 of these accounts'],
  [{ mnemonic: 'other words' }, 4, 'the chain in the state file has no coins for 1 of these accounts'],
  [{ market: true }, 3, 'was begun without --market'],
])('%j for %i accounts is refused: the file says something else', (options, count, message) => {
  expect(() => agree(options, count)).toThrow(message);
});
