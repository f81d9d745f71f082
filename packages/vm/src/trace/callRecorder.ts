import { type Address, assert, EMPTY_BYTES, type Failure, type Hash, type Log } from '@wattchain/core';
import { encodeWords } from '../abi.js';
import type { Instruction } from '../instruction.js';
import type { Frame, MachineAccess } from '../machine/frame.js';
import type { MachineObserver, ObservedCall } from '../machine/observer.js';
import { wordToAddress } from '../machine/words.js';

/** A call with the calls that it made; a `pay` is coins that a contract sent with PAY. */
export interface TracedCall extends Omit<ObservedCall, 'kind'> {
  readonly kind: ObservedCall['kind'] | 'pay';
  /** Gas left when it was asked for; the transaction has one counter, so this is no limit of its own. */
  readonly gas: number;
  /** From there on: with looking its code up, and with the calls that it made. */
  gasUsed: number;
  /** The words returned, 32 bytes each. */
  output: Uint8Array;
  failure?: Failure;
  /** Of the code that ran, `undefined` when none did. */
  codeHash?: Hash;
  /** Of the last instruction that ran here: where it failed, if it did. */
  lastOffset?: number;
  /** The logs that it wrote itself. */
  readonly logs: Log[];
  readonly calls: TracedCall[];
}

/** What a recorder keeps at most. */
export interface CallRecorderOptions {
  readonly maxCalls: number;
  /** Bytes of inputs and outputs of all calls together. */
  readonly maxBytes: number;
}

/** Where a run failed. */
export interface FailurePlace {
  readonly contract: Address;
  readonly codeHash: Hash;
  /** Of the instruction, from the start of the code. */
  readonly offset: number;
}

/** Records which contract called which, and where in them a run failed. */
export class CallRecorder implements MachineObserver {
  /** The call of the transaction itself, once it was entered. */
  root: TracedCall | undefined;
  /** Whether a limit left calls out. */
  isTruncated = false;
  readonly #options: CallRecorderOptions;
  /** The calls that run; one that is left out stands here all the same. */
  readonly #running: TracedCall[] = [];
  #calls = 0;
  #bytes = 0;
  #logs = 0;
  /** A PAY that is about to run. */
  #payment: TracedCall | undefined;

  constructor(options: CallRecorderOptions) {
    this.#options = options;
  }

  enter(machine: MachineAccess, call: ObservedCall): void {
    this.#settle(machine);
    const traced = { ...call, gas: machine.gasLeft, gasUsed: 0, output: EMPTY_BYTES, logs: [], calls: [] };
    this.#add(traced);
    this.#running.push(traced);
  }

  step(frame: Frame, instruction: Instruction): void {
    this.#settle(frame.machine);
    const call = this.#current();
    if (call.codeHash === undefined) {
      const codeHash = frame.machine.state.account(frame.self)?.codeHash;
      assert(typeof codeHash === 'string', 'what runs has code', frame.self);
      call.codeHash = codeHash;
    }
    call.lastOffset = instruction.offset;
    if (instruction.opcode.name === 'PAY') this.#payment = paymentOf(frame);
  }

  leave(machine: MachineAccess, output: readonly bigint[], failure: Failure | undefined): void {
    if (failure !== undefined) this.#payment = undefined;
    this.#settle(machine);
    const call = this.#current();
    this.#running.pop();
    call.gasUsed = call.gas - machine.gasLeft;
    call.output = failure?.data ?? encodeWords(output);
    this.#bytes += call.output.length;
    if (failure !== undefined) call.failure = failure;
  }

  #current(): TracedCall {
    const call = this.#running.at(-1);
    assert(call !== undefined, 'what is observed belongs to a call');
    return call;
  }

  #add(call: TracedCall): void {
    this.#calls += 1;
    this.#bytes += call.input.length;
    const parent = this.#running.at(-1);
    if (parent === undefined) this.root = call;
    else if (this.#calls > this.#options.maxCalls || this.#bytes > this.#options.maxBytes) this.isTruncated = true;
    else parent.calls.push(call);
  }

  /** Notes what the last instruction did, if it was a LOG or PAY: only the call that runs can have. */
  #settle({ logs }: MachineAccess): void {
    for (; this.#logs < logs.length; this.#logs++) this.#current().logs.push(logs[this.#logs] as Log);
    if (this.#payment !== undefined) this.#add(this.#payment);
    this.#payment = undefined;
  }
}

function paymentOf({ machine, self, stack }: Frame): TracedCall | undefined {
  const to = wordToAddress(stack.at(-2) ?? 0n);
  if (to === undefined) return undefined;
  const bytes = { input: EMPTY_BYTES, output: EMPTY_BYTES };
  const value = stack.at(-1) ?? 0n;
  return { kind: 'pay', from: self, to, value, ...bytes, gas: machine.gasLeft, gasUsed: 0, logs: [], calls: [] };
}

/** Where a failed call failed: in the innermost contract that ran code. `undefined` when it succeeded or no code ran. */
export function failurePlace(call: TracedCall): FailurePlace | undefined {
  if (call.failure === undefined) return undefined;
  const last = call.calls.at(-1);
  const inner = last?.failure === undefined ? undefined : failurePlace(last);
  if (inner !== undefined) return inner;
  const { to, codeHash, lastOffset } = call;
  return codeHash === undefined || lastOffset === undefined
    ? undefined
    : { contract: to, codeHash, offset: lastOffset };
}
