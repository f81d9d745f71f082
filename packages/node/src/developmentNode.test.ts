import { fromHex, toHex } from '@wattchain/core';
import { assemble } from '@wattchain/vm';
import {
  type Abi,
  encodeFunctionData,
  hexToNumber,
  keccak256,
  parseEther,
  recoverMessageAddress,
  recoverTypedDataAddress,
} from 'viem';
import { mnemonicToAccount, privateKeyToAccount } from 'viem/accounts';
import { foundry } from 'viem/chains';
import { afterEach, describe, expect, it } from 'vitest';
import { TEST_START_MS } from '../testing/chainKit.js';
import {
  callRpc,
  DEV_ACCOUNTS,
  type DevelopmentKitOptions,
  STRANGER,
  startDevelopment,
  testClient,
} from '../testing/developmentKit.js';
import { COUNTER, counterDeployment } from '../testing/rpcKit.js';
import { nextTurn } from './base/turn.js';
import type { HeadEvent } from './chain/types.js';
import { DEVELOPMENT_MNEMONIC } from './dev/accounts.js';

const [ALICE, BOB] = DEV_ACCOUNTS.map(({ address }) => address) as [`0x${string}`, `0x${string}`];
/** The minimum gas price. */
const GWEI = 10n ** 9n;
const START_SECONDS = BigInt(TEST_START_MS / 1000);
/** Code and constructor argument of a counter that starts at 7. */
const COUNTER_AT_7 = toHex(counterDeployment(7));
const TOTAL = { abi: COUNTER.abi, functionName: 'total' } as const;

const running: Awaited<ReturnType<typeof startDevelopment>>[] = [];
async function start(options?: DevelopmentKitOptions) {
  const kit = await startDevelopment(options);
  running.push(kit);
  return kit;
}
afterEach(async () => {
  for (const { node } of running.splice(0)) await node.stop();
});

/** Deploys the counter; its address. */
async function deployCounter({ client }: Awaited<ReturnType<typeof startDevelopment>>) {
  const hash = await client.sendTransaction({ account: ALICE, data: COUNTER_AT_7 });
  const { contractAddress } = await client.getTransactionReceipt({ hash });
  return contractAddress as `0x${string}`;
}

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

describe('accounts', () => {
  it('can be impersonated, and only while they are', async () => {
    const { client } = await start();
    const send = () => client.sendTransaction({ account: STRANGER, to: BOB, value: 5n });
    await client.setBalance({ address: STRANGER, value: parseEther('1') });
    await expect(send()).rejects.toThrow(`unknown account ${STRANGER}`);
    await client.impersonateAccount({ address: STRANGER });
    const transaction = await client.getTransaction({ hash: await send() });
    expect(transaction).toMatchObject({ from: STRANGER, value: 5n, blockNumber: 2n });
    await client.stopImpersonatingAccount({ address: STRANGER });
    await expect(send()).rejects.toThrow('unknown account');
    await callRpc(client.transport.url ?? '', 'anvil_autoImpersonateAccount', [true]);
    expect((await client.getTransactionReceipt({ hash: await send() })).status).toBe('success');
  });

  it('deploy and call as contracts', async () => {
    const kit = await start();
    const { client } = kit;
    const address = await deployCounter(kit);
    await client.setBalance({ address, value: parseEther('1') });
    const hash = await client.sendUnsignedTransaction({ from: address, to: BOB, value: 1n });
    expect((await client.getTransaction({ hash })).from).toBe(address);
  });

  it('send nothing that is meant for another chain', async () => {
    const { node } = await start();
    const transfer = { from: ALICE, to: BOB, value: '0x1' };
    for (const name of ['eth_sendTransaction', 'eth_signTransaction', 'eth_sendUnsignedTransaction']) {
      await expect(callRpc(node.rpc.url, name, [{ ...transfer, chainId: '0x1' }])).rejects.toThrow(
        '-32602 the transaction is for chain 1, and this is chain 31337',
      );
      await callRpc(node.rpc.url, name, [{ ...transfer, chainId: '0x7a69' }]);
    }
  });

  it('cannot be impersonated by who sends bytes to any node', async () => {
    const { client, node } = await start();
    await client.impersonateAccount({ address: STRANGER });
    await client.setBalance({ address: STRANGER, value: parseEther('1') });
    const unsigned = toHex(node.development.actFor(STRANGER, plainTransfer()).raw);
    await expect(callRpc(node.rpc.url, 'eth_sendRawTransaction', [unsigned])).rejects.toThrow('invalid sender');
  });

  it('have what one gives them', async () => {
    const kit = await start();
    const { client } = kit;
    await client.setBalance({ address: STRANGER, value: 123n });
    await client.setNonce({ address: STRANGER, nonce: 9 });
    expect(await client.getBalance({ address: STRANGER })).toBe(123n);
    expect(await client.getTransactionCount({ address: STRANGER })).toBe(9);
    await expect(client.setNonce({ address: STRANGER, nonce: 8 })).rejects.toThrow('is 9 already');

    const code = await client.getCode({ address: await deployCounter(kit) });
    await client.setCode({ address: STRANGER, bytecode: code ?? '0x' });
    await client.setStorageAt({ address: STRANGER, index: 0, value: `0x${'2a'.padStart(64, '0')}` });
    expect(await client.readContract({ address: STRANGER, ...TOTAL })).toBe(42n);
    await expect(client.setCode({ address: STRANGER, bytecode: '0x6001' })).rejects.toThrow('at 0');
    await expect(client.setBalance({ address: STRANGER, value: 2n ** 192n })).rejects.toThrow('too large');
  });

  it('have their past: the state of every block is kept', async () => {
    const { client } = await start();
    await client.setBalance({ address: STRANGER, value: 1n });
    await client.mine({ blocks: 100 });
    await client.setBalance({ address: STRANGER, value: 2n });
    expect(await client.getBalance({ address: STRANGER, blockNumber: 1n })).toBe(1n);
    expect(await client.getBalance({ address: STRANGER, blockNumber: 0n })).toBe(0n);
  });

  it('sign as wallets do', async () => {
    const { client } = await start();
    const message = 'energy for everybody';
    expect(
      await recoverMessageAddress({ message, signature: await client.signMessage({ account: ALICE, message }) }),
    ).toBe(privateKeyToAccount(toHex(DEV_ACCOUNTS[0]?.privateKey ?? new Uint8Array())).address);
    const typedData = {
      domain: { name: 'Wattchain', chainId: 31_337 },
      types: { Offer: [{ name: 'energyMwh', type: 'uint256' }] },
      primaryType: 'Offer',
      message: { energyMwh: 1_500n },
    } as const;
    const signature = await client.signTypedData({ account: ALICE, ...typedData });
    expect((await recoverTypedDataAddress({ ...typedData, signature })).toLowerCase()).toBe(ALICE);
    // Impersonation sends without a key; a signature takes one.
    await client.impersonateAccount({ address: STRANGER });
    await expect(client.signMessage({ account: STRANGER, message })).rejects.toThrow('sign where the key is');
    const call = (name: string, ...params: unknown[]) => callRpc(client.transport.url ?? '', name, params);
    await expect(call('eth_signTypedData_v4', ALICE, '{"types":{}}')).rejects.toThrow('-32602');
    expect(await call('personal_sign', '0x6869', ALICE, '')).toBe(await call('personal_sign', '0x6869', ALICE));
  });

  it('send and sign every type, told by its fees or by name', async () => {
    const { client, node } = await start();
    const call = (name: string, fields: object) =>
      callRpc(node.rpc.url, name, [{ from: ALICE, to: BOB, value: '0x1', ...fields }]) as Promise<`0x${string}`>;
    const accessList = [{ address: BOB, storageKeys: [`0x${'00'.repeat(32)}`] }];
    const gwei = (amount: number) => `0x${(amount * 1e9).toString(16)}`;
    const cases = [
      [{}, { type: 'eip1559', maxFeePerGas: GWEI, maxPriorityFeePerGas: 0n }, GWEI],
      [{ maxFeePerGas: gwei(5) }, { type: 'eip1559', maxFeePerGas: 5n * GWEI, maxPriorityFeePerGas: 0n }, GWEI],
      [{ maxPriorityFeePerGas: gwei(2) }, { type: 'eip1559', maxFeePerGas: 3n * GWEI }, 3n * GWEI],
      [{ type: '0x2', accessList }, { type: 'eip1559', accessList }, GWEI],
      [{ gasPrice: gwei(2) }, { type: 'legacy', gasPrice: 2n * GWEI }, 2n * GWEI],
      [{ type: '0x0' }, { type: 'legacy', gasPrice: GWEI }, GWEI],
      [{ gasPrice: gwei(2), accessList }, { type: 'eip2930', accessList }, 2n * GWEI],
      [{ type: '0x1' }, { type: 'eip2930', accessList: [] }, GWEI],
    ] as const;
    for (const [fields, expected, effectiveGasPrice] of cases) {
      const raw = await call('eth_signTransaction', fields);
      const hash = await call('eth_sendTransaction', fields);
      expect(keccak256(raw), JSON.stringify(fields)).toBe(hash);
      expect(await client.getTransaction({ hash })).toMatchObject(expected);
      const { gasUsed, ...receipt } = await client.getTransactionReceipt({ hash });
      expect(receipt).toMatchObject({ status: 'success', type: expected.type, effectiveGasPrice });
      expect(gasUsed).toBe('accessList' in fields ? 25_300n : 21_000n);
      // An impersonated account sends the same kinds.
      const stranger = await callRpc(node.rpc.url, 'eth_sendUnsignedTransaction', [
        { from: BOB, to: ALICE, ...fields },
      ]);
      expect(await client.getTransaction({ hash: stranger as `0x${string}` })).toMatchObject({ type: expected.type });
    }
    for (const [fields, message] of [
      [{ gasPrice: '0x1', maxFeePerGas: '0x1' }, 'both gasPrice and (maxFeePerGas or maxPriorityFeePerGas) specified'],
      [
        { maxFeePerGas: '0x1', maxPriorityFeePerGas: '0x2' },
        'max priority fee per gas higher than max fee per gas: maxPriorityFeePerGas: 2, maxFeePerGas: 1',
      ],
      [{ type: '0x2', gasPrice: gwei(1) }, 'no gasPrice'],
      [{ type: '0x0', maxFeePerGas: gwei(1) }, 'a transaction of type 0 has a gasPrice'],
      [{ type: '0x0', accessList }, 'has no access list'],
      [{ type: '0x3' }, 'transaction type not supported: 3'],
      [{ type: '0x4', authorizationList: [{}] }, 'blob and set-code transactions are not supported'],
      [{ blobVersionedHashes: [`0x01${'00'.repeat(31)}`] }, '"blobVersionedHashes"'],
      [{ maxFeePerGas: '0x1' }, 'max fee per gas less than block base fee'],
    ] as const) {
      await expect(call('eth_sendTransaction', fields), JSON.stringify(fields)).rejects.toThrow(message);
    }
  });

  it('learn why a transaction would fail before it is sent', async () => {
    const kit = await start();
    const address = await deployCounter(kit);
    const call = { address, abi: COUNTER.abi, functionName: 'add', args: [101n] } as const;
    await expect(kit.client.writeContract({ account: ALICE, ...call })).rejects.toThrow('at most 100 at once');
    expect(await kit.client.getBlockNumber()).toBe(1n);
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

function plainTransfer() {
  return { nonce: 0, gasPrice: 1n, gasLimit: 21_000, to: BOB, value: 1n, data: new Uint8Array(0), chainId: 31_337 };
}
