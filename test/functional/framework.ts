/**
 * What functional tests are made of: real `wattchain` processes in a temporary directory, on free ports, with conditions to
 * wait for. `network.test.ts` is the one to copy from.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { measureSearchRate } from '../../bench/dist/searchRate.js';
import { peerIdIn } from '../../packages/node/dist/p2p/peerIdentity.js';

export const root = fileURLToPath(new URL('../..', import.meta.url));
const entryPoint = join(root, 'packages/cli/bin/wattchain.js');

/** Accounts of the published mnemonic that tests use: their keys are in `core/src/publishedAccounts.ts`. */
export const TEST_CHAIN_ID = 20_190_704;

/** Shorter than the runner's patience, so that a failure says what was waited for. */
const PATIENCE_MS = 480_000;
/** Part of a core in which a miner works unless a test says otherwise: other tests need the rest. */
const DUTY = 0.05;
/** Processor time of the measurement below. */
const MEASURED_MS = 60;

/**
 * Target of a chain whose blocks take about `blockIntervalMs` from the start with one miner, half of that with two. It is measured: where
 * blocks come many times as fast, two miners find twelve each before they hear of each other's, and no node takes either side's back.
 */
export function testTarget(blockIntervalMs: number): bigint {
  triesPerMs ??= (DUTY * measureSearchRate(MEASURED_MS, cpuMs).triesPerSecond) / 1_000;
  return 2n ** 256n / BigInt(Math.ceil(triesPerMs * blockIntervalMs));
}

let triesPerMs: number | undefined;

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

/** Test ports lie below those that the system gives to outgoing connections, which could take one between the check and its use. */
const FIRST_PORT = 10_000;
const LAST_PORT = 32_000;
/** Files that run at the same time begin at different places. */
let nextPort = FIRST_PORT + ((process.pid * 613) % (LAST_PORT - FIRST_PORT));

/** A TCP port of this machine that is free and that this process was not given before. */
export function freePort(): Promise<number> {
  return freePorts(1);
}

/** The first of so many neighbouring ports. */
export async function freePorts(count: number): Promise<number> {
  for (;;) {
    if (nextPort + count > LAST_PORT) nextPort = FIRST_PORT;
    const first = nextPort;
    nextPort += count;
    const servers = await Promise.all(
      Array.from({ length: count }, async (_, index) => {
        const server = createServer().listen(first + index, '127.0.0.1');
        const free = await once(server, 'listening').then(
          () => true,
          () => false,
        );
        return { server, free };
      }),
    );
    await Promise.all(servers.map(({ server, free }) => free && once(server.close(), 'close')));
    if (servers.every(({ free }) => free)) return first;
  }
}

/** Milliseconds between the first two looks at a condition; then twice as many, up to the second. */
const FIRST_LOOK_MS = 10;
const LOOK_MS = 100;

/** Waits until `condition` gives something, looking again soon and then every 100 ms; the failure says what was waited for. */
export async function waitUntil<T>(
  what: string,
  condition: () => Promise<T | undefined | false>,
  timeoutMs = PATIENCE_MS,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  let lastError: unknown;
  for (let pauseMs = FIRST_LOOK_MS; ; pauseMs = Math.min(2 * pauseMs, LOOK_MS)) {
    try {
      const value = await condition();
      if (value !== undefined && value !== false) return value;
    } catch (error) {
      lastError = error;
    }
    if (Date.now() > deadline) throw new TypeError(`waited ${timeoutMs} ms for ${what}`, { cause: lastError });
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}

/** What a finished process left. */
export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `wattchain` with arguments to its end; nothing is asked on a terminal. */
export async function wattchain(args: readonly string[], env: Record<string, string> = {}): Promise<Finished> {
  return finish(startWattchain(args, env));
}

/** The files below the project's root that a process loaded whose NODE_V8_COVERAGE was this folder: V8's own account. */
export function filesLoaded(coverage: string): string[] {
  const reports = readdirSync(coverage).map((name) => JSON.parse(readFileSync(join(coverage, name), 'utf8')));
  const urls = reports.flatMap(({ result }: { result: { url: string }[] }) => result.map(({ url }) => url));
  return urls.filter((url) => url.startsWith('file:')).map((url) => url.slice(`file://${root}`.length));
}

/** The modules in those files: of a file that the build put together, those that its source map names. */
export function modulesLoaded(coverage: string): string[] {
  return filesLoaded(coverage).flatMap((file) => {
    if (!file.includes('/dist/bundle/')) return file;
    const map = join(root, `${file}.map`);
    // The bundler's own few lines have none.
    if (!existsSync(map)) return [];
    const { sources } = JSON.parse(readFileSync(map, 'utf8')) as { sources: string[] };
    return sources.map((source) => relative(root, resolve(dirname(map), source)));
  });
}

/** Starts `wattchain` and leaves it running. */
export function startWattchain(args: readonly string[], env: Record<string, string> = {}): ChildProcess {
  return spawn(process.execPath, [entryPoint, ...args], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** Collects the output of a process until it ends. */
export async function finish(child: ChildProcess): Promise<Finished> {
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    stderr += chunk;
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout, stderr };
}

/** A node process of a test network. */
export class TestNode {
  #child: ChildProcess | undefined;

  constructor(
    readonly dataDir: string,
    readonly rpcUrl: string,
    readonly p2pPort: number,
  ) {}

  /** Of the process; `undefined` before it was started. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  get logFile(): string {
    return join(this.dataDir, 'node.log');
  }

  get log(): string {
    return readFileSync(this.logFile, 'utf8');
  }

  /**
   * Starts the process and waits for its first answer. Its clock may be off by so many milliseconds, and its files may not become longer than
   * so many bytes, which it sees as it sees a full disk. Node.js may be given options of its own.
   */
  async start({ clockOffsetMs = 0, largestFileBytes = 0, nodeOptions = [] as string[] } = {}): Promise<void> {
    const log = openSync(this.logFile, 'a');
    const shift = `const now = Date.now; Date.now = () => now() + ${clockOffsetMs};`;
    const shifted = clockOffsetMs === 0 ? [] : ['--import', `data:text/javascript,${encodeURIComponent(shift)}`];
    const command = [process.execPath, ...nodeOptions, ...shifted, entryPoint, 'node', '--data', this.dataDir];
    const limit = `ulimit -f ${Math.floor(largestFileBytes / 512)} && exec "$0" "$@"`;
    const [program = '', ...args] = largestFileBytes === 0 ? command : ['sh', '-c', limit, ...command];
    this.#child = spawn(program, args, { stdio: ['ignore', log, log] });
    closeSync(log);
    const child = this.#child;
    await waitUntil(`${this.dataDir} to answer`, async () => {
      if (child.exitCode !== null) throw new TypeError(`the node ended: ${this.log}`);
      return (await fetch(`${this.rpcUrl}/health`)) !== undefined;
    });
  }

  /** Sends a signal and waits for the end of the process. */
  async end(signal: 'SIGTERM' | 'SIGINT' | 'SIGKILL'): Promise<number | null> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? null;
    const ended = once(child, 'exit') as Promise<[number | null]>;
    child.kill(signal);
    const [code] = await ended;
    return code;
  }

  /** Calls a JSON-RPC method; an error of the node is thrown with its message. */
  async rpc<Result>(method: string, params: readonly unknown[] = []): Promise<Result> {
    const response = await fetch(this.rpcUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
    });
    const answer = (await response.json()) as { result: Result; error?: { message: string } };
    if (answer.error) throw new TypeError(`${method}: ${answer.error.message}`);
    return answer.result;
  }

  /** Height of its head. */
  async height(): Promise<number> {
    return Number(await this.rpc<string>('eth_blockNumber'));
  }
}

/** How a test network is made. */
export interface TestNetworkOptions {
  readonly nodes: number;
  /** Which nodes mine, by index. */
  readonly miners: readonly number[];
  readonly blockIntervalMs?: number;
  /** Nodes that must answer before one mines; absent: a strict majority. */
  readonly minMembers?: number;
  /** Part of the time in which each miner's thread works. */
  readonly duty?: number;
}

/** Nodes that know each other, in a temporary directory. */
export class TestNetwork {
  private constructor(
    readonly directory: string,
    readonly nodes: readonly TestNode[],
  ) {}

  /** Writes the genesis and the data directories; nothing runs yet. `genesis` is the file's content. */
  static async create(genesis: object, options: TestNetworkOptions, minerAddress: string): Promise<TestNetwork> {
    const { minMembers } = options;
    const directory = mkdtempSync(join(tmpdir(), 'wattchain-test-'));
    const random = { bytes: (length: number) => new Uint8Array(randomBytes(length)) };
    const ports = await Promise.all(Array.from({ length: options.nodes * 2 }, () => freePort()));
    const dataDirs = Array.from({ length: options.nodes }, (_, index) => join(directory, `node-${index}`));
    const members = await Promise.all(dataDirs.map((dataDir) => peerIdIn(dataDir, random)));
    const nodes = dataDirs.map((dataDir, index) => {
      const [rpcPort = 0, p2pPort = 0] = [ports[2 * index], ports[2 * index + 1]];
      const peers = ports
        .filter((_, place) => place % 2 === 1 && place !== 2 * index + 1)
        .map((port) => `/ip4/127.0.0.1/tcp/${port}`);
      const mine = options.miners.includes(index)
        ? { enabled: true, address: minerAddress, duty: options.duty ?? DUTY, ...(minMembers && { minMembers }) }
        : { enabled: false };
      writeFileSync(join(dataDir, 'genesis.json'), JSON.stringify(genesis));
      writeFileSync(
        join(dataDir, 'config.json'),
        JSON.stringify({
          p2p: { listen: [`/ip4/127.0.0.1/tcp/${p2pPort}`], peers, members },
          rpc: { port: rpcPort },
          mine,
        }),
      );
      return new TestNode(dataDir, `http://127.0.0.1:${rpcPort}`, p2pPort);
    });
    return new TestNetwork(directory, nodes);
  }

  node(index: number): TestNode {
    const node = this.nodes[index];
    if (!node) throw new RangeError(`there is no node ${index}`);
    return node;
  }

  async start(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.start()));
  }

  /** Ends every process and deletes the directory. */
  async remove(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.end('SIGKILL')));
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** A genesis with the {@link testTarget} of its block interval, and coins for the addresses. */
export function testGenesis(addresses: readonly string[], blockIntervalMs = 300, changes: object = {}): object {
  return {
    name: 'test network',
    chainId: TEST_CHAIN_ID,
    timestampMs: Date.now() - 60_000,
    blockIntervalMs,
    firstTarget: targetText(testTarget(blockIntervalMs)),
    largestTarget: `0x${'ff'.repeat(32)}`,
    blockGasLimit: 30_000_000,
    blockByteLimit: 1_000_000,
    minGasPriceWei: '1000000000',
    blockRewardWei: '2000000000000000000',
    confirmations: 12,
    testbed: true,
    alloc: Object.fromEntries(addresses.map((address) => [address, { balance: '1000000000000000000000000' }])),
    contracts: [],
    ...changes,
  };
}

/** A target as genesis writes it. */
export const targetText = (target: bigint) => `0x${target.toString(16).padStart(64, '0')}`;

/** A testbed's process, and what it says meanwhile. */
export interface RunningTestbed {
  readonly child: ChildProcess;
  /** URL of the first node's JSON-RPC and page. */
  readonly url: string;
  readonly rpcPort: number;
  /** What it left when it ended. */
  readonly end: Promise<Finished>;
  /** What it told so far of what it does. */
  progress(): string;
  /** Waits until it has told of a step; it must not end before. */
  told(step: string): Promise<void>;
  /** Interrupts it as Ctrl-C does, and waits for its end. */
  stop(): Promise<void>;
}

/** Starts `wattchain testbed` on free ports, with miners that leave other tests room. */
export function startTestbed(directory: string, ...args: readonly string[]): Promise<RunningTestbed> {
  return startNodes(['testbed', '--dir', directory, ...args]);
}

/** Starts `wattchain community run --testbed` in the same way. */
export function startCommunityRun(out: string, ...args: readonly string[]): Promise<RunningTestbed> {
  return startNodes(['community', 'run', '--out', out, ...args]);
}

async function startNodes(args: readonly string[]): Promise<RunningTestbed> {
  // One more than the four nodes have: the place of a shared page.
  const [rpcPort, p2pPort] = [await freePorts(5), await freePorts(4)];
  const ports = ['--rpc-port', String(rpcPort), '--p2p-port', String(p2pPort)];
  const child = startWattchain([...args, '--duty', String(DUTY), ...ports]);
  let progress = '';
  child.stderr?.on('data', (chunk) => {
    progress += chunk;
  });
  const end = finish(child);
  return {
    child,
    url: `http://127.0.0.1:${rpcPort}`,
    rpcPort,
    end,
    progress: () => progress,
    told: (step) => {
      const ended = end.then(({ stderr }) => {
        if (!stderr.includes(step)) throw new TypeError(`the testbed ended: ${stderr}`);
      });
      return Promise.race([waitUntil(step, async () => progress.includes(step)).then(() => {}), ended]);
    },
    stop: async () => {
      child.kill('SIGINT');
      await end;
    },
  };
}
