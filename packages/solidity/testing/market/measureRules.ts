/** What rule books cost: gas, bytes of transactions and of state, act by act and for a trade. */
import { readFileSync } from 'node:fs';
import {
  type Address,
  assert,
  concatBytes,
  contractAddress,
  fromHex,
  signTransaction,
  WattchainError,
} from '@wattchain/core';
import { compileSolidity } from '@wattchain/solidity';
import { type AbiEntry, encodeArguments, encodeCall, selectorOf, signatureOfEntry } from '@wattchain/vm';
import { compileForEvm } from '../compileForEvm.js';
import { EvmWorld } from '../evmWorld.js';
import { OurWorld } from '../ourWorld.js';
import { CHAIN_ID, START_TIME_S, type World } from '../world.js';
import type { RuleBook, RuleStep } from './ruleBooks.js';
import { address, PEOPLE, PERSONS } from './scenario.js';

/** Where the contracts of a book run. */
export interface RuleMachine {
  readonly createWorld: (senders: readonly Address[]) => Promise<World>;
  readonly compile: (book: RuleBook, name: string) => Compiled;
}

/** A contract that can be deployed. */
export interface Compiled {
  readonly abi: readonly AbiEntry[];
  /** Without constructor arguments. */
  readonly code: Uint8Array;
}

/** What an act cost. */
export interface ActCost {
  readonly gas: number;
  /** Of the signed transaction as nodes send and keep it. */
  readonly bytes: number;
  /** Storage words that were 0 before. */
  readonly newWords: number;
  /** Others that were written with another value. */
  readonly changedWords: number;
}

/** A rule book, measured. */
export interface RuleCosts {
  readonly name: string;
  /** By row. */
  readonly acts: ReadonlyMap<string, ActCost>;
  /** What each step returned and logged. */
  readonly told: readonly string[];
  /** Of code, by contract. */
  readonly codeBytes: ReadonlyMap<string, number>;
}

/**
 * Runs a book's steps in a world of its own.
 *
 * @throws WattchainError `scenario` when one of them fails
 */
export async function measureRules(book: RuleBook, machine = OUR_MACHINE): Promise<RuleCosts> {
  const world = await machine.createWorld(PERSONS.map(address));
  const places = new Map<string, Address>();
  book.contracts.forEach(({ name }, i) => {
    places.set(name, contractAddress(address('deployer'), i));
  });
  const compiled = new Map<string, Compiled>();
  for (const { name, args } of book.contracts) {
    const { abi, code } = machine.compile(book, name);
    compiled.set(name, { abi, code });
    const inputs = abi.find((entry) => entry.type === 'constructor')?.inputs ?? [];
    const data = concatBytes(code, encodeArguments(inputs, args(places)));
    const outcome = await world.run({
      from: address('deployer'),
      to: null,
      value: 0n,
      data,
      height: 1,
      timeS: START_TIME_S,
    });
    assert(outcome.address === places.get(name), `${book.name}: ${name} stands where the others look for it`);
  }
  const acts = new Map<string, ActCost>();
  const told: string[] = [];
  let before = world.storage();
  for (const [i, step] of book.steps(BigInt(START_TIME_S), places).entries()) {
    const data = dataOf(step, compiled);
    const to = places.get(step.contract) as Address;
    const from = address(step.from);
    const message = { from, to, value: step.value ?? 0n, data, height: 2 + i, timeS: START_TIME_S + step.at };
    const outcome = await world.run(message);
    if (outcome.failure !== undefined) {
      throw new WattchainError(
        'scenario',
        `${book.name}: ${step.contract}.${step.function} fails: ${outcome.failure}`,
        {
          values: { step: i, data: outcome.data },
        },
      );
    }
    told.push([outcome.data, ...outcome.logs].join('\n'));
    const after = world.storage();
    if (step.row !== undefined)
      acts.set(step.row, { gas: outcome.gasUsed, bytes: bytesOf(step, to, data), ...written(before, after) });
    before = after;
  }
  const codeBytes = new Map([...compiled].map(([name, { code }]) => [name, code.length]));
  return { name: book.name, acts, codeBytes, told };
}

const readFrom = (folder: string) => (file: string) => readFileSync(`${folder}/${file}`, 'utf8');

/** Books have contracts in common. */
function once(compile: RuleMachine['compile']): RuleMachine['compile'] {
  const known = new Map<string, Compiled>();
  return (book, name) => {
    const key = `${book.folder}/${name}`;
    const compiled = known.get(key) ?? compile(book, name);
    known.set(key, compiled);
    return compiled;
  };
}

const OUR_MACHINE: RuleMachine = {
  createWorld: async (senders) => new OurWorld(senders),
  compile: once(({ folder, name: book }, name) => {
    const read = readFrom(folder);
    const { artifacts } = compileSolidity({ name: `${name}.sol`, text: read(`${name}.sol`) }, read);
    const artifact = artifacts.find(({ contract }) => contract === name);
    assert(artifact !== undefined, `${book}: ${name}.sol has a contract of its name`);
    return { abi: artifact.abi, code: fromHex(artifact.code) };
  }),
};

/** The EVM, with solc's own code. */
export const EVM: RuleMachine = {
  createWorld: (senders) => EvmWorld.create(senders),
  compile: once(({ folder, name: book }, name) => {
    const read = readFrom(folder);
    const { contracts } = compileForEvm({ name: `${name}.sol`, text: read(`${name}.sol`) }, read, 'ir');
    const contract = contracts.find((contract) => contract.name === name);
    assert(contract !== undefined, `${book}: ${name}.sol has a contract of its name`);
    return { abi: contract.abi as readonly AbiEntry[], code: contract.bytecode };
  }),
};

function dataOf(step: RuleStep, compiled: ReadonlyMap<string, Compiled>): Uint8Array {
  const entry = compiled
    .get(step.contract)
    ?.abi.find((entry) => entry.type === 'function' && entry.name === step.function);
  assert(entry?.type === 'function', `${step.contract} has a function ${step.function}`);
  return concatBytes(encodeCall(selectorOf(signatureOfEntry(entry)), []), encodeArguments(entry.inputs, step.args));
}

/** With the fields of a busy account: a nonce of two bytes, the gas price of a gwei. */
function bytesOf({ from }: RuleStep, to: Address, data: Uint8Array): number {
  const key = new Uint8Array(32).fill(PEOPLE[from] + 1);
  const fields = { nonce: 1_000, gasPrice: 10n ** 9n, gasLimit: 200_000, to, value: 0n, data, chainId: CHAIN_ID };
  return signTransaction(fields, key).raw.length;
}

function written(before: ReadonlyMap<string, bigint>, after: ReadonlyMap<string, bigint>) {
  const slots = [...new Set([...before.keys(), ...after.keys()])].filter(
    (slot) => before.get(slot) !== after.get(slot),
  );
  const newWords = slots.filter((slot) => !before.has(slot)).length;
  return { newWords, changedWords: slots.length - newWords };
}

/** An act or several together. */
export function sumOfActs({ acts }: RuleCosts, rows: readonly string[]): ActCost {
  const costs = rows.map((row) => acts.get(row)).filter((cost) => cost !== undefined);
  assert(costs.length === rows.length, 'every act was measured');
  const sum = (field: keyof ActCost) => costs.reduce((all, cost) => all + cost[field], 0);
  return { gas: sum('gas'), bytes: sum('bytes'), newWords: sum('newWords'), changedWords: sum('changedWords') };
}

/** The table: a row for each act, the first book's figures and the others', empty where a book does not know the act; and sums of acts by name. */
export function renderRuleCosts(
  books: readonly RuleCosts[],
  sums: Readonly<Record<string, readonly string[]>> = {},
): string {
  const acts = [...new Set(books.flatMap((book) => [...book.acts.keys()]))];
  const heads = books.flatMap(({ name }) => [`gas: ${name}`, 'bytes', 'words']);
  const line = (name: string, rows: readonly string[]) => {
    const cells = books.flatMap((book) => {
      if (!rows.every((row) => book.acts.has(row))) return ['', '', ''];
      const { gas, bytes, newWords, changedWords } = sumOfActs(book, rows);
      return [digits(gas), digits(bytes), `${newWords} + ${changedWords}`];
    });
    return `| ${[name, ...cells].join(' | ')} |`;
  };
  const codes = [...new Set(books.flatMap(({ codeBytes }) => [...codeBytes.keys()]))].map((name) => {
    const cells = books.flatMap(({ codeBytes }) => ['', digits(codeBytes.get(name) ?? 0), '']);
    return `| ${[`code of ${name}`, ...cells].join(' | ')} |`;
  });
  return [
    `| ${['', ...heads].join(' | ')} |`,
    `| ${['---', ...heads.map(() => '---:')].join(' | ')} |`,
    ...acts.map((row) => line(row, [row])),
    ...Object.entries(sums).map(([name, rows]) => line(name, rows)),
    ...codes,
    '',
  ].join('\n');
}

const digits = (n: number) => String(n).replace(/\B(?=(\d{3})+$)/g, ',');
