import { fromHex, type Log } from '@wattchain/core';
import { applyMessage } from '@wattchain/vm';
import { type Abi, encodeFunctionData } from 'viem';
import { expect, test } from 'vitest';
import { CONTRACTS, GAS_LIMIT, MarketVm, testAccount } from '../../../packages/market/testing/marketVm.js';
import { tokensNotHeld } from './tokenSupply.js';

const HOLDERS = [1, 2].map(testAccount);
const { address, abi } = CONTRACTS.token;

function transfer(market: MarketVm, to: string, amount: bigint): readonly Log[] {
  const data = fromHex(encodeFunctionData({ abi: abi as Abi, functionName: 'transfer', args: [to, amount] }));
  const message = { from: testAccount(1).address, to: address, value: 0n, data, gasLimit: GAS_LIMIT, gasPrice: 0n };
  return applyMessage(market.state, message, market.context).logs;
}

test('tokens that nobody holds, or that come to somebody of whom the token says nothing, are seen', () => {
  const market = new MarketVm();
  for (const holder of HOLDERS) market.give(holder, 1_000n);
  expect(tokensNotHeld(market.state, HOLDERS, [])).toBe(0n);
  const logs = transfer(market, testAccount(7).address, 30n);
  expect(logs).toHaveLength(1);
  expect(tokensNotHeld(market.state, HOLDERS, logs)).toBe(0n);
  expect(tokensNotHeld(market.state, HOLDERS, [])).toBe(30n);
  market.state.setStorage(address, 0n, market.state.storage(address, 0n) + 5n);
  expect(tokensNotHeld(market.state, HOLDERS, logs)).toBe(5n);
});
