import { assemble } from '@wattchain/vm';
import { type Abi, encodeFunctionData } from 'viem';
import { afterEach, describe, expect, it } from 'vitest';
import { TEST_START_MS } from '../testing/chainKit.js';
import { callRpc, STRANGER } from '../testing/developmentKit.js';
import { COUNTER } from '../testing/rpcKit.js';
import { ALICE, BOB, deployCounter, running, start, TOTAL } from '../testing/runningDevelopment.js';
import type { HeadEvent } from './chain/types.js';

const START_SECONDS = BigInt(TEST_START_MS / 1000);

afterEach(async () => {
  for (const { node } of running.splice(0)) await node.stop();
});

describe('time', () => {
  it('goes on from where it was moved', async () => {
    const { client, runtime } = await start();
    await client.increaseTime({ seconds: 3_600 });
    await client.mine({ blocks: 1 });
    expect((await client.getBlock()).timestamp).toBe(START_SECONDS + 3_600n);
    runtime.advance(10_000);
    await client.mine({ blocks: 1 });
    expect((await client.getBlock()).timestamp).toBe(START_SECONDS + 3_610n);
  });

  it('is exact for the next block, also years ahead, and goes on from there', async () => {
    const { client, runtime } = await start();
    await client.setNextBlockTimestamp({ timestamp: 4_000_000_000n });
    await client.sendTransaction({ account: ALICE, to: BOB, value: 1n });
    expect((await client.getBlock()).timestamp).toBe(4_000_000_000n);
    runtime.advance(5_000);
    await client.mine({ blocks: 1 });
    expect((await client.getBlock()).timestamp).toBe(4_000_000_005n);
  });

  it('counts in what a wallet asks before it sends, as in the block that comes', async () => {
    const { client, node } = await start();
    const { abi, code } = assemble(
      '.contract Lock\n.function open()\n time push 2000000000 ge require "too early" stop\n.function now() view returns (uint256)\n time return 1\n',
      'lock.wca',
    );
    const hash = await client.sendTransaction({ account: ALICE, data: code });
    const { contractAddress } = await client.getTransactionReceipt({ hash });
    const lock = { address: contractAddress as `0x${string}`, abi: abi as Abi } as const;
    const open = () => client.writeContract({ ...lock, account: ALICE, functionName: 'open' });
    await expect(open()).rejects.toThrow('too early');
    await client.setNextBlockTimestamp({ timestamp: 2_000_000_000n });
    expect(await client.readContract({ ...lock, functionName: 'now', blockTag: 'pending' })).toBe(2_000_000_000n);
    expect(await client.readContract({ ...lock, functionName: 'now' })).toBe(START_SECONDS);
    const call = { from: ALICE, to: contractAddress, data: encodeFunctionData({ ...lock, functionName: 'open' }) };
    await expect(callRpc(node.rpc.url, 'eth_estimateGas', [call, 'latest'])).rejects.toThrow('too early');
    const sent = (await callRpc(node.rpc.url, 'eth_sendTransaction', [call])) as `0x${string}`;
    expect((await client.getTransactionReceipt({ hash: sent })).status).toBe('success');
    // Asking used nothing up.
    expect((await client.getBlock()).timestamp).toBe(2_000_000_000n);
    expect((await client.getTransactionReceipt({ hash: await open() })).status).toBe('success');
  });

  it('that was said of the next block is not used up by an edit', async () => {
    const { client } = await start();
    await client.setNextBlockTimestamp({ timestamp: 4_000_000_000n });
    await client.setBalance({ address: STRANGER, value: 1n });
    await client.mine({ blocks: 1 });
    expect((await client.getBlock()).timestamp).toBe(4_000_000_000n);
  });

  it('never goes back from block to block', async () => {
    const { client } = await start();
    await client.mine({ blocks: 1 });
    await expect(client.setNextBlockTimestamp({ timestamp: START_SECONDS })).rejects.toThrow('is not later than');
    const call = (name: string, ...params: unknown[]) => callRpc(client.transport.url ?? '', name, params);
    for (const name of ['evm_setTime', 'anvil_setTime']) {
      for (const past of [0, Number(START_SECONDS) - 1_000, Number(START_SECONDS)]) {
        await expect(call(name, past)).rejects.toThrow('is not later than');
      }
    }
    await client.increaseTime({ seconds: 60 });
    await client.mine({ blocks: 1 });
    expect((await client.getBlock()).timestamp).toBe(START_SECONDS + 60n);
    await call('evm_setTime', Number(START_SECONDS) + 100);
    await client.increaseTime({ seconds: 5 });
    await client.mine({ blocks: 1 });
    expect((await client.getBlock()).timestamp).toBe(START_SECONDS + 105n);
  });

  it('moves on from the newest block where blocks are ahead of it', async () => {
    const { client } = await start();
    await client.mine({ blocks: 3, interval: 600 });
    const ahead = (await client.getBlock()).timestamp;
    expect(ahead).toBe(START_SECONDS + 1_200n);
    await client.increaseTime({ seconds: 60 });
    await client.mine({ blocks: 1 });
    expect((await client.getBlock()).timestamp).toBe(ahead + 60n);
  });

  it('steps by an interval when told to', async () => {
    const { client } = await start();
    await client.setBlockTimestampInterval({ interval: 12 });
    await client.mine({ blocks: 2 });
    const [one, two] = [await client.getBlock({ blockNumber: 1n }), await client.getBlock({ blockNumber: 2n })];
    expect(two.timestamp - one.timestamp).toBe(12n);
    await client.removeBlockTimestampInterval();
    await client.mine({ blocks: 1 });
    expect((await client.getBlock()).timestamp).toBe(two.timestamp);
  });
});

describe('snapshots', () => {
  it('bring back state, blocks, time and the pool, once', async () => {
    const kit = await start();
    const { client } = kit;
    const address = await deployCounter(kit);
    await client.setAutomine(false);
    const waiting = await client.sendTransaction({ account: BOB, to: ALICE, value: 1n });
    const id = await client.snapshot();
    await client.mine({ blocks: 5 });
    await client.increaseTime({ seconds: 1_000 });
    await client.setAutomine(true);
    const add = await client.writeContract({
      account: ALICE,
      address,
      abi: COUNTER.abi,
      functionName: 'add',
      args: [3n],
    });
    expect(await client.readContract({ address, ...TOTAL })).toBe(10n);
    await client.setAutomine(false);

    await client.revert({ id });
    expect(await client.getBlockNumber()).toBe(1n);
    expect(await client.readContract({ address, ...TOTAL })).toBe(7n);
    await expect(client.getTransactionReceipt({ hash: add })).rejects.toThrow('could not be found');
    expect(await client.getTransactionCount({ address: ALICE })).toBe(1);
    expect((await client.getTransaction({ hash: waiting })).blockNumber).toBeNull();
    await client.mine({ blocks: 1 });
    expect((await client.getBlock()).transactions).toEqual([waiting]);
    expect((await client.getBlock()).timestamp).toBe(START_SECONDS);
    expect(await callRpc(client.transport.url ?? '', 'evm_revert', [id])).toBe(false);
  });

  it('nest, and later ones go with an earlier one', async () => {
    const { client } = await start();
    const outer = await client.snapshot();
    await client.mine({ blocks: 1 });
    const inner = await client.snapshot();
    await client.mine({ blocks: 1 });
    await client.revert({ id: inner });
    expect(await client.getBlockNumber()).toBe(1n);
    await client.revert({ id: outer });
    expect(await client.getBlockNumber()).toBe(0n);
    expect(await callRpc(client.transport.url ?? '', 'evm_revert', [inner])).toBe(false);
  });

  it('let the very same block come again', async () => {
    const { client } = await start();
    const id = await client.snapshot();
    const send = () => client.sendTransaction({ account: ALICE, to: BOB, value: 1n });
    const hash = await send();
    const before = await client.getBlock();
    await client.revert({ id });
    expect(await send()).toBe(hash);
    expect((await client.getBlock()).hash).toBe(before.hash);
    expect((await client.getTransactionReceipt({ hash })).status).toBe('success');
  });

  it('tell listeners which logs went', async () => {
    const kit = await start();
    const { client, node } = kit;
    const address = await deployCounter(kit);
    const id = await client.snapshot();
    await client.writeContract({ account: ALICE, address, abi: COUNTER.abi, functionName: 'add', args: [3n] });
    const events: HeadEvent[] = [];
    node.chain.on('head', (event) => events.push(event));
    await client.revert({ id });
    const logs = events[0]?.removed.flatMap(({ receipts }) => receipts.flatMap((receipt) => receipt.logs));
    expect(logs).toHaveLength(1);
    expect(await client.getContractEvents({ address, abi: COUNTER.abi, fromBlock: 0n })).toEqual([]);
  });

  it('tell a filter nothing new of the logs that stay', async () => {
    const kit = await start();
    const { client } = kit;
    const address = await deployCounter(kit);
    const add = (amount: bigint) =>
      client.writeContract({ account: ALICE, address, abi: COUNTER.abi, functionName: 'add', args: [amount] });
    const filter = await client.createContractEventFilter({ address, abi: COUNTER.abi });
    await add(1n);
    const id = await client.snapshot();
    await add(2n);
    await client.revert({ id });
    const logs = await client.getFilterChanges({ filter });
    expect(logs.map(({ blockNumber, removed }) => [blockNumber, removed])).toEqual([
      [2n, false],
      [3n, false],
      [3n, true],
    ]);
  });

  it('end with a reset, which leaves the genesis', async () => {
    const { client, node } = await start();
    const id = await client.snapshot();
    await client.setCoinbase({ address: STRANGER });
    await client.mine({ blocks: 3 });
    await client.setAutomine(false);
    await client.reset();
    expect(await callRpc(node.rpc.url, 'eth_coinbase')).toBe(`0x${'00'.repeat(20)}`);
    expect(await client.getBlockNumber()).toBe(0n);
    expect(await client.getAutomine()).toBe(true);
    expect(await callRpc(node.rpc.url, 'evm_revert', [id])).toBe(false);
    await expect(client.reset({ blockNumber: 1n, jsonRpcUrl: 'http://localhost:1' })).rejects.toThrow('forking');
  });
});
