import {
  bankAbi,
  councilAbi,
  energyTokenAbi,
  energyTradeAbi,
  GENESIS_ADDRESSES,
  meterRegistryAbi,
  PAPER_ZONE,
} from '@wattchain/market';
import { type Address, encodeErrorResult, encodeFunctionData, type Hex, parseEther, stringToHex } from 'viem';
import { describe, expect, it } from 'vitest';
import type { Words } from './contractWords.js';
import { meterClock } from './meterTime.js';
import { callOf, failureInWords, transactionTitle } from './transactionWords.js';

const clock = meterClock(PAPER_ZONE, 3600n);
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
      args: [meter, 1_530_716_400n, 1_071_612n, 10n ** 18n, 2n * 10n ** 18n, 1_600_000_000n, 1_600_000_600n],
    });
    const call = callOf(trade(input), GENESIS_ADDRESSES, clock);
    expect(call && said(call.title)).toBe('Offer 1.072 kWh of node-1 from 4 July 2018, 08:00 (UTC-07:00)');
    const values = Object.fromEntries(call?.values.map(({ name, value }) => [name, said(value)]) ?? []);
    expect(values).toMatchObject({
      meter: 'node-1',
      energy: '1.072 kWh',
      price: '1.000 ENT for 150 Wh',
      'grid price in force': '2.000 ENT for 150 Wh',
    });
  });
  it('names every term that an acceptance relies on', () => {
    const terms = {
      offerId: 3n,
      seller: BUYER,
      meter,
      periodStart: 1_530_716_400n,
      price: 10n ** 18n,
      gridPrice: 2n * 10n ** 18n,
      acceptUntil: 1_600_000_000n,
      settleBy: 1_600_000_600n,
    };
    const input = encodeFunctionData({ abi: energyTradeAbi, functionName: 'accept', args: [terms, 300_000n, meter] });
    const call = callOf(trade(input), GENESIS_ADDRESSES, clock);
    expect(call && said(call.title)).toBe(`Buy 0.300 kWh of 4 July 2018, 08:00 (UTC-07:00) from <${BUYER}>`);
    expect(Object.fromEntries(call?.values.map(({ name, value }) => [name, said(value)]) ?? [])).toEqual({
      'offer id': '3',
      seller: `<${BUYER}>`,
      meter: 'node-1',
      'period start': '4 July 2018, 08:00 (UTC-07:00)',
      price: '1.000 ENT for 150 Wh',
      'grid price': '2.000 ENT for 150 Wh',
      'accept until': '13 September 2020, 05:26:40 (UTC-07:00)',
      'settle by': '13 September 2020, 05:36:40 (UTC-07:00)',
      energy: '0.300 kWh',
      'buyer meter': 'node-1',
    });
  });
  it('says readings, corrections, rates and changes of keys', () => {
    const { registryAddress, bankAddress, councilAddress } = GENESIS_ADDRESSES;
    const title = (to: Address, input: Hex) =>
      said(transactionTitle({ to, value: 0n, input }, GENESIS_ADDRESSES, clock));
    const reading = { meter, number: 1, periodStart: 1_530_716_400n, producedMwh: 5n, consumedMwh: 0n };
    const report = encodeFunctionData({ abi: meterRegistryAbi, functionName: 'report', args: [[reading, reading]] });
    expect(title(registryAddress, report)).toBe('Report 2 meter readings');
    const [value] = callOf({ to: registryAddress, value: 0n, input: report }, GENESIS_ADDRESSES, clock)?.values ?? [];
    expect(said(value?.value ?? [])).toMatch(/^meter node-1, number 1, period start 4 July .*; meter node-1/);
    const rates = encodeFunctionData({ abi: bankAbi, functionName: 'announceRates', args: [10n ** 18n, 10n ** 17n] });
    expect(title(bankAddress, rates)).toBe('Announce rates: 1.000 WATT for 1 ENT, back 0.100 WATT for 1 ENT');
    const key = encodeFunctionData({ abi: councilAbi, functionName: 'vetoKeyChange', args: [BUYER, BUYER, 0n] });
    expect(title(councilAddress, key)).toBe(`Veto key change: <${BUYER}> for <${BUYER}>`);
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
    const cancel = encodeFunctionData({
      abi: energyTradeAbi,
      functionName: 'cancelOffer',
      args: [1n, meter, 2n ** 64n - 1n, 1n],
    });
    const shown = callOf(trade(cancel), GENESIS_ADDRESSES, clock)?.values.map(({ value }) => said(value));
    expect(shown).toContain('second 18,446,744,073,709,551,615');
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
    const empty = { abi: bankAbi, errorName: 'DepositTooSmall', args: [5n * 10n ** 18n, 10n ** 19n] };
    expect(fails(encodeErrorResult(empty as never))).toMatch(
      /^The operator's deposit has 5.000 WATT, 10.000 WATT are needed/,
    );
    const late2 = { abi: bankAbi, errorName: 'TooLate', args: [1_530_716_400n, 1_530_720_000n] };
    expect(fails(encodeErrorResult(late2 as never))).toMatch(
      /^This holds until 4 July 2018, 08:00 \(UTC-07:00\), and it is 4 July 2018, 09:00/,
    );
    const signer = { abi: meterRegistryAbi, errorName: 'WrongSigner', args: [meter, BUYER, BUYER] };
    expect(fails(encodeErrorResult(signer as never))).toMatch(/^Readings of meter node-1 come from Rose Street 4, not/);
    const ahead = {
      abi: meterRegistryAbi,
      errorName: 'ReadingTooEarly',
      args: [meter, 1_530_720_000n, 1_530_716_400n],
    };
    expect(fails(encodeErrorResult(ahead as never))).toMatch(
      /node-1 ends at 4 July 2018, 09:00 \(UTC-07:00\); readings/,
    );
  });
  it("keeps the node's words where the data say nothing", () => {
    expect(failureInWords({ reason: 'out of gas', data: '0x' }, reader)).toBe('Out of gas.');
    expect(failureInWords({ reason: 'a custom error', data: '0x12345678' }, reader)).toBe('A custom error.');
  });
});
