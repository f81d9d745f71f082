/** What hand-written runs of single opcodes share. */
import { encodeErrorResult, type Hex, parseAbi } from 'viem';
import type { CallResult } from '../src/execution/transaction.js';
import type { Line, TestSubroutine } from './testSupport.js';

const SOLIDITY_ERRORS = parseAbi(['error Error(string)', 'error Panic(uint256)']);

/** `Error(string)` and `Panic(uint256)` as viem writes them. */
export const error = (text: string): Hex =>
  encodeErrorResult({ abi: SOLIDITY_ERRORS, errorName: 'Error', args: [text] });
export const panic = (code: bigint): Hex =>
  encodeErrorResult({ abi: SOLIDITY_ERRORS, errorName: 'Panic', args: [code] });

/** Selector of the function that a vector is, and of one at OTHER. */
export const SELECTOR = 0x11223344;
/** Selector of a function at OTHER that writes its storage. */
export const WRITER = 0x55667788;

/** A run of one function: what it does, and what must come of it. */
export interface Vector {
  readonly lines: readonly Line[];
  readonly subroutines?: readonly TestSubroutine[];
  /** Words after the selector. */
  readonly args?: readonly bigint[];
  readonly value?: bigint;
  readonly view?: boolean;
  /** Words returned. */
  readonly returns?: readonly bigint[];
  readonly fails?: readonly [code: string, data: Hex];
  readonly check?: (result: CallResult) => void;
}

/** Two words in, one word out. */
export function binary(name: string, a: bigint, b: bigint, result: bigint): Vector {
  return { lines: [['PUSH', a], ['PUSH', b], [name], ['RETURN', 1]], returns: [result] };
}

export function binaryFails(name: string, a: bigint, b: bigint, data: Hex): Vector {
  return { lines: [['PUSH', a], ['PUSH', b], [name], ['RETURN', 1]], fails: ['panic', data] };
}

export function unary(name: string, a: bigint, result: bigint): Vector {
  return { lines: [['PUSH', a], [name], ['RETURN', 1]], returns: [result] };
}
