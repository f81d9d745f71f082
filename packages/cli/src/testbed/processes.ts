import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { WattchainError } from '@wattchain/core';
import type { ClockMessage } from './movedClock.js';
import type { MachineName } from './participants.js';

/** How long a node may take to stop before it is killed: it ends itself within 5 s, by timers that come late where others use the processor. */
const STOP_TIMEOUT_MS = 30_000;
/** How long a node may take from its start to its first answer: a second or two, and much longer where others use the processor. */
const START_TIMEOUT_MS = 60_000;
const HEALTH_POLL_MS = 100;

const entryPoint = fileURLToPath(new URL('../../bin/wattchain.js', import.meta.url));

/** One node of the testbed: an operating-system process that is started again whenever it ends by itself. */
export class NodeProcess {
  #child: ChildProcess | undefined;
  #stopping = false;
  #clockAheadMs: number | undefined;

  constructor(
    readonly name: MachineName,
    readonly dataDir: string,
    readonly rpcUrl: string,
    private readonly onRestart: (name: MachineName, how: string) => void,
  ) {}

  /** Process id of the node that runs now. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** The node's log. */
  get logFile(): string {
    return join(this.dataDir, 'node.log');
  }

  /** The clock of the process is so far ahead of the system's from now on, also when it is started again; before its start too. */
  setClockAhead(clockAheadMs: number): void {
    this.#clockAheadMs = clockAheadMs;
    const message: ClockMessage = { clockAheadMs };
    if (this.#child?.connected) this.#child.send(message);
  }

  /** Starts the process and waits until its RPC answers. Errors: `nodeDidNotStart`, with the log's place. */
  async start(): Promise<void> {
    this.#stopping = false;
    this.#spawn();
    await this.#waitForAnswer();
  }

  #spawn(): void {
    const log = openSync(this.logFile, 'a');
    const clock = this.#clockAheadMs === undefined ? [] : [`--clock-ahead=${this.#clockAheadMs}`];
    const child = spawn(process.execPath, [entryPoint, 'node', '--data', this.dataDir, ...clock], {
      // The channel carries nothing but a moved clock: it ends with this process, however that ends, and the node with it.
      stdio: ['ignore', log, log, 'ipc'],
      // In a group of its own, so that Ctrl-C reaches the testbed alone, which then stops its nodes in order.
      detached: true,
    });
    closeSync(log);
    this.#child = child;
    child.once('exit', (code, signal) => {
      if (this.#stopping || this.#child !== child) return;
      this.onRestart(this.name, signal ?? `exit code ${code}`);
      this.#spawn();
    });
  }

  async #waitForAnswer(): Promise<void> {
    const deadline = Date.now() + START_TIMEOUT_MS;
    while (!this.#stopping) {
      const answer = await fetch(`${this.rpcUrl}/health`).catch(() => undefined);
      if (answer) return;
      if (Date.now() > deadline || (this.#child?.exitCode ?? 0) > 0) {
        throw new WattchainError('nodeDidNotStart', `${this.name} does not answer at ${this.rpcUrl}`, {
          values: { machine: this.name, log: this.logFile },
          hint: `its log says why: ${this.logFile}`,
        });
      }
      await new Promise((resolve) => setTimeout(resolve, HEALTH_POLL_MS));
    }
  }

  /** Ends the process at once. */
  kill(): void {
    this.#stopping = true;
    this.#child?.kill('SIGKILL');
  }

  /** Asks the node to stop and waits for it; kills it when it takes too long. */
  async stop(): Promise<void> {
    this.#stopping = true;
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
    await ended;
    clearTimeout(timer);
  }
}
