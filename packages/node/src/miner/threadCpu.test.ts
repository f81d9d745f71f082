import { expect, it } from 'vitest';
import { threadCpuClock } from './threadCpu.js';

it.runIf(process.platform === 'linux')('counts the work of this thread and not its sleep', () => {
  const cpuMs = threadCpuClock();
  const word = new Int32Array(new SharedArrayBuffer(4));
  const measure = (task: () => void) => {
    const startMs = cpuMs?.() ?? 0;
    task();
    return (cpuMs?.() ?? 0) - startMs;
  };
  // Linux' account moves in steps of up to 10 ms.
  expect(measure(() => Atomics.wait(word, 0, 0, 200))).toBeLessThan(30);
  const processStart = process.cpuUsage();
  const spent = measure(() => {
    let sum = 0;
    for (let i = 0; i < 60_000_000; i++) sum = (sum * 31 + i) | 0;
    expect(sum).not.toBe(1);
  });
  const { user, system } = process.cpuUsage(processStart);
  expect(spent).toBeGreaterThan(10);
  expect(spent).toBeLessThan((user + system) / 1000 + 20);
});
