/** The reference in Python, as a process that answers line by line. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import { WattchainError } from '@wattchain/core';
import type { Line, ReferenceAnswer } from './script.js';

const answers = (line: Line) => !('day' in line) && !('block' in line);

/** Plays scripts in the reference, one after the other. */
export class Reference {
  readonly #process: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  /**
   * @param script path of reference.py
   * @throws WattchainError `noPython` where there is no python3
   */
  constructor(script: string) {
    if (spawnSync('python3', ['--version']).status !== 0) {
      throw new WattchainError('noPython', 'the reference is written in Python, and there is no python3 here', {
        hint: 'install Python 3.11 or newer; the recorded days of npm test need none',
      });
    }
    this.#process = spawn('python3', ['-B', script], { stdio: ['pipe', 'pipe', 'inherit'] });
    // Who writes to an ended process learns of it by the answer that does not come.
    this.#process.stdin?.on('error', () => undefined);
    const { stdout } = this.#process;
    if (stdout === null)
      throw new WattchainError('noPython', 'the reference has no output', { hint: 'run it by hand' });
    this.#lines = createInterface({ input: stdout })[Symbol.asyncIterator]();
  }

  /** The answers to those lines of a day that have one, in their order. */
  async play(day: readonly Line[]): Promise<ReferenceAnswer[]> {
    this.#process.stdin?.write(`${day.map((line) => JSON.stringify(line)).join('\n')}\n`);
    const found: ReferenceAnswer[] = [];
    for (const _line of day.filter(answers)) {
      const { value, done } = await this.#lines.next();
      if (done) {
        throw new WattchainError('referenceFailed', 'the reference ended within a day', {
          hint: 'its message is above; the day is named with its seed',
        });
      }
      found.push(JSON.parse(value) as ReferenceAnswer);
    }
    return found;
  }

  close(): void {
    this.#process.stdin?.end();
  }
}
