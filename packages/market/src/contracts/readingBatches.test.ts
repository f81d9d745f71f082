import { fromHex, MAX_TRANSACTION_BYTES, newBlockGasLimit, signTransaction } from '@wattchain/core';
import { encodeFunctionData } from 'viem';
import { expect, it } from 'vitest';
import { CHAIN_ID, CONTRACTS, testAccount } from '../../testing/marketVm.js';
import {
  endPeriod,
  gateway,
  household,
  meterId,
  RATING,
  readingOf,
  registrar,
  registryRoom,
  signedBy,
} from '../../testing/registryRoom.js';

/** Of a network with the interval that a pilot has. */
const BLOCK_GAS = newBlockGasLimit(15_000);

it('a hundred readings with the signatures of a hundred devices fit one transaction', async () => {
  const vm = registryRoom();
  const devices = Array.from({ length: 100 }, (_, i) => testAccount(100 + i));
  for (const [i, { address }] of devices.entries()) {
    vm.send(registrar, 'registry', 'registerMeter', [meterId(100 + i), household.address, address, true, RATING]);
  }
  endPeriod(vm, 1);
  const batch = await Promise.all(devices.map((each, i) => signedBy(each, readingOf(100 + i, 1))));
  const { events, gasUsed } = vm.send(gateway, 'registry', 'reportSigned', [batch]);
  expect(events).toHaveLength(100);
  expect(gasUsed).toBeLessThan(BLOCK_GAS);
  expect(gasUsed / 100).toBeLessThan(55_000);
  const { abi, address } = CONTRACTS.registry;
  const data = fromHex(encodeFunctionData({ abi, functionName: 'reportSigned', args: [batch] }));
  const { raw } = signTransaction(
    { nonce: 0, gasPrice: 10n ** 9n, gasLimit: BLOCK_GAS, to: address, value: 0n, data, chainId: CHAIN_ID },
    gateway.privateKey,
  );
  expect(raw.length).toBeLessThan(MAX_TRANSACTION_BYTES);
});
