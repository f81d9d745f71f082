import {
  type Address,
  assert,
  contractAddress,
  EMPTY_BYTES,
  type Failure,
  type Log,
  type Outcome,
  readWord,
  type StateJournal,
  WORD_BYTES,
} from '@wattchain/core';
import { encodeCall, selectorToHex } from '../abi.js';
import { splitDeployment } from '../code.js';
import { GAS_CALL_CODE_BYTE, GAS_CODE_BYTE, GAS_MEMORY_WORD, GAS_TRANSFER, GAS_WORD } from '../gas.js';
import { type VerifiedCode, type VerifiedFunction, verifyCode } from '../verify.js';
import type { BlockContext } from './context.js';
import { fail, OUT_OF_GAS, VIEW_VIOLATION } from './failure.js';
import { type Delivery, Frame, type MachineAccess, type Message } from './frame.js';
import { MAX_CALL_DEPTH, MAX_LOGS, MAX_MEMORY_WORDS } from './limits.js';
import type { MachineObserver } from './observer.js';
import { programOf } from './program.js';
import { runFast } from './runFast.js';
import { type GasMeter, RESTED, runReadable } from './runReadable.js';

const SELECTOR_BYTES = 4;

/** The words that a call returned, or why it failed. */
export type CallOutcome = Outcome<readonly bigint[], Failure>;

/** A frame that runs or waits for the one above it. */
interface Activation {
  readonly frame: Frame;
  readonly program: VerifiedCode;
  /** Where its words go; those of the first frame go to nobody. */
  readonly delivery: Delivery;
}

/**
 * Runs the contracts of one transaction: the state it works on, the gas it has left, the logs so far, the frames on the call
 * stack. It undoes nothing: a failure inside fails the transaction, whose state its caller takes back as a whole.
 *
 * The call stack is its own, not JavaScript's, so a run can rest between any two instructions and go on later: `run` says how far.
 */
export class Machine implements MachineAccess {
  readonly state: StateJournal;
  readonly block: BlockContext;
  readonly logs: Log[] = [];
  /** The frame that runs comes last. */
  readonly #activations: Activation[] = [];
  readonly #observer: MachineObserver | undefined;
  /** Contracts whose code this transaction has paid for. */
  readonly #paidCode = new Set<Address>();
  #memoryWords = 0;
  readonly #meter: GasMeter;
  #isDeployment = false;
  #outcome: CallOutcome | undefined;

  constructor(state: StateJournal, block: BlockContext, gasLimit: number, observer?: MachineObserver) {
    this.state = state;
    this.block = block;
    this.#meter = { left: gasLimit };
    this.#observer = observer;
  }

  get gasLeft(): number {
    return this.#meter.left;
  }

  /** How the run ended, once it has. Of a deployment the words are none. */
  get outcome(): CallOutcome | undefined {
    return this.#outcome;
  }

  charge(gas: number): Failure | undefined {
    this.#meter.left -= gas;
    return this.#meter.left < 0 ? OUT_OF_GAS : undefined;
  }

  chargeMemory(words: number): Failure | undefined {
    this.#memoryWords += words;
    if (this.#memoryWords > MAX_MEMORY_WORDS) {
      return fail('memoryLimit', `more than ${MAX_MEMORY_WORDS} words of memory in a transaction`);
    }
    return this.charge(GAS_MEMORY_WORD * words);
  }

  /**
   * Begins the first call of a transaction, with calldata as it came; `run` makes it. An account without code gets the coins,
   * whatever the data.
   */
  begin(caller: Address, target: Address, value: bigint, data: Uint8Array): void {
    this.#observer?.enter(this, { kind: 'call', from: caller, to: target, value, input: data });
    this.#started(this.#begin(caller, target, value, data));
  }

  /** Makes the contract that `data` describes; `run` runs its constructor. */
  deploy(sender: Address, nonce: number, value: bigint, data: Uint8Array): void {
    const address = contractAddress(sender, nonce);
    this.#isDeployment = true;
    this.#observer?.enter(this, { kind: 'deploy', from: sender, to: address, value, input: data });
    this.#started(this.#deploy(sender, address, value, data));
  }

  call(frame: Frame, message: Message, delivery: Delivery): Failure | undefined {
    const { caller, target, value, selector, args } = message;
    if (this.#observer !== undefined) {
      const input = selector === undefined ? EMPTY_BYTES : encodeCall(selector, args);
      const kind = message.isView ? 'viewCall' : 'call';
      this.#observer.enter(this, { kind, from: caller, to: target, value, input });
    }
    const failure = this.#call(frame, message, delivery);
    if (failure === undefined) frame.isRunning = false;
    else this.#observer?.leave(this, [], failure);
    return failure;
  }

  /** Runs to the end, or until the next instruction would use more than `gas`; at least one runs. Whether the end is reached. */
  run(gas: number = Number.POSITIVE_INFINITY): boolean {
    const start = this.#meter.left;
    const floor = Math.max(0, start - gas);
    while (this.#outcome === undefined) {
      const activation = this.#activations.at(-1);
      assert(activation !== undefined, 'a run that has not ended has a frame');
      if (!this.#runFrame(activation, start, floor)) return false;
    }
    return true;
  }

  /** Adds a log, up to {@link MAX_LOGS}. */
  addLog(log: Log): Failure | undefined {
    if (this.logs.length >= MAX_LOGS) return fail('revert', `more than ${MAX_LOGS} logs in a transaction`);
    this.logs.push(log);
    return undefined;
  }

  transfer(from: Address, to: Address, amount: bigint): Failure | undefined {
    const balance = this.state.balance(from);
    if (amount > balance) return fail('insufficientBalance', `${from} has ${balance} wei of ${amount}`);
    this.state.subBalance(from, amount);
    this.state.addBalance(to, amount);
    return undefined;
  }

  #begin(caller: Address, target: Address, value: bigint, data: Uint8Array): Failure | undefined {
    const program = this.#programAt(target);
    if (program === undefined) return this.transfer(caller, target, value);
    const payment = { caller, target, value, selector: undefined, args: [], isView: false };
    if (data.length === 0) return this.#dispatch(program, payment, TO_NOBODY);
    if (data.length < SELECTOR_BYTES) return fail('noFunction', 'calldata is shorter than a selector');
    const args = readArguments(data.subarray(SELECTOR_BYTES));
    if (args === undefined) return NOT_WHOLE_WORDS;
    const selector = Number(readWord(data, 0, SELECTOR_BYTES));
    return this.#dispatch(program, { ...payment, selector, args }, TO_NOBODY);
  }

  #call(frame: Frame, message: Message, delivery: Delivery): Failure | undefined {
    const { target, value } = message;
    if (this.#activations.length >= MAX_CALL_DEPTH)
      return fail('callDepth', `calls nest deeper than ${MAX_CALL_DEPTH}`);
    if (this.#activations.some((activation) => activation.frame.self === target)) {
      return fail('reentrancy', `${target} is on the call stack`);
    }
    const program = this.#programAt(target);
    if (program === undefined) return fail('noContract', `no contract at ${target}`);
    // A payment has paid for moving its coins.
    const coinGas = value === 0n || message.selector === undefined ? 0 : GAS_TRANSFER;
    const codeGas = this.#paidCode.has(target) ? 0 : GAS_CALL_CODE_BYTE * program.length;
    this.#paidCode.add(target);
    const isView = frame.isView || message.isView;
    return this.charge(codeGas + coinGas) ?? this.#dispatch(program, { ...message, isView }, delivery);
  }

  #deploy(sender: Address, address: Address, value: bigint, data: Uint8Array): Failure | undefined {
    const split = splitDeployment(data);
    if (split.fault) return fail('invalidCode', split.fault.detail);
    const { code, args } = split.value;
    const outOfGas = this.charge(GAS_CODE_BYTE * code.length);
    if (outOfGas) return outOfGas;
    const verified = verifyCode(code);
    if (verified.fault) return fail('invalidCode', `at ${verified.fault.offset}: ${verified.fault.detail}`);
    const existing = this.state.account(address);
    if (existing !== undefined && (existing.codeHash !== null || existing.nonce !== 0)) {
      return fail('addressTaken', `${address} is taken`);
    }
    this.state.incrementNonce(address);
    this.state.setCode(address, code);
    return this.#construct(verified.value, sender, address, value, args);
  }

  #construct(
    program: VerifiedCode,
    caller: Address,
    self: Address,
    value: bigint,
    data: Uint8Array,
  ): Failure | undefined {
    const args = readArguments(data);
    if (args === undefined) return NOT_WHOLE_WORDS;
    const { constructorFunction } = program;
    if (constructorFunction === undefined) {
      if (args.length > 0) return fail('badArguments', 'the contract has no constructor and takes no arguments');
      return value > 0n ? fail('notPayable', 'the contract has no constructor and takes no coins') : undefined;
    }
    const message = { caller, target: self, value, selector: constructorFunction.selector, args, isView: false };
    return this.#enter(program, constructorFunction, message, TO_NOBODY);
  }

  /** The program of an account, `undefined` when it has no code. */
  #programAt(address: Address): VerifiedCode | undefined {
    const codeHash = this.state.account(address)?.codeHash ?? null;
    return codeHash === null ? undefined : programOf(codeHash, () => this.state.code(address));
  }

  #dispatch(program: VerifiedCode, message: Message, delivery: Delivery): Failure | undefined {
    const { selector, target } = message;
    const entry = selector === undefined ? program.receiveFunction : program.functions.get(selector);
    if (entry !== undefined) return this.#enter(program, entry, message, delivery);
    if (selector === undefined) return fail('noFunction', `no function was named, and ${target} has no receive`);
    return fail('noFunction', `no function ${selectorToHex(selector)} at ${target}`);
  }

  /** Puts the frame of a function on the call stack. */
  #enter(program: VerifiedCode, entry: VerifiedFunction, message: Message, delivery: Delivery): Failure | undefined {
    const { caller, target: self, value, args } = message;
    const isView = message.isView || entry.view;
    if (args.length < entry.headWords) {
      return fail('badArguments', `${entry.headWords} argument words expected, ${args.length} given`);
    }
    if (message.isView && value > 0n) return VIEW_VIOLATION;
    if (value > 0n && !entry.payable) {
      return fail('notPayable', `function ${selectorToHex(entry.selector)} takes no coins`);
    }
    const failure = value > 0n ? this.transfer(caller, self, value) : undefined;
    if (failure !== undefined) return failure;
    const frame = new Frame(this, program, entry.start, { self, caller, value, args, isView });
    this.#activations.push({ frame, program, delivery });
    return undefined;
  }

  /** After the first call was begun: without a frame there is nothing to run. */
  #started(failure: Failure | undefined): void {
    if (failure === undefined && this.#activations.length > 0) return;
    this.#observer?.leave(this, [], failure);
    this.#outcome = failure === undefined ? { value: [] } : { fault: failure };
  }

  /** Runs the frame on top until it ends, fails or calls; false when it rests because less than `floor` gas would be left. */
  #runFrame(activation: Activation, start: number, floor: number): boolean {
    const { frame, program } = activation;
    const meter = this.#meter;
    const end =
      this.#observer === undefined
        ? runFast(frame, program, meter, start, floor)
        : runReadable(frame, program, meter, start, floor, this.#observer);
    if (end === RESTED) return false;
    if (end !== undefined) this.#fail(end);
    else if (this.#activations.at(-1) === activation) this.#leave(activation);
    return true;
  }

  /** The frame on top has ended: its words go to the frame below, which goes on. */
  #leave({ frame, delivery }: Activation): void {
    this.#activations.pop();
    const below = this.#activations.at(-1)?.frame;
    const output = below === undefined && this.#isDeployment ? [] : frame.output;
    this.#observer?.leave(this, output, undefined);
    if (below === undefined) {
      this.#outcome = { value: output };
    } else {
      const failure = this.#deliver(frame, below, delivery);
      if (failure !== undefined) this.#fail(failure);
      else below.isRunning = true;
    }
  }

  /** Gives a frame the words of a call that it waited for. */
  #deliver({ output, self }: Frame, to: Frame, delivery: Delivery): Failure | undefined {
    if ('memory' in delivery) {
      const failure = this.charge(GAS_WORD * output.length) ?? to.store(delivery.memory, output);
      if (failure === undefined) to.push(BigInt(output.length));
      return failure;
    }
    if (output.length !== delivery.count) {
      return fail('badArguments', `${output.length} words returned by ${self}, ${delivery.count} expected`);
    }
    for (const word of output) to.push(word);
    return undefined;
  }

  /** A failure inside fails all frames, the innermost first. */
  #fail(failure: Failure): void {
    while (this.#activations.pop() !== undefined) this.#observer?.leave(this, [], failure);
    this.#outcome = { fault: failure };
  }
}

/** What the first frame returns is nobody's on the stack. */
const TO_NOBODY: Delivery = { count: 0 };
const NOT_WHOLE_WORDS: Failure = Object.freeze(fail('badArguments', 'arguments are not whole words of 32 bytes'));

/** The words of calldata without its selector, or `undefined` when the last is cut. */
function readArguments(data: Uint8Array): readonly bigint[] | undefined {
  if (data.length % WORD_BYTES !== 0) return undefined;
  const words: bigint[] = [];
  for (let offset = 0; offset < data.length; offset += WORD_BYTES) {
    words.push(readWord(data, offset));
  }
  return words;
}
