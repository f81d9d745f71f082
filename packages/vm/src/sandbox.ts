import {
  type Address,
  assert,
  concatBytes,
  fromHex,
  genesisChanges,
  type Hash,
  keccak256,
  type Log,
  MemoryKeyValues,
  numberToBytes,
  parseAddress,
  parseGenesis,
  StateJournal,
  toChecksumAddress,
  toHex,
  WattchainError,
} from '@wattchain/core';
import { type AbiEntry, encodeCall, eventTopic, selectorOf } from './abi.js';
import {
  type AbiInput,
  type AbiValue,
  decodeCustomError,
  decodeValues,
  encodeArguments,
  signatureOfEntry,
  wordToValue,
} from './abiValues.js';
import { type Artifact, formatSourceLine, sourceLineAt } from './artifact/index.js';
import { applyMessage, type CallResult } from './execution/transaction.js';
import type { BlockContext } from './machine/context.js';
import { describeFailure } from './machine/failure.js';
import { CallRecorder, failurePlace } from './trace/callRecorder.js';

/** Who calls and what goes along; by default the first account and no coins. */
export interface SandboxCallOptions {
  readonly from?: string | undefined;
  /** In wei. */
  readonly value?: bigint | undefined;
}

/** An event by its names. */
export interface SandboxEvent {
  readonly name: string;
  /** EIP-55 address of the contract that wrote it. */
  readonly address: string;
  readonly args: Readonly<Record<string, AbiValue>>;
}

/** What a transaction did. */
export interface SandboxResult {
  /** What the function returned: nothing, a value, or several in an array. */
  readonly output: AbiValue | undefined;
  /** Of the contracts that the sandbox deployed, in order. */
  readonly events: readonly SandboxEvent[];
  /** With what the transaction costs by itself. */
  readonly gasUsed: number;
}

type FunctionEntry = Extract<AbiEntry, { readonly type: 'function' }>;

const ACCOUNT_COUNT = 10;
const GAS_LIMIT = 30_000_000;
const CHAIN_ID = 31_337;
const BLOCK_SECONDS = 1;
/** Traces of failures look at the innermost call, so the limit is that of a block's gas. */
const TRACE_LIMITS = { maxCalls: 30_000, maxBytes: 64_000_000 };

/**
 * Contracts tried out in memory: no node, no mining, no keys. Every transaction is a block of its own, one second after the one
 * before. What tests of a contract use; the gas is that of a real network.
 *
 * @example
 * const sandbox = new Sandbox();
 * const counter = sandbox.deploy(assemble(readFileSync('counter.wca', 'utf8'), 'counter.wca'));
 * counter.send('add', [5n]);
 * counter.call('total'); // 5n
 */
export class Sandbox {
  /** Ten accounts with a million coins each, EIP-55. */
  readonly accounts: readonly string[];
  readonly #state: StateJournal;
  readonly #genesis: BlockContext['genesis'];
  readonly #artifacts = new Map<Hash, Artifact>();
  #height = 0;
  #timeS: number;

  /** @param timeS block time at the start, seconds since 1970 */
  constructor(timeS = 1_700_000_000) {
    this.#timeS = timeS;
    const accounts = Array.from({ length: ACCOUNT_COUNT }, (_, i) => sandboxAddress(i + 1));
    this.accounts = accounts.map(toChecksumAddress);
    this.#genesis = parseGenesis({
      name: 'sandbox',
      chainId: CHAIN_ID,
      timestampMs: timeS * 1000,
      blockIntervalMs: BLOCK_SECONDS * 1000,
      firstTarget: '0x01',
      largestTarget: '0x01',
      blockGasLimit: GAS_LIMIT,
      blockByteLimit: 1_000_000,
      minGasPriceWei: '0',
      blockRewardWei: '0',
      confirmations: 12,
      testbed: true,
      alloc: Object.fromEntries(accounts.map((address) => [address, { balance: String(10n ** 24n) }])),
      contracts: [],
    });
    const memory = new MemoryKeyValues();
    memory.apply(genesisChanges(this.#genesis).changes.map(({ key, after }) => ({ key, value: after })));
    this.#state = new StateJournal(memory);
  }

  /** Block time of the next transaction less a second, in seconds since 1970. */
  get timeS(): number {
    return this.#timeS;
  }

  /** Lets time pass before the next transaction. */
  advance(seconds: number): void {
    assert(Number.isSafeInteger(seconds) && seconds >= 0, 'no seconds that pass', seconds);
    this.#timeS += seconds;
  }

  /** Coins of an address, in wei. */
  balance(address: string): bigint {
    return this.#state.balance(parseAddress(address));
  }

  /** Deploys a contract. Errors: `reverted` by its constructor, `badArguments`. */
  deploy(artifact: Artifact, args: readonly AbiInput[] = [], options: SandboxCallOptions = {}): SandboxContract {
    const inputs = artifact.abi.find((entry) => entry.type === 'constructor')?.inputs ?? [];
    const code = fromHex(artifact.code);
    this.#artifacts.set(toHex(keccak256(code)), artifact);
    const { contractAddress } = this.run(null, concatBytes(code, encodeArguments(inputs, args)), options, true);
    assert(contractAddress !== undefined, 'a deployment that succeeds has an address');
    return new SandboxContract(this, artifact, toChecksumAddress(contractAddress));
  }

  /** Runs calldata or deployment data as a transaction, or without keeping what it did. Errors: `reverted`. */
  run(to: Address | null, data: Uint8Array, options: SandboxCallOptions, isKept: boolean): CallResult {
    const from = parseAddress(options.from ?? (this.accounts[0] as string));
    const value = options.value ?? 0n;
    const balance = this.#state.balance(from);
    if (value > balance) {
      throw new WattchainError('insufficientFunds', `${from} has ${balance} wei, ${value} are to be sent`, {
        values: { from, balance, value },
      });
    }
    const context = {
      height: this.#height + 1,
      timestampMs: (this.#timeS + BLOCK_SECONDS) * 1000,
      miner: sandboxAddress(0xffff),
      genesis: this.#genesis,
    };
    const recorder = new CallRecorder(TRACE_LIMITS);
    const checkpoint = this.#state.checkpoint();
    const message = { from, to, value, data, gasLimit: GAS_LIMIT, gasPrice: 0n };
    const result = applyMessage(this.#state, message, context, recorder);
    if (!isKept) this.#state.revertTo(checkpoint);
    else {
      this.#height += 1;
      this.#timeS += BLOCK_SECONDS;
    }
    if (result.failure !== null) throw this.#reverted(result.failure, recorder);
    return result;
  }

  /** Decodes the logs of contracts deployed here; others have no names. */
  eventsOf(logs: readonly Log[]): SandboxEvent[] {
    return logs.flatMap((log) => {
      const codeHash = this.#state.account(log.address)?.codeHash ?? null;
      const abi = codeHash === null ? [] : (this.#artifacts.get(codeHash)?.abi ?? []);
      return decodeEvent(abi, log) ?? [];
    });
  }

  /** The failure in words, with the line of the source where it happened. */
  #reverted(failure: NonNullable<CallResult['failure']>, { root }: CallRecorder): WattchainError {
    const place = root === undefined ? undefined : failurePlace(root);
    const artifact = place === undefined ? undefined : this.#artifacts.get(place.codeHash);
    const source = artifact === undefined || place === undefined ? undefined : sourceLineAt(artifact, place.offset);
    const where = source === undefined ? '' : `\n  at ${formatSourceLine(source)}`;
    const custom = decodeCustomError(artifact?.abi ?? [], failure.data);
    return new WattchainError('reverted', `${describeFailure(failure, artifact?.abi)}${where}`, {
      values: { failure: failure.code, error: custom?.entry.name, args: custom?.values, source },
    });
  }
}

/** A contract in a {@link Sandbox}. */
export class SandboxContract {
  readonly #sandbox: Sandbox;
  readonly artifact: Artifact;
  /** EIP-55. */
  readonly address: string;

  constructor(sandbox: Sandbox, artifact: Artifact, address: string) {
    this.#sandbox = sandbox;
    this.artifact = artifact;
    this.address = address;
  }

  /** What a function would return; nothing is kept. Errors: `reverted`, `badArguments`, `unknownFunction`. */
  call(name: string, args: readonly AbiInput[] = [], options: SandboxCallOptions = {}): AbiValue | undefined {
    return this.#run(name, args, options, false).output;
  }

  /** Runs a function as a transaction. Errors: `reverted`, `badArguments`, `unknownFunction`. */
  send(name: string, args: readonly AbiInput[] = [], options: SandboxCallOptions = {}): SandboxResult {
    return this.#run(name, args, options, true);
  }

  #run(name: string, args: readonly AbiInput[], options: SandboxCallOptions, isKept: boolean): SandboxResult {
    const entry = this.#find(name);
    const data = concatBytes(encodeCall(selectorOf(signatureOfEntry(entry)), []), encodeArguments(entry.inputs, args));
    const { output, logs, gasUsed } = this.#sandbox.run(parseAddress(this.address), data, options, isKept);
    const values = decodeValues(entry.outputs, output);
    if (values === undefined) {
      const problem = `${name} returned ${output.length} bytes, which are not the values that its first line names`;
      throw new WattchainError('badResult', problem, { values: { function: name, output: toHex(output) } });
    }
    return { output: values.length > 1 ? values : values[0], events: this.#sandbox.eventsOf(logs), gasUsed };
  }

  /** A function by its name, or by its signature where several have the name. */
  #find(name: string): FunctionEntry {
    const functions = this.artifact.abi.filter((entry) => entry.type === 'function');
    const found = functions.filter((entry) => entry.name === name || signatureOfEntry(entry) === name);
    const [entry] = found;
    if (entry !== undefined && found.length === 1) return entry;
    const shown = (found.length > 1 ? found : functions).map(signatureOfEntry).join(', ');
    const problem = found.length > 1 ? `has ${found.length} functions ${name}` : `has no function ${name}`;
    throw new WattchainError('unknownFunction', `${this.artifact.contract} ${problem}`, {
      values: { function: name },
      hint: `name one of ${shown}`,
    });
  }
}

function sandboxAddress(n: number): Address {
  return toHex(concatBytes(new Uint8Array(16).fill(0x5a), numberToBytes(n, 4)));
}

function decodeEvent(abi: readonly AbiEntry[], { address, topics, data }: Log): SandboxEvent | undefined {
  for (const entry of abi) {
    if (entry.type !== 'event' || entry.anonymous || eventTopic(signatureOfEntry(entry)) !== topics[0]) continue;
    const plain = decodeValues(
      entry.inputs.filter((input) => !input.indexed),
      data,
    );
    const indexed = topics.slice(1);
    if (plain === undefined || indexed.length + plain.length !== entry.inputs.length) continue;
    const values = entry.inputs.map((input) => {
      const topic = input.indexed ? indexed.shift() : undefined;
      return [input.name, topic === undefined ? plain.shift() : wordToValue(input.type, BigInt(topic))] as const;
    });
    const args = Object.fromEntries(values) as Record<string, AbiValue>;
    return { name: entry.name, address: toChecksumAddress(address), args };
  }
  return undefined;
}
