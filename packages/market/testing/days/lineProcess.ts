/** A Python script as a process that answers line by line. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import { WattchainError } from '@wattchain/core';

export class LineProcess {
  readonly #process: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  /**
   * @param script path of the script
   * @throws WattchainError `noPython` where there is no python3
   */
  constructor(script: string) {
    if (spawnSync('python3', ['--version']).status !== 0) {
      throw new WattchainError('noPython', 'the reference is written in Python, and there is no python3 here', {
        hint: 'install Python 3.11 or newer; what npm test has recorded needs none',
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

  send(lines: readonly unknown[]): void {
    this.#process.stdin?.write(`${lines.map((line) => JSON.stringify(line)).join('\n')}\n`);
  }

  /**
   * The next line, parsed.
   * @throws WattchainError `referenceFailed` where the script has ended
   */
  async next(): Promise<unknown> {
    const { value, done } = await this.#lines.next();
    if (!done) return JSON.parse(value);
    throw new WattchainError('referenceFailed', 'the reference ended before it answered', {
      hint: 'its message is above; what it was asked is named with its seed',
    });
  }

  close(): void {
    this.#process.stdin?.end();
  }
}
