import { fromHex, toHex } from '@wattchain/core';
import { hexToNumber, keccak256, parseEther } from 'viem';
import { mnemonicToAccount, privateKeyToAccount } from 'viem/accounts';
import { foundry } from 'viem/chains';
import { afterEach, describe, expect, it } from 'vitest';
import { TEST_START_MS } from '../testing/chainKit.js';
import { callRpc, DEV_ACCOUNTS, STRANGER, testClient } from '../testing/developmentKit.js';
import { ALICE, BOB, deployCounter, GWEI, running, start, TOTAL } from '../testing/runningDevelopment.js';
import { nextTurn } from './base/turn.js';
import { DEVELOPMENT_MNEMONIC } from './dev/accounts.js';

afterEach(async () => {
  for (const { node } of running.splice(0)) await node.stop();
});

describe('control', () => {
  it('of a node of a network asks for no token that nobody has', async () => {
    const { node } = await start();
    await expect(callRpc(node.rpc.url, 'watt_setMining', [true])).rejects.toThrow(/4100 .*has no token.*evm_mine/);
  });
});

describe('blocks', () => {
  it('come one for each transaction, before the answer', async () => {
    const { client } = await start();
    const local = privateKeyToAccount(toHex(DEV_ACCOUNTS[1]?.privateKey ?? new Uint8Array()));
    const first = await client.sendTransaction({ account: ALICE, to: BOB, value: 5n });
    const second = await client.sendTransaction({ account: local, to: ALICE, value: 7n });
    expect((await client.getTransactionReceipt({ hash: first })).blockNumber).toBe(1n);
    expect((await client.getTransactionReceipt({ hash: second })).blockNumber).toBe(2n);
    expect(await client.getBalance({ address: BOB })).toBe(parseEther('10000') - 2n - 21_000n * GWEI);
  });

  it('take all that one account sent, more than a node would let wait, and let others have their turns', async () => {
    const { node } = await start({ mode: { automine: false, intervalMs: 0 } });
    const { development, chain } = node;
    const { genesis } = chain;
    const transfer = { gasPrice: genesis.minGasPriceWei, gasLimit: 21_000, to: BOB, value: 1n, data: new Uint8Array() };
    for (let nonce = 0; nonce < 600; nonce++) {
      const unsigned = { ...transfer, nonce, chainId: genesis.chainId };
      expect(await development.send(development.signTransaction(unsigned, ALICE))).toBeUndefined();
    }
    let isMined = false;
    const mined = development.sealer.mine(1, 0).finally(() => {
      isMined = true;
    });
    let turns = 0;
    for (; !isMined; turns++) await nextTurn();
    await mined;
    expect(chain.head.header.transactionCount).toBe(600);
    // A template of 12.6 Mgas, in pieces of half a million, and the block's execution beside it.
    expect(turns).toBeGreaterThan(20);
  });

  it('stand when a batch asks for the receipt behind the transaction', async () => {
    const { node } = await start();
    const transfer = { from: ALICE, to: BOB, value: '0x1', gas: '0x5208' };
    const requests = [
      { jsonrpc: '2.0', id: 1, method: 'eth_sendTransaction', params: [transfer] },
      { jsonrpc: '2.0', id: 2, method: 'eth_blockNumber', params: [] },
    ];
    const response = await fetch(node.rpc.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(requests),
    });
    expect(await response.json()).toMatchObject([{ id: 1 }, { id: 2, result: '0x1' }]);
  });

  it('wait for evm_mine without automining, and take all that waits', async () => {
    const { client } = await start();
    await client.setAutomine(false);
    expect(await client.getAutomine()).toBe(false);
    await client.sendTransaction({ account: ALICE, to: BOB, value: 1n });
    await client.sendTransaction({ account: ALICE, to: BOB, value: 2n });
    expect(await client.getBlockNumber()).toBe(0n);
    expect(await client.getTxpoolStatus()).toEqual({ pending: 2, queued: 0 });
    expect(await client.inspectTxpool()).toEqual({
      pending: {
        [ALICE]: {
          0: `${BOB}: 1 wei + 21000 gas × 1000000000 wei`,
          1: `${BOB}: 2 wei + 21000 gas × 1000000000 wei`,
        },
      },
      queued: {},
    });
    await client.mine({ blocks: 1 });
    expect((await client.getBlock()).transactions).toHaveLength(2);
    await client.sendTransaction({ account: ALICE, to: BOB, value: 3n });
    await client.setAutomine(true);
    await client.sendTransaction({ account: ALICE, to: BOB, value: 4n });
    expect(await client.getBlockNumber()).toBe(3n);
  });

  it('come at an interval, also empty ones, and only then', async () => {
    const { client, runtime, node } = await start({ mode: { automine: false, intervalMs: 2_000 } });
    await client.sendTransaction({ account: ALICE, to: BOB, value: 1n });
    runtime.advance(1_999);
    await node.development.sealer.settled();
    expect(await client.getBlockNumber()).toBe(0n);
    runtime.advance(1);
    await node.development.sealer.settled();
    runtime.advance(2_000);
    await node.development.sealer.settled();
    expect((await client.getBlock({ blockNumber: 1n })).transactions).toHaveLength(1);
    expect((await client.getBlock({ blockNumber: 2n })).transactions).toHaveLength(0);
    await client.setIntervalMining({ interval: 0 });
    runtime.advance(60_000);
    await node.development.sealer.settled();
    expect(await client.getBlockNumber()).toBe(2n);
  });

  it('take what comes in one batch together, and what a client sends after the receipt one by one', async () => {
    const { client, node } = await start();
    const account = mnemonicToAccount(DEVELOPMENT_MNEMONIC);
    const signed = (nonce: number) =>
      account.signTransaction({
        chainId: 31_337,
        type: 'legacy',
        to: BOB,
        value: 1n,
        gas: 21_000n,
        gasPrice: GWEI,
        nonce,
      });
    const raws = [await signed(0), await signed(1), await signed(2)];
    const batch = [...raws, '0x00'].map((raw, id) => ({
      jsonrpc: '2.0',
      id,
      method: 'eth_sendRawTransaction',
      params: [raw],
    }));
    const number = { jsonrpc: '2.0', id: 9, method: 'eth_blockNumber', params: [] };
    const response = await fetch(node.rpc.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify([...batch, number]),
    });
    const answers = (await response.json()) as { id: number; result?: string; error?: object }[];
    expect(answers.map(({ id, result }) => [id, result])).toEqual([
      ...raws.map((raw, id) => [id, keccak256(raw)]),
      [3, undefined],
      [9, '0x1'],
    ]);
    expect((await client.getBlock()).transactions).toEqual(raws.map((raw) => keccak256(raw)));
    await client.sendRawTransaction({ serializedTransaction: await signed(3) });
    await client.sendRawTransaction({ serializedTransaction: await signed(4) });
    expect(await client.getBlockNumber()).toBe(3n);
  });

  it('keep a transaction with a gap, and make both blocks when it is filled', async () => {
    const { client } = await start();
    const late = await client.sendTransaction({ account: ALICE, to: BOB, value: 1n, nonce: 1 });
    expect(await client.getBlockNumber()).toBe(0n);
    await client.sendTransaction({ account: ALICE, to: BOB, value: 1n, nonce: 0 });
    expect((await client.getTransactionReceipt({ hash: late })).blockNumber).toBe(2n);
  });

  it('are made in numbers, so many seconds apart', async () => {
    const { client } = await start();
    await client.mine({ blocks: 100, interval: 60 });
    const [first, last] = [await client.getBlock({ blockNumber: 1n }), await client.getBlock()];
    expect(last.number).toBe(100n);
    expect(last.timestamp - first.timestamp).toBe(99n * 60n);
  });

  it('pay their fees to whom one says', async () => {
    const { client } = await start();
    await client.setCoinbase({ address: STRANGER });
    await client.sendTransaction({ account: ALICE, to: BOB, value: 1n, gasPrice: 3n * GWEI });
    expect(await client.getBalance({ address: STRANGER })).toBe(63_000n * GWEI);
    expect((await client.getBlock()).miner).toBe(STRANGER);
  });
});

describe('a state', () => {
  it('comes back whole in another process: blocks, code, time', async () => {
    const first = await start();
    const address = await deployCounter(first);
    await first.client.increaseTime({ seconds: 86_400 });
    await first.client.mine({ blocks: 1 });
    const state = await first.client.dumpState();
    const before = await first.client.getBlock();

    // The other began later, so its genesis is another one.
    const second = await start({ startMs: TEST_START_MS + 5_000 });
    await second.client.mine({ blocks: 7 });
    const id = await second.client.snapshot();
    await second.client.loadState({ state });
    expect(await second.client.getBlock()).toEqual(before);
    expect(await second.client.getBlock({ blockNumber: 0n })).toEqual(await first.client.getBlock({ blockNumber: 0n }));
    expect(await second.client.readContract({ address, ...TOTAL })).toBe(7n);
    expect(await callRpc(second.node.rpc.url, 'evm_revert', [id])).toBe(false);
    await second.client.sendTransaction({ account: ALICE, to: BOB, value: 1n });
    expect((await second.client.getBlock()).timestamp).toBe(before.timestamp + 5n);

    const third = await start({ state: fromHex(state) });
    expect(await third.client.getBlock()).toEqual(before);
  });

  it('is refused when it is none, and the chain stays as it is', async () => {
    const { client, node } = await start();
    await client.mine({ blocks: 2 });
    await expect(client.loadState({ state: '0x1234' })).rejects.toThrow('no state of a development chain');
    const damaged = fromHex(await client.dumpState());
    await expect(client.loadState({ state: toHex(damaged.subarray(0, damaged.length - 9)) })).rejects.toThrow(
      'cut off',
    );
    expect(await client.getBlockNumber()).toBe(2n);
    expect(node.chain.head.header.height).toBe(2);
  });
});

describe('what test libraries ask', () => {
  it('has the same answers under the names of Hardhat', async () => {
    const { node } = await start();
    const client = testClient(node.rpc.url, 'hardhat');
    await client.setBalance({ address: STRANGER, value: 5n });
    await client.impersonateAccount({ address: STRANGER });
    await client.mine({ blocks: 3, interval: 10 });
    await client.setNonce({ address: STRANGER, nonce: 2 });
    await client.setCoinbase({ address: STRANGER });
    await client.stopImpersonatingAccount({ address: STRANGER });
    await client.setBlockTimestampInterval({ interval: 5 });
    await client.removeBlockTimestampInterval();
    await client.reset();
    expect(await client.getBalance({ address: STRANGER })).toBe(0n);
    const metadata = await callRpc(node.rpc.url, 'hardhat_metadata');
    expect(metadata).toMatchObject({ chainId: foundry.id, latestBlockNumber: 0 });
  });

  it('knows where the chain stands', async () => {
    const { node, client } = await start();
    await client.mine({ blocks: 2 });
    const info = (await callRpc(node.rpc.url, 'anvil_nodeInfo')) as { currentBlockNumber: `0x${string}` };
    expect(info).toMatchObject({ environment: { gasPrice: '0x3b9aca00', baseFee: '0x3b9aca00' } });
    expect(hexToNumber(info.currentBlockNumber)).toBe(2);
    expect(await client.getAddresses()).toHaveLength(2);
  });

  it('drops what waits', async () => {
    const { client } = await start();
    await client.setAutomine(false);
    const hash = await client.sendTransaction({ account: ALICE, to: BOB, value: 1n });
    await client.dropTransaction({ hash });
    await client.mine({ blocks: 1 });
    expect((await client.getBlock()).transactions).toEqual([]);
    const drop = (name: string, dropped: string) => callRpc(client.transport.url ?? '', name, [dropped]);
    expect(await drop('anvil_dropTransaction', hash)).toBeNull();
    expect(await drop('hardhat_dropTransaction', hash)).toBe(false);
    const next = await client.sendTransaction({ account: ALICE, to: BOB, value: 2n });
    expect(await drop('hardhat_dropTransaction', next)).toBe(true);
  });

  it('is healthy however old its newest block is', async () => {
    const { node, runtime } = await start();
    runtime.advance(3_600_000);
    expect((await fetch(`${node.rpc.url}/health`)).status).toBe(200);
  });
});
