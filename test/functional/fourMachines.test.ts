/**
 * Four machines by the commands of docs/operating.md, each with an address of its own and, where this process may make
 * them, in a network namespace of its own: two mine, a transfer reaches all of them, one is killed and comes back, one is taken
 * out of the members.
 */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { waitUntil } from './framework.js';
import { Callers, createMachines, type Machines, runOn, startOn } from './machines.js';

const PASSPHRASE = { WATTCHAIN_PASSPHRASE: 'four machines, one chain' };
const MACHINES = [0, 1, 2, 3];
/** Part of a core in which each miner works, less than by itself: other tests need the rest. */
const DUTY = 0.15;

interface Status {
  readonly peers: number;
  readonly members: { readonly seen: number; readonly needed: number; readonly total: number };
  readonly miner: { readonly paused?: { readonly code: string } };
}

describe('four machines', () => {
  const directory = mkdtempSync(join(tmpdir(), 'wattchain-machines-'));
  const running = new Map<number, ChildProcess>();
  const ended: string[] = [];
  let machines: Machines;
  let callers: Callers;
  /** Their peer ids. */
  let members: string[] = [];

  beforeAll(async () => {
    machines = await createMachines();
    callers = new Callers(machines);
    await command(0, 'account', 'new', 'operator-1', '--keys', keys);
    await initialise();
    for (const machine of MACHINES) run(machine);
    await waitUntil('three peers everywhere', async () => {
      if (ended.length > 0) throw new TypeError(ended.join());
      const peers = await Promise.all(MACHINES.map((machine) => callers.call<unknown[]>(machine, 'watt_peers')));
      return peers.every((list) => list.length === 3);
    });
  });
  afterAll(async () => {
    await Promise.all([...running.keys()].map(kill));
    callers.end();
    machines.remove();
    rmSync(directory, { recursive: true });
  });

  const keys = join(directory, 'keys');
  const dataDir = (machine: number) => join(directory, `machine-${machine + 1}`);

  /** Runs a command on a machine; what it prints as JSON. */
  async function command(machine: number, ...args: string[]): Promise<Record<string, unknown>> {
    const { code, stdout, stderr } = await runOn(machines, machine, [...args, '--json'], PASSPHRASE);
    expect(code, `wattchain ${args.join(' ')}: ${stdout}${stderr}`).toBe(0);
    return JSON.parse(stdout) as Record<string, unknown>;
  }

  /** The first machine makes the network, the others get its genesis file. Machines 1 and 2 mine. */
  async function initialise(): Promise<void> {
    members = await Promise.all(
      MACHINES.map(async (machine) => String((await command(machine, 'peer-key', dataDir(machine))).peerId)),
    );
    const multiaddr = (machine: number) => `/ip4/${machines.host(machine)}/tcp/${machines.p2pPort}`;
    const common = (machine: number) => [
      'init',
      ...['--data', dataDir(machine), '--keys', keys],
      ...['--listen', multiaddr(machine), '--rpc-port', String(machines.rpcPort(machine))],
      ...MACHINES.filter((other) => other !== machine).flatMap((other) => ['--peer', multiaddr(other)]),
      ...members.flatMap((peerId) => ['--member', peerId]),
      ...(machine < 2 ? ['--mine', 'operator-1'] : []),
    ];
    const [other, recovery] = ['0b', '0c'].map((byte) => `0x${byte.repeat(20)}`) as [string, string];
    const operators = ['--operator', 'operator-1', '--operator', other, '--recovery-key', recovery];
    await command(0, ...common(0), ...operators, '--miners', '2', '--block-interval', '250');
    const genesis = join(directory, 'genesis.json');
    copyFileSync(join(dataDir(0), 'genesis.json'), genesis);
    await Promise.all([1, 2, 3].map((machine) => command(machine, ...common(machine), '--genesis', genesis)));
  }

  function run(machine: number, ...options: string[]): void {
    const child = startOn(machines, machine, [
      ...['node', '--data', dataDir(machine), '--log-level', 'warn', '--duty', String(DUTY)],
      ...options,
    ]);
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (output += chunk));
    child.once('exit', (code) => code === null || ended.push(`machine ${machine} ended with ${code}: ${output}`));
    running.set(machine, child);
  }

  async function kill(machine: number): Promise<void> {
    const child = running.get(machine);
    running.delete(machine);
    if (!child || child.exitCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }

  const height = async (machine: number) => Number(await callers.call<string>(machine, 'eth_blockNumber'));

  /** Waits until all four have the same block and state above a height. */
  async function agreeAbove(least: number): Promise<void> {
    await waitUntil(`all machines to agree above height ${least}`, async () => {
      const common = Math.min(...(await Promise.all(MACHINES.map(height))));
      if (common <= least) return false;
      const blocks = await Promise.all(
        MACHINES.map((machine) =>
          callers.call<{ hash: string; stateRoot: string }>(machine, 'eth_getBlockByNumber', [
            `0x${common.toString(16)}`,
            false,
          ]),
        ),
      );
      return new Set(blocks.map((block) => `${block.hash} ${block.stateRoot}`)).size === 1;
    });
  }

  test('each listens where it was told, and all agree on one chain', async () => {
    const status = await callers.call<{ addresses: string[] }>(2, 'watt_status');
    expect(status.addresses).toEqual([
      expect.stringContaining(`/ip4/${machines.host(2)}/tcp/${machines.p2pPort}/p2p/`),
    ]);
    await agreeAbove(2);
  });

  test('a transfer that one machine sends is paid on every machine', async () => {
    const recipient = `0x${'7a'.repeat(20)}`;
    const url = `http://127.0.0.1:${machines.rpcPort(3)}`;
    const transfer = ['--from', 'operator-1', '--to', recipient, '--amount', '1.5', '--keys', keys, '--rpc', url];
    await command(3, 'send', ...transfer);
    await waitUntil('the transfer on every machine', async () => {
      const balances = await Promise.all(
        MACHINES.map((machine) => callers.call<string>(machine, 'eth_getBalance', [recipient, 'latest'])),
      );
      return balances.every((balance) => BigInt(balance) === 1_500_000_000_000_000_000n);
    });
  });

  test('a killed machine continues from its chain and catches up', async () => {
    const before = await height(2);
    await kill(2);
    const miner = await height(0);
    await waitUntil('the others to go on', async () => (await height(0)) > miner + 1);
    run(2);
    const after = await waitUntil('the machine to answer', () => height(2));
    expect(after).toBeGreaterThanOrEqual(before);
    await agreeAbove(miner + 1);
  });

  test('a miner whose cable is pulled stops, and follows the three others when it is back', async ({ skip }) => {
    const { cable } = machines;
    if (!cable) return skip('needs network namespaces');
    cable.pull(0);
    await waitUntil('the miner to stop', async () => {
      const { miner } = await callers.call<Status>(0, 'watt_status');
      return miner.paused?.code === 'fewMembers';
    });
    const [alone, ahead] = await Promise.all([height(0), height(2)]);
    await waitUntil('the others to go on', async () => (await height(2)) > ahead + 2);
    expect(await height(0)).toBe(alone);
    cable.plug(0);
    await agreeAbove(ahead + 2);
  });

  test('a miner that the three others take out of the members is let in by none, and what it mines counts for nobody', async () => {
    const staying = [0, 2, 3];
    const [, revoked = ''] = members;
    const revoking = staying.map((machine) => command(machine, 'revoke', revoked, '--data', dataDir(machine)));
    for (const { members: left } of await Promise.all(revoking)) {
      expect(left).toEqual(staying.map((other) => members[other]));
    }
    for (const machine of staying) {
      await kill(machine);
      run(machine);
      await waitUntil('the machine to answer', () => height(machine));
    }
    const statusOf = (machine: number) => callers.call<Status>(machine, 'watt_status');
    await waitUntil('the three to see each other, and the fourth nobody', async () => {
      const [alone, ...others] = await Promise.all([1, ...staying].map(statusOf));
      return others.every(({ peers, members: { seen } }) => peers === 2 && seen === 3) && alone?.peers === 0;
    });
    expect((await statusOf(0)).members).toMatchObject({ needed: 2, total: 3 });
    expect((await statusOf(1)).miner.paused).toMatchObject({ code: 'fewMembers' });
    // It does not keep to the rule, and mines all the same.
    await kill(1);
    run(1, '--min-members', '1');
    const before = await waitUntil('the machine to answer', () => height(1));
    await waitUntil('it to mine alone', async () => (await height(1)) > before + 1);
    const { hash } = await callers.call<{ hash: string }>(1, 'eth_getBlockByNumber', ['latest', false]);
    const ahead = await height(0);
    await waitUntil('the three to go on', async () => (await height(2)) > ahead + 1);
    const known = await Promise.all(
      staying.map((machine) => callers.call(machine, 'eth_getBlockByHash', [hash, false])),
    );
    expect(known).toEqual([null, null, null]);
    expect((await statusOf(1)).peers).toBe(0);
  });
});
