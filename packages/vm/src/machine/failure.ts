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
  selectorOf,
  selectorToHex,
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

/** What Solidity gives for arguments that are none of their types, and whoever writes `revert()`. */
const NO_REASON =
  'the contract gives no reason; an argument that its type does not have, such as a number beyond an enum, has none';
/** What compiled contracts refuse longer texts with: a text outside constants is one word. */
const STRING_TOO_LONG = selectorToHex(selectorOf('StringTooLong()'));
const TOO_LONG_TEXT = 'StringTooLong(): a string or bytes that is no constant has at most 31 bytes';

/**
 * A failure in words for people: the text it carries, or what its data is. With the interface of the contract that failed, its own
 * errors have their names and figures: `TooMany(got 101, most 100)`.
 */
export function describeFailure(failure: Failure, abi: readonly AbiEntry[] = []): string {
  const text = decodeErrorText(failure.data);
  if (text !== undefined) return text;
  const panic = decodePanicCode(failure.data);
  if (panic !== undefined) return describePanic(panic);
  if (failure.data.length === 0) return NO_REASON;
  const custom = decodeCustomError(abi, failure.data);
  const hex = toHex(failure.data);
  if (custom === undefined && hex === STRING_TOO_LONG) return TOO_LONG_TEXT;
  if (custom === undefined) return `${hex} (a custom error of the contract)`;
  const { entry, values } = custom;
  return `${entry.name}(${entry.inputs.map(({ name }, i) => `${name} ${describeValue(values[i] ?? '')}`.trim()).join(', ')})`;
}
