import {
  type Address,
  assert,
  bytesToBigInt,
  contractAddress,
  type Failure,
  type Log,
  type Outcome,
  type StateJournal,
} from '@wattchain/core';
import { encodeCall, selectorToHex } from '../abi.js';
import { splitDeployment } from '../code.js';
import { GAS_CALL_CODE_BYTE, GAS_CODE_BYTE, GAS_TRANSFER } from '../gas.js';
import { type VerifiedCode, type VerifiedFunction, verifyCode } from '../verify.js';
import type { BlockContext } from './context.js';
import { fail, OUT_OF_GAS, VIEW_VIOLATION } from './failure.js';
import { Frame } from './frame.js';
import { MAX_CALL_DEPTH, MAX_LOGS } from './limits.js';
import type { MachineObserver } from './observer.js';
import { programOf } from './program.js';

const SELECTOR_BYTES = 4;
const WORD_BYTES = 32;

/** A call of a contract's function. */
export interface Message {
  readonly caller: Address;
  readonly target: Address;
  /** Coins that go along, in wei. */
  readonly value: bigint;
  readonly selector: number;
  readonly args: readonly bigint[];
}

/** The words that a call returned, or why it failed. */
export type CallOutcome = Outcome<readonly bigint[], Failure>;

/**
 * Runs the contracts of one transaction: the state it works on, the gas it has left, the logs so far, the contracts on the
 * call stack. It undoes nothing: a failure inside fails the transaction, whose state its caller takes back as a whole.
 */
export class Machine {
  readonly state: StateJournal;
  readonly block: BlockContext;
  readonly logs: Log[] = [];
  readonly #callStack: Address[] = [];
  readonly #observer: MachineObserver | undefined;
  #gasLeft: number;

  constructor(state: StateJournal, block: BlockContext, gasLimit: number, observer?: MachineObserver) {
    this.state = state;
    this.block = block;
    this.#gasLeft = gasLimit;
    this.#observer = observer;
  }

  /** Gas not used yet; negative once it ran out. */
  get gasLeft(): number {
    return this.#gasLeft;
  }

  /** Takes gas from the transaction's one counter, or fails. */
  charge(gas: number): Failure | undefined {
    this.#gasLeft -= gas;
    return this.#gasLeft < 0 ? OUT_OF_GAS : undefined;
  }

  /** The first call of a transaction: calldata as it came. An account without code gets the coins, whatever the data. */
  callWithData(caller: Address, target: Address, value: bigint, data: Uint8Array): CallOutcome {
    this.#observer?.enter(this, { kind: 'call', from: caller, to: target, value, input: data });
    const outcome = this.#callWithData(caller, target, value, data);
    this.#observer?.leave(this, outcome.value ?? [], outcome.fault);
    return outcome;
  }

  /** A call that a frame makes: checks that the target can be entered and charges what depends on it. */
  callFrom(frame: Frame, message: Message): CallOutcome {
    const { caller, target, value, selector, args } = message;
    this.#observer?.enter(this, { kind: 'call', from: caller, to: target, value, input: encodeCall(selector, args) });
    const outcome = this.#callFrom(frame, message);
    this.#observer?.leave(this, outcome.value ?? [], outcome.fault);
    return outcome;
  }

  /** Makes the contract that `data` describes and runs its constructor. */
  deploy(sender: Address, nonce: number, value: bigint, data: Uint8Array): Outcome<Address, Failure> {
    const address = contractAddress(sender, nonce);
    this.#observer?.enter(this, { kind: 'deploy', from: sender, to: address, value, input: data });
    const failure = this.#deploy(sender, address, value, data);
    this.#observer?.leave(this, [], failure);
    return failure === undefined ? { value: address } : { fault: failure };
  }

  /** Adds a log, up to {@link MAX_LOGS}. */
  addLog(log: Log): Failure | undefined {
    if (this.logs.length >= MAX_LOGS) return fail('revert', `more than ${MAX_LOGS} logs in a transaction`);
    this.logs.push(log);
    return undefined;
  }

  /** Moves coins if the payer has them. */
  transfer(from: Address, to: Address, amount: bigint): Failure | undefined {
    const balance = this.state.balance(from);
    if (amount > balance) return fail('insufficientBalance', `${from} has ${balance} wei of ${amount}`);
    this.state.subBalance(from, amount);
    this.state.addBalance(to, amount);
    return undefined;
  }

  #callWithData(caller: Address, target: Address, value: bigint, data: Uint8Array): CallOutcome {
    const program = this.#programAt(target);
    if (program === undefined) {
      const failure = this.transfer(caller, target, value);
      return failure === undefined ? { value: [] } : { fault: failure };
    }
    if (data.length < SELECTOR_BYTES) return { fault: fail('noFunction', 'calldata is shorter than a selector') };
    const args = readArguments(data.subarray(SELECTOR_BYTES));
    if (args === undefined) return { fault: NOT_WHOLE_WORDS };
    const selector = Number(bytesToBigInt(data.subarray(0, SELECTOR_BYTES)));
    return this.#dispatch(program, { caller, target, value, selector, args }, false);
  }

  #callFrom(frame: Frame, message: Message): CallOutcome {
    const { target, value } = message;
    if (this.#callStack.length >= MAX_CALL_DEPTH) {
      return { fault: fail('callDepth', `calls nest deeper than ${MAX_CALL_DEPTH}`) };
    }
    if (this.#callStack.includes(target)) return { fault: fail('reentrancy', `${target} is on the call stack`) };
    const program = this.#programAt(target);
    if (program === undefined) return { fault: fail('noContract', `no contract at ${target}`) };
    const gas = GAS_CALL_CODE_BYTE * program.length + (value === 0n ? 0 : GAS_TRANSFER);
    const failure = this.charge(gas);
    return failure === undefined ? this.#dispatch(program, message, frame.isView) : { fault: failure };
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
    const message = { caller, target: self, value, selector: constructorFunction.selector, args };
    return this.#enter(program, constructorFunction, message, false).fault;
  }

  /** The program of an account, `undefined` when it has no code. */
  #programAt(address: Address): VerifiedCode | undefined {
    const codeHash = this.state.account(address)?.codeHash ?? null;
    return codeHash === null ? undefined : programOf(codeHash, () => this.state.code(address));
  }

  #dispatch(program: VerifiedCode, message: Message, isCallerView: boolean): CallOutcome {
    const entry = program.functions.get(message.selector);
    if (entry === undefined) {
      return { fault: fail('noFunction', `no function ${selectorToHex(message.selector)} at ${message.target}`) };
    }
    return this.#enter(program, entry, message, isCallerView);
  }

  #enter(program: VerifiedCode, entry: VerifiedFunction, message: Message, isCallerView: boolean): CallOutcome {
    const { caller, target: self, value, args } = message;
    if (args.length < entry.headWords) {
      return { fault: fail('badArguments', `${entry.headWords} argument words expected, ${args.length} given`) };
    }
    if (isCallerView && (!entry.view || value > 0n)) return { fault: VIEW_VIOLATION };
    if (value > 0n && !entry.payable) {
      return { fault: fail('notPayable', `function ${selectorToHex(entry.selector)} takes no coins`) };
    }
    const failure = value > 0n ? this.transfer(caller, self, value) : undefined;
    if (failure !== undefined) return { fault: failure };
    this.#callStack.push(self);
    const frame = new Frame(this, entry.start, { self, caller, value, args, isView: entry.view });
    const outcome = this.#run(frame, program);
    this.#callStack.pop();
    return outcome;
  }

  #run(frame: Frame, program: VerifiedCode): CallOutcome {
    const { instructions } = program;
    const observer = this.#observer;
    while (frame.isRunning) {
      const instruction = instructions[frame.next];
      assert(instruction !== undefined, 'the verifier let a way run past the end');
      frame.next += 1;
      if (observer !== undefined) observer.step(frame, instruction, program);
      this.#gasLeft -= instruction.gas;
      if (this.#gasLeft < 0) return { fault: OUT_OF_GAS };
      const failure = instruction.opcode.handler(frame, instruction.immediates);
      if (failure !== undefined) return { fault: failure };
    }
    return { value: frame.output };
  }
}

const NOT_WHOLE_WORDS: Failure = Object.freeze(fail('badArguments', 'arguments are not whole words of 32 bytes'));

/** The words of calldata without its selector, or `undefined` when the last is cut. */
function readArguments(data: Uint8Array): readonly bigint[] | undefined {
  if (data.length % WORD_BYTES !== 0) return undefined;
  const words: bigint[] = [];
  for (let offset = 0; offset < data.length; offset += WORD_BYTES) {
    words.push(bytesToBigInt(data.subarray(offset, offset + WORD_BYTES)));
  }
  return words;
}
