import { decodeTransaction, fromHex, type Hash, type Log, toHex, WattchainError } from '@wattchain/core';
import { callContract, executeTransaction } from '@wattchain/vm';
import { type Chain, type CustomTransport, custom, defineChain, type Hex, numberToHex } from 'viem';
import { CHAIN_ID, GAS_LIMIT, type MarketVm } from './marketVm.js';

/** The chain of the tests as viem knows it. */
export const TEST_CHAIN: Chain = defineChain({
  id: CHAIN_ID,
  name: 'contract tests',
  nativeCurrency: { name: 'coin', symbol: 'WATT', decimals: 18 },
  rpcUrls: { default: { http: ['http://127.0.0.1'] } },
});

const MINED: { readonly blockHash: Hash; readonly blockNumber: Hex } = {
  blockHash: `0x${'bb'.repeat(32)}`,
  blockNumber: '0x1',
};

interface CallObject {
  readonly from?: Hash;
  readonly to: Hash;
  readonly data?: Hex;
  readonly value?: Hex;
}

interface LogFilter {
  readonly address: Hash;
  readonly topics: readonly Hex[];
  readonly fromBlock: Hex;
  readonly toBlock: Hex;
}

/** Blocks that a node reads for one `eth_getLogs`. */
const MAX_LOG_BLOCKS = 2_000n;

/** A node in a few lines: every transaction is executed at once, in a block that never ends. */
class VmNode {
  readonly #vm: MarketVm;
  readonly #receipts = new Map<Hash, object>();
  readonly #logs: ReturnType<typeof minedLog>[] = [];
  /** Raw transactions as they came. */
  readonly sent: Hex[] = [];

  constructor(vm: MarketVm) {
    this.#vm = vm;
  }

  request(method: string, params: readonly unknown[]): unknown {
    const handlers: Readonly<Record<string, () => unknown>> = {
      eth_chainId: () => numberToHex(CHAIN_ID),
      eth_gasPrice: () => '0x0',
      eth_blockNumber: () => MINED.blockNumber,
      eth_getBlockByNumber: () => ({ number: '0x1', hash: MINED.blockHash, timestamp: numberToHex(this.#vm.nowS) }),
      eth_getTransactionCount: () => numberToHex(this.#vm.state.nonce(String(params[0]).toLowerCase() as Hash)),
      eth_call: () => toHex(this.#call(params[0] as CallObject).output),
      eth_estimateGas: () => numberToHex(this.#call(params[0] as CallObject).gasUsed),
      eth_sendRawTransaction: () => this.#send(params[0] as Hex),
      eth_getLogs: () => this.#logsOf(params[0] as LogFilter),
      eth_getTransactionReceipt: () => this.#receipts.get(params[0] as Hash) ?? null,
    };
    const handle = handlers[method];
    if (handle !== undefined) return handle();
    throw rpcError(-32601, `the method ${method} does not exist/is not available`);
  }

  #call({ from, to, data = '0x', value = '0x0' }: CallObject) {
    const message = { from: (from ?? `0x${'00'.repeat(20)}`).toLowerCase() as Hash, to: to.toLowerCase() as Hash };
    const result = callContract(
      this.#vm.state,
      { ...message, data: fromHex(data), value: BigInt(value), gasLimit: GAS_LIMIT, gasPrice: 0n },
      this.#vm.context,
    );
    if (result.failure !== null) throw rpcError(3, 'execution reverted', toHex(result.failure.data));
    return result;
  }

  /** As a node: of one contract and event, and of a limited number of blocks. All that is here is in block 1. */
  #logsOf({ address, topics, fromBlock, toBlock }: LogFilter) {
    const blocks = BigInt(toBlock) - BigInt(fromBlock) + 1n;
    if (blocks > MAX_LOG_BLOCKS) throw rpcError(-32005, `${blocks} blocks are more than ${MAX_LOG_BLOCKS}`);
    if (BigInt(fromBlock) > 1n || BigInt(toBlock) < 1n) return [];
    return this.#logs.filter((log) => log.address === address.toLowerCase() && log.topics[0] === topics[0]);
  }

  #send(raw: Hex): Hash {
    this.sent.push(raw);
    const decoded = decodeTransaction(fromHex(raw), CHAIN_ID);
    if (decoded.fault) throw rpcError(-32000, decoded.fault.code);
    const transaction = decoded.value;
    const { value: receipt, fault } = executeTransaction(this.#vm.state, transaction, this.#vm.context, GAS_LIMIT);
    if (receipt === undefined) throw rpcError(-32000, fault?.code ?? 'fault');
    const place = { ...MINED, transactionHash: transaction.hash, transactionIndex: '0x0' };
    const logs = receipt.logs.map((log, i) => minedLog(log, transaction.hash, i));
    this.#logs.push(...logs);
    const status = receipt.failure === null ? '0x1' : '0x0';
    const gasUsed = numberToHex(receipt.gasUsed);
    this.#receipts.set(transaction.hash, { ...place, status, gasUsed, logs, type: '0x0', from: transaction.sender });
    return transaction.hash;
  }
}

function minedLog({ address, topics, data }: Log, transactionHash: Hash, index: number) {
  const place = { ...MINED, transactionHash, transactionIndex: '0x0', logIndex: numberToHex(index) };
  return { address, topics, data: toHex(data), ...place, removed: false };
}

/** An error as viem gets it from a node: a number for a code, and error data. */
function rpcError(code: number, message: string, data?: Hex): WattchainError {
  return Object.assign(new WattchainError('rpc', message), { code, data });
}

/** A transport of viem over the contracts of a test, and what went through it. */
export interface VmTransport {
  readonly transport: CustomTransport;
  /** Raw transactions. */
  readonly sent: readonly Hex[];
  /** Methods of all requests, in order. */
  readonly methods: readonly string[];
  /** Requests that waited for their answers at the same time, at most. */
  readonly mostInFlight: () => number;
}

/** A {@link VmTransport}. */
export function vmTransport(vm: MarketVm): VmTransport {
  const node = new VmNode(vm);
  const methods: string[] = [];
  let inFlight = 0;
  let mostInFlight = 0;
  const request = async ({ method, params }: { method: string; params?: readonly unknown[] }) => {
    methods.push(method);
    inFlight += 1;
    mostInFlight = Math.max(mostInFlight, inFlight);
    // Answers come in a later turn, as from a network, so that requests sent together overlap.
    await new Promise((resolve) => setImmediate(resolve));
    inFlight -= 1;
    return node.request(method, params ?? []);
  };
  const transport = custom({ request }, { retryCount: 0 });
  return { transport, sent: node.sent, methods, mostInFlight: () => mostInFlight };
}
