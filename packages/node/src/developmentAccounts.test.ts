import { toHex } from '@wattchain/core';
import { keccak256, parseEther, recoverMessageAddress, recoverTypedDataAddress } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { afterEach, describe, expect, it } from 'vitest';
import { callRpc, DEV_ACCOUNTS, STRANGER } from '../testing/developmentKit.js';
import { COUNTER } from '../testing/rpcKit.js';
import { ALICE, BOB, deployCounter, GWEI, running, start, TOTAL } from '../testing/runningDevelopment.js';

function plainTransfer() {
  return { nonce: 0, gasPrice: 1n, gasLimit: 21_000, to: BOB, value: 1n, data: new Uint8Array(0), chainId: 31_337 };
}

afterEach(async () => {
  for (const { node } of running.splice(0)) await node.stop();
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
