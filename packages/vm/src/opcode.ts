/** What a row of the opcode table is. The rows themselves stand in `opcodes.ts`, above the handlers that they name. */
import type { Failure } from '@wattchain/core';
import type { ImmediateKind, ImmediateValue } from './immediates.js';
import type { Frame } from './machine/frame.js';

/** Runs one instruction on a frame whose stack the verifier has measured; returns why it fails, or nothing. Never awaits. */
export type Handler = (frame: Frame, immediates: readonly ImmediateValue[]) => Failure | undefined;

/** What an instruction costs: `base`, `perWord` for each word counted by the immediates at `counts`, and what the handler adds. */
export interface GasCost {
  readonly base: number;
  readonly perWord?: number;
  /** Positions of the immediates that count words. */
  readonly counts?: readonly number[];
  /** What the handler charges on top, in words. */
  readonly extra?: string;
}

/**
 * Where execution goes on: at the next instruction, at the target, at either, nowhere, at the next one after a subroutine, or
 * behind the call of the one that runs.
 */
export type Flow = 'next' | 'jump' | 'branch' | 'end' | 'subroutine' | 'return';

/** A section of docs/opcodes.md. */
export type OpcodeFamily =
  | 'control'
  | 'stack'
  | 'arithmetic'
  | 'signed'
  | 'logic'
  | 'calldata'
  | 'memory'
  | 'storage'
  | 'context'
  | 'effects';

/** A row. `pops` counts the words that must be there, `pushes` those that stand in their place afterwards; of CALLSUB and RETSUB the header says it. */
export interface Opcode {
  /** The byte. */
  readonly code: number;
  /** Mnemonic in upper case; the assembly writes it in lower case. */
  readonly name: string;
  readonly family: OpcodeFamily;
  /** What follows the byte in the code, in this order. */
  readonly immediates: readonly ImmediateKind[];
  /** `( before -- after )`, top of the stack on the right. */
  readonly stack: string;
  readonly pops: (immediates: readonly ImmediateValue[]) => number;
  readonly pushes: (immediates: readonly ImmediateValue[]) => number;
  readonly gas: GasCost;
  readonly flow: Flow;
  /** Whether it changes the state or the logs, which a view function may not. */
  readonly writes: boolean;
  readonly prose: string;
  readonly handler: Handler;
}

/** Gas of an instruction as far as its immediates decide it; what `extra` names is charged while it runs. */
export function staticGas(opcode: Opcode, immediates: readonly ImmediateValue[]): number {
  const { base, perWord = 0, counts = [] } = opcode.gas;
  return counts.reduce((sum, position) => sum + perWord * (immediates[position] as number), base);
}
