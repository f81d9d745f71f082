import { assert, type Failure } from '@wattchain/core';
import type { VerifiedCode } from '../verify.js';
import { OUT_OF_GAS } from './failure.js';
import type { Frame } from './frame.js';
import type { MachineObserver } from './observer.js';
import { type GasMeter, RESTED } from './runFast.js';

/**
 * The readable twin of `runFast`: one instruction after the other, each charged and then run by the handler of its row. What an
 * observer watches runs this way.
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
    const instruction = program.instructions[frame.next];
    assert(instruction !== undefined, 'the verifier let a way run past the end');
    const left = meter.left - instruction.gas;
    if (left < floor && left >= 0 && meter.left < start) return RESTED;
    frame.next += 1;
    observer.step(frame, instruction, program);
    meter.left = left;
    const failure = left < 0 ? OUT_OF_GAS : instruction.opcode.handler(frame, instruction.immediates);
    if (failure !== undefined) return failure;
  }
  return undefined;
}
