import { type Address, assert } from '@wattchain/core';
import { LOCAL_COUNT } from '../immediates.js';
import type { Machine } from './machine.js';

/** What a call gives its frame. */
export type FrameInput = Pick<Frame, 'self' | 'caller' | 'value' | 'args' | 'isView'>;

/** One call of one function: what it was given, its stack and its locals. */
export class Frame {
  readonly machine: Machine;
  /** The contract whose function this is. */
  readonly self: Address;
  readonly caller: Address;
  /** Coins that came with the call, in wei. */
  readonly value: bigint;
  /** The words after the selector. */
  readonly args: readonly bigint[];
  /** Whether this function, or one that called it, is a view. */
  readonly isView: boolean;
  /** The deepest word first. */
  readonly stack: bigint[] = [];
  readonly locals: bigint[] = new Array<bigint>(LOCAL_COUNT).fill(0n);
  /** Position of the next instruction. */
  next: number;
  isRunning = true;
  /** The words returned, once it does not run any more. */
  output: readonly bigint[] = [];

  constructor(machine: Machine, start: number, { self, caller, value, args, isView }: FrameInput) {
    this.machine = machine;
    this.next = start;
    this.self = self;
    this.caller = caller;
    this.value = value;
    this.args = args;
    this.isView = isView;
  }

  /** Puts a word below 2^256 on the stack. */
  push(word: bigint): void {
    this.stack.push(word);
  }

  /** Takes the top word. */
  pop(): bigint {
    const word = this.stack.pop();
    assert(word !== undefined, 'the verifier let a stack run empty');
    return word;
  }

  /** Takes the `count` top words, the deepest first. */
  popMany(count: number): bigint[] {
    assert(count <= this.stack.length, 'the verifier let a stack run empty');
    return this.stack.splice(this.stack.length - count);
  }
}
