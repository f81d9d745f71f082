/** The contracts of a day in the machine: acts as transactions on a journal, without a node. */
import {
  type Address,
  assert,
  EMPTY_BYTES,
  fromHex,
  type Genesis,
  genesisChanges,
  MemoryKeyValues,
  parseGenesis,
  StateJournal,
  signTransaction,
  type Transaction,
  toHex,
} from '@wattchain/core';
import { CONTRACT_ARTIFACTS } from '@wattchain/market';
import { type BlockContext, callContract, describeFailure, executeTransaction } from '@wattchain/vm';
import {
  type Abi,
  type AbiFunction,
  decodeErrorResult,
  decodeFunctionResult,
  encodeFunctionData,
  type Hex,
} from 'viem';
import { GAS_LIMIT, genesisOf } from './genesis.js';
import { CONTRACT_ADDRESSES, keyOf, meaningOf, nameOf } from './names.js';
import type { Act, DayRules, Json, MachineAnswer } from './script.js';

const ABIS: Readonly<Record<string, Abi>> = {
  token: CONTRACT_ARTIFACTS.EnergyToken.abi as Abi,
  bank: CONTRACT_ARTIFACTS.Bank.abi as Abi,
  trade: CONTRACT_ARTIFACTS.EnergyTrade.abi as Abi,
  registry: CONTRACT_ARTIFACTS.MeterRegistry.abi as Abi,
  council: CONTRACT_ARTIFACTS.Council.abi as Abi,
};
const ERRORS = Object.values(ABIS).flatMap((abi) => abi.filter(({ type }) => type === 'error')) as Abi;

const MINER: Address = '0x00000000000000000000000000000000000000aa';

const functions = new Map<string, AbiFunction>(
  Object.entries(ABIS).flatMap(([contract, abi]) =>
    abi.flatMap((item): [string, AbiFunction][] =>
      item.type === 'function' ? [[`${contract}.${item.name}`, item]] : [],
    ),
  ),
);
/** One envelope for each person, whose contents change: the machine trusts whoever recovered the sender. */
const envelopes = new Map<string, Transaction>();

/** Call data of an act; throws where an argument does not fit its type. */
export function encodeAct({ call, args }: Pick<Act, 'call' | 'args'>): Hex {
  const item = functions.get(call);
  assert(item !== undefined, `there is a function ${call}`);
  return encodeFunctionData({ abi: [item], args: args.map(argumentOf) });
}

/** The contracts on a state of their own, with a clock that the day sets. */
export class DayMachine {
  nowS = 0n;
  readonly #state: StateJournal;
  readonly #genesis: Genesis;

  constructor(rules: DayRules) {
    this.#genesis = parseGenesis(genesisOf(rules));
    const memory = new MemoryKeyValues();
    const { changes, codes } = genesisChanges(this.#genesis);
    memory.apply(changes.map(({ key, after }) => ({ key, value: after })));
    memory.apply(codes);
    this.#state = new StateJournal(memory);
  }

  get #context(): BlockContext {
    return { height: 1, timestampMs: Number(this.nowS) * 1000, miner: MINER, genesis: this.#genesis };
  }

  /** Executes an act. */
  run(act: Act): MachineAnswer {
    const [contract = ''] = act.call.split('.');
    const to = CONTRACT_ADDRESSES[contract];
    assert(to !== undefined, `there is a contract ${contract}`);
    const envelope = envelopeOf(act.by);
    const nonce = this.#state.nonce(envelope.sender);
    const value = BigInt(act.coins ?? 0);
    const data = fromHex(encodeAct(act));
    // A transaction's receipt says nothing of what the function returned.
    const message = { from: envelope.sender, to, value, data, gasLimit: GAS_LIMIT, gasPrice: 0n };
    const { output } = callContract(this.#state, message, this.#context);
    const transaction: Transaction = { ...envelope, nonce, to, value, data, costWei: value };
    const { value: receipt, fault } = executeTransaction(this.#state, transaction, this.#context, GAS_LIMIT);
    if (receipt === undefined) return { refused: fault?.code ?? 'no receipt' };
    if (receipt.failure !== null) return { refused: reasonOf(receipt.failure) };
    return { taken: textOf(decode(act.call, output)) };
  }

  /** What a view returns; numbers are bigint or number. */
  view<T>(call: string, args: readonly Json[] = []): T {
    const [contract = ''] = call.split('.');
    const to = CONTRACT_ADDRESSES[contract];
    assert(to !== undefined, `there is a contract ${contract}`);
    const data = fromHex(encodeAct({ call, args }));
    const message = { from: MINER, to, value: 0n, data, gasLimit: GAS_LIMIT, gasPrice: 0n };
    const { output, failure } = callContract(this.#state, message, this.#context);
    assert(failure === null, `${call}(${JSON.stringify(args)}) answers, not ${failure && reasonOf(failure)}`);
    return decode(call, output) as T;
  }

  /** What a view returns, by the names of its results; of one that returns a struct, by the names of its fields. */
  record(call: string, args: readonly Json[]): Readonly<Record<string, unknown>> {
    const outputs = functions.get(call)?.outputs ?? [];
    const result = this.view<Readonly<Record<string, unknown>>>(call, args);
    if (outputs.length === 1) return result;
    return Object.fromEntries(outputs.map(({ name }, i) => [name ?? '', result[i]]));
  }

  /** Wei of a person or contract. */
  coins(name: string): bigint {
    return this.#state.balance(meaningOf(name) as Address);
  }
}

function envelopeOf(person: string): Transaction {
  const known = envelopes.get(person);
  if (known !== undefined) return known;
  const fields = { nonce: 0, gasPrice: 0n, gasLimit: GAS_LIMIT, to: null, value: 0n, data: EMPTY_BYTES, chainId: 1 };
  const made = signTransaction(fields, keyOf(person));
  envelopes.set(person, made);
  return made;
}

function decode(call: string, output: Uint8Array): unknown {
  const item = functions.get(call);
  assert(item !== undefined, `there is a function ${call}`);
  return item.outputs.length === 0 ? [] : decodeFunctionResult({ abi: [item], data: toHex(output) });
}

function reasonOf(failure: { readonly code: string; readonly data: Uint8Array }): string {
  if (failure.data.length === 0) return describeFailure(failure as Parameters<typeof describeFailure>[0]);
  const { errorName, args } = decodeErrorResult({ abi: ERRORS, data: toHex(failure.data) });
  if (errorName === 'Error') return String(args?.[0]);
  return `${errorName}(${(args ?? []).map((value) => nameOf(String(value))).join(', ')})`;
}

/** JSON of a script as the encoder wants it. */
function argumentOf(json: Json): unknown {
  if (typeof json === 'string') return /^-?\d+$/.test(json) ? BigInt(json) : meaningOf(json);
  if (Array.isArray(json)) return json.map(argumentOf);
  if (typeof json === 'object')
    return Object.fromEntries(Object.entries(json).map(([key, item]) => [key, argumentOf(item)]));
  return json;
}

/** What a view or function returned as JSON of a script; 32 bytes stay as they are. */
export function textOf(value: unknown): Json {
  if (typeof value === 'boolean') return value;
  if (Array.isArray(value)) return value.map(textOf);
  return typeof value === 'string' ? nameOf(value) : String(value);
}
