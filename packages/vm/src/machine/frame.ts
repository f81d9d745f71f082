import { type Address, assert, type Failure, type Log, type Outcome, type StateJournal } from '@wattchain/core';
import { GAS_MOVE } from '../gas.js';
import type { BlockContext } from './context.js';
import { fail } from './failure.js';
import { MAX_FRAME_WORDS, MAX_MEMORY_WORDS, MAX_SUBROUTINE_DEPTH } from './limits.js';
import { addressToWord } from './words.js';

/** A call of a contract's function. */
export interface Message {
  readonly caller: Address;
  readonly target: Address;
  /** Coins that go along, in wei. */
  readonly value: bigint;
  /** `undefined`: the coins alone, which the contract's `receive` takes. */
  readonly selector: number | undefined;
  readonly args: readonly bigint[];
  /** Whether the function, whatever it is, may change nothing. */
  readonly isView: boolean;
}

/** Where a call's words go: exactly so many onto the stack, or however many into memory from a word on, and their number onto the stack. */
export type Delivery = { readonly count: number } | { readonly memory: bigint };

/** What an instruction, or who watches it, has of the machine that runs it. */
export interface MachineAccess {
  readonly state: StateJournal;
  readonly block: BlockContext;
  readonly logs: readonly Log[];
  /** Gas not used yet; negative once it ran out. */
  readonly gasLeft: number;
  /** Takes gas from the transaction's one counter, or fails. */
  charge(gas: number): Failure | undefined;
  /** Takes words of memory from the transaction's one counter, and the gas for them, or fails. */
  chargeMemory(words: number): Failure | undefined;
  /** Adds a log, up to a limit. */
  addLog(log: Log): Failure | undefined;
  /** Moves coins if the payer has them. */
  transfer(from: Address, to: Address, amount: bigint): Failure | undefined;
  /** Lets `frame` wait for a call, whose words are delivered to it; or fails at once. */
  call(frame: Frame, message: Message, delivery: Delivery): Failure | undefined;
}

/** A part of the code that is called within a frame, as the verifier has measured it. */
export interface Subroutine {
  /** Words that it takes off the stack … */
  readonly takes: number;
  /** … and those that it leaves there. */
  readonly gives: number;
  /** Position of its first instruction. */
  readonly start: number;
  /** Most words that it has on the stack at once, those that it takes included. */
  readonly height: number;
  /** Locals that it uses. */
  readonly locals: number;
}

/** The code of a frame, as far as the frame needs it. */
export interface FrameCode {
  readonly subroutines: readonly Subroutine[];
  /** Locals that the functions use. */
  readonly locals: number;
}

/** What a call gives its frame. */
export type FrameInput = Pick<Frame, 'self' | 'caller' | 'value' | 'args' | 'isView'>;

/** A subroutine that runs or waits: where its caller goes on, and where the caller's locals begin. */
interface Return {
  readonly next: number;
  readonly localBase: number;
}

/** One call of one function: what it was given, its stack, its memory, and the locals of it and of its subroutines. */
export class Frame {
  readonly machine: MachineAccess;
  /** The contract whose function this is. */
  readonly self: Address;
  readonly caller: Address;
  /** Coins that came with the call, in wei. */
  readonly value: bigint;
  /** The words after the selector. */
  readonly args: readonly bigint[];
  /** Whether it may change nothing: it, a function that called it, or a call on the way is a view. */
  readonly isView: boolean;
  /** The deepest word first. */
  readonly stack: bigint[] = [];
  /** Of the functions, and behind them those of the subroutines that run and wait. */
  readonly locals: bigint[];
  /** Where those of the subroutine that runs begin. */
  localBase = 0;
  /** Position of the next instruction. */
  next: number;
  /** False once it has ended, and while it waits for a call. */
  isRunning = true;
  /** The words returned, once it has ended. */
  output: readonly bigint[] = [];
  /** As words, once an instruction has asked for them. */
  #callerWord: bigint | undefined;
  #selfWord: bigint | undefined;
  readonly #code: FrameCode;
  readonly #returns: Return[] = [];
  readonly #memory: bigint[] = [];

  constructor(
    machine: MachineAccess,
    code: FrameCode,
    start: number,
    { self, caller, value, args, isView }: FrameInput,
  ) {
    this.machine = machine;
    this.next = start;
    this.self = self;
    this.caller = caller;
    this.value = value;
    this.args = args;
    this.isView = isView;
    this.#code = code;
    this.locals = new Array<bigint>(code.locals).fill(0n);
  }

  get callerWord(): bigint {
    this.#callerWord ??= addressToWord(this.caller);
    return this.#callerWord;
  }

  get selfWord(): bigint {
    this.#selfWord ??= addressToWord(this.self);
    return this.#selfWord;
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
    const words = new Array<bigint>(count);
    for (let i = count - 1; i >= 0; i--) words[i] = this.stack.pop() as bigint;
    return words;
  }

  /** A local of the subroutine that runs, or of the function. */
  local(index: number): bigint {
    const word = this.locals[this.localBase + index];
    assert(word !== undefined, 'the verifier counts locals');
    return word;
  }

  setLocal(index: number, word: bigint): void {
    this.locals[this.localBase + index] = word;
  }

  /** Goes on in a subroutine, whose locals are 0. */
  enter(number: number): Failure | undefined {
    const subroutine = this.#code.subroutines[number];
    assert(subroutine !== undefined, 'the verifier knows every subroutine');
    const { start, takes, height, locals } = subroutine;
    if (this.#returns.length >= MAX_SUBROUTINE_DEPTH) {
      return fail('stackLimit', `subroutines nest deeper than ${MAX_SUBROUTINE_DEPTH}`);
    }
    if (this.stack.length - takes + height > MAX_FRAME_WORDS) {
      return fail('stackLimit', `more than ${MAX_FRAME_WORDS} words on the stack`);
    }
    const failure = this.machine.charge(locals * GAS_MOVE);
    if (failure !== undefined) return failure;
    this.#returns.push({ next: this.next, localBase: this.localBase });
    this.localBase = this.locals.length;
    for (let i = 0; i < locals; i++) this.locals.push(0n);
    this.next = start;
    return undefined;
  }

  /** Goes on behind the call of the subroutine that runs. */
  leave(): void {
    const to = this.#returns.pop();
    assert(to !== undefined, 'the verifier lets subroutines alone return');
    this.locals.length = this.localBase;
    this.localBase = to.localBase;
    this.next = to.next;
  }

  /** A word of memory, 0 where nothing was written. */
  load(index: bigint): bigint {
    return index < this.#memory.length ? (this.#memory[Number(index)] as bigint) : 0n;
  }

  /** Writes a word into memory where there is one already; whether there is. */
  overwrite(index: bigint, word: bigint): boolean {
    if (index >= this.#memory.length) return false;
    this.#memory[Number(index)] = word;
    return true;
  }

  /** Writes words into memory from `index` on, which grows to hold them. */
  store(index: bigint, words: readonly bigint[]): Failure | undefined {
    if (index > MAX_MEMORY_WORDS) return OUT_OF_MEMORY;
    const start = Number(index);
    const end = start + words.length;
    if (end > MAX_MEMORY_WORDS) return OUT_OF_MEMORY;
    const growth = end - this.#memory.length;
    const failure = growth > 0 && words.length > 0 ? this.machine.chargeMemory(growth) : undefined;
    if (failure !== undefined) return failure;
    while (words.length > 0 && this.#memory.length < start) this.#memory.push(0n);
    for (let i = 0; i < words.length; i++) this.#memory[start + i] = words[i] as bigint;
    return undefined;
  }

  /**
   * So many words of memory from `index` on, after `gasPerWord` for each. The range may lie where nothing was written, but not
   * beyond what memory could be.
   */
  range(index: bigint, count: bigint, gasPerWord: number): Outcome<bigint[], Failure> {
    if (index + count > MAX_MEMORY_WORDS) return { fault: OUT_OF_MEMORY };
    const failure = this.machine.charge(Number(count) * gasPerWord);
    if (failure !== undefined) return { fault: failure };
    const words = this.#memory.slice(Number(index), Number(index + count));
    while (words.length < count) words.push(0n);
    return { value: words };
  }
}

const OUT_OF_MEMORY: Failure = Object.freeze(fail('memoryLimit', `memory has at most ${MAX_MEMORY_WORDS} words`));
