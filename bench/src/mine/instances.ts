import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { MIDSTATE_COUNT, powDigest } from '@wattchain/core';
import { CONTEST_SEAL_HASH, type JsContestant } from './contestants.js';

/** One running searcher, on a core of its own while it runs. */
export interface Instance {
  /** Searches so long; tries a second. */
  run(durationMs: number): Promise<number>;
  stop(): Promise<void>;
}

/** Why a rival does not take part. */
export class Absent {
  constructor(readonly reason: string) {}
}

/** The header nonce for which every rival has to show the right hash. */
export const CHECKED_NONCE = 7;

/** Starts a JavaScript contestant in a thread of its own, so that no other's types and code disturb it. */
export async function startThread(kind: JsContestant): Promise<Instance> {
  const worker = new Worker(new URL('./contestThread.js', import.meta.url), { workerData: kind });
  await once(worker, 'message');
  return {
    async run(durationMs) {
      worker.postMessage(durationMs);
      const [rate] = (await once(worker, 'message')) as [number];
      return rate;
    },
    async stop() {
      await worker.terminate();
    },
  };
}

/** How a rival in C is built from `bench/peers`. */
export interface CRival {
  readonly name: string;
  readonly source: string;
  readonly flags: readonly string[];
}

/** Compiles a rival into `folder`, for as many midstates as the search takes, and checks that it computes the puzzle; the path of the program. */
export function compileRival(rival: CRival, folder: string): string | Absent {
  if (spawnSync('gcc', ['--version']).status !== 0) return new Absent('no gcc');
  const source = fileURLToPath(new URL(`../../peers/${rival.source}`, import.meta.url));
  const program = join(folder, rival.name.replace(/\W+/g, '-'));
  const compiled = spawnSync('gcc', [...rival.flags, `-DMIDSTATES=${MIDSTATE_COUNT}`, '-o', program, source], {
    encoding: 'utf8',
  });
  if (compiled.status !== 0) return new Absent('gcc does not compile it for this processor');
  const check = spawnSync(program, ['check'], { encoding: 'utf8' });
  if (check.status !== 0) return new Absent('this processor does not run it');
  const topWord = Buffer.from(powDigest(CONTEST_SEAL_HASH, 0n, CHECKED_NONCE).subarray(28)).toString('hex');
  return check.stdout.trim() === topWord ? program : new Absent('it computes another hash');
}

/** Starts a compiled rival as a process. */
export function startProgram(program: string): Instance {
  const child = spawn(program, { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout });
  return {
    async run(durationMs) {
      child.stdin.write(`${durationMs}\n`);
      const [line] = (await once(lines, 'line')) as [string];
      const [tries, seconds] = line.split(' ').map(Number) as [number, number];
      return tries / seconds;
    },
    async stop() {
      const exit = once(child, 'exit');
      child.stdin.end();
      await exit;
    },
  };
}
