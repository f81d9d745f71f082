/** The energy contracts three times: in assembly and from Solidity for our machine, from Solidity for the EVM. */
import { readFileSync } from 'node:fs';
import { type Address, assert, concatBytes, contractAddress, fromHex } from '@wattchain/core';
import { compileSolidity } from '@wattchain/solidity';
import {
  type AbiEntry,
  type AbiInput,
  assemble,
  encodeArguments,
  encodeCall,
  selectorOf,
  signatureOfEntry,
} from '@wattchain/vm';
import { compileForEvm, PACKAGE_FOLDER } from '../compileForEvm.js';
import { EvmWorld } from '../evmWorld.js';
import { OurWorld } from '../ourWorld.js';
import { type Message, type MessageOutcome, START_TIME_S, type World } from '../world.js';
import {
  address,
  CONTRACTS,
  type ContractName,
  constructorArguments,
  PERSONS,
  type Person,
  type Places,
} from './scenario.js';

/** By contract. */
export type Each<T> = Readonly<Record<ContractName, T>>;

/** The contracts of one language on one machine. */
export interface Build {
  readonly name: string;
  readonly createWorld: (senders: readonly Address[]) => Promise<World>;
  /** Deployment data without constructor arguments. */
  readonly codes: Each<Uint8Array>;
}

/** The builds, and the interface that they have in common. */
export interface Builds {
  readonly abis: Each<readonly AbiEntry[]>;
  readonly assembly: Build;
  readonly solidity: Build;
}

/** Builds both for our machine. */
export function buildMarket(): Builds {
  const assembled = each((name) => {
    const file = `${name[0]?.toLowerCase()}${name.slice(1)}.wca`;
    return assemble(readFileSync(`${PACKAGE_FOLDER}/../../bench/contracts/${file}`, 'utf8'), file);
  });
  const compiled = each((name) => {
    const { artifacts } = compileSolidity({ name: `${name}.sol`, text: readSource(`${name}.sol`) }, readSource);
    const artifact = artifacts.find(({ contract }) => contract === name);
    assert(artifact !== undefined, `${name}.sol has a contract of its name`);
    return artifact;
  });
  const ours = async (senders: readonly Address[]) => new OurWorld(senders);
  return {
    abis: each((name) => assembled[name].abi),
    assembly: { name: 'assembly', createWorld: ours, codes: each((name) => fromHex(assembled[name].code)) },
    solidity: { name: 'Solidity', createWorld: ours, codes: each((name) => fromHex(compiled[name].code)) },
  };
}

/** From Solidity for the EVM, by solc's optimiser, which takes its time. */
export function buildForEvm(): Build {
  const codes = each((name) => {
    const { contracts } = compileForEvm({ name: `${name}.sol`, text: readSource(`${name}.sol`) }, readSource, 'ir');
    const contract = contracts.find((contract) => contract.name === name);
    assert(contract !== undefined, `${name}.sol has a contract of its name`);
    return contract.bytecode;
  });
  return { name: 'Solidity on the EVM', createWorld: (senders) => EvmWorld.create(senders), codes };
}

function readSource(file: string): string {
  return readFileSync(`${PACKAGE_FOLDER}/../../bench/contracts/first/${file}`, 'utf8');
}

/** Something for each contract. */
export function each<T>(make: (name: ContractName) => T): Each<T> {
  return Object.fromEntries(CONTRACTS.map((name) => [name, make(name)])) as Record<ContractName, T>;
}

/** A call as a person makes it. */
export interface MarketCall {
  readonly from: Person;
  readonly contract: ContractName;
  readonly function: string;
  readonly args: readonly AbiInput[];
  /** In wei. */
  readonly value?: bigint;
}

/** The contracts of a build, deployed in a world of their own. */
export class Market {
  readonly world: World;
  readonly deployments: Each<MessageOutcome>;
  readonly #abis: Each<readonly AbiEntry[]>;
  #height = 1;

  private constructor(world: World, abis: Each<readonly AbiEntry[]>, deployments: Each<MessageOutcome>) {
    this.world = world;
    this.#abis = abis;
    this.deployments = deployments;
  }

  /** Deploys a build. */
  static async deploy({ createWorld, codes, name }: Build, abis: Each<readonly AbiEntry[]>): Promise<Market> {
    const world = await createWorld(PERSONS.map(address));
    const outcomes = new Map<ContractName, MessageOutcome>();
    for (const contract of CONTRACTS) {
      const inputs = abis[contract].find((entry) => entry.type === 'constructor')?.inputs ?? [];
      const data = concatBytes(codes[contract], encodeArguments(inputs, constructorArguments(contract, PLACES)));
      const message = { from: address('deployer'), to: null, value: 0n, data, height: 1, timeS: START_TIME_S };
      const outcome = await world.run(message);
      assert(outcome.address === PLACES[contract], `${name}: ${contract} stands where the others look for it`);
      outcomes.set(contract, outcome);
    }
    return new Market(
      world,
      abis,
      each((contract) => outcomes.get(contract) as MessageOutcome),
    );
  }

  /** Runs a call in the next block. */
  run({ from, contract, function: name, args, value = 0n }: MarketCall, timeS: number): Promise<MessageOutcome> {
    const entry = this.#abis[contract].find((entry) => entry.type === 'function' && entry.name === name);
    assert(entry?.type === 'function', `${contract} has a function ${name}`);
    const selector = encodeCall(selectorOf(signatureOfEntry(entry)), []);
    const data = concatBytes(selector, encodeArguments(entry.inputs, args));
    this.#height += 1;
    const message: Message = { from: address(from), to: PLACES[contract], value, data, height: this.#height, timeS };
    return this.world.run(message);
  }
}

/** The deployer deploys nothing else. */
export const PLACES: Places = each((name) => contractAddress(address('deployer'), CONTRACTS.indexOf(name)));
