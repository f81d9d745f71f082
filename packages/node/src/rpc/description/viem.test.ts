import { toHex, verifyAccountProof } from '@wattchain/core';
import { createPublicClient, createTestClient, http, parseEther, webSocket } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ALICE, BOB, CAROL } from '../../../testing/chainKit.js';
import { COUNTER, type RpcKit } from '../../../testing/rpcKit.js';
import { COUNTER_ABI as abi, later, ViemKit } from '../../../testing/viemKit.js';
import { TRIED_WITH } from './clients.js';

const GAS_PRICE = 100n;
let viem: ViemKit;
let rpc: RpcKit;
let counter: `0x${string}`;
beforeAll(async () => {
  viem = await ViemKit.start();
  ({ rpc, counter } = viem);
});
afterAll(() => viem.stop());

const viemChain = () => viem.chain();
const client = () => viem.client();
const wallet = (account = ALICE) => viem.wallet(account);

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
      baseFeePerGas: GAS_PRICE,
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
      type: 'eip1559',
      maxPriorityFeePerGas: 0n,
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
      effectiveGasPrice: GAS_PRICE,
      type: 'eip1559',
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
      cause: { name: 'FeeCapTooLowError' },
      details: 'transaction underpriced: max fee per gas less than block base fee: gas price 1, minimum needed 100',
    });
    await send({});
    await expect(send({})).rejects.toMatchObject({ details: 'already known' });
    await expect(send({ value: 2n })).rejects.toMatchObject({
      details: expect.stringContaining('replacement transaction underpriced'),
    });
    await rpc.mine();
    await expect(send({ value: 2n })).rejects.toMatchObject({ cause: { name: 'NonceTooLowError' } });
    const setCode = await account.signTransaction({
      type: 'eip7702',
      chainId: rpc.kit.genesis.chainId,
      nonce: 1,
      gas: 21_000n,
      maxFeePerGas: 200n,
      to: BOB.address,
      authorizationList: [],
    });
    await expect(client().sendRawTransaction({ serializedTransaction: setCode })).rejects.toMatchObject({
      details: expect.stringContaining('transaction type not supported: type 4 (set code, EIP-7702)'),
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

const addCall = (amount: bigint) => ({ address: counter, abi, functionName: 'add', args: [amount] }) as const;
const total = () => client().readContract({ address: counter, abi, functionName: 'total' }) as Promise<bigint>;

describe('following over HTTP', () => {
  test('filters', async () => {
    const blocks = await client().createBlockFilter();
    const pending = await client().createPendingTransactionFilter();
    const events = await client().createContractEventFilter({
      address: counter,
      abi,
      eventName: 'Counted',
      fromBlock: 0n,
    });
    const before = await total();
    const hash = await wallet(BOB).writeContract(addCall(2n));
    const block = await rpc.mine();
    expect(await client().getFilterChanges({ filter: blocks })).toEqual([block.hash]);
    expect(await client().getFilterChanges({ filter: pending })).toEqual([hash]);
    expect(await client().getFilterChanges({ filter: events })).toMatchObject([
      { eventName: 'Counted', args: { value: before + 2n }, transactionHash: hash },
    ]);
    expect((await client().getFilterLogs({ filter: events })).at(-1)).toMatchObject({ transactionHash: hash });
    for (const filter of [blocks, pending, events]) expect(await client().uninstallFilter({ filter })).toBe(true);
  });

  test('watchBlocks, watchBlockNumber, watchPendingTransactions', async () => {
    const [block, number, hashes] = [later<string | null>(), later<bigint>(), later<readonly string[]>()];
    const start = BigInt(rpc.tip.header.height);
    const filterStands = viem.answerTo('eth_newPendingTransactionFilter');
    const unwatch = [
      client().watchBlocks({
        onBlock: ({ hash, number: height }) => height !== null && height > start && block.see(hash),
      }),
      client().watchBlockNumber({ onBlockNumber: (height) => height > start && number.see(height) }),
      client().watchPendingTransactions({ onTransactions: hashes.see }),
    ];
    await filterStands;
    const hash = await wallet().sendTransaction({ to: BOB.address, value: 1n });
    expect(await hashes.seen).toEqual([hash]);
    const mined = await rpc.mine();
    expect(await block.seen).toBe(mined.hash);
    expect(await number.seen).toBe(BigInt(mined.header.height));
    for (const end of unwatch) end();
  });

  test('watchContractEvent', async () => {
    const events = later<unknown>();
    const filterStands = viem.answerTo('eth_newFilter');
    const unwatch = client().watchContractEvent({ address: counter, abi, eventName: 'Counted', onLogs: events.see });
    await filterStands;
    const before = await total();
    await wallet(BOB).writeContract(addCall(3n));
    await rpc.mine();
    expect(await events.seen).toMatchObject([{ eventName: 'Counted', args: { value: before + 3n } }]);
    unwatch();
  });
});

test('following by WebSocket: watchBlocks, watchContractEvent, watchPendingTransactions', async () => {
  const socket = createPublicClient({
    chain: viemChain(),
    transport: webSocket(rpc.webSocketUrl, { retryCount: 0, reconnect: false }),
  });
  const [block, events, hashes] = [later<string | null>(), later<unknown>(), later<readonly string[]>()];
  let standing = 0;
  const all = later<void>();
  const cancel = rpc.server.onAnswered(({ method }) => {
    if (method === 'eth_subscribe' && ++standing === 3) all.see();
  });
  const unwatch = [
    socket.watchBlocks({ onBlock: ({ hash }) => block.see(hash) }),
    socket.watchContractEvent({ address: counter, abi, eventName: 'Counted', onLogs: events.see }),
    socket.watchPendingTransactions({ onTransactions: hashes.see }),
  ];
  await all.seen;
  cancel();
  // Requests of a connection are answered in order: after this one the subscriptions have begun.
  const before = (await socket.readContract({ address: counter, abi, functionName: 'total' })) as bigint;
  const hash = await wallet(BOB).writeContract(addCall(4n));
  expect(await hashes.seen).toEqual([hash]);
  const mined = await rpc.mine();
  expect(await block.seen).toBe(mined.hash);
  expect(await events.seen).toMatchObject([
    { eventName: 'Counted', args: { value: before + 4n }, transactionHash: hash },
  ]);
  for (const end of unwatch) end();
  (await socket.transport.getRpcClient()).close();
});

describe('fees and proofs', () => {
  test('estimateFeesPerGas gives two fees, or a gas price', async () => {
    expect(
      await client().estimateFeesPerGas({ type: 'legacy', chain: { ...viemChain(), fees: { baseFeeMultiplier: 1 } } }),
    ).toEqual({
      gasPrice: GAS_PRICE,
    });
    // viem allows the base fee to rise by a fifth.
    expect(await client().estimateFeesPerGas()).toEqual({ maxFeePerGas: 120n, maxPriorityFeePerGas: 0n });
    expect(await client().estimateMaxPriorityFeePerGas()).toBe(0n);
    expect(await client().createAccessList({ to: counter, data: '0x2ddbd13a' })).toMatchObject({ accessList: [] });
  });

  test('getFeeHistory', async () => {
    const history = await client().getFeeHistory({ blockCount: 1, blockNumber: 1n, rewardPercentiles: [10, 90] });
    const { gasUsed, gasLimit } = await client().getBlock({ blockNumber: 1n });
    expect(history).toEqual({
      oldestBlock: 1n,
      baseFeePerGas: [GAS_PRICE, GAS_PRICE],
      gasUsedRatio: [Number(gasUsed) / Number(gasLimit)],
      reward: [[0n, 0n]],
    });
  });

  test("getProof, checked against the state root of a block's header", async () => {
    const { stateRoot } = await client().getBlock({ blockNumber: 1n });
    const proof = await client().getProof({ address: counter, storageKeys: [`0x${'00'.repeat(32)}`], blockNumber: 1n });
    expect(verifyAccountProof(stateRoot, proof).value).toMatchObject({
      address: counter,
      account: { nonce: 1, balance: 0n },
      storage: [{ slot: 0n, value: 7n }],
    });
    expect(verifyAccountProof(stateRoot, { ...proof, balance: 1n }).fault).toBeDefined();
  });

  test('getTransaction by place, getLogs, uncles, the pool', async () => {
    const { hash } = await client().getTransaction({ blockNumber: 1n, index: 1 });
    const block = await client().getBlock({ blockNumber: 1n });
    expect(block.transactions[1]).toBe(hash);
    expect(await client().getTransaction({ blockHash: block.hash, index: 1 })).toMatchObject({ hash });
    expect(await client().getBlock({ blockHash: block.hash })).toMatchObject({ number: 1n });
    expect(await client().getBlockTransactionCount({ blockHash: block.hash })).toBe(2);
    expect(await client().getLogs({ address: counter, fromBlock: 1n })).not.toEqual([]);
    const pool = createTestClient({ chain: viemChain(), mode: 'anvil', transport: http(rpc.url, { retryCount: 0 }) });
    expect(await pool.getTxpoolStatus()).toEqual({ pending: 0, queued: 0 });
    expect(await pool.getTxpoolContent()).toEqual({ pending: {}, queued: {} });
    expect(await pool.inspectTxpool()).toEqual({ pending: {}, queued: {} });
  });
});

test('the documentation names the methods that answered here', () => {
  expect([...viem.answered].sort()).toEqual([...TRIED_WITH.viem].sort());
});
