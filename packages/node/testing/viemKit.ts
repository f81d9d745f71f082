/** viem as clients use it, beside a server whose chain has a contract that counts. */
import { toHex } from '@wattchain/core';
import { type Abi, createPublicClient, createWalletClient, defineChain, http } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { ALICE, BOB, CAROL, type TestAccount, testTransaction } from './chainKit.js';
import { COUNTER, counterDeployment, RpcKit } from './rpcKit.js';

/** Interface of the contract. */
export const COUNTER_ABI = COUNTER.abi as Abi;

/** A server, its contract, and clients of viem. */
export class ViemKit {
  /** Methods that answered viem. */
  readonly answered = new Set<string>();
  /** Address of the contract, once it is deployed. */
  counter: `0x${string}` = '0x';

  private constructor(readonly rpc: RpcKit) {
    rpc.server.onAnswered(({ method, error }) => {
      if (error === undefined) this.answered.add(method);
    });
  }

  /** The contract begins at 7, in block 1, where a transfer follows it. */
  static async start(): Promise<ViemKit> {
    const rpc = await RpcKit.start();
    const kit = new ViemKit(rpc);
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
    const { contractAddress } = await kit.client().getTransactionReceipt({ hash: deployment.hash });
    kit.counter = contractAddress as `0x${string}`;
    return kit;
  }

  /** The chain as viem is told of it. */
  chain() {
    return defineChain({
      id: this.rpc.kit.genesis.chainId,
      name: 'test',
      nativeCurrency: { name: 'coin', symbol: 'C', decimals: 18 },
      rpcUrls: { default: { http: [this.rpc.url] } },
    });
  }

  /** A client that reads. */
  client() {
    return createPublicClient({
      chain: this.chain(),
      transport: http(this.rpc.url, { retryCount: 0 }),
      pollingInterval: 10,
    });
  }

  /** A client that signs. */
  wallet(account: TestAccount) {
    return createWalletClient({
      chain: this.chain(),
      transport: http(this.rpc.url, { retryCount: 0 }),
      account: privateKeyToAccount(toHex(account.key)),
    });
  }

  /** Resolves when the node has answered a request of this method. */
  answerTo(method: string): Promise<unknown> {
    const { seen, see } = later<string>();
    const cancel = this.rpc.server.onAnswered((call) => call.method === method && see(method));
    return seen.finally(cancel);
  }

  stop(): Promise<void> {
    return this.rpc.stop();
  }
}

/** A promise and the function that resolves it, for callbacks. */
export function later<T>(): { readonly seen: Promise<T>; readonly see: (value: T) => void } {
  let see: (value: T) => void = () => {};
  const seen = new Promise<T>((resolve) => {
    see = resolve;
  });
  return { seen, see };
}
