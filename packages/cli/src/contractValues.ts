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
 * as a text, lists as `1,2,3`. Errors: `badArguments`, and those of {@link resolveAddress} and {@link parseLabel}.
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
  return inputs.map(({ type }, i) => parseValue(type, texts[i] ?? '', keys, wanted));
}

function parseValue(type: string, text: string, keys: string | undefined, wanted: string): unknown {
  if (type.endsWith('[]')) {
    const items = text.replace(/^\[|\]$/g, '').trim();
    return items === '' ? [] : items.split(',').map((item) => parseValue(type.slice(0, -2), item.trim(), keys, wanted));
  }
  if (type === 'address') return resolveAddress(text, keys);
  if (type === 'bytes32') return parseLabel('a bytes32', text);
  if (/^uint\d*$/.test(type) && /^(\d[\d_]*|0x[0-9a-fA-F]+)$/.test(text)) {
    const value = BigInt(text.replaceAll('_', ''));
    if (value >> BigInt(type.slice(4) || 256) === 0n) return value;
  }
  if (type === 'bool' && (text === 'true' || text === 'false')) return text === 'true';
  if (type === 'string') return text;
  throw new WattchainError('badArguments', `"${text}" is no ${type}`, {
    values: { text, type },
    hint: `give: ${wanted}`,
  });
}

/** A value in words: a participant or address, the text of a bytes32, digits. */
export function formatValue(connection: Connection, value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => formatValue(connection, item)).join(', ')}]`;
  if (typeof value === 'string' && isAddress(value, { strict: false })) return formatWho(connection, value as Address);
  if (typeof value === 'string' && /^0x[0-9a-f]{64}$/.test(value)) return formatLabel(value as Hex);
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
