/**
 * The commands of an honest market: bonds, both meters, device keys, corrections, notices, payouts that are denied, keys that change; beside a
 * developer's chain with a pilot's rules, whose days pass at once.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { MINER, OPERATOR_1, OPERATOR_2, useDevelopmentChain } from './commandKit.js';

const { commands, rpc } = useDevelopmentChain({ operators: [OPERATOR_1, OPERATOR_2], recoveryKey: MINER });
const { directory, json, refuse, refuseAll, run, succeed } = commands;

const DAY = 86_400;

async function call<Result>(method: string, ...params: unknown[]): Promise<Result> {
  const response = await fetch(rpc(), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
  });
  return ((await response.json()) as { result: Result }).result;
}

/** Lets time pass on the chain. */
async function pass(seconds: number): Promise<void> {
  await call('evm_increaseTime', seconds);
  await call('evm_mine');
}

const now = async () => Number((await call<{ timestamp: string }>('eth_getBlockByNumber', 'latest', false)).timestamp);
const out = (name: string) => join(directory, name);

/** Start of the period that is traded: the second quarter of an hour after the next two hours, so that its gate is open. */
let start: number;
beforeAll(async () => {
  start = Math.ceil((await now()) / 900) * 900 + 2 * 3_600;
  writeFileSync(out('device.txt'), `${'5d'.repeat(32)}\n`);
});

describe('a trade in which both meters count and the seller vouches', () => {
  test('meters are registered with a reporter, or with a device key', async () => {
    await succeed('account import home-2-key --file', out('device.txt'));
    const roof = 'meter register --from testbed:operator-1 --meter roof-1 --household testbed:node-1';
    await refuseAll([
      [/neither --reporter nor --device is given/, roof],
      [/the meter may show up to 250 kW, .*\n.*--yes/, `${roof} --reporter testbed:gateway --max-kw 250`],
    ]);
    await succeed(`${roof} --reporter testbed:gateway --max-kw 20`);
    const home = await succeed(
      'meter register --from testbed:operator-2 --meter home-2 --household testbed:node-2 --device home-2-key',
    );
    expect(home).toMatch(/^meter home-2 of testbed:node-2, signed by its device 0x\w+, up to 50 kW\n/);
    const shown = await succeed('meter show roof-1');
    expect(shown).toMatch(/^reporter +testbed:gateway\nmost power +20 kW, 5\.000000 kWh in a period$/m);
    expect(shown).toMatch(/^market time +\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)?Z \(period .*, 15 min\)$/m);
    expect(await succeed('meter rules')).toMatch(/^corrections +for 1 d after a reading came$/m);
  });

  test('tokens are bought within limits, and at a rate that is worse not at all', async () => {
    for (const who of ['node-1', 'node-2']) await succeed(`bank buy --from testbed:${who} --tokens 20`);
    await refuseAll([
      [/--tolerance 5 takes more/, 'bank buy --from testbed:node-2 --tokens 20 --least 20.1'],
      [/a tolerance of 101 % is more than everything/, 'bank buy --from testbed:node-2 --tokens 20 --tolerance 101'],
      [/look how things stand now/, 'bank buy --from testbed:node-2 --tokens 1 --until 2018-07-04T08:00Z'],
      [/a payout outside has no rate/, 'bank redeem --from testbed:node-2 --tokens 1 --outside a --least 1'],
    ]);
    const both = await run('bank buy --from testbed:node-2 --tokens 1 --least 1 --tolerance 1');
    expect([both.code, both.stderr]).toEqual([2, expect.stringContaining('cannot be used with')]);
    const redeemed = await json<object>('bank redeem --from testbed:node-2 --tokens 2 --tolerance 0');
    expect(redeemed).toMatchObject({ coinsWei: '2000000000000000000', leastCoinsWei: '2000000000000000000' });
  });

  test('offers close before their period begins, and whoever comes later is told', async () => {
    const soon = start - 2 * 3_600 + 900;
    await refuse(
      /offers of this period closed at .*\n {2}offer a later period; market time is /,
      `trade offer --from testbed:node-1 --meter roof-1 --start ${soon} --energy 1`,
    );
  });

  test('an offer takes its bond, an acceptance names the buyer’s meter', async () => {
    const offered = await json<{ bond: string; approved: string }>(
      `trade offer --from testbed:node-1 --meter roof-1 --start ${start} --energy 1.2`,
    );
    // 1.2 kWh at the difference of grid and price, a token for 150 Wh, rounded up for each mWh.
    expect(offered).toMatchObject({ offerId: '1', bond: '8000000000000400000' });
    expect(offered.approved).toContain('the trade contract may take 8.0000000000004 tokens of yours');
    await refuse(
      /both meters count, and yours is not named/,
      'trade accept --from testbed:node-2 --offer 1 --energy 1.2',
    );
    expect(await succeed('trade explain --offer 1')).toMatch(
      /^Offer 1, 1\.200000 kWh .*: open; .* vouch for what is left\.$/m,
    );
    const accepted = await json<object>(
      'trade accept --from testbed:node-2 --offer 1 --energy 1.2 --buyer-meter home-2',
    );
    expect(accepted).toMatchObject({ tradeId: '1', escrow: '8000000000000000000' });
    const shown = await succeed('trade show 1');
    expect(shown).toMatch(/^buyer's meter +home-2$/m);
    expect(shown).toMatch(/^bond +8\.0000000000004 ENT$/m);
    expect(shown).toMatch(/^buyer's reading +none yet$/m);
  });

  test('a device signs into a file, anyone brings it, once, and for this chain alone', async () => {
    const reading = `--start ${start} --produced 0 --consumed 1.2`;
    await pass(3 * 3_600);
    await refuseAll([
      [
        /meter roof-1 is read by a reporter, not signed/,
        `meter sign --from home-2-key --meter roof-1 ${reading} --out`,
        out('x.json'),
      ],
      [
        /meter home-2 is signed by 0x/,
        `meter sign --from testbed:gateway --meter home-2 ${reading} --out`,
        out('x.json'),
      ],
      [/wattchain meter show/, `meter report --from testbed:gateway --meter home-2 ${reading}`],
    ]);
    await succeed(`meter sign --from home-2-key --meter home-2 ${reading} --out`, out('signed.json'));
    const signed = readFileSync(out('signed.json'), 'utf8');
    writeFileSync(out('foreign.json'), signed.replace('20190704', '5'));
    writeFileSync(out('more.json'), signed.replace('"1200000"', '"2400000"'));
    await refuseAll([
      [/was signed for chain 5 and registry/, 'meter report --from testbed:node-3 --signed', out('foreign.json')],
      [
        /wattchain meter show names whose readings count/,
        'meter report --from testbed:node-3 --signed',
        out('more.json'),
      ],
    ]);
    expect(await succeed('meter report --from testbed:node-3 --signed', out('signed.json'))).toMatch(
      /^reading 1 of meter home-2 \(.*, 15 min\): 0\.000000 kWh produced, 1\.200000 kWh consumed\n/,
    );
    await refuse(/meter show says how far/, 'meter report --from testbed:node-3 --signed', out('signed.json'));
  });

  test('a wrong reading is corrected by its source and a registrar; until it is final nothing settles', async () => {
    await succeed(`meter report --from testbed:gateway --meter roof-1 --start ${start} --produced 1.2 --consumed 0`);
    await refuse(/wattchain trade explain says what it waits for/, 'trade settle 1 --from testbed:node-1');
    expect(await succeed('trade explain 1')).toContain('until that is final it can be corrected');
    const truth = `--meter roof-1 --start ${start} --produced 1.0 --consumed 0.1`;
    await refuse(/come from testbed:gateway/, `meter correct sign --from testbed:node-1 ${truth} --out`, out('c.json'));
    await succeed(`meter correct sign --from testbed:gateway ${truth} --out`, out('c.json'));
    await refuse(/registrar/, 'meter correct send --from testbed:node-1 --file', out('c.json'));
    const sent = await run('meter correct send --from testbed:operator-1 --file', out('c.json'));
    expect([sent.code, sent.stderr]).toEqual([0, expect.stringContaining('you sign: meter roof-1')]);
    expect(sent.stdout).toContain('1.000000 kWh produced and 0.100000 kWh consumed, in place of 1.200000 and 0.000000');
    expect(await succeed(`meter explain roof-1 --start ${start}`)).toMatch(/corrected once.*It can be corrected until/);
    // Signed over what the reading said before: of no use a second time.
    await refuse(
      /sign again with wattchain meter correct/,
      'meter correct send --from testbed:operator-1 --file',
      out('c.json'),
    );

    await pass(DAY);
    await refuse(
      /It is final\.\n {2}nothing changes a final reading/,
      `meter correct sign --from testbed:gateway ${truth} --out`,
      out('d.json'),
    );
    const settled = await json<object>('trade settle 1 --from testbed:node-3');
    // 0.9 of 1.2 kWh: 6 tokens are paid, 2 come back, and 0.3 kWh at the difference to the grid's price out of the bond.
    expect(settled).toMatchObject({
      settled: [
        {
          settledMwh: '900000',
          shortMwh: '300000',
          paid: '6000000000000000000',
          returned: '2000000000000000000',
          compensation: '2000000000000000000',
        },
      ],
    });
    expect(await succeed('trade show 1')).toMatch(
      /^paid +6 ENT to the seller, 2 ENT back to the buyer, 2 ENT out of the bond$/m,
    );
  });

  test('options of earlier versions are refused with what to write instead', async () => {
    const cases = [
      [
        `trade offer --from testbed:node-1 --meter roof-1 --start 0 --energy 1 --hours 1`,
        'name it by its --start alone',
      ],
      [
        `meter report --from testbed:gateway --meter roof-1 --start 0 --produced 1 --consumed 1 --seconds 900`,
        '--start alone',
      ],
      [`trade settle 1 --from testbed:node-1 --meter roof-1`, 'wattchain trade settle 1 2'],
      [`trade accept --from testbed:node-2 --offer 1 --energy 1 --max-kw 250`, 'wattchain meter register --max-kw'],
    ] as const;
    for (const [words, message] of cases) {
      const { code, stdout, stderr } = await run(words);
      expect([code, stdout, stderr]).toEqual([2, '', expect.stringContaining(message)]);
    }
  });
});

describe('what operators announce', () => {
  test('a grid price is confirmed by another, named, and in force after the notice', async () => {
    const price = 'trade grid-price';
    await refuse(/no change of the grid price is announced/, `${price} apply --from testbed:node-1`);
    await succeed(`${price} announce 2.4 --from testbed:operator-1`);
    await refuseAll([
      [/announced is 2\.4 ENT for 150 Wh, not 2\.5 ENT/, `${price} confirm 2.5 --from testbed:operator-2`],
      [/another member confirms/, `${price} confirm 2.4 --from testbed:operator-1`],
      [/sign as a member/, `${price} confirm 2.4 --from testbed:node-1`],
    ]);
    await succeed(`${price} confirm 2.4 --from testbed:operator-2`);
    expect((await run(`${price} apply --from testbed:node-1`)).code).toBe(1);
    await pass(DAY);
    expect(await succeed(`${price} apply --from testbed:node-1`)).toContain('The grid takes 2.4 tokens for 150 Wh.');
    expect(await json(`${price} show`)).toMatchObject({ inForce: '2400000000000000000' });
  });

  test('rates come into force the same way, or are retracted', async () => {
    await refuse(
      /no change of the rates is announced/,
      'bank rates confirm --from testbed:operator-2 --buy 1 --redeem 1',
    );
    await succeed('bank rates announce --from testbed:operator-1 --redeem 0.9');
    await refuse(
      /not a token for 1 WATT, redeemed for 0\.8 WATT/,
      'bank rates confirm --from testbed:operator-2 --buy 1 --redeem 0.8',
    );
    await succeed('bank rates confirm --from testbed:operator-2 --buy 1 --redeem 0.9');
    expect(await succeed('bank show')).toMatch(/^on its way +.*confirmed/m);
    expect((await run('bank rates apply --from testbed:node-1')).code).toBe(1);
    await pass(DAY);
    await succeed('bank rates apply --from testbed:node-1');
    expect(await succeed('bank show')).toMatch(/^redeems +a token for 0\.9 WATT$/m);
    // What the lower rate needs no more is the operators'.
    expect(await succeed('bank share-surplus --from testbed:operator-1')).toMatch(/^share [\d.]+ WATT among/);
    await succeed('bank rates announce --from testbed:operator-2 --buy 2');
    expect(await succeed('bank rates retract --from testbed:operator-1')).toContain('No change is announced.');
    await refuse(/neither --buy nor --redeem is given/, 'bank rates announce --from testbed:operator-1');
  });

  test('a meter’s source changes with notice, and its household can stop it', async () => {
    const source = '--meter roof-1 --device home-2-key --max-kw 20';
    await refuse(
      /of meter roof-1 this is not announced: signed by its device/,
      `meter source apply --from testbed:node-1 ${source}`,
    );
    expect(await succeed(`meter source announce --from testbed:operator-1 ${source}`)).toMatch(
      /seat 1 announced it, and the meter's household can stop it until another registrar confirms it; anyone can apply it from/,
    );
    expect((await run(`meter source apply --from testbed:node-1 ${source}`)).code).toBe(1);
    await succeed(`meter source stop --from testbed:node-1 ${source}`);
    await succeed(`meter source announce --from testbed:operator-1 ${source}`);
    expect(await succeed(`meter source explain ${source}`)).toMatch(
      /^meter roof-1 signed by its device .*: seat 1 announced it/,
    );
    expect(await succeed(`meter source confirm --from testbed:operator-2 ${source}`)).toContain(
      'another registrar has confirmed it',
    );
    await pass(DAY);
    await succeed(`meter source apply --from testbed:node-3 ${source}`);
    expect(await succeed('meter show roof-1')).toMatch(/^device key +0x/m);
  });
});

describe('a payout outside', () => {
  test('needs cover for what is attested, and gives it back to who paid', async () => {
    const attest = 'bank attest --from testbed:operator-1 --to testbed:node-3 --tokens 10 --reference cash-1';
    await refuse(/wattchain bank deposit/, attest.replace('--tokens 10', '--tokens 1000'));
    await succeed('bank deposit --from testbed:operator-1 --coins 10');
    await succeed(attest);
    await succeed('bank redeem --from testbed:node-3 --tokens 4 --outside acc-3');
    const paid = await succeed('bank pay --from testbed:operator-2 --payout 1 --reference transfer-1');
    expect(paid).toMatch(/operator 2 says that it was paid with "transfer-1"\. Until .* can object/);
    expect((await run('bank close --from testbed:node-1 --payout 1')).code).toBe(1);
    await succeed('bank object --from testbed:node-3 --payout 1');
    expect(await succeed('bank explain --payout 1')).toMatch(
      /^Payout 1, 4 tokens of testbed:node-3: .*the holder denied it/,
    );
    await refuse(/it takes one of --paid and --unpaid/, 'bank decide --from testbed:operator-1 --payout 1');
    await succeed('bank decide --from testbed:operator-1 --payout 1 --unpaid');
    expect(await json<object[]>('bank payouts')).toMatchObject([{ payoutId: '1', state: 'pending' }]);

    await succeed('bank pay --from testbed:operator-2 --payout 1 --reference transfer-2');
    await pass(DAY);
    const deposit = async () =>
      (await json<{ operators: { depositWei: string }[] }>('bank show')).operators.map(({ depositWei }) =>
        BigInt(depositWei),
      );
    const [, before = 0n] = await deposit();
    expect(await succeed('bank close --from testbed:node-1 --payout 1')).toContain(
      'paid by operator 2 with "transfer-2"',
    );
    const [, after = 0n] = await deposit();
    // 4 tokens at the redeem rate of 0.9.
    expect(after - before).toBe(3_600_000_000_000_000_000n);
    await succeed('bank withdraw --from testbed:operator-2 --coins 3.6');
    await refuse(/wattchain bank deposit/, 'bank withdraw --from testbed:operator-2 --coins 99');
    await succeed('bank add-cover --from testbed:node-1 --coins 1');
  });
});

describe('a key of an operator', () => {
  const change = '--old testbed:operator-1 --new testbed:node-3';

  test('is frozen by a veto until the change is decided', async () => {
    await refuse(/nobody has asked for/, `council explain ${change}`);
    const asked = await succeed(`council request-key-change --from testbed:operator-2 ${change}`);
    expect(asked).toMatch(
      /Key testbed:node-3 is to act for seat 1 in place of testbed:operator-1, as testbed:operator-2 asked/,
    );
    await refuse(/you have requested this change/, `council veto --from testbed:operator-2 ${change}`);
    await succeed(`council veto --from testbed:operator-1 ${change}`);
    expect(await succeed('council show')).toMatch(/^seat 1 +testbed:operator-1, frozen by a veto/m);
    expect(await succeed('bank show')).toMatch(/^operator 1 +testbed:operator-1 .*FROZEN by a veto/m);
    await refuse(/sign as one of the bank's operators/, 'bank withdraw --from testbed:operator-1 --coins 1');
    await refuse(/it takes one of --approve and --reject/, `council vote --from testbed:miner-1 ${change}`);
    await succeed(`council vote --from testbed:miner-1 ${change} --reject`);
    await succeed('bank withdraw --from testbed:operator-1 --coins 1');
  });

  test('changes when the recovery key approves, after the notice', async () => {
    await succeed(`council request-key-change --from testbed:operator-2 ${change}`);
    await refuse(/wait until then/, `council vote --from testbed:miner-1 ${change} --approve`);
    await pass(DAY);
    expect(await succeed(`council vote --from testbed:miner-1 ${change} --approve`)).toContain(
      'Key testbed:node-3 acts for seat 1 in place of testbed:operator-1',
    );
    const shown = await succeed('council show');
    expect(shown).toMatch(
      /^seat 1 +testbed:node-3\nseat 2 +testbed:operator-2\nrecovery key +testbed:miner-1\nnotice +1 d$/m,
    );
    expect(shown).toContain('no change of keys is open');
    await refuse(/sign as one of the bank's operators/, 'bank withdraw --from testbed:operator-1 --coins 1');
    await refuse(/that was|acts for seat 1/, `council vote --from testbed:miner-1 ${change} --approve`);
  });
});
