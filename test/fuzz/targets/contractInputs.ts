/** What targets with contracts begin with: code, values and calldata as somebody would give them. */
import { concatBytes, fromHex } from '@wattchain/core';
import {
  type AbiEntry,
  type AbiInput,
  type AbiParameter,
  selectorOf,
  selectorToHex,
  signatureOfEntry,
} from '@wattchain/vm';
import { testAccount } from '../../../packages/market/testing/marketVm.js';
import { encodeArguments } from '../../../packages/vm/src/abiValues.js';

type FunctionEntry = Extract<AbiEntry, { readonly type: 'function' }>;

/** The functions of an interface. */
export const functionsOf = (abi: readonly unknown[]): FunctionEntry[] =>
  (abi as readonly AbiEntry[]).filter((entry) => entry.type === 'function');

/** Numbers for {@link randomContract}, two bytes each. */
export function tapeOf(bytes: Uint8Array): number[] {
  const numbers: number[] = [];
  for (let at = 0; at + 1 < bytes.length; at += 2)
    numbers.push((bytes[at] as number) * 256 + (bytes[at + 1] as number));
  return numbers;
}

/** Bytes that look random and are always the same. */
export function noise(length: number, salt: number): Uint8Array {
  let state = salt + 1;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 24;
  });
}

/** A value of a type, as somebody would give it. */
export function plausible({ type, components = [] }: AbiParameter, n: number): AbiInput {
  if (type.endsWith('[]')) return [plausible({ name: '', type: type.slice(0, -2), components }, n)];
  const fixed = /^(.+)\[(\d+)\]$/.exec(type);
  if (fixed !== null) {
    const item = { name: '', type: fixed[1] as string, components };
    return Array.from({ length: Number(fixed[2]) }, () => plausible(item, n));
  }
  if (type === 'tuple') return components.map((member) => plausible(member, n));
  if (type === 'address') return testAccount(1 + (n % 4)).address;
  if (type === 'bool') return n % 2 === 0;
  if (type === 'string') return 'a text';
  if (type === 'bytes') return '0x0102';
  if (type.startsWith('bytes')) return `0x${'0a'.repeat(Number(type.slice(5)))}`;
  const bits = BigInt(type.replace(/^u?int/, '') || 256);
  return n % 3 === 0 && bits >= 32n ? 900_000n : BigInt(n) % 2n ** (bits - 1n);
}

/** Calldata of a function, as somebody would send it. */
export const dataOf = (entry: FunctionEntry, n: number) =>
  concatBytes(
    fromHex(selectorToHex(selectorOf(signatureOfEntry(entry)))),
    encodeArguments(
      entry.inputs,
      entry.inputs.map((parameter) => plausible(parameter, n)),
    ),
  );
