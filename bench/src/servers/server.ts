import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { assert, WattchainError } from '@wattchain/core';
import { interruption } from '../interruption.js';
import { cpuSecondsOfTree } from './processTree.js';
import { RpcClient } from './rpcClient.js';

/** Milliseconds that a server may take until it answers. */
const START_MS = 60_000;
const LOOK_MS = 50;
/** Milliseconds that it has to clear up. */
const STOP_MS = 5_000;
/** Characters of what it printed that an error shows. */
const SHOWN_OUTPUT = 500;

/** How a server is started: a program with its arguments, which must stay in the foreground. */
export interface ServerCommand {
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
}

/** A server of JSON-RPC under measurement, a process of its own with all that it starts. */
export class Server {
  readonly client: RpcClient;
  readonly #forget: () => void;
  #output = '';

  private constructor(
    private readonly child: ChildProcess,
    url: string,
  ) {
    this.client = new RpcClient(url);
    this.#forget = interruption.add(() => this.stop());
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (text: Buffer) => {
        this.#output = (this.#output + text.toString('utf8')).slice(-SHOWN_OUTPUT);
      });
    }
  }

  /**
   * Starts a server and waits until it answers.
   *
   * @throws WattchainError `benchServer` with the last that it printed
   */
  static async start(commandFor: (port: number) => ServerCommand): Promise<Server> {
    const port = await freePort();
    const { program, args, cwd, env = {} } = commandFor(port);
    const child = spawn(program, [...args], {
      ...(cwd === undefined ? {} : { cwd }),
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let failure: Error | undefined;
    child.on('error', (error) => {
      failure = error;
    });
    const server = new Server(child, `http://127.0.0.1:${port}`);
    for (const untilMs = performance.now() + START_MS; ; await sleep(LOOK_MS)) {
      try {
        await server.client.call('eth_chainId', []);
        return server;
      } catch {
        // It does not listen yet.
      }
      if (failure === undefined && server.#isRunning() && performance.now() < untilMs) continue;
      await server.stop();
      const reason = failure?.message ?? server.#output.trim();
      throw new WattchainError('benchServer', `${program} does not answer: ${reason || `exit code ${child.exitCode}`}`);
    }
  }

  /** CPU seconds of all its processes so far. */
  cpuSeconds(): number {
    const { pid } = this.child;
    assert(pid !== undefined && this.#isRunning(), 'a server that is measured runs');
    return cpuSecondsOfTree(pid);
  }

  /** Ends it. */
  async stop(): Promise<void> {
    this.client.close();
    if (this.child.pid !== undefined && this.#isRunning()) {
      const ended = once(this.child, 'exit');
      this.child.kill('SIGTERM');
      const impatience = setTimeout(() => this.child.kill('SIGKILL'), STOP_MS);
      await ended;
      clearTimeout(impatience);
    }
    this.#forget();
  }

  #isRunning(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
