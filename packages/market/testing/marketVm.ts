import {
  type Address,
  addressOf,
  assert,
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
  encodeFunctionData,
  type Hex,
  parseEventLogs,
  type Log as ViemLog,
} from 'viem';
import { CONTRACT_ARTIFACTS, GENESIS_ADDRESSES } from '../src/contracts/contracts.js';
import { deployForGenesis, type GenesisContractsOptions } from '../src/genesisContracts.js';
import { TOKEN_UNIT } from '../src/units.js';

/** Who signs in tests. */
export interface TestAccount {
  readonly address: Address;
  readonly privateKey: Uint8Array;
}

/** The n-th account of the tests, n from 1. */
export function testAccount(n: number): TestAccount {
  const privateKey = new Uint8Array(32).fill(n);
  return { address: addressOf(privateKey), privateKey };
}

/** The contracts by short name. */
export const CONTRACTS = {
  token: { address: GENESIS_ADDRESSES.tokenAddress, abi: CONTRACT_ARTIFACTS.EnergyToken.abi as Abi },
  bank: { address: GENESIS_ADDRESSES.bankAddress, abi: CONTRACT_ARTIFACTS.Bank.abi as Abi },
  trade: { address: GENESIS_ADDRESSES.tradeAddress, abi: CONTRACT_ARTIFACTS.EnergyTrade.abi as Abi },
  registry: { address: GENESIS_ADDRESSES.registryAddress, abi: CONTRACT_ARTIFACTS.MeterRegistry.abi as Abi },
  council: { address: GENESIS_ADDRESSES.councilAddress, abi: CONTRACT_ARTIFACTS.Council.abi as Abi },
} as const;
export type ContractName = keyof typeof CONTRACTS;

/** A decoded event. */
export interface TestEvent {
  readonly contract: ContractName;
  readonly name: string;
  readonly args: Readonly<Record<string, unknown>>;
}

/** What a transaction did, or in words why not. */
export type SendResult =
  | {
      readonly refusal?: undefined;
      readonly output: unknown;
      readonly events: readonly TestEvent[];
      readonly gasUsed: number;
    }
  | { readonly refusal: string };

export const operators = [testAccount(1), testAccount(2)] as const;
/** Wei for a token in the tests. */
export const BUY_RATE = 2_000_000n;
export const REDEEM_RATE = 1_900_000n;
/** Tokens that each operator may attest in the tests. */
export const ATTESTATION_LIMIT = 1_000n * TOKEN_UNIT;

/** Holds the recovery key of the council. */
export const recovery = testAccount(20);
/** Seconds of notice in the tests. */
export const NOTICE = 600n;
/** Seconds of a period in the tests. */
export const RESOLUTION = 900n;
/** Seconds for corrections in the tests. */
export const CORRECTION_TIME = 3_600n;

/** What the genesis of the tests decides. */
export const TEST_RULES: GenesisContractsOptions = {
  council: {
    members: operators.map(({ address }) => address),
    recoveryKey: recovery.address,
    noticeSeconds: NOTICE,
  },
  registry: {
    resolutionSeconds: RESOLUTION,
    correctionSeconds: CORRECTION_TIME,
    readingLeadSeconds: 0n,
    marketTimeOffset: 0n,
  },
  bank: {
    buyRateWei: BUY_RATE,
    redeemRateWei: REDEEM_RATE,
    attestationLimits: [ATTESTATION_LIMIT, ATTESTATION_LIMIT],
  },
};

/** Gas of a block and of every transaction in the tests. */
export const GAS_LIMIT = 10_000_000;
export const CHAIN_ID = 77;
/** Coins of every test account. */
const COINS = 10n ** 30n;

/** The contracts on a state of their own, one transaction after the other, with a clock that the test sets. */
export class MarketVm {
  /** Block time in seconds, as the contracts see it. */
  nowS = 1_000_000n;
  readonly state: StateJournal;
  readonly #genesis: Genesis;

  /** @param rules what of the genesis differs from {@link TEST_RULES} */
  constructor(rules: Partial<GenesisContractsOptions> = {}) {
    const accounts = Array.from({ length: 20 }, (_, i) => testAccount(i + 1));
    this.#genesis = parseGenesis({
      name: 'contract tests',
      chainId: CHAIN_ID,
      timestampMs: 0,
      blockIntervalMs: 1000,
      firstTarget: '0x01',
      largestTarget: '0x01',
      blockGasLimit: GAS_LIMIT,
      blockByteLimit: 1_000_000,
      minGasPriceWei: '0',
      blockRewardWei: '0',
      confirmations: 12,
      testbed: true,
      alloc: Object.fromEntries(accounts.map(({ address }) => [address, { balance: COINS.toString() }])),
      contracts: deployForGenesis({ ...TEST_RULES, ...rules }),
    });
    const memory = new MemoryKeyValues();
    const { changes, codes } = genesisChanges(this.#genesis);
    memory.apply(changes.map(({ key, after }) => ({ key, value: after })));
    memory.apply(codes);
    this.state = new StateJournal(memory);
  }

  /** The block that the next transaction is in. */
  get context(): BlockContext {
    const miner: Address = '0x00000000000000000000000000000000000000aa';
    return { height: 1, timestampMs: Number(this.nowS) * 1000 + 999, miner, genesis: this.#genesis };
  }

  /** Executes a transaction; a failure is a sentence: the text of `require`, or `Name(values)` of a custom error. */
  try(
    from: TestAccount,
    contract: ContractName,
    functionName: string,
    args: readonly unknown[] = [],
    value = 0n,
  ): SendResult {
    const { abi, address } = CONTRACTS[contract];
    const data = fromHex(encodeFunctionData({ abi, functionName, args }));
    const call = { from: from.address, to: address, value, data, gasLimit: GAS_LIMIT, gasPrice: 0n };
    const foreseen = callContract(this.state, call, this.context);
    const transaction = signTransaction(
      {
        nonce: this.state.nonce(from.address),
        gasPrice: 0n,
        gasLimit: GAS_LIMIT,
        to: address,
        value,
        data,
        chainId: CHAIN_ID,
      },
      from.privateKey,
    );
    const { value: receipt, fault } = executeTransaction(this.state, transaction, this.context, GAS_LIMIT);
    assert(receipt !== undefined, `the transaction is valid, not ${fault?.code}`);
    assert(receipt.gasUsed === foreseen.gasUsed, 'a call uses the gas that its estimate said');
    if (receipt.failure !== null) return { refusal: describe(abi, toHex(receipt.failure.data)) };
    const output = decode(abi, functionName, toHex(foreseen.output));
    const events = receipt.logs.flatMap((log) => decodeLog(log.address, [...log.topics], toHex(log.data)));
    return { output, events, gasUsed: receipt.gasUsed };
  }

  /** Executes a transaction that must succeed. */
  send(from: TestAccount, contract: ContractName, functionName: string, args: readonly unknown[] = [], value = 0n) {
    const result = this.try(from, contract, functionName, args, value);
    if (result.refusal !== undefined) {
      throw new WattchainError('refused', `${contract}.${functionName} was refused: ${result.refusal}`);
    }
    return result;
  }

  /** Why a transaction is refused; it must be. */
  refusal(
    from: TestAccount,
    contract: ContractName,
    functionName: string,
    args: readonly unknown[] = [],
    value = 0n,
  ): string {
    const { refusal } = this.try(from, contract, functionName, args, value);
    assert(refusal !== undefined, `${contract}.${functionName} should have been refused`);
    return refusal;
  }

  /** Reads a view. */
  read<T>(contract: ContractName, functionName: string, args: readonly unknown[] = []): T {
    const { abi, address } = CONTRACTS[contract];
    const data = fromHex(encodeFunctionData({ abi, functionName, args }));
    const from = testAccount(9).address;
    const call = { from, to: address, value: 0n, data, gasLimit: GAS_LIMIT, gasPrice: 0n };
    const { output, failure } = callContract(this.state, call, this.context);
    if (failure !== null) throw new WattchainError('refused', describe(abi, toHex(failure.data)));
    return decode(abi, functionName, toHex(output)) as T;
  }

  /** Token balance in token units. */
  tokens(account: { readonly address: Address }): bigint {
    return this.read<bigint>('token', 'balanceOf', [account.address]);
  }

  /** Gives tokens that the first operator buys. */
  give(to: { readonly address: Address }, tokens: bigint): void {
    const coins = (tokens * BUY_RATE + TOKEN_UNIT - 1n) / TOKEN_UNIT;
    this.send(operators[0], 'bank', 'buy', [tokens, this.nowS], coins);
    this.send(operators[0], 'token', 'transfer', [to.address, tokens]);
  }
}

function decode(abi: Abi, functionName: string, data: Hex): unknown {
  const outputs = abi.find((item) => item.type === 'function' && item.name === functionName);
  if (outputs?.type !== 'function' || outputs.outputs.length === 0) return undefined;
  return decodeFunctionResult({ abi, functionName, data });
}

function describe(abi: Abi, data: Hex): string {
  const { errorName, args } = decodeErrorResult({ abi, data });
  return errorName === 'Error' ? String(args?.[0]) : `${errorName}(${(args ?? []).join(', ')})`;
}

function decodeLog(address: Address, topics: Hex[], data: Hex): TestEvent[] {
  const found = Object.entries(CONTRACTS).find(([, other]) => other.address === address);
  assert(found !== undefined, `a log of ${address}`);
  const [contract, { abi }] = found;
  const log = { address, topics, data } as unknown as ViemLog;
  const parsed = parseEventLogs({ abi, logs: [log], strict: true });
  assert(parsed.length === 1, 'every log is an event of the interface');
  return parsed.map((event) => {
    const { eventName, args } = event as unknown as { eventName: string; args: Record<string, unknown> };
    return { contract: contract as ContractName, name: eventName, args };
  });
}
