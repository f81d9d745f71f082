import { assert, WattchainError } from '@wattchain/core';
import { createPublicClient, http } from 'viem';
import { describe, expect, test } from 'vitest';
import { counted, errorToJson, errorToText, formatTable, reportTable, toJson, weiToCoins } from './output.js';

/** What viem throws when a node answers with this error. */
function refusedBy(error: { code: number; message: string }): Promise<unknown> {
  const fetchFn = () => Promise.resolve(Response.json({ jsonrpc: '2.0', id: 1, error }));
  const client = createPublicClient({ transport: http('http://127.0.0.1', { fetchFn, retryCount: 0 }) });
  return client.getBlockNumber().catch((thrown: unknown) => thrown);
}

function thrownBy(run: () => void): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  return undefined;
}

describe('an error', () => {
  const error = new WattchainError('noRate', 'no rate is given', { hint: 'give one', values: { wei: 1n } });

  test('is a sentence and a hint, without a stack', () => {
    expect(errorToText(error, false)).toBe('error: no rate is given\n  give one');
    expect(errorToText(new WattchainError('x', 'it broke'), false)).toBe('error: it broke');
  });

  test('shows its stack and that of its cause when it is asked for', () => {
    const caused = new WattchainError('outer', 'it broke', { cause: new RangeError('inside') });
    expect(errorToText(caused, true)).toMatch(/output\.test\.ts[\s\S]*caused by: RangeError: inside/);
  });

  test('is readable by programs', () => {
    expect(JSON.parse(toJson(errorToJson(error)))).toEqual({
      error: { code: 'noRate', message: 'no rate is given', hint: 'give one', values: { wei: '1' } },
    });
  });

  test("from the node is in the node's words, on one line", async () => {
    const text = errorToText(await refusedBy({ code: -32_000, message: 'already known' }), false);
    expect(text).toBe('error: the node refuses: already known');
  });

  test.each([
    ['insufficient funds for gas * price + value: has 0 wei, needs 1500000000000000000 wei', 'insufficientFunds'],
    ['nonce too low: next nonce 6', 'nonceTaken'],
    ['already known', 'nodeRefuses'],
  ])('from the node has a code for programs: %s', async (message, code) => {
    expect(errorToJson(await refusedBy({ code: -32_000, message }))).toMatchObject({
      error: { code, message: expect.not.stringMatching(/ wei/) },
    });
    expect(errorToJson(new TypeError('broken'))).toMatchObject({ error: { code: 'unexpected' } });
  });

  test.each(['nonce too low: next nonce 6', 'replacement transaction underpriced: gas price 1'])(
    'from the node about a nonce that is taken says what to do: %s',
    async (message) => {
      const error = await refusedBy({ code: -32_000, message });
      expect(errorToText(error, false)).toMatch(
        /^error: the node refuses: .*\n {2}another transaction .* run the command/,
      );
      expect(errorToJson(error)).toMatchObject({ error: { hint: expect.stringContaining('another transaction') } });
    },
  );

  test('of our own asks for a report', () => {
    const failure = thrownBy(() => assert(false, 'one is two'));
    expect(errorToText(failure, false)).toBe(
      'error: assertion failed: one is two; this is a fault of Wattchain, please report it',
    );
  });
});

test('what is counted is in the singular once', () => {
  expect([0, 1, 2n].map((count) => counted(count, 'trade'))).toEqual(['0 trades', '1 trade', '2 trades']);
});

test('a table is as wide as its cells, numbers to the right', () => {
  const rows = [
    ['id', 'name', 'kWh'],
    ['1', 'node-1', '10.5'],
    ['22', 'x', ''],
  ];
  expect(formatTable(rows, [0, 2])).toBe('id  name     kWh\n 1  node-1  10.5\n22  x');
});

test('a table that is wider than the terminal says how to see it, a long sentence does not', () => {
  const told: string[] = [];
  const output = { json: false, result: () => {}, progress: (text: string) => told.push(text) };
  reportTable(output, {}, `a  b\n1  2\n\n${'a sentence of many words '.repeat(9)}`);
  expect(told).toEqual([]);
  reportTable(output, {}, `a  b\n1  ${'x'.repeat(400)}`);
  expect(told).toEqual([expect.stringContaining('lines of 403 characters')]);
});

test('amounts in wei are told in coins', () => {
  expect(weiToCoins('address 0x12 has 1500000000000000000 wei, 21000 wei are needed')).toBe(
    'address 0x12 has 1.5 WATT, 0.000000000000021 WATT are needed',
  );
  expect(weiToCoins('0x12 has 0 wei of 2000000000000000000')).toBe('0x12 has 0 WATT of 2 WATT');
  expect(weiToCoins('a price of 3 weights, 12 weirs')).toBe('a price of 3 weights, 12 weirs');
  const error = new WattchainError('x', "the bank's reserve has 5000000000000000000 wei");
  expect(errorToText(error, false)).toBe("error: the bank's reserve has 5 WATT");
});
