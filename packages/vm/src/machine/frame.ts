import { type Address, assert, type Failure, type Log, type StateJournal } from '@wattchain/core';
import { LOCAL_COUNT } from '../immediates.js';
import type { BlockContext } from './context.js';

/** A call of a contract's function. */
export interface Message {
  readonly caller: Address;
  readonly target: Address;
  /** Coins that go along, in wei. */
  readonly value: bigint;
  readonly selector: number;
  readonly args: readonly bigint[];
}

/** What an instruction, or who watches it, has of the machine that runs it. */
export interface MachineAccess {
  readonly state: StateJournal;
  readonly block: BlockContext;
  readonly logs: readonly Log[];
  /** Gas not used yet; negative once it ran out. */
  readonly gasLeft: number;
  /** Takes gas from the transaction's one counter, or fails. */
  charge(gas: number): Failure | undefined;
  /** Adds a log, up to a limit. */
  addLog(log: Log): Failure | undefined;
  /** Moves coins if the payer has them. */
  transfer(from: Address, to: Address, amount: bigint): Failure | undefined;
  /** Lets `frame` wait for a call, which puts exactly `resultCount` words on its stack; or fails at once. */
  call(frame: Frame, message: Message, resultCount: number): Failure | undefined;
}

/** What a call gives its frame. */
export type FrameInput = Pick<Frame, 'self' | 'caller' | 'value' | 'args' | 'isView'>;

/** One call of one function: what it was given, its stack and its locals. */
export class Frame {
  readonly machine: MachineAccess;
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
  /** False once it has ended, and while it waits for a call. */
  isRunning = true;
  /** The words returned, once it has ended. */
  output: readonly bigint[] = [];

  constructor(machine: MachineAccess, start: number, { self, caller, value, args, isView }: FrameInput) {
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
