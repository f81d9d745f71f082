/** Failures of a run. Their data is part of the receipt and so of consensus: a changed text is a changed protocol. */
import type { Failure, FailureCode } from '@wattchain/core';
import { toHex } from '@wattchain/core';
import {
  type AbiEntry,
  decodeErrorText,
  decodePanicCode,
  describePanic,
  encodeError,
  encodePanic,
  PANIC_ARITHMETIC,
  PANIC_DIVISION,
} from '../abi.js';
import { decodeCustomError, describeValue } from '../abiValues.js';

/** A failure with a sentence for people, as `Error(string)`. */
export function fail(code: Exclude<FailureCode, 'panic'>, text: string): Failure {
  return { code, data: encodeError(text) };
}

/** Arithmetic that leaves the words: `Panic(0x11)`. */
export const OVERFLOW: Failure = Object.freeze({ code: 'panic', data: encodePanic(PANIC_ARITHMETIC) });
/** Division or remainder by zero: `Panic(0x12)`. */
export const DIVISION_BY_ZERO: Failure = Object.freeze({ code: 'panic', data: encodePanic(PANIC_DIVISION) });
/** The gas limit is used up. */
export const OUT_OF_GAS: Failure = Object.freeze(fail('outOfGas', 'out of gas'));
/** A view function tried to change something. */
export const VIEW_VIOLATION: Failure = Object.freeze(fail('viewViolation', 'a view function cannot write, log or pay'));

/**
 * A failure in words for people: the text it carries, or what its data is. With the interface of the contract that failed, its own
 * errors have their names and figures: `TooMany(got 101, most 100)`.
 */
export function describeFailure(failure: Failure, abi: readonly AbiEntry[] = []): string {
  const text = decodeErrorText(failure.data);
  if (text !== undefined) return text;
  const panic = decodePanicCode(failure.data);
  if (panic !== undefined) return describePanic(panic);
  const custom = decodeCustomError(abi, failure.data);
  if (custom === undefined) return `${toHex(failure.data)} (a custom error of the contract)`;
  const { entry, values } = custom;
  return `${entry.name}(${entry.inputs.map(({ name }, i) => `${name} ${describeValue(values[i] ?? '')}`.trim()).join(', ')})`;
}
