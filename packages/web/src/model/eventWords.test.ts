import { type MarketEvent, PAPER_ZONE } from '@wattchain/market';
import { type AbiEvent, type AbiParameter, encodeErrorResult, stringToHex, zeroAddress } from 'viem';
import { describe, expect, test } from 'vitest';
import { humanise } from '../format.js';
import { MARKET_CONTRACTS, REFUSALS_ABI } from './contractWords.js';
import { eventInWords } from './eventWords.js';
import { meterClock } from './meterTime.js';
import { failureInWords } from './transactionWords.js';

const clock = meterClock(PAPER_ZONE, 3600n);
const reader = { clock, nameOf: () => 'node-1' };

/** A value that a parameter may have. */
function sampleOf({ type }: AbiParameter): unknown {
  if (type === 'address') return zeroAddress;
  if (type === 'bytes32') return stringToHex('roof', { size: 32 });
  if (type === 'bool') return true;
  if (type === 'string') return 'price';
  return /^u?int(8|16|32)$/.test(type) ? 1 : 1n;
}

const events = MARKET_CONTRACTS.flatMap(({ abi }) => abi.filter((item): item is AbiEvent => item.type === 'event'));

describe('what the contracts tell', () => {
  test.each(events.map((item) => [item.name, item] as const))('%s is a sentence', (eventName, { inputs }) => {
    const args = Object.fromEntries(inputs.map((input) => [input.name, sampleOf(input)]));
    const words = eventInWords({ eventName, args } as unknown as MarketEvent, clock);
    expect(words).not.toEqual([humanise(eventName)]);
    const text = words.map((piece) => (typeof piece === 'string' ? piece : 'somebody')).join('');
    expect(text).not.toMatch(/undefined|NaN|null/);
    expect(text).toMatch(/ /);
  });
});

describe('what the contracts refuse', () => {
  test.each(REFUSALS_ABI.map((item) => [item.type === 'error' ? item.name : '', item] as const))(
    '%s is a sentence that says what to do',
    (errorName, item) => {
      const args = item.type === 'error' ? item.inputs.map(sampleOf) : [];
      const text = failureInWords(
        { reason: 'x', data: encodeErrorResult({ abi: [item], errorName, args } as never) },
        reader,
      );
      expect(text).not.toMatch(/undefined|NaN|the contract refuses|\d{4}-\d\d-\d\dT|0x/);
      expect(text).toMatch(/^[A-Z0-9].*: .*\.$/);
    },
  );
});
