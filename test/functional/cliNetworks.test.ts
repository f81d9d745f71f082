/** Keys, networks that are no testbed, what goes wrong in any command, and the clock of a new network. */
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encryptKey, parseGenesis, toHex } from '@wattchain/core';
import { mnemonicToAccount, privateKeyToAddress } from 'viem/accounts';
import { afterAll, describe, expect, test } from 'vitest';
import { expectRefusal, NODE_2, PASSPHRASE, parsed, printed, useNetwork } from './commandKit.js';
import { freePort, TestNode } from './framework.js';

const { commands } = useNetwork();
const { directory, json, keys, refuse, refuseAll, run, spawned, succeed } = commands;

/** Of nobody here. */
const RECOVERY = `0x${'0c'.repeat(20)}`;

describe('keys', () => {
  interface KeyJson {
    readonly name: string;
    readonly address: string;
    readonly file: string;
  }
  const imported = `0x${'4b'.repeat(32)}` as const;
  const foreign = new Uint8Array(32).fill(0x4c);

  /** A file that the tests need, by its name and content. */
  function file(name: string, content: string): string {
    const path = join(directory, name);
    writeFileSync(path, content);
    return path;
  }

  /** A v3 file of another program, with little scrypt so that opening it takes no time. */
  const foreignFile = () => {
    const entropy = { salt: foreign, iv: foreign.slice(0, 16), uuid: foreign.slice(0, 16), scryptN: 1024 };
    return JSON.stringify(encryptKey(foreign, PASSPHRASE, entropy));
  };

  test('are made, imported and listed; nobody else may read their files', async () => {
    const finished = await Promise.all([
      spawned('account new household --json'),
      spawned('account import other --json --file', file('raw.txt', `${imported.slice(2)}\n`)),
    ]);
    const [made, taken] = finished.map((one) => parsed<KeyJson>(one)) as [KeyJson, KeyJson];
    expect(taken.address).toBe(privateKeyToAddress(imported));
    for (const key of [made, taken]) {
      expect(statSync(key.file).mode & 0o777).toBe(0o600);
      expect(JSON.parse(readFileSync(key.file, 'utf8'))).toMatchObject({
        version: 3,
        crypto: { kdf: 'scrypt', kdfparams: { n: 2 ** 17 } },
      });
    }
    expect(readFileSync(taken.file, 'utf8')).not.toContain(imported.slice(2, 34));
    expect(await json('account list')).toEqual([made, taken]);
    const third = await json<KeyJson>('account import third --file', file('foreign.json', foreignFile()));
    expect(third.address).toBe(privateKeyToAddress(toHex(foreign)));
  });

  test('sign with their passphrase, and not with another', async () => {
    await succeed('send --from testbed:node-1 --to household --amount 2');
    const sent = await json<{ hash: string }>('send --from household --to other --amount 1 --confirm');
    expect(await succeed(`tx ${sent.hash}`)).toMatch(/12\/12 confirmations: confirmed/);
    expect(await json('balance other')).toMatchObject({ wei: '1000000000000000000', tokenUnits: '0' });

    writeFileSync(join(keys, 'quick.json'), foreignFile());
    await refuseAll([
      [
        /the passphrase does not open this key file/,
        'send --from quick --to other --amount 1 --passphrase-file',
        file('wrong.txt', 'not this one\n'),
      ],
      [/there is no key "nobody" in .*\n {2}known are: .*household/, 'send --from nobody --to other --amount 1'],
      [/there is already a key named "household"/, 'account new household'],
      [/has 5 characters, fewer than 8/, 'account new short --passphrase-file', file('short.txt', 'short')],
    ]);
  });
});

describe('a network that is not a testbed', () => {
  let node: TestNode;
  afterAll(async () => {
    await node?.end('SIGKILL');
  });

  test('refuses what is signed with the published mnemonic, and gives it nothing', async () => {
    // The mnemonic's text is in the open, so its accounts may be brought as files as well as by name.
    const published = mnemonicToAccount('lonely rebel farm seven waste vacant wet armed ghost uncle enter child');
    const raw = join(directory, 'published.txt');
    writeFileSync(raw, Buffer.from(published.getHdKey().privateKey ?? []).toString('hex'));
    const dataDir = join(directory, 'own');
    const [rpcPort, p2pPort] = [await freePort(), await freePort()];
    const operators = ['household', 'other'].map((name) =>
      JSON.parse(readFileSync(join(keys, `${name}.json`), 'utf8')),
    );
    const [own, other] = operators.map(({ address }: { address: string }) => `0x${address.replace(/^0x/, '')}`);
    await refuse(/belongs to the testbed's published mnemonic/, 'account import mine --file', raw);
    // As processes: a new network's first target is measured with mining threads, which run the build.
    printed(
      await spawned(
        `init --operator ${own} --operator ${other} --recovery-key ${RECOVERY} --rpc-port ${rpcPort} --p2p-port ${p2pPort} --data`,
        dataDir,
      ),
    );
    const givenAway = join(directory, 'given-away');
    await refuse(
      /published/,
      `init --operator ${own} --operator ${NODE_2} --recovery-key ${RECOVERY} --data`,
      givenAway,
    );
    node = new TestNode(dataDir, `http://127.0.0.1:${rpcPort}`, p2pPort);
    await node.start();
    const there = ['--rpc', node.rpcUrl];
    await refuse(
      /signs with a published key, and "wattchain" is not a testbed/,
      'send --from testbed:node-1 --to testbed:node-2 --amount 1',
      ...there,
    );
    for (const command of [
      'send --from household --to testbed:node-2 --amount 1',
      `send --from household --to ${NODE_2} --amount 1`,
      'bank attest --from household --to testbed:node-2 --tokens 1 --reference r',
      'meter register --from household --meter m --household testbed:node-2 --reporter other',
      'meter register --from household --meter m --household other --reporter testbed:gateway',
      'meter register --from household --meter m --household other --device testbed:gateway',
      'council request-key-change --from household --old other --new testbed:node-2',
    ]) {
      await refuse(/belongs to the testbed's published mnemonic/, command, ...there);
    }
    await refuse(
      /" has no account testbed:node-31\n {2}the testbed's accounts exist on a testbed/,
      'balance testbed:node-31',
      ...there,
    );
    // The same network by its own keys: the contracts are there, with a pilot's rules, and the operator is who genesis says.
    expect(await json('bank show', ...there)).toMatchObject({
      operators: [{ operator: expect.stringMatching(new RegExp(String(own), 'i')) }, {}],
    });
    expect(await succeed('council show', ...there)).toMatch(/^recovery key +0x0C0c.*$\n^notice +1 d$/im);
    expect(await json('meter rules', ...there)).toMatchObject({
      resolutionSeconds: '900',
      correctionSeconds: '86400',
      readingLeadSeconds: '0',
      marketTimeOffset: '0',
    });
  });
});

describe('what goes wrong', () => {
  test('is one sentence and a hint, and the exit code is 1', async () => {
    await refuseAll([
      [/no node answers at http:\/\/127\.0\.0\.1:1\n {2}start one/, 'bank show --rpc http://127.0.0.1:1'],
      [/--rpc is "foo", not an HTTP URL\n {2}write it with scheme, host and port/, 'status --rpc foo'],
      [/no node answers at/, 'trade accept --from testbed:node-1 --offer 1 --energy 1 --rpc http://127.0.0.1:1'],
      [
        /--start is "2018-06-31T08:00", not a time: there is no 2018-06-31/,
        'trade offer --from x --meter m --start 2018-06-31T08:00 --energy 1',
      ],
      [/"1,500" can be 1500 or 1\.500/, 'trade accept --from testbed:node-1 --offer 1 --energy 1,500'],
      [/"1e3" is not an amount of tokens/, 'bank buy --from testbed:node-1 --tokens 1e3'],
      [
        /--settle-within 1h is not longer than --accept-within 2h/,
        'trade offer --from x --meter m --start 0 --energy 1 --accept-within 2h --settle-within 1h',
      ],
      [/a reading needs --meter, --start, --produced and --consumed/, 'meter report --from x --meter m'],
      [/--state is "lost", not a state of a trade/, 'trade list --state lost'],
      [/the testbed has no participant "node-1000"/, 'balance testbed:node-1000'],
      [/"alise" is no address, and there is no key of that name/, 'balance alise'],
      [/there is no trade 99/, 'trade show 99'],
      [
        /--name, --block-interval, --miners: only for a new network, and --genesis names one that exists/,
        'init --data nowhere --genesis g.json --name x --block-interval 15000 --miners 2',
      ],
      [/the node refuses: nonce too low/, 'send --from testbed:node-1 --to testbed:node-2 --amount 1 --nonce 0'],
    ]);
  });

  test('ends a process with 1, without a stack trace, on the right stream', async () => {
    const empty = join(directory, 'empty');
    mkdirSync(empty);
    const [unreachable, noGenesis, asJson, verbose] = await Promise.all([
      spawned('bank show --rpc http://127.0.0.1:1'),
      spawned('node --data', empty),
      spawned('trade show 99 --json'),
      spawned('trade show 99 --verbose'),
    ]);
    expectRefusal(unreachable, /no node answers at http:\/\/127\.0\.0\.1:1/);
    expectRefusal(noGenesis, /genesis/);
    expect(asJson).toMatchObject({ code: 1, stderr: '' });
    expect(JSON.parse(asJson.stdout)).toEqual({
      error: {
        code: 'unknownTrade',
        message: 'there is no trade 99',
        hint: 'wattchain trade list shows the trades there are',
        values: { tradeId: '99', tradeCount: '0' },
      },
    });
    expect(verbose).toMatchObject({ code: 1, stdout: '' });
    expect(verbose.stderr).toMatch(/^error: there is no trade 99\n[\s\S]*\n {4}at /);
  });

  test('in the way a command is written exits with 2 and points to the help', async () => {
    const wrong = [
      'trade offer --from testbed:node-1',
      'bank nonsense',
      'bench nonsense',
      'bench difficulty more',
      'balance',
      'status --colour',
    ];
    const finished = [await spawned('meter'), await spawned('nonsense')];
    for (const words of wrong) finished.push(await run(words));
    for (const { code, stdout, stderr } of finished.slice(1)) {
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toMatch(/^error: .+\n\(add --help for more\)\n$/);
    }
    // A group without a command shows what there is.
    expect(finished[0]).toMatchObject({ code: 2, stderr: expect.stringMatching(/register[\s\S]*report[\s\S]*show/) });
    const version = await run('--version');
    expect(version).toMatchObject({ code: 0, stderr: '', stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
    const help = await run('trade offer --help');
    expect(help).toMatchObject({ code: 0, stderr: '' });
    expect(help.stdout).toMatch(/clock of the[\s\S]*kWh[\s\S]*Example:/);
  });
});

test('a market is made as init is told, and what has no sense is refused before anything is measured', async () => {
  const two = `--operator 0x${'0a'.repeat(20)} --operator 0x${'0b'.repeat(20)}`;
  const folder = join(directory, 'market');
  await refuseAll([
    [/neither can replace the other, and no recovery key is given\n {2}.*--recovery-key/, `init ${two} --data`, folder],
    [/two operators or more for its bank, and 1 are given/, `init --operator 0x${'0a'.repeat(20)} --data`, folder],
    [
      /--notice is "0s", not a duration of one second/,
      `init ${two} --recovery-key ${RECOVERY} --notice 0s --data`,
      folder,
    ],
  ]);
  const rules =
    '--notice 2d --resolution 30m --correction-time 0s --reading-lead 1h --settlement first-come --no-bonds';
  const prices =
    '--grid-price 3 --smallest-acceptance 0.01 --longest-span 3d --gate -15m --offer-lead 2d --buy-rate 2 --redeem-rate 1';
  const three = `${two} --operator 0x${'0d'.repeat(20)}`;
  printed(await spawned(`init ${three} ${rules} ${prices} --attestation-limit 50 --data`, folder));
  const genesis = parseGenesis(JSON.parse(readFileSync(join(folder, 'genesis.json'), 'utf8')));
  expect(genesis.contracts.map(({ name }) => name)).toEqual([
    'EnergyToken',
    'Bank',
    'EnergyTrade',
    'MeterRegistry',
    'Council',
  ]);
  const other = await run(
    `init --no-bonds --gate 1h --json --data`,
    join(directory, 'y'),
    '--genesis',
    join(folder, 'genesis.json'),
  );
  expect(JSON.parse(other.stdout)).toMatchObject({
    error: { code: 'fixedByGenesis', values: { given: ['--no-bonds', '--gate'] } },
  });
});

describe("the community's clock in a new network", () => {
  const folder = (name: string) => join(directory, name);
  const operators = `--operator 0x${'0a'.repeat(20)} --operator 0x${'0b'.repeat(20)} --recovery-key ${RECOVERY}`;
  const communityOf = (name: string) =>
    (JSON.parse(readFileSync(join(folder(name), 'genesis.json'), 'utf8')) as { community: unknown }).community;

  test('stands in genesis, named or as this machine has it, and is fixed for who joins', async () => {
    const made = await Promise.all([
      spawned(`init ${operators} --time-zone Europe/Oslo --data`, folder('named')),
      spawned(`init ${operators} --data`, folder('ours')),
    ]);
    made.forEach(printed);
    expect(communityOf('named')).toEqual({ zone: { kind: 'named', name: 'Europe/Oslo' } });
    expect(communityOf('ours')).toMatchObject({ zone: { kind: expect.stringMatching(/named|offsets/) } });
    const genesis = join(folder('named'), 'genesis.json');
    await succeed('init --data', folder('joined'), '--genesis', genesis);
    expect(communityOf('joined')).toEqual(communityOf('named'));
    const other = await run('init --time-zone UTC --json --data', folder('x'), '--genesis', genesis);
    expect(JSON.parse(other.stdout)).toMatchObject({ error: { code: 'fixedByGenesis' } });
  });

  test('is refused where no such zone is known', async () => {
    const { code, stdout } = await run(`init ${operators} --time-zone Europe/Atlantis --json --data`, folder('none'));
    expect([code, JSON.parse(stdout)]).toMatchObject([1, { error: { code: 'badZone' } }]);
  });
});
