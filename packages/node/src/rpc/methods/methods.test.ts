import {
  contractAddress,
  encodeHeader,
  fromHex,
  type Hash,
  parseGenesis,
  sealHash,
  textToBytes,
  toHex,
  workOf,
} from '@wattchain/core';
import { id } from 'ethers';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ALICE, BOB, CAROL, ChainKit, MINER, testGenesis, testTransaction } from '../../../testing/chainKit.js';
import { rawHttp } from '../../../testing/rawHttp.js';
import { COUNTER, counterDeployment, RpcKit } from '../../../testing/rpcKit.js';

const COUNTER_ADDRESS = contractAddress(ALICE.address, 0);
let rpc: RpcKit;

beforeEach(async () => {
  const contracts = [
    { name: 'Counter', address: `0x${'c0'.repeat(20)}`, code: COUNTER.code, storage: { '0x0': '0x2a' } },
  ];
  rpc = await RpcKit.start({ kit: new ChainKit(testGenesis({ contracts })) });
});
afterEach(() => rpc.stop());

async function call(method: string, ...params: unknown[]): Promise<unknown> {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${rpc.token}` };
  const answer = JSON.parse((await rawHttp({ url: rpc.url, headers, body })).body) as {
    result?: unknown;
    error?: unknown;
  };
  expect(answer.error).toBeUndefined();
  return answer.result;
}
const word = (value: number) => value.toString(16).padStart(64, '0');
const deployment = () =>
  testTransaction(rpc.kit.genesis, ALICE, { to: null, value: 0n, data: counterDeployment(0), gasLimit: 1_000_000 });
const contractCall = (nonce: number, signature: string, amount: number) =>
  testTransaction(rpc.kit.genesis, BOB, {
    nonce,
    to: COUNTER_ADDRESS,
    value: 0n,
    data: fromHex(`${id(signature).slice(0, 10)}${word(amount)}`),
    gasLimit: 200_000,
  });

describe('shapes', () => {
  test('a block', async () => {
    rpc.send(deployment());
    const { header, hash, transactions } = await rpc.mine({ extra: textToBytes('hello') });
    const { target, timestampMs, extraNonce, headerNonce } = header;
    const bytes = encodeHeader(header).length + 4 + (transactions[0]?.raw.length ?? 0);
    expect(await call('eth_getBlockByNumber', '0x1', false)).toEqual({
      number: '0x1',
      hash,
      parentHash: rpc.kit.genesis.hash,
      nonce: `0x${(extraNonce % 2n ** 32n).toString(16).padStart(8, '0')}${headerNonce.toString(16).padStart(8, '0')}`,
      mixHash: toHex(sealHash(header)),
      sha3Uncles: '0x1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347',
      logsBloom: `0x${'00'.repeat(256)}`,
      transactionsRoot: header.transactionsRoot,
      stateRoot: header.stateRoot,
      receiptsRoot: header.receiptsRoot,
      historyRoot: header.historyRoot,
      miner: MINER.address,
      difficulty: `0x${workOf(target).toString(16)}`,
      totalDifficulty: `0x${workOf(target).toString(16)}`,
      extraData: '0x68656c6c6f',
      size: `0x${bytes.toString(16)}`,
      gasLimit: '0x1e8480',
      gasUsed: `0x${header.gasUsed.toString(16)}`,
      baseFeePerGas: '0x64',
      timestamp: `0x${Math.floor(timestampMs / 1000).toString(16)}`,
      timestampMs: `0x${timestampMs.toString(16)}`,
      target: `0x${target.toString(16).padStart(64, '0')}`,
      extraNonce: `0x${extraNonce.toString(16).padStart(16, '0')}`,
      minerSeal: '0x',
      uncles: [],
      transactions: [transactions[0]?.hash],
    });
    for (const tag of ['latest', 'pending']) expect(await call('eth_getBlockByNumber', tag)).toMatchObject({ hash });
    for (const tag of ['safe', 'finalized', 'earliest']) {
      expect(await call('eth_getBlockByNumber', tag)).toMatchObject({
        number: '0x0',
        parentHash: `0x${'00'.repeat(32)}`,
      });
    }
    await rpc.mineEmpty(11);
    expect(await call('eth_getBlockByNumber', 'finalized')).toMatchObject({ number: '0x1' });
  });

  test('a transaction, waiting and in its block', async () => {
    const transaction = deployment();
    rpc.send(transaction);
    const { r, s, recovery } = transaction.signature;
    const shape = {
      hash: transaction.hash,
      type: '0x0',
      chainId: '0x1312d01',
      nonce: '0x0',
      from: ALICE.address,
      to: null,
      value: '0x0',
      gas: '0xf4240',
      gasPrice: '0x64',
      input: toHex(transaction.data),
      v: `0x${(35 + 2 * 20_000_001 + recovery).toString(16)}`,
      r: `0x${r.toString(16)}`,
      s: `0x${s.toString(16)}`,
    };
    const nowhere = { blockHash: null, blockNumber: null, blockTimestamp: null, transactionIndex: null };
    expect(await call('eth_getTransactionByHash', transaction.hash)).toEqual({ ...shape, ...nowhere });
    expect(await call('debug_getRawTransaction', transaction.hash)).toBe(toHex(transaction.raw));
    const { hash } = await rpc.mine();
    const blockTimestamp = '0x6553f101';
    const included = { ...shape, blockHash: hash, blockNumber: '0x1', blockTimestamp, transactionIndex: '0x0' };
    expect(await call('eth_getTransactionByHash', transaction.hash)).toEqual(included);
    expect(await call('debug_getRawTransaction', transaction.hash)).toBe(toHex(transaction.raw));
    expect(await call('debug_getRawTransaction', hash)).toBeNull();
    expect(await call('eth_getTransactionByBlockHashAndIndex', hash, '0x0')).toEqual(included);
    expect(await call('eth_getTransactionByBlockNumberAndIndex', '0x1', '0x0')).toEqual(included);
    expect(await call('eth_getTransactionByBlockNumberAndIndex', '0x1', '0x1')).toBeNull();
    expect(await call('eth_getBlockByHash', hash, true)).toMatchObject({ transactions: [included] });
  });

  test('the receipts of a block: gas adds up, logs count through, a failure says why', async () => {
    rpc.send(deployment());
    await rpc.mine();
    const transactions = [
      contractCall(0, 'add(uint256)', 3),
      contractCall(1, 'take(uint256)', 99),
      contractCall(2, 'add(uint256)', 4),
    ];
    for (const transaction of transactions) rpc.send(transaction);
    const block = await rpc.mine();
    const receipts = (await call('eth_getBlockReceipts', '0x2')) as Record<string, unknown>[];
    expect(receipts.map(({ transactionHash }) => transactionHash)).toEqual(transactions.map(({ hash }) => hash));
    let total = 0n;
    for (const [index, receipt] of receipts.entries()) {
      total += BigInt(receipt.gasUsed as string);
      expect(receipt).toMatchObject({
        blockHash: block.hash,
        blockNumber: '0x2',
        transactionIndex: `0x${index}`,
        cumulativeGasUsed: `0x${total.toString(16)}`,
        effectiveGasPrice: '0x64',
        from: BOB.address,
        to: COUNTER_ADDRESS,
        contractAddress: null,
        status: index === 1 ? '0x0' : '0x1',
        type: '0x0',
      });
      expect(await call('eth_getTransactionReceipt', receipt.transactionHash)).toEqual(receipt);
    }
    expect(total).toBe(BigInt(block.header.gasUsed));
    expect(receipts[1]).toMatchObject({ revertReason: 'arithmetic overflow or underflow', logs: [] });
    expect(receipts[0]).not.toHaveProperty('revertReason');
    const bloom = receipts[0]?.logsBloom;
    expect(bloom).not.toBe(receipts[1]?.logsBloom);
    expect(await call('eth_getBlockByNumber', '0x2')).toMatchObject({ logsBloom: bloom });
    expect(receipts[2]?.logs).toEqual([
      {
        address: COUNTER_ADDRESS,
        topics: [id('Counted(address,uint256)'), `0x${'00'.repeat(12)}${BOB.address.slice(2)}`],
        data: `0x${word(7)}`,
        blockHash: block.hash,
        blockNumber: '0x2',
        blockTimestamp: `0x${Math.floor(block.header.timestampMs / 1000).toString(16)}`,
        transactionHash: transactions[2]?.hash,
        transactionIndex: '0x2',
        logIndex: '0x1',
        removed: false,
      },
    ]);
    const [deployed] = (await call('eth_getBlockReceipts', '0x1')) as Record<string, unknown>[];
    expect(deployed).toMatchObject({ to: null, contractAddress: COUNTER_ADDRESS });
  });

  test('a block of a side branch is shown without a bloom and has no receipts', async () => {
    const { genesisBlock } = rpc.kit;
    await rpc.mineEmpty(2);
    const side = rpc.kit.mine(genesisBlock, { extra: textToBytes('side') });
    await rpc.accept(side);
    expect(await call('eth_getBlockByHash', side.hash)).toMatchObject({ hash: side.hash, logsBloom: null });
    expect(await call('eth_getBlockReceipts', side.hash)).toBeNull();
    expect(await call('eth_blockNumber')).toBe('0x2');
  });
});

describe('small ones', () => {
  test.each<[string, unknown[], unknown]>([
    ['web3_clientVersion', [], 'Wattchain/test'],
    ['web3_sha3', ['0x68656c6c6f20776f726c64'], '0x47173285a8d7341e5e972fc677286384f802f8ef42a5ec5f03bbfa254cb01fad'],
    ['net_version', [], '20000001'],
    ['net_listening', [], true],
    ['net_peerCount', [], '0x0'],
    ['eth_accounts', [], []],
    ['eth_coinbase', [], MINER.address],
    ['eth_syncing', [], false],
    ['eth_mining', [], false],
    ['eth_hashrate', [], '0x0'],
    ['eth_gasPrice', [], '0x64'],
    ['eth_maxPriorityFeePerGas', [], '0x0'],
    ['eth_baseFee', [], '0x64'],
    ['eth_getUncleCountByBlockNumber', ['latest'], '0x0'],
    ['eth_getUncleCountByBlockNumber', ['0x9'], null],
    ['eth_getBlockTransactionCountByNumber', ['earliest'], '0x0'],
    ['eth_getUncleByBlockNumberAndIndex', ['latest', '0x0'], null],
    ['eth_getTransactionByHash', [`0x${'12'.repeat(32)}`], null],
    ['eth_getStorageAt', [`0x${'c0'.repeat(20)}`, '0x0'], `0x${word(42)}`],
    ['eth_getStorageAt', [`0x${'c0'.repeat(20)}`, `0x${word(0)}`, 'latest'], `0x${word(42)}`],
    ['eth_getCode', [BOB.address], '0x'],
  ])('%s %j', async (method, params, result) => {
    expect(await call(method, ...params)).toEqual(result);
  });

  test('eth_syncing while the node catches up', async () => {
    rpc.syncing = true;
    expect(await call('eth_syncing')).toEqual({ startingBlock: '0x0', currentBlock: '0x0', highestBlock: '0x5a' });
  });

  test('a block by its hash, as EIP-1898 says', async () => {
    const first = await rpc.mine();
    await rpc.mine();
    for (const block of [
      { blockHash: first.hash },
      { blockHash: first.hash, requireCanonical: true },
      { blockNumber: '0x1' },
      first.hash,
    ]) {
      expect(await call('eth_getBalance', MINER.address, block)).toBe(`0x${(2n * 10n ** 18n).toString(16)}`);
    }
  });
});

describe('watt_*', () => {
  const statusOf = (hash: Hash) => call('watt_transactionStatus', hash);

  test('a transaction on its way: unknown, waiting and why, included, confirmed', async () => {
    const transfer = testTransaction(rpc.kit.genesis, CAROL, { nonce: 1 });
    expect(await statusOf(transfer.hash)).toEqual({ status: 'unknown', hash: transfer.hash });
    rpc.send(transfer);
    expect(await statusOf(transfer.hash)).toMatchObject({
      status: 'waiting',
      nonce: 1,
      addedMs: rpc.runtime.clock.nowMs(),
      reason: {
        code: 'nonceGap',
        got: 1,
        expected: 0,
        text: expect.stringContaining('send the transaction with nonce 0'),
      },
    });
    expect(await call('watt_mempool')).toMatchObject({
      size: 1,
      transactions: [{ hash: transfer.hash, reason: { code: 'nonceGap' } }],
    });
    rpc.send(testTransaction(rpc.kit.genesis, CAROL));
    expect(await statusOf(transfer.hash)).toMatchObject({ status: 'waiting', reason: { code: 'notMinedYet' } });
    const { hash } = await rpc.mine();
    const included = { status: 'included', hash: transfer.hash, blockHash: hash, height: 1, index: 1, needed: 12 };
    expect(await statusOf(transfer.hash)).toEqual({ ...included, confirmations: 1, confirmed: false });
    await rpc.mineEmpty(11);
    expect(await statusOf(transfer.hash)).toEqual({ ...included, confirmations: 12, confirmed: true });
  });

  test('a failed transaction says its reason', async () => {
    rpc.send(deployment());
    await rpc.mine();
    const failing = contractCall(0, 'add(uint256)', 101);
    rpc.send(failing);
    await rpc.mine();
    expect(await statusOf(failing.hash)).toMatchObject({
      status: 'failed',
      confirmations: 1,
      failure: { code: 'revert', reason: 'at most 100 at once' },
    });
  });

  test('the genesis that it shows is the genesis', async () => {
    const { hash, genesis } = (await call('watt_genesis')) as { hash: Hash; genesis: unknown };
    expect(hash).toBe(rpc.kit.genesis.hash);
    expect(parseGenesis(genesis).hash).toBe(hash);
    expect(await call('watt_contracts')).toEqual([
      { name: 'Counter', address: `0x${'c0'.repeat(20)}`, codeHash: expect.stringMatching(/^0x[0-9a-f]{64}$/) },
    ]);
  });

  test('status and peers', async () => {
    rpc.peers.push({
      id: 'peer',
      address: '/ip4/127.0.0.1/tcp/4002',
      direction: 'outbound',
      head: { hash: rpc.kit.genesis.hash, height: 0, totalWork: 2n ** 70n },
      connectedMs: 5,
      agent: 'Wattchain/test',
    });
    expect(await call('watt_peers')).toEqual([
      expect.objectContaining({
        id: 'peer',
        direction: 'outbound',
        head: { hash: rpc.kit.genesis.hash, height: 0, totalWork: '1180591620717411303424' },
      }),
    ]);
    const { header, hash, record } = await rpc.mine();
    rpc.warnings.push({ code: 'clockOff', detail: 'the clock is off' });
    expect(await call('watt_status')).toEqual({
      agent: 'Wattchain/test',
      warnings: [{ code: 'clockOff', detail: 'the clock is off' }],
      clockOffsetMs: 250,
      network: 'test',
      chainId: 20_000_001,
      genesisHash: rpc.kit.genesis.hash,
      head: {
        hash,
        height: 1,
        timestampMs: header.timestampMs,
        stateRoot: header.stateRoot,
        totalWork: String(record.totalWork),
      },
      finalized: expect.objectContaining({ height: 0, totalWork: '0' }),
      confirmations: 12,
      sync: { syncing: false, startHeight: 0, currentHeight: 1, highestHeight: 90 },
      peerId: 'node',
      addresses: ['/ip4/127.0.0.1/tcp/4001'],
      peers: 1,
      members: { seen: 1, needed: 3, total: 4, silent: ['first', 'second', 'third'], apart: [] },
      mempool: 0,
      miner: expect.objectContaining({
        address: MINER.address,
        enabled: false,
        paused: { code: 'disabled', detail: expect.any(String) },
        joulesPerHash: 6e-7,
      }),
      cost: { triesPerBlock: expect.any(Number), joulesPerBlock: expect.any(Number), joulesPerHash: 6e-7 },
    });
  });

  test('control', async () => {
    expect(await call('watt_setMining', true)).toMatchObject({ enabled: true });
    expect(await call('watt_miner')).toMatchObject({ enabled: true });
    expect(await call('eth_mining')).toBe(true);
    expect(await call('eth_hashrate')).toBe('0x0');
    expect(await call('watt_allowDeepReorg')).toBe(true);
  });
});
