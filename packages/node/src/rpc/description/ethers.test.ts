import { type Hash, toHex, verifyAccountProof } from '@wattchain/core';
import {
  Contract,
  ContractFactory,
  type InterfaceAbi,
  JsonRpcProvider,
  keccak256,
  parseEther,
  toQuantity,
  Wallet,
  WebSocketProvider,
  zeroPadValue,
} from 'ethers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ALICE, BOB, CAROL } from '../../../testing/chainKit.js';
import { startDocumentedChain } from '../../../testing/documentedChain.js';
import { COUNTER, RpcKit } from '../../../testing/rpcKit.js';
import { METHOD_TABLE } from '../methods/methodTable.js';
import { TRIED_WITH } from './clients.js';

let rpc: RpcKit;
let provider: JsonRpcProvider;
/** Methods that answered ethers. */
const answered = new Set<string>();

beforeAll(async () => {
  rpc = await RpcKit.start();
  rpc.server.onAnswered(({ method, error }) => {
    if (error === undefined) answered.add(method);
  });
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
    baseFeePerGas: 100n,
    stateRoot: rpc.tip.header.stateRoot,
  });
  expect(await provider.getBlock(1_000)).toBeNull();
  expect(await provider.getBalance(CAROL.address)).toBe(parseEther('1000'));
  const fees = await provider.getFeeData();
  expect(fees).toMatchObject({ gasPrice: 100n, maxFeePerGas: 200n, maxPriorityFeePerGas: 0n });
});

test('sends a transfer, everything left to the client, and waits for its receipt', async () => {
  const response = await wallet().sendTransaction({ to: BOB.address, value: 3n });
  expect(response).toMatchObject({ type: 2, nonce: 0, gasLimit: 21_000n, maxFeePerGas: 200n, blockNumber: null });
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

/** Resolves when the node has answered a request of this method. */
function answerTo(method: string): Promise<void> {
  return new Promise((resolve) => {
    const cancel = rpc.server.onAnswered((call) => {
      if (call.method !== method) return;
      cancel();
      resolve();
    });
  });
}

test('blocks, events of a contract, pending transactions and confirmations over HTTP', async () => {
  // As the documentation makes one, only quicker: it follows events and the pool with filters.
  const http = new JsonRpcProvider(rpc.url, undefined, { pollingInterval: 10, cacheTimeout: -1 });
  const signer = new Wallet(toHex(BOB.key), http);
  const deployed = await new ContractFactory(abi, COUNTER.code, signer).deploy(1n);
  await rpc.mine();
  const counter = new Contract(await deployed.getAddress(), abi, signer);
  const filtersStand = Promise.all([answerTo('eth_newFilter'), answerTo('eth_newPendingTransactionFilter')]);
  const pending = new Promise<string>((resolve) => void http.once('pending', resolve));
  const event = new Promise<unknown>((resolve) => void counter.once('Counted', (_by, value) => resolve(value)));
  await filtersStand;
  const block = new Promise<number>((resolve) => void http.on('block', (height) => height === next && resolve(height)));
  const next = rpc.tip.header.height + 1;
  const response = await counter.getFunction('add').send(6n);
  const mined = await rpc.mine();
  expect(await block).toBe(mined.header.height);
  expect(await pending).toBe(response.hash);
  expect(await event).toBe(7n);
  const confirmed = response.wait(3);
  await rpc.mineEmpty(2);
  expect(await confirmed).toMatchObject({ status: 1, blockNumber: mined.header.height });
  expect(await (await http.getTransactionReceipt(response.hash))?.confirmations()).toBe(3);
  http.destroy();
});

test('events by topics and their decoded arguments', async () => {
  const deployed = await new ContractFactory(abi, COUNTER.code, wallet(BOB)).deploy(0n);
  await rpc.mine();
  const counter = new Contract(await deployed.getAddress(), abi, wallet(BOB));
  await counter.getFunction('add').send(1n);
  await rpc.mine();
  const by = (address: string) => counter.queryFilter(counter.getEvent('Counted')(address), 0);
  expect(await by(BOB.address)).toMatchObject([{ args: [wallet(BOB).address, 1n] }]);
  expect(await by(CAROL.address)).toEqual([]);
  const logs = await provider.getLogs({
    address: counter,
    fromBlock: 0,
    topics: [null, zeroPadValue(BOB.address, 32)],
  });
  expect(logs).toMatchObject([{ removed: false, index: 0 }]);
});

test('proofs, receipts of a block and fee history by their names', async () => {
  const { stateRoot } = (await provider.getBlock(1)) ?? {};
  const answer: unknown = await provider.send('eth_getProof', [CAROL.address, [], '0x1']);
  expect(verifyAccountProof(stateRoot as Hash, answer).value?.account.balance).toBe(parseEther('1000'));
  const receipts = (await provider.send('eth_getBlockReceipts', ['0x2'])) as unknown[];
  expect(receipts).toHaveLength(1);
  const fees = (await provider.send('eth_feeHistory', [toQuantity(2), 'latest', []])) as { gasUsedRatio: number[] };
  expect(fees.gasUsedRatio).toHaveLength(2);
  expect(await provider.send('web3_clientVersion', [])).toBe('Wattchain/test');
  expect(await provider.send('web3_sha3', ['0x'])).toBe(keccak256('0x'));
});

test('every method that needs neither the token nor an id answers provider.send with the parameters of its example', async () => {
  const documented = await startDocumentedChain();
  documented.server.onAnswered(({ method, error }) => {
    if (error === undefined) answered.add(method);
  });
  const byName = new JsonRpcProvider(documented.url, undefined, { staticNetwork: true, cacheTimeout: -1 });
  const needsMore = /Filter|eth_subscribe|eth_unsubscribe|sendRaw|_submitWork$/;
  for (const { name, needsToken, example } of METHOD_TABLE.values()) {
    if (needsToken || needsMore.test(name)) continue;
    await byName.send(name, [...example.params]);
    expect(answered, name).toContain(name);
  }
  const id: unknown = await byName.send('eth_newBlockFilter', []);
  expect(await byName.send('eth_uninstallFilter', [id])).toBe(true);
  const logs: unknown = await byName.send('eth_newFilter', [{ fromBlock: '0x0' }]);
  expect(await byName.send('eth_getFilterLogs', [logs])).toHaveLength(1);
  byName.destroy();
  await documented.stop();
});

test('a provider of someone else signs nothing here: eth_sendTransaction says what to do', async () => {
  expect(await provider.listAccounts()).toEqual([]);
  const send = provider.send('eth_sendTransaction', [{ from: ALICE.address, to: BOB.address }]);
  await expect(send).rejects.toMatchObject({
    code: 'UNSUPPORTED_OPERATION',
    info: { error: { message: expect.stringContaining('eth_sendRawTransaction') } },
  });
});

test('the documentation names the methods that answered here', () => {
  expect([...answered].sort()).toEqual([...TRIED_WITH.ethers].sort());
});
