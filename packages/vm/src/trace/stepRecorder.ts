import { type Address, assert, EMPTY_BYTES, type Failure, type Hash } from '@wattchain/core';
import { encodeWords } from '../abi.js';
import type { ImmediateValue } from '../immediates.js';
import type { Instruction } from '../instruction.js';
import type { Frame, MachineAccess } from '../machine/frame.js';
import type { MachineObserver } from '../machine/observer.js';
import type { Opcode } from '../opcode.js';
import type { VerifiedCode } from '../verify.js';

/** One instruction that ran, or failed. */
export interface TraceStep {
  readonly contract: Address;
  readonly codeHash: Hash;
  /** Of the instruction, from the start of the code. */
  readonly offset: number;
  readonly opcode: Opcode;
  /** As in the code: a target is an offset. */
  readonly immediates: readonly ImmediateValue[];
  /** Before the instruction, the deepest word first; empty when stacks are not recorded. */
  readonly stack: readonly bigint[];
  /** Before the instruction. */
  readonly gasLeft: number;
  /** What the instruction itself cost: of a CALL without what the called contract used. */
  gasCost: number;
  /** 1 for the contract that the transaction calls. */
  readonly depth: number;
  /** After an SLOAD or SSTORE: the words of the contract that the transaction has read or written so far, by slot. */
  storage?: ReadonlyMap<bigint, bigint>;
  /** Why it failed, or a call that it made. */
  failure?: Failure;
}

/** What a recorder keeps at most and whether it keeps stacks and storage. */
export interface StepRecorderOptions {
  readonly maxSteps: number;
  /** Words of stacks, storage and immediates of all steps together. */
  readonly maxWords: number;
  readonly withStack: boolean;
  readonly withStorage: boolean;
}

/** A call that runs. */
interface Level {
  codeHash: Hash | undefined;
  /** Its newest step; `undefined` where that is not recorded. */
  last: TraceStep | undefined;
  /** Whether what its newest step cost is still to be found out. */
  isOpen: boolean;
}

/**
 * Records the steps of a run, the first ones up to the limits.
 *
 * @example
 * const recorder = new StepRecorder({ maxSteps: 1000, maxWords: 10_000, withStack: true, withStorage: true });
 * executeTransaction(state, transaction, context, gasLeft, recorder);
 * for (const { offset, opcode } of recorder.steps) …
 */
export class StepRecorder implements MachineObserver {
  readonly steps: TraceStep[] = [];
  /** Whether a limit left steps out. */
  isTruncated = false;
  /** The words that the transaction's own call returned, 32 bytes each. */
  output: Uint8Array = EMPTY_BYTES;
  readonly #options: StepRecorderOptions;
  readonly #levels: Level[] = [];
  readonly #storage = new Map<Address, Map<bigint, bigint>>();
  #words = 0;

  constructor(options: StepRecorderOptions) {
    this.#options = options;
  }

  enter(): void {
    this.#levels.push({ codeHash: undefined, last: undefined, isOpen: false });
  }

  step(frame: Frame, instruction: Instruction, program: VerifiedCode): void {
    // The CALL that led here has paid for the look-up and the coins; what follows is the called contract's.
    this.#close(frame.machine, this.#levels.at(-2));
    const level = this.#levels.at(-1);
    this.#close(frame.machine, level);
    assert(level !== undefined, 'a step belongs to a call');
    level.last = undefined;
    if (this.isTruncated) return;
    level.codeHash ??= frame.machine.state.account(frame.self)?.codeHash ?? undefined;
    assert(level.codeHash !== undefined, 'what runs has code', frame.self);
    const { maxSteps, maxWords, withStack } = this.#options;
    const { opcode, offset } = instruction;
    const stack = withStack ? [...frame.stack] : [];
    const storage = this.#storageAfter(frame, opcode);
    this.#words += stack.length + (storage === undefined ? 0 : 2 * storage.size) + instruction.immediates.length;
    if (this.steps.length >= maxSteps || this.#words > maxWords) {
      this.isTruncated = true;
      return;
    }
    level.last = {
      contract: frame.self,
      codeHash: level.codeHash,
      offset,
      opcode,
      immediates: encodedImmediates(instruction, program),
      stack,
      gasLeft: frame.machine.gasLeft,
      gasCost: 0,
      depth: this.#levels.length,
      ...(storage === undefined ? {} : { storage }),
    };
    level.isOpen = true;
    this.steps.push(level.last);
  }

  leave(machine: MachineAccess, output: readonly bigint[], failure: Failure | undefined): void {
    const level = this.#levels.pop();
    this.#close(machine, level);
    this.output = encodeWords(output);
    if (failure !== undefined && level?.last !== undefined) level.last.failure = failure;
  }

  #close(machine: MachineAccess, level: Level | undefined): void {
    if (level?.last === undefined || !level.isOpen) return;
    level.last.gasCost = level.last.gasLeft - machine.gasLeft;
    level.isOpen = false;
  }

  /** The contract's known words once the instruction has run: a read adds what is there, a write what it writes. */
  #storageAfter(frame: Frame, { name }: Opcode): ReadonlyMap<bigint, bigint> | undefined {
    if (!this.#options.withStorage || (name !== 'SLOAD' && name !== 'SSTORE')) return undefined;
    const { machine, self, stack } = frame;
    const slot = stack.at(-1);
    const word = name === 'SLOAD' ? machine.state.storage(self, slot ?? 0n) : stack.at(-2);
    assert(slot !== undefined && word !== undefined, 'the verifier let a stack run empty');
    const words = new Map(this.#storage.get(self)).set(slot, word);
    this.#storage.set(self, words);
    return words;
  }
}

/** Immediates as they stand in the code: a target is the offset of its instruction, not its position. */
function encodedImmediates({ opcode, immediates }: Instruction, program: VerifiedCode): readonly ImmediateValue[] {
  if (opcode.flow !== 'jump' && opcode.flow !== 'branch') return immediates;
  return immediates.map((value) => program.instructions[value as number]?.offset ?? value);
}
