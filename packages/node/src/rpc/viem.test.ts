import { toHex } from '@wattchain/core';
import { type Abi, createPublicClient, createWalletClient, defineChain, http, parseEther, webSocket } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ALICE, BOB, CAROL, testTransaction } from '../testing/chainKit.js';
import { COUNTER, counterDeployment, RpcKit } from '../testing/rpcKit.js';

const abi = COUNTER.abi as Abi;
const GAS_PRICE = 100n;
let rpc: RpcKit;
let counter: `0x${string}`;

const viemChain = () =>
  defineChain({
    id: rpc.kit.genesis.chainId,
    name: 'test',
    nativeCurrency: { name: 'coin', symbol: 'C', decimals: 18 },
    rpcUrls: { default: { http: [rpc.url] } },
  });
const client = () =>
  createPublicClient({ chain: viemChain(), transport: http(rpc.url, { retryCount: 0 }), pollingInterval: 10 });
const wallet = (account = ALICE) =>
  createWalletClient({
    chain: viemChain(),
    transport: http(rpc.url, { retryCount: 0 }),
    account: privateKeyToAccount(toHex(account.key)),
  });

beforeAll(async () => {
  rpc = await RpcKit.start();
  const { genesis } = rpc.kit;
  const deployment = testTransaction(genesis, ALICE, {
    to: null,
    value: 0n,
    data: counterDeployment(7),
    gasLimit: 1_000_000,
  });
  rpc.send(deployment);
  rpc.send(testTransaction(genesis, BOB, { to: CAROL.address, value: 5n }));
  await rpc.mine();
  const { contractAddress } = await client().getTransactionReceipt({ hash: deployment.hash });
  counter = contractAddress as `0x${string}`;
});
afterAll(() => rpc.stop());

describe('reading', () => {
  test('network, blocks, accounts', async () => {
    expect(await client().getChainId()).toBe(rpc.kit.genesis.chainId);
    expect(await client().getBlockNumber()).toBe(BigInt(rpc.tip.header.height));
    expect(await client().getGasPrice()).toBe(GAS_PRICE);
    const block = await client().getBlock({ blockNumber: 1n, includeTransactions: true });
    const { header } = rpc.kit.genesisBlock;
    expect(block).toMatchObject({
      number: 1n,
      parentHash: rpc.kit.genesis.hash,
      timestamp: BigInt(Math.floor(header.timestampMs / 1000) + 1),
      uncles: [],
      baseFeePerGas: null,
      gasLimit: BigInt(header.gasLimit),
    });
    expect(
      block.transactions.map(({ type, blockNumber, transactionIndex }) => [type, blockNumber, transactionIndex]),
    ).toEqual([
      ['legacy', 1n, 0],
      ['legacy', 1n, 1],
    ]);
    expect(block.totalDifficulty).toBe(block.difficulty);
    expect(await client().getBlock({ blockTag: 'finalized' })).toMatchObject({ number: 0n, transactions: [] });
    expect(await client().getBalance({ address: CAROL.address })).toBe(parseEther('1000') + 5n);
    expect(await client().getBalance({ address: CAROL.address, blockNumber: 0n })).toBe(parseEther('1000'));
    expect(await client().getTransactionCount({ address: BOB.address })).toBe(1);
    expect(await client().getCode({ address: counter })).toBe(COUNTER.code);
    expect(await client().getCode({ address: BOB.address })).toBeUndefined();
    expect(await client().getStorageAt({ address: counter, slot: '0x0' })).toMatch(/^0x0{62}[0-9a-f]{2}$/);
    expect(await client().getBlockTransactionCount({ blockNumber: 1n })).toBe(2);
  });

  test('a contract', async () => {
    expect(await client().readContract({ address: counter, abi, functionName: 'total', blockNumber: 1n })).toBe(7n);
  });

  test('a block that is not there', async () => {
    await expect(client().getBlock({ blockNumber: 1_000_000n })).rejects.toMatchObject({ name: 'BlockNotFoundError' });
    await expect(client().getTransactionReceipt({ hash: `0x${'12'.repeat(32)}` })).rejects.toMatchObject({
      name: 'TransactionReceiptNotFoundError',
    });
  });
});

describe('writing', () => {
  test('a transfer with everything left to the client, followed to its confirmations', async () => {
    const hash = await wallet().sendTransaction({ to: BOB.address, value: parseEther('1') });
    const waiting = await client().getTransaction({ hash });
    expect(waiting).toMatchObject({
      type: 'legacy',
      blockNumber: null,
      gas: 21_000n,
      nonce: 1,
      value: parseEther('1'),
    });
    expect(await client().getTransactionCount({ address: ALICE.address, blockTag: 'pending' })).toBe(2);
    expect(await client().getTransactionCount({ address: ALICE.address })).toBe(1);
    const receipt = client().waitForTransactionReceipt({ hash, confirmations: 3 });
    await rpc.mine();
    await rpc.mineEmpty(2);
    expect(await receipt).toMatchObject({
      status: 'success',
      gasUsed: 21_000n,
      effectiveGasPrice: waiting.gasPrice,
      type: 'legacy',
      contractAddress: null,
      logs: [],
      from: ALICE.address,
      to: BOB.address,
    });
    expect(await client().getTransactionConfirmations({ hash })).toBe(3n);
  });

  test('a contract call, its estimate, its logs', async () => {
    const before = (await client().readContract({ address: counter, abi, functionName: 'total' })) as bigint;
    const call = { address: counter, abi, functionName: 'add', args: [5n] } as const;
    const gas = await client().estimateContractGas({ ...call, account: BOB.address });
    const { result } = await client().simulateContract({ ...call, account: BOB.address });
    expect(result).toBe(before + 5n);
    const hash = await wallet(BOB).writeContract(call);
    const block = await rpc.mine();
    const receipt = await client().getTransactionReceipt({ hash });
    expect(receipt).toMatchObject({ status: 'success', gasUsed: gas });
    expect(receipt.logs).toHaveLength(1);
    const events = await client().getContractEvents({ address: counter, abi, eventName: 'Counted', fromBlock: 0n });
    expect(events.at(-1)).toMatchObject({
      args: { by: privateKeyToAccount(toHex(BOB.key)).address, value: before + 5n },
      blockHash: block.hash,
      transactionHash: hash,
      logIndex: 0,
      removed: false,
    });
    const others = { address: counter, abi, eventName: 'Counted', args: { by: CAROL.address }, fromBlock: 0n } as const;
    expect(await client().getContractEvents(others)).toEqual([]);
  });

  test('what the pool refuses comes back as the error that viem knows', async () => {
    const account = privateKeyToAccount(toHex(CAROL.key));
    const send = (fields: object) =>
      wallet(CAROL).sendTransaction({
        to: BOB.address,
        value: 1n,
        gas: 21_000n,
        gasPrice: GAS_PRICE,
        nonce: 0,
        ...fields,
      });
    await expect(send({ value: parseEther('2000') })).rejects.toMatchObject({
      cause: { name: 'InsufficientFundsError' },
    });
    await expect(send({ gas: 20_000n })).rejects.toMatchObject({ cause: { name: 'IntrinsicGasTooLowError' } });
    await expect(send({ gasPrice: 1n })).rejects.toMatchObject({
      details: 'transaction underpriced: gas price 1, minimum needed 100',
    });
    await send({});
    await expect(send({})).rejects.toMatchObject({ details: 'already known' });
    await expect(send({ value: 2n })).rejects.toMatchObject({
      details: expect.stringContaining('replacement transaction underpriced'),
    });
    await rpc.mine();
    await expect(send({ value: 2n })).rejects.toMatchObject({ cause: { name: 'NonceTooLowError' } });
    const typed = await account.signTransaction({
      type: 'eip1559',
      chainId: rpc.kit.genesis.chainId,
      nonce: 1,
      gas: 21_000n,
      maxFeePerGas: 200n,
      to: BOB.address,
    });
    await expect(client().sendRawTransaction({ serializedTransaction: typed })).rejects.toMatchObject({
      details: expect.stringContaining('transaction type not supported: type 2'),
    });
    const foreign = await account.signTransaction({
      chainId: 1,
      type: 'legacy',
      nonce: 1,
      gas: 21_000n,
      gasPrice: 200n,
      to: BOB.address,
    });
    await expect(client().sendRawTransaction({ serializedTransaction: foreign })).rejects.toMatchObject({
      details: 'invalid chain id for signer: have 1 want 20000001',
    });
  });

  test('a failure of the contract names its reason, its own error, its arithmetic', async () => {
    const simulate = (functionName: string, amount: bigint) =>
      client().simulateContract({ address: counter, abi, functionName, args: [amount], account: BOB.address });
    await expect(simulate('add', 101n)).rejects.toMatchObject({ cause: { reason: 'at most 100 at once' } });
    await expect(simulate('addStrictly', 101n)).rejects.toMatchObject({
      cause: { data: { errorName: 'TooMany', args: [101n, 100n] } },
    });
    await expect(simulate('take', 1000n)).rejects.toMatchObject({
      cause: { reason: 'Arithmetic operation resulted in underflow or overflow.' },
    });
    await expect(
      client().estimateContractGas({ address: counter, abi, functionName: 'add', args: [101n], account: BOB.address }),
    ).rejects.toMatchObject({ cause: { reason: 'at most 100 at once' } });
    await expect(
      client().estimateGas({ account: BOB.address, to: ALICE.address, value: parseEther('5000') }),
    ).rejects.toMatchObject({ cause: { name: 'InsufficientFundsError' } });
  });

  test('a failed transaction is in a block, with its reason in the receipt', async () => {
    const hash = await wallet(BOB).writeContract({
      address: counter,
      abi,
      functionName: 'take',
      args: [1000n],
      gas: 100_000n,
    });
    await rpc.mine();
    const receipt = await client().getTransactionReceipt({ hash });
    expect(receipt).toMatchObject({ status: 'reverted', logs: [], revertReason: 'arithmetic overflow or underflow' });
    expect(receipt.gasUsed).toBeGreaterThan(21_000n);
  });

  test('a deployment by viem', async () => {
    const hash = await wallet().deployContract({ abi, bytecode: COUNTER.code, args: [41n] });
    await rpc.mine();
    const { contractAddress } = await client().getTransactionReceipt({ hash });
    const address = contractAddress as `0x${string}`;
    expect(await client().readContract({ address, abi, functionName: 'total' })).toBe(41n);
  });
});

test('WebSocket: requests and new heads on one connection', async () => {
  const socket = createPublicClient({
    chain: viemChain(),
    transport: webSocket(rpc.webSocketUrl, { retryCount: 0, reconnect: false }),
  });
  expect(await socket.getBlockNumber()).toBe(BigInt(rpc.tip.header.height));
  const { subscribe } = socket.transport;
  let seen: (header: { hash: string; number: string }) => void = () => {};
  const header = new Promise<{ hash: string; number: string }>((resolve) => {
    seen = resolve;
  });
  const { unsubscribe } = await subscribe({ params: ['newHeads'], onData: ({ result }) => seen(result) });
  const block = await rpc.mine();
  expect(await header).toMatchObject({ hash: block.hash, number: `0x${block.header.height.toString(16)}` });
  await unsubscribe();
  (await socket.transport.getRpcClient()).close();
});
