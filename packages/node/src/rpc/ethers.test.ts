import { toHex } from '@wattchain/core';
import {
  Contract,
  ContractFactory,
  type InterfaceAbi,
  JsonRpcProvider,
  parseEther,
  Wallet,
  WebSocketProvider,
} from 'ethers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ALICE, BOB, CAROL } from '../testing/chainKit.js';
import { COUNTER, RpcKit } from '../testing/rpcKit.js';

let rpc: RpcKit;
let provider: JsonRpcProvider;

beforeAll(async () => {
  rpc = await RpcKit.start();
  await rpc.mine();
  provider = new JsonRpcProvider(rpc.url, undefined, { polling: true, pollingInterval: 10, cacheTimeout: -1 });
});
afterAll(async () => {
  provider.destroy();
  await rpc.stop();
});

const wallet = (account = ALICE) => new Wallet(toHex(account.key), provider);
const abi = COUNTER.abi as InterfaceAbi;

test('reads network, blocks, balances', async () => {
  expect((await provider.getNetwork()).chainId).toBe(BigInt(rpc.kit.genesis.chainId));
  const block = await provider.getBlock('latest', true);
  expect(block).toMatchObject({
    number: 1,
    hash: rpc.tip.hash,
    baseFeePerGas: null,
    stateRoot: rpc.tip.header.stateRoot,
  });
  expect(await provider.getBlock(1_000)).toBeNull();
  expect(await provider.getBalance(CAROL.address)).toBe(parseEther('1000'));
  const fees = await provider.getFeeData();
  expect(fees).toMatchObject({ gasPrice: 100n, maxFeePerGas: null, maxPriorityFeePerGas: null });
});

test('sends a transfer, everything left to the client, and waits for its receipt', async () => {
  const response = await wallet().sendTransaction({ to: BOB.address, value: 3n });
  expect(response).toMatchObject({ type: 0, nonce: 0, gasLimit: 21_000n, gasPrice: 100n, blockNumber: null });
  const waiting = await provider.getTransaction(response.hash);
  expect(waiting?.signature).toEqual(response.signature);
  await rpc.mine();
  const receipt = await response.wait();
  expect(receipt).toMatchObject({ status: 1, gasUsed: 21_000n, gasPrice: 100n, fee: 2_100_000n, index: 0 });
  expect(await provider.getTransactionCount(ALICE.address)).toBe(1);
});

test('deploys a contract, calls it, reads its events and its failures', async () => {
  const deployed = await new ContractFactory(abi, COUNTER.code, wallet(BOB)).deploy(10n);
  await rpc.mine();
  await deployed.waitForDeployment();
  const counter = new Contract(await deployed.getAddress(), abi, wallet(BOB));
  const call = (name: string) => counter.getFunction(name);

  expect(await call('total')()).toBe(10n);
  expect(await provider.getStorage(counter, 0)).toBe(`0x${'0a'.padStart(64, '0')}`);
  const response = await call('add').send(4n);
  await rpc.mine();
  const receipt = await response.wait();
  expect(receipt?.gasUsed).toBe(await call('add').estimateGas(4n));
  const [event] = await counter.queryFilter('Counted', 0);
  expect(event).toMatchObject({ args: [wallet(BOB).address, 14n], transactionHash: response.hash });

  await expect(call('add').staticCall(101n)).rejects.toMatchObject({
    code: 'CALL_EXCEPTION',
    reason: 'at most 100 at once',
  });
  await expect(call('addStrictly').staticCall(101n)).rejects.toMatchObject({
    revert: { name: 'TooMany', args: [101n, 100n] },
  });
  await expect(call('take').send(1_000n)).rejects.toMatchObject({
    code: 'CALL_EXCEPTION',
    action: 'estimateGas',
    revert: { name: 'Panic', args: [0x11] },
  });
});

test('its errors are the ones that ethers knows', async () => {
  const send = (fields: object) =>
    wallet(CAROL).sendTransaction({
      to: BOB.address,
      value: 1n,
      gasLimit: 21_000n,
      gasPrice: 100n,
      nonce: 0,
      ...fields,
    });
  await expect(send({ value: parseEther('5000') })).rejects.toMatchObject({ code: 'INSUFFICIENT_FUNDS' });
  await send({});
  await expect(send({ value: 2n })).rejects.toMatchObject({ code: 'REPLACEMENT_UNDERPRICED' });
  await rpc.mine();
  await expect(send({ value: 2n })).rejects.toMatchObject({ code: 'NONCE_EXPIRED' });
  await expect(provider.send('eth_maxPriorityFeePerGas', [])).rejects.toMatchObject({ code: 'UNSUPPORTED_OPERATION' });
});

test('WebSocket: new heads, logs and pending transactions arrive as they happen', async () => {
  const socket = new WebSocketProvider(rpc.webSocketUrl);
  const listen = async <T>(event: string) => {
    let see: (value: T) => void = () => {};
    const seen = new Promise<T>((resolve) => {
      see = resolve;
    });
    await socket.once(event, see);
    return { seen };
  };
  const height = await listen<number>('block');
  const hash = await listen<string>('pending');
  // Requests of a connection are answered in order, so this answer shows that both subscriptions stand.
  await socket.getBlockNumber();
  const response = await wallet().sendTransaction({ to: BOB.address, value: 9n });
  expect(await hash.seen).toBe(response.hash);
  const block = await rpc.mine();
  expect(await height.seen).toBe(block.header.height);
  await socket.destroy();
});
