import { bankAbi, energyTokenAbi, energyTradeAbi, GENESIS_ADDRESSES, PAPER_ZONE } from '@wattchain/market';
import { type Address, encodeErrorResult, encodeFunctionData, type Hex, parseEther, stringToHex } from 'viem';
import { describe, expect, it } from 'vitest';
import type { Words } from './contractWords.js';
import { meterClock } from './meterTime.js';
import { callOf, failureInWords, transactionTitle } from './transactionWords.js';

const clock = meterClock(PAPER_ZONE);
const reader = { clock, nameOf: () => 'Rose Street 4' };
const BUYER: Address = '0x1111111111111111111111111111111111111111';
const said = (words: Words) =>
  words.map((piece) => (typeof piece === 'string' ? piece : `<${piece.address}>`)).join('');
const trade = (input: `0x${string}`) => ({ to: GENESIS_ADDRESSES.tradeAddress, value: 0n, input });
const meter = stringToHex('node-1', { size: 32 });

describe('calls in words', () => {
  it('says energy, prices and times with their units', () => {
    const input = encodeFunctionData({
      abi: energyTradeAbi,
      functionName: 'offer',
      // 4 July 2018, 8:00 in San Diego is 15:00 UTC.
      args: [meter, 1_530_716_400n, 3600n, 1_071_612n, 10n ** 18n, 1_600_000_000n, 1_600_000_600n],
    });
    const call = callOf(trade(input), GENESIS_ADDRESSES, clock);
    expect(call && said(call.title)).toBe('Offer 1.072 kWh of node-1 from 4 July 2018, 08:00 (UTC-07:00)');
    const values = Object.fromEntries(call?.values.map(({ name, value }) => [name, said(value)]) ?? []);
    expect(values).toMatchObject({
      meter: 'node-1',
      energy: '1.072 kWh',
      price: '1.000 ENT for 150 Wh',
      period: '1 h',
    });
  });
  it('names people by address and tokens by their unit', () => {
    const input = encodeFunctionData({
      abi: energyTokenAbi,
      functionName: 'transfer',
      args: [BUYER, parseEther('2.5')],
    });
    const title = transactionTitle({ to: GENESIS_ADDRESSES.tokenAddress, value: 0n, input }, GENESIS_ADDRESSES, clock);
    expect(said(title)).toBe(`Send 2.500 ENT to <${BUYER}>`);
  });
  it('cuts long lists and survives times beyond every calendar', () => {
    const many = Array.from({ length: 30 }, (_, index) => BigInt(index));
    const orders = encodeFunctionData({ abi: bankAbi, functionName: 'runStandingOrders', args: [many] });
    const call = callOf({ to: GENESIS_ADDRESSES.bankAddress, value: 0n, input: orders }, GENESIS_ADDRESSES, clock);
    expect(said(call?.values[0]?.value ?? [])).toMatch(/^0, 1, 2.* 19 and 10 more$/);
    const settle = encodeFunctionData({
      abi: energyTradeAbi,
      functionName: 'settle',
      args: [meter, 2n ** 64n - 1n, 60n, 1n],
    });
    expect(said(transactionTitle(trade(settle), GENESIS_ADDRESSES, clock))).toContain('18,446,744,073,709,551,615');
  });
  it('does not read what is no call of the contract', () => {
    expect(callOf(trade('0xdeadbeef'), GENESIS_ADDRESSES, clock)).toBeUndefined();
    expect(callOf(trade('0x'), GENESIS_ADDRESSES, clock)).toBeUndefined();
    expect(said(transactionTitle({ to: BUYER, value: 0n, input: '0xa9059cbb' }, GENESIS_ADDRESSES, clock))).toBe(
      `Call <${BUYER}>`,
    );
    expect(said(transactionTitle({ to: null, value: 0n, input: '0x00' }, GENESIS_ADDRESSES, clock))).toMatch(
      /new contract/,
    );
    expect(said(transactionTitle({ to: BUYER, value: parseEther('1.5'), input: '0x' }, GENESIS_ADDRESSES, clock))).toBe(
      `Send 1.500 WATT to <${BUYER}>`,
    );
  });
});

describe('failures in words', () => {
  it("says a contract's own error with its figures", () => {
    const data = encodeErrorResult({
      abi: energyTradeAbi,
      errorName: 'NotEnoughOnOffer',
      args: [1_000_000n, 2_000_000n],
    });
    expect(failureInWords({ reason: 'x', data }, reader)).toBe(
      '1.000000 kWh are left of the offer, not 2.000000 kWh: accept at most what is left, or more from another offer.',
    );
  });
  it('says names, meters, times and coins instead of words of the chain', () => {
    const fails = (data: Hex) => failureInWords({ reason: 'x', data }, reader);
    const late = { abi: energyTradeAbi, errorName: 'PeriodAlreadyRead', args: [meter, 1_530_716_400n, 1_530_720_000n] };
    expect(fails(encodeErrorResult(late as never))).toMatch(
      /^Meter node-1 was read until 4 July 2018, 09:00 \(UTC-07:00\), the period begins at 4 July 2018, 08:00 \(UTC-07:00\): choose a period .*\.$/,
    );
    const poor = { abi: energyTokenAbi, errorName: 'ERC20InsufficientBalance', args: [BUYER, 10n ** 18n, 10n ** 19n] };
    expect(fails(encodeErrorResult(poor as never))).toMatch(/^Rose Street 4 has 1 token, 10 tokens are needed: /);
    const empty = { abi: bankAbi, errorName: 'ReserveTooSmall', args: [5n * 10n ** 18n, 10n ** 19n] };
    expect(fails(encodeErrorResult(empty as never))).toMatch(
      /^The bank's reserve has 5.000 WATT, 10.000 WATT are needed/,
    );
  });
  it("keeps the node's words where the data say nothing", () => {
    expect(failureInWords({ reason: 'out of gas', data: '0x' }, reader)).toBe('Out of gas.');
    expect(failureInWords({ reason: 'a custom error', data: '0x12345678' }, reader)).toBe('A custom error.');
  });
});
