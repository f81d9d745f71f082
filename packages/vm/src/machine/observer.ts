import type { Address, Failure } from '@wattchain/core';
import type { Instruction } from '../instruction.js';
import type { VerifiedCode } from '../verify.js';
import type { Frame, MachineAccess } from './frame.js';

/** A call or deployment as it is asked for, before anything about it is checked. */
export interface ObservedCall {
  /** A `viewCall` is asked to change nothing, whatever it calls. */
  readonly kind: 'call' | 'viewCall' | 'deploy';
  readonly from: Address;
  /** Of a deployment the contract that it makes. */
  readonly to: Address;
  /** In wei. */
  readonly value: bigint;
  /** Calldata, or the data of the deployment. */
  readonly input: Uint8Array;
}

/**
 * What a machine tells of a run while it runs, for traces. An observer reads and changes nothing; what it is shown is only
 * valid during the call. Calls nest: every `enter` has its `leave`.
 */
export interface MachineObserver {
  /** A call begins; `machine.gasLeft` is what it begins with. */
  enter(machine: MachineAccess, call: ObservedCall): void;
  /** An instruction is about to be charged and run, in the call entered last. */
  step(frame: Frame, instruction: Instruction, program: VerifiedCode): void;
  /** The call entered last ended: with the words that it returned, or a failure. */
  leave(machine: MachineAccess, output: readonly bigint[], failure: Failure | undefined): void;
}
