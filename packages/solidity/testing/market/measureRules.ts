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
import { OurWorld } from '../ourWorld.js';
import { CHAIN_ID, START_TIME_S } from '../world.js';
import type { RuleBook, RuleStep } from './ruleBooks.js';
import { address, PEOPLE, PERSONS } from './scenario.js';

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
  /** Of code, by contract. */
  readonly codeBytes: ReadonlyMap<string, number>;
}

interface Compiled {
  readonly abi: readonly AbiEntry[];
  readonly code: Uint8Array;
}

/**
 * Runs a book's steps in a world of its own.
 *
 * @throws WattchainError `scenario` when one of them fails
 */
export async function measureRules(book: RuleBook): Promise<RuleCosts> {
  const world = new OurWorld(PERSONS.map(address));
  const places = new Map<string, Address>();
  book.contracts.forEach(({ name }, i) => {
    places.set(name, contractAddress(address('deployer'), i));
  });
  const compiled = new Map<string, Compiled>();
  for (const { name, args } of book.contracts) {
    const { abi, code } = compile(book, name);
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
    const after = world.storage();
    if (step.row !== undefined)
      acts.set(step.row, { gas: outcome.gasUsed, bytes: bytesOf(step, to, data), ...written(before, after) });
    before = after;
  }
  const codeBytes = new Map([...compiled].map(([name, { code }]) => [name, code.length]));
  return { name: book.name, acts, codeBytes };
}

function compile({ folder, name: book }: RuleBook, name: string): Compiled {
  const read = (file: string) => readFileSync(`${folder}/${file}`, 'utf8');
  const { artifacts } = compileSolidity({ name: `${name}.sol`, text: read(`${name}.sol`) }, read);
  const artifact = artifacts.find(({ contract }) => contract === name);
  assert(artifact !== undefined, `${book}: ${name}.sol has a contract of its name`);
  return { abi: artifact.abi, code: fromHex(artifact.code) };
}

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
