/** The chain that the examples of the method table speak of, the same in every run. */
import { contractAddress, fromHex } from '@wattchain/core';
import { ALICE, BOB, CAROL, testTransaction } from './chainKit.js';
import { counterDeployment, RpcKit, type RpcKitOptions } from './rpcKit.js';

/**
 * Block 1: Alice deploys the counter, which starts at 7, and Bob sends Carol 5 wei. Block 2: Bob adds 3 to the counter.
 * In the pool: Carol's transfer of 1 wei to Bob, and one that waits for the nonce before it.
 */
export async function startDocumentedChain(options: RpcKitOptions = {}): Promise<RpcKit> {
  const rpc = await RpcKit.start(options);
  const { genesis } = rpc.kit;
  const add3 = fromHex(`0x1003e2d2${'3'.padStart(64, '0')}`);
  const counter = contractAddress(ALICE.address, 0);
  const deployment = { to: null, value: 0n, data: counterDeployment(7), gasLimit: 1_000_000 };
  rpc.send(testTransaction(genesis, ALICE, deployment));
  rpc.send(testTransaction(genesis, BOB, { to: CAROL.address, value: 5n }));
  await rpc.mine();
  rpc.send(testTransaction(genesis, BOB, { nonce: 1, to: counter, value: 0n, data: add3, gasLimit: 100_000 }));
  await rpc.mine();
  rpc.send(testTransaction(genesis, CAROL, { nonce: 0 }));
  rpc.send(testTransaction(genesis, CAROL, { nonce: 2 }));
  return rpc;
}
