import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { WattchainError } from '@wattchain/core';
import { interruption } from '../interruption.js';
import { median } from '../statistics.js';

/** A program that answers JSON-RPC on a port: its name for the report, and its command with `{port}` where the port goes. */
export interface Starter {
  readonly name: string;
  readonly command: readonly string[];
  /** Whether it answers nothing and is measured to its end: what starting a process takes. */
  readonly isOver?: boolean;
}

/** How long a program took from its start to its first answer, in milliseconds. */
export interface StartTime {
  readonly name: string;
  readonly medianMs: number;
  readonly minMs: number;
  readonly maxMs: number;
}

/** A program that has not answered by then will not. */
const DEADLINE_MS = 60_000;
/** Short against what is measured, long enough not to take the processor from the program that starts. */
const POLL_MS = 5;
const CHAIN_ID_REQUEST = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'eth_chainId', params: [] });

/**
 * Starts every program `runs` times, in turns so that a busy moment of the machine meets all of them, and measures the time from
 * starting the process to its answer to `eth_chainId`. Errors: `benchFailed` when one ends or never answers.
 */
export async function measureStart(starters: readonly Starter[], runs: number): Promise<StartTime[]> {
  const times = new Map(starters.map(({ name }) => [name, [] as number[]]));
  for (let run = 0; run < runs; run++) {
    for (const starter of starters) times.get(starter.name)?.push(await startOnce(starter));
  }
  return [...times].map(([name, measured]) => {
    return { name, medianMs: median(measured), minMs: Math.min(...measured), maxMs: Math.max(...measured) };
  });
}

async function startOnce({ name, command, isOver }: Starter): Promise<number> {
  const port = await freePort();
  const [program = '', ...args] = command.map((word) => word.replaceAll('{port}', String(port)));
  const startMs = performance.now();
  // A group of its own, because npx and the like start what they run as a child.
  const child = spawn(program, args, { stdio: 'ignore', detached: true });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const broken = once(child, 'error').then(([cause]) => failed(name, 'it cannot be started', cause));
  const isRunning = () => child.pid !== undefined && child.exitCode === null && child.signalCode === null;
  const end = () => {
    if (child.pid !== undefined && isRunning()) process.kill(-child.pid, 'SIGTERM');
  };
  const forget = interruption.add(end);
  try {
    const isDone =
      isOver === true ? ended.then(() => performance.now() - startMs) : firstAnswer(port, startMs, name, isRunning);
    return await Promise.race([isDone, broken.then((error) => Promise.reject(error))]);
  } finally {
    end();
    if (isRunning()) await ended;
    forget();
  }
}

async function firstAnswer(port: number, startMs: number, name: string, isRunning: () => boolean): Promise<number> {
  while (performance.now() - startMs < DEADLINE_MS) {
    if (await answers(port)) return performance.now() - startMs;
    if (!isRunning()) throw failed(name, 'it ended before it answered');
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  throw failed(name, `it did not answer within ${DEADLINE_MS} ms`);
}

/** Whether the port answers a request with a result. Not by `fetch`, whose cost would be taken from the program that starts. */
function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const headers = { 'content-type': 'application/json', connection: 'close' };
    const call = request({ host: '127.0.0.1', port, method: 'POST', headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => resolve(/"result":\s*"0x/.test(text)));
    });
    // Nobody listens yet.
    call.on('error', () => resolve(false));
    call.end(CHAIN_ID_REQUEST);
  });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return address === null || typeof address === 'string' ? 0 : address.port;
}

function failed(name: string, detail: string, cause?: unknown): WattchainError {
  return new WattchainError('benchFailed', `${name} cannot be measured: ${detail}`, {
    values: { name },
    hint: 'try its command by hand',
    ...(cause === undefined ? {} : { cause }),
  });
}
