/** Contracts of a community on a state of their own, one transaction after the other, with a clock that the test sets. */
import {
  type Address,
  assert,
  contractAddress,
  fromHex,
  type Genesis,
  genesisChanges,
  MemoryKeyValues,
  parseGenesis,
  StateJournal,
  signTransaction,
  toHex,
  WattchainError,
} from '@wattchain/core';
import { type BlockContext, callContract, executeTransaction } from '@wattchain/vm';
import {
  type Abi,
  decodeErrorResult,
  decodeFunctionResult,
  encodeDeployData,
  encodeFunctionData,
  type Hex,
  parseEventLogs,
  type Log as ViemLog,
} from 'viem';
import { CHAIN_ID, type TestAccount, testAccount } from './marketVm.js';

/** What is deployed. */
export interface TestArtifact {
  readonly abi: readonly unknown[];
  readonly code: Hex;
}

/** A contract that stands. */
export interface TestContract {
  readonly address: Address;
  readonly abi: Abi;
}

/** A decoded event. */
export interface ContractEvent {
  readonly address: Address;
  readonly name: string;
  readonly args: Readonly<Record<string, unknown>>;
}

/** What a transaction did, or in words why not. */
export type ContractResult =
  | {
      readonly refusal?: undefined;
      readonly output: unknown;
      readonly events: readonly ContractEvent[];
      readonly gasUsed: number;
    }
  | { readonly refusal: string };

/** Gas of a transaction in these tests. */
export const CONTRACT_GAS = 100_000_000;
/** Test accounts that have coins. */
const ACCOUNTS = 60;
const COINS = 10n ** 30n;

/** A machine room for any contract. */
export class ContractVm {
  /** Block time in seconds, as the contracts see it. */
  nowS: bigint;
  /** The height of the block that the next transaction is in. */
  height = 1;
  readonly state: StateJournal;
  readonly #genesis: Genesis;
  readonly #contracts = new Map<Address, Abi>();

  constructor(nowS = 1_000_000n) {
    this.nowS = nowS;
    const accounts = Array.from({ length: ACCOUNTS }, (_, i) => testAccount(i + 1));
    this.#genesis = parseGenesis({
      name: 'contract tests',
      chainId: CHAIN_ID,
      timestampMs: 0,
      blockIntervalMs: 1000,
      firstTarget: '0x01',
      largestTarget: '0x01',
      blockGasLimit: CONTRACT_GAS,
      blockByteLimit: 1_000_000,
      minGasPriceWei: '0',
      blockRewardWei: '0',
      confirmations: 12,
      testbed: true,
      alloc: Object.fromEntries(accounts.map(({ address }) => [address, { balance: COINS.toString() }])),
    });
    const memory = new MemoryKeyValues();
    memory.apply(genesisChanges(this.#genesis).changes.map(({ key, after }) => ({ key, value: after })));
    this.state = new StateJournal(memory);
  }

  /** The block that the next transaction is in. */
  get context(): BlockContext {
    const miner: Address = '0x00000000000000000000000000000000000000aa';
    return { height: this.height, timestampMs: Number(this.nowS) * 1000 + 999, miner, genesis: this.#genesis };
  }

  /** Deploys a contract with its constructor's arguments. */
  deploy(artifact: TestArtifact, args: readonly unknown[], from = testAccount(1)): TestContract {
    const abi = artifact.abi as Abi;
    const data = fromHex(encodeDeployData({ abi, bytecode: artifact.code, args }));
    const address = contractAddress(from.address, Number(this.state.nonce(from.address)));
    const receipt = this.#execute(from, null, data, 0n);
    if (receipt.failure !== null) {
      const why = describe([abi], toHex(receipt.failure.data));
      throw new WattchainError('refused', `the constructor refused: ${why}`);
    }
    this.#contracts.set(address, abi);
    return { address, abi };
  }

  /** Executes a transaction; a failure is a sentence: the text of `require`, or `Name(values)` of a custom error. */
  try(
    from: TestAccount,
    { address, abi }: TestContract,
    functionName: string,
    args: readonly unknown[] = [],
    value = 0n,
  ): ContractResult {
    const data = fromHex(encodeFunctionData({ abi, functionName, args }));
    const call = { from: from.address, to: address, value, data, gasLimit: CONTRACT_GAS, gasPrice: 0n };
    const foreseen = callContract(this.state, call, this.context);
    const receipt = this.#execute(from, address, data, value);
    assert(receipt.gasUsed === foreseen.gasUsed, 'a call uses the gas that its estimate said');
    if (receipt.failure !== null) return { refusal: this.#describe(abi, toHex(receipt.failure.data)) };
    const events = receipt.logs.flatMap((log) => this.#decodeLog(log.address, [...log.topics], toHex(log.data)));
    return { output: decode(abi, functionName, toHex(foreseen.output)), events, gasUsed: receipt.gasUsed };
  }

  /** Executes a transaction that must succeed. */
  send(from: TestAccount, contract: TestContract, functionName: string, args: readonly unknown[] = [], value = 0n) {
    const result = this.try(from, contract, functionName, args, value);
    if (result.refusal === undefined) return result;
    throw new WattchainError('refused', `${functionName} was refused: ${result.refusal}`);
  }

  /** Why a transaction is refused; it must be. */
  refusal(
    from: TestAccount,
    contract: TestContract,
    functionName: string,
    args: readonly unknown[] = [],
    value = 0n,
  ): string {
    const { refusal } = this.try(from, contract, functionName, args, value);
    assert(refusal !== undefined, `${functionName} should have been refused`);
    return refusal;
  }

  /** Reads a view. */
  read<T>({ address, abi }: TestContract, functionName: string, args: readonly unknown[] = []): T {
    const data = fromHex(encodeFunctionData({ abi, functionName, args }));
    const from = testAccount(9).address;
    const call = { from, to: address, value: 0n, data, gasLimit: CONTRACT_GAS, gasPrice: 0n };
    const { output, failure } = callContract(this.state, call, this.context);
    if (failure !== null) throw new WattchainError('refused', this.#describe(abi, toHex(failure.data)));
    return decode(abi, functionName, toHex(output)) as T;
  }

  #execute(from: TestAccount, to: Address | null, data: Uint8Array, value: bigint) {
    const nonce = this.state.nonce(from.address);
    const transaction = signTransaction(
      { nonce, gasPrice: 0n, gasLimit: CONTRACT_GAS, to, value, data, chainId: CHAIN_ID },
      from.privateKey,
    );
    const { value: receipt, fault } = executeTransaction(this.state, transaction, this.context, CONTRACT_GAS);
    assert(receipt !== undefined, `the transaction is valid, not ${fault?.code}`);
    return receipt;
  }

  /** A refusal may come through from a contract that was called. */
  #describe(abi: Abi, data: Hex): string {
    return describe([abi, ...this.#contracts.values()], data);
  }

  #decodeLog(address: Address, topics: Hex[], data: Hex): ContractEvent[] {
    const abi = this.#contracts.get(address);
    assert(abi !== undefined, `a log of ${address}`);
    const log = { address, topics, data } as unknown as ViemLog;
    const parsed = parseEventLogs({ abi, logs: [log], strict: true });
    assert(parsed.length === 1, 'every log is an event of the interface');
    return parsed.map((event) => {
      const { eventName, args } = event as unknown as { eventName: string; args: Record<string, unknown> };
      return { address, name: eventName, args };
    });
  }
}

function decode(abi: Abi, functionName: string, data: Hex): unknown {
  const outputs = abi.find((item) => item.type === 'function' && item.name === functionName);
  if (outputs?.type !== 'function' || outputs.outputs.length === 0) return undefined;
  return decodeFunctionResult({ abi, functionName, data });
}

function describe(abis: readonly Abi[], data: Hex): string {
  const abi = abis.flatMap((one) => one.filter(({ type }) => type === 'error'));
  const { errorName, args } = decodeErrorResult({ abi, data });
  return errorName === 'Error' ? String(args?.[0]) : `${errorName}(${(args ?? []).join(', ')})`;
}
