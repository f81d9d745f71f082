import { median } from '../statistics.js';

const CALIBRATION_STEPS = 100_000;
const CALIBRATION_ROUNDS = 101;

/**
 * A loop over two integers, without memory or system calls, that takes about `durationMs` here. How much longer it sometimes takes is the machine's
 * doing, or that of other programs.
 */
export function createArithmetic(durationMs: number): () => number {
  const times = Array.from({ length: CALIBRATION_ROUNDS }, () => {
    const startMs = performance.now();
    compute(CALIBRATION_STEPS);
    return performance.now() - startMs;
  });
  const steps = Math.ceil((durationMs / median(times)) * CALIBRATION_STEPS);
  return () => compute(steps);
}

/** A linear congruential generator: each step waits for the one before, so none can be left out. */
function compute(steps: number): number {
  let value = 1;
  for (let step = 0; step < steps; step++) value = (Math.imul(value, 1_664_525) + 1_013_904_223) | 0;
  return value;
}
