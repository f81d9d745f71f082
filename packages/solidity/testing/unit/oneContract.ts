/** One contract on a state of its own, called with calldata that an encoder made or that a test made up. */
import { assert, fromHex, type Hex, toHex } from '@wattchain/core';
import { type Artifact, encodeCall } from '@wattchain/vm';
import { type Abi, encodeFunctionData, toFunctionSelector } from 'viem';
import { CONTRACT, callAs, createWorld, OTHER } from '../../../vm/testing/testSupport.js';
import { compileSolidity } from '../../src/compile.js';

/** Where the same code is a second time, so that a contract can call one of its kind. */
export const TWIN = OTHER;

/** What a call did: bytes it returned, or why it failed, without data `''`. */
export interface Answer {
  readonly output: Hex | undefined;
  readonly failure: Hex | '' | undefined;
  /** Data of the events. */
  readonly logs: readonly Hex[];
  readonly gasUsed: number;
}

/** The contracts of a source, which take no arguments, by name. */
export function contractsOf(source: string): ReadonlyMap<string, OneContract> {
  const { artifacts } = compileSolidity({ name: 'test.sol', text: source }, () => undefined);
  return new Map(artifacts.map((artifact) => [artifact.contract, new OneContract(artifact)]));
}

/** The only contract of a source. */
export function contractOf(source: string): OneContract {
  const [contract, ...others] = contractsOf(source).values();
  assert(contract !== undefined && others.length === 0, 'the source has one contract');
  return contract;
}

export class OneContract {
  readonly abi: Abi;
  readonly #state = createWorld().state;

  constructor({ abi, code }: Artifact) {
    this.abi = abi as Abi;
    for (const address of [CONTRACT, TWIN]) this.#state.setCode(address, fromHex(code));
  }

  /** Writes words of storage before a call. */
  store(words: ReadonlyMap<bigint, bigint>): void {
    for (const [slot, word] of words) this.#state.setStorage(CONTRACT, slot, word);
  }

  /** Calls a function with arguments as viem encodes them. */
  call(functionName: string, ...args: readonly unknown[]): Answer {
    return this.#run(encodeFunctionData({ abi: this.abi, functionName, args }));
  }

  /** Calls a function with any words behind its selector. */
  callWords(functionName: string, words: readonly bigint[]): Answer {
    const entry = this.abi.find((item) => item.type === 'function' && item.name === functionName);
    assert(entry?.type === 'function', `the contract has a function ${functionName}`);
    return this.#run(toHex(encodeCall(Number(toFunctionSelector(entry)), words)));
  }

  #run(data: Hex): Answer {
    const { output, failure, logs, gasUsed } = callAs(this.#state, CONTRACT, { data: fromHex(data) });
    const isSilent = failure?.code === 'badArguments';
    return {
      output: failure === null ? toHex(output) : undefined,
      failure: failure === null ? undefined : isSilent || failure.data.length === 0 ? '' : toHex(failure.data),
      logs: logs.map((log) => toHex(log.data)),
      gasUsed,
    };
  }
}
