/** Functions and values of contracts as they are written on a command line and printed. */
import { WattchainError } from '@wattchain/core';
import { printable } from '@wattchain/vm';
import {
  type Abi,
  type AbiFunction,
  type AbiParameter,
  type Address,
  type Hex,
  isAddress,
  parseAbiItem,
  toFunctionSignature,
} from 'viem';
import type { Connection } from './client.js';
import { resolveAddress } from './commands/coins.js';
import { formatLabel, formatWho, parseLabel } from './commands/labels.js';
import { counted } from './output.js';

/**
 * The function that a person means: a name or signature of the interface, or a signature of its own such as
 * `transfer(address,uint256)` or `balanceOf(address) view returns (uint256)`. Errors: `unknownFunction`, `noInterface`.
 */
export function findFunction(abi: Abi | undefined, text: string): AbiFunction {
  const functions = (abi ?? []).filter((item) => item.type === 'function');
  const wanted = text.replace(/\s+/g, '');
  const found = functions.filter((item) => item.name === wanted || toFunctionSignature(item) === wanted);
  const [first] = found;
  if (first !== undefined && found.length === 1) return first;
  if (found.length === 0 && text.includes('(')) return parseSignature(text);
  if (abi === undefined) {
    throw new WattchainError(
      'noInterface',
      `nothing is known of this contract's functions, so "${text}" says too little`,
      {
        values: { function: text },
        hint: 'give --artifact FILE, or a signature such as "transfer(address,uint256)"',
      },
    );
  }
  throw new WattchainError(
    'unknownFunction',
    `the contract has ${found.length === 0 ? 'no' : 'several'} functions "${text}"`,
    {
      values: { function: text },
      hint: `it has ${(found.length === 0 ? functions : found).map((item) => toFunctionSignature(item)).join(', ')}`,
    },
  );
}

function parseSignature(text: string): AbiFunction {
  try {
    const item = parseAbiItem(`function ${text}` as string) as AbiFunction | undefined;
    if (item?.type === 'function') return item;
  } catch (cause) {
    throw badSignature(text, cause);
  }
  throw badSignature(text);
}

function badSignature(text: string, cause?: unknown): WattchainError {
  return new WattchainError('badSignature', `"${text}" is not the signature of a function`, {
    values: { function: text },
    hint: 'write for example "transfer(address,uint256)" or "balanceOf(address) view returns (uint256)"',
    cause,
  });
}

/**
 * Arguments from text: numbers as digits or hex, `true` and `false`, addresses also as key names and `testbed:node-1`, bytes32 also
 * as a text, lists as `1,2,3` or `[1,2,3]`, structs as `(1,true)`. Errors: `badArguments`, and those of {@link resolveAddress} and {@link parseLabel}.
 *
 * @param what whose arguments they are, for the message
 */
export function parseArguments(
  what: string,
  inputs: readonly AbiParameter[],
  texts: readonly string[],
  keys: string | undefined,
): unknown[] {
  const wanted = inputs.map((input) => `${input.type} ${input.name ?? ''}`.trim()).join(', ');
  if (texts.length !== inputs.length) {
    throw new WattchainError(
      'badArguments',
      `${what} takes ${counted(inputs.length, 'argument')}, not ${texts.length}`,
      {
        values: { texts, wanted },
        hint: wanted === '' ? 'leave them out' : `give: ${wanted}`,
      },
    );
  }
  return inputs.map((input, i) => parseValue(input, texts[i] ?? '', keys, wanted));
}

function parseValue(parameter: AbiParameter, text: string, keys: string | undefined, wanted: string): unknown {
  const { type } = parameter;
  const list = /^(.+)\[(\d*)\]$/.exec(type);
  if (list !== null) {
    const [, item = '', length = ''] = list;
    const items = splitItems(unwrap(text, '[', ']'));
    if (length !== '' && items.length !== Number(length)) throw noValue(type, text, wanted);
    return items.map((one) => parseValue({ ...parameter, type: item }, one, keys, wanted));
  }
  if (type === 'tuple') {
    const members = 'components' in parameter ? parameter.components : [];
    const items = splitItems(unwrap(text, '(', ')'));
    if (items.length !== members.length) throw noValue(type, text, wanted);
    return members.map((member, i) => parseValue(member, items[i] ?? '', keys, wanted));
  }
  const value = parseWord(type, text, keys);
  if (value === undefined) throw noValue(type, text, wanted);
  return value;
}

function parseWord(type: string, text: string, keys: string | undefined): unknown {
  if (type === 'address') return resolveAddress(text, keys);
  if (type === 'bytes32') return parseLabel('a bytes32', text);
  if (type === 'string') return text;
  if (type === 'bool') return text === 'true' || text === 'false' ? text === 'true' : undefined;
  const [, kind, size = '256'] = /^(u?int|bytes)(\d*)$/.exec(type) ?? [];
  if (kind === 'bytes') {
    const isBytes = /^0x([0-9a-fA-F]{2})*$/.test(text) && (type === 'bytes' || text.length === 2 + 2 * Number(size));
    return isBytes ? text : undefined;
  }
  if (kind === undefined || !/^(-?\d[\d_]*|0x[0-9a-fA-F]+)$/.test(text)) return undefined;
  const value = BigInt(text.replaceAll('_', ''));
  const cut = kind === 'int' ? BigInt.asIntN(Number(size), value) : BigInt.asUintN(Number(size), value);
  return cut === value ? value : undefined;
}

function unwrap(text: string, open: string, close: string): string {
  const trimmed = text.trim();
  // `[1], [2]` begins and ends with brackets that are not one pair.
  const isWrapped = trimmed.startsWith(open) && trimmed.endsWith(close) && splitItems(trimmed).length === 1;
  return isWrapped ? trimmed.slice(1, -1).trim() : trimmed;
}

/** Parts between commas that stand in no bracket. */
function splitItems(text: string): string[] {
  if (text === '') return [];
  const items = [''];
  let depth = 0;
  for (const character of text) {
    if ('[('.includes(character)) depth += 1;
    if (')]'.includes(character)) depth -= 1;
    if (character === ',' && depth === 0) items.push('');
    else items[items.length - 1] += character;
  }
  return items.map((item) => item.trim());
}

function noValue(type: string, text: string, wanted: string): WattchainError {
  return new WattchainError('badArguments', `"${text}" is no ${type}`, {
    values: { text, type },
    hint: `give: ${wanted}`,
  });
}

/** A value in words: a participant or address, the text of a bytes32, digits. */
export function formatValue(connection: Connection, value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => formatValue(connection, item)).join(', ')}]`;
  if (typeof value === 'string' && isAddress(value, { strict: false })) return formatWho(connection, value as Address);
  if (typeof value === 'string' && /^0x[0-9a-f]{64}$/.test(value)) return formatLabel(value as Hex);
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).map(([name, item]) => `${name} ${formatValue(connection, item)}`);
    return `(${members.join(', ')})`;
  }
  return typeof value === 'string' && !value.startsWith('0x') ? printable(JSON.stringify(value)) : String(value);
}

/** Names and values in parentheses, as a call or an event is written: `(to testbed:node-2, value 5)`. */
export function formatValues(
  connection: Connection,
  parameters: readonly AbiParameter[],
  values: readonly unknown[],
): string {
  const parts = parameters.map((parameter, i) =>
    `${parameter.name ?? ''} ${formatValue(connection, values[i])}`.trim(),
  );
  return `(${parts.join(', ')})`;
}

/** Values by the names of their parameters, by position where one has none. */
export function nameValues(parameters: readonly AbiParameter[], values: readonly unknown[]): Record<string, unknown> {
  return Object.fromEntries(parameters.map((parameter, i) => [parameter.name || String(i), values[i]]));
}
