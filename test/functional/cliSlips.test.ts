/** What is refused, or asked about, because it looks like a slip: files, figures and names of what does not exist. Beside a real node. */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { NODE_1, useNetwork } from './commandKit.js';
import { root } from './framework.js';

const { commands, node } = useNetwork();
const { json, refuse, refuseAll, run, succeed } = commands;

describe('files with slips', () => {
  const given = (name: string) => join(root, 'test/cases/readings', name);

  test.each([
    ['14-epoch-ms.csv', /line 2, column 2 \(start\): .* too large for seconds since 1970 \(milliseconds\?\)\n/],
    [
      '21-huge.csv',
      /line 2: 999999999999\.000000 kWh in 15 min are .* kW, more than the 50 kW .*\n {2}.*meter source announce\n/,
    ],
    [
      '10-gap.csv',
      /come in only by a correction .*: m1 from 2018-07-01 08:15Z to 2018-07-01 12:00Z \(225 min\)\n {2}.*--yes\n/,
    ],
  ])('%s is refused, and nothing is sent', async (name, message) => {
    for (const meter of ['m1', 'm2'])
      await run(
        `meter register --from testbed:operator-1 --meter ${meter} --household testbed:node-1 --reporter testbed:gateway`,
      );
    await refuse(message, 'meter report --from testbed:gateway --file', given(name));
    for (const meter of ['m1', 'm2']) expect(await json(`meter show ${meter}`)).toMatchObject({ lastNumber: '0' });
  });

  test('13-iso-ms.csv is reported, 10-gap.csv too when it is meant', async () => {
    await succeed('meter report --from testbed:gateway --file', given('13-iso-ms.csv'));
    expect(await json('meter show m2')).toMatchObject({ lastNumber: '1', readUntil: String(1_530_237_600 + 900) });
    const { stderr } = await run('meter report --from testbed:gateway --yes --file', given('10-gap.csv'));
    expect(stderr).toContain(
      '--yes: what lies between can come in only by a correction that a registrar signs too: m1 from',
    );
    expect(await json('meter show m1')).toMatchObject({ lastNumber: '2' });
  });
});

test('what looks like a slip is asked about before it is signed, and what can only be one is refused', async () => {
  const offer = 'trade offer --from testbed:node-1 --meter m2';
  const read = await node().rpc('eth_getTransactionCount', [NODE_1, 'pending']);
  await refuseAll([
    [/99999\.000000 kWh in 15 min are 399996 kW/, `${offer} --start 2018-07-30T00:00 --energy 99999`],
    [/begins at 2200-10-30 00:00Z/, `${offer} --start 2200-10-30T00:00 --energy 1`],
    [/no period begins at 2018-07-30 00:07Z: each has 15 min/, `${offer} --start 2018-07-30T00:07 --energy 1`],
    [/the price is 500 ENT/, `${offer} --start 2018-07-30T00:00 --energy 1 --price 500`],
    [/"1,500" can be 1500 or 1\.500/, `${offer} --start 2018-07-30T00:00 --energy 1,500`],
    [/the amount is 0.*\n.*--yes/, 'send --from testbed:node-1 --to testbed:node-2 --amount 0'],
    [/1000000 tokens stand for 150 MWh/, 'bank buy --from testbed:node-1 --tokens 1000000'],
    [
      /may take 1 tokens, and the first/,
      'bank order --from testbed:node-1 --tokens 2 --every 1h --outside a --allow 1',
    ],
    [/selling rate goes from 1 to 1000 coins/, 'bank rates announce --from testbed:operator-1 --buy 1000'],
  ]);
  expect(await node().rpc('eth_getTransactionCount', [NODE_1, 'pending'])).toBe(read);
  await succeed('send --from testbed:node-1 --to testbed:node-2 --amount 0 --yes');
});

describe('what does not exist is named, and the exit code is 1:', () => {
  const nothing = `0x${'ab'.repeat(32)}`;

  test('hashes, blocks, offers, trades, payouts, orders, meters, contracts', async () => {
    await refuseAll([
      [/this node knows no transaction 0xabab/, `tx ${nothing}`],
      [/this node knows no transaction 0xabab/, `contract trace ${nothing}`],
      [/this node knows no block 0xabab/, `block ${nothing}`],
      [/there is no block 999999 yet/, 'block 999999'],
      [/there is no trade 99/, 'trade show 99'],
      [/there is no such trade/, 'trade refund 99 --from testbed:node-1'],
      [/there is no such trade/, 'trade settle 99 --from testbed:node-1'],
      [/there is no offer 99/, 'trade cancel --from testbed:node-1 --offer 99'],
      [/meter roof-9 is not registered/, 'meter explain roof-9 --start 2018-07-04T08:00Z'],
      [/there is no payout 99/, 'bank pay --from testbed:operator-1 --payout 99 --reference x'],
      [/there is no standing order 99/, 'bank cancel --from testbed:node-1 --order 99'],
      [/there is no contract at 0x0+ff/, 'contract call 0x00000000000000000000000000000000000000ff balance'],
    ]);
    expect(JSON.parse((await run(`tx ${nothing} --json`)).stdout)).toMatchObject({
      error: { code: 'unknownTransaction' },
    });
  });

  test('accounts by name; an address that nobody used is said so', async () => {
    await refuseAll([
      [/"node-1" is no address.*\n {2}the testbed's node-1 is called testbed:node-1\n/, 'balance node-1'],
      [/called testbed:node-1\n/, 'send --from node-1 --to testbed:node-2 --amount 1'],
      [/called testbed:node-2\n/, 'send --from testbed:node-1 --to node-2 --amount 1'],
    ]);
    const unused = '0x00000000000000000000000000000000000000fe';
    expect(await succeed(`balance ${unused}`)).toMatch(/^note +"cli test" has no such account/m);
    expect(await json(`balance ${unused}`)).toMatchObject({ wei: '0', isUsed: false });
    expect(await succeed('balance testbed:node-1')).not.toContain('no such account');
  });
});
