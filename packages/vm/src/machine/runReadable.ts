import { assert, type Failure } from '@wattchain/core';
import type { VerifiedCode } from '../verify.js';
import { OUT_OF_GAS } from './failure.js';
import type { Frame } from './frame.js';
import type { MachineObserver } from './observer.js';

/** The one counter of a transaction's gas. */
export interface GasMeter {
  /** Gas not used yet; negative once it ran out. */
  left: number;
}

/** Said instead of a failure when the frame rests before an instruction. */
export const RESTED = Symbol('rested');

/**
 * Runs a frame until it ends, waits for a call, fails, or rests because less than `floor` gas would be left, though never before it
 * has used any of `start`: one instruction after the other, each charged and then run by the handler of its row. What an observer watches
 * runs this way; `runFast` is its fast twin.
 */
export function runReadable(
  frame: Frame,
  program: VerifiedCode,
  meter: GasMeter,
  start: number,
  floor: number,
  observer: MachineObserver,
): Failure | typeof RESTED | undefined {
  while (frame.isRunning) {
    const end = runInstruction(frame, program, meter, start, floor, observer);
    if (end !== undefined) return end;
  }
  return undefined;
}

/** Runs the next instruction of a frame, or rests before it. */
export function runInstruction(
  frame: Frame,
  program: VerifiedCode,
  meter: GasMeter,
  start: number,
  floor: number,
  observer?: MachineObserver,
): Failure | typeof RESTED | undefined {
  const instruction = program.instructions[frame.next];
  assert(instruction !== undefined, 'the verifier let a way run past the end');
  const left = meter.left - instruction.gas;
  if (left < floor && left >= 0 && meter.left < start) return RESTED;
  frame.next += 1;
  observer?.step(frame, instruction, program);
  meter.left = left;
  return left < 0 ? OUT_OF_GAS : instruction.opcode.handler(frame, instruction.immediates);
}
