/** The reference in Python, as a process that answers line by line. */
import { LineProcess } from './lineProcess.js';
import type { Line, ReferenceAnswer } from './script.js';

const answers = (line: Line) => !('day' in line) && !('block' in line);

/** Plays scripts in the reference, one after the other. */
export class Reference {
  readonly #process: LineProcess;

  /**
   * @param script path of reference.py
   * @throws WattchainError `noPython` where there is no python3
   */
  constructor(script: string) {
    this.#process = new LineProcess(script);
  }

  /** The answers to those lines of a day that have one, in their order. */
  async play(day: readonly Line[]): Promise<ReferenceAnswer[]> {
    this.#process.send(day);
    const found: ReferenceAnswer[] = [];
    for (const _line of day.filter(answers)) found.push((await this.#process.next()) as ReferenceAnswer);
    return found;
  }

  close(): void {
    this.#process.close();
  }
}
