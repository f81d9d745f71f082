import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Address, WattchainError } from '@wattchain/core';
import type { Lag } from '@wattchain/node';
import { interruption } from '../interruption.js';
import { RpcLoad } from './rpcLoad.js';

/** Share of a core that each node mines with. */
const DUTY = 0.2;
/** How long a node may take to answer and to find the other. */
const START_MS = 30_000;
const LOOK_MS = 100;
const LAG_PROBE = new URL('lagProbe.js', import.meta.url).href;

/** A node process under measurement. */
export interface BenchNode {
  readonly url: string;
  /** Whom it mines for. */
  readonly miner: Address;
  /** How late its event loop ran its timers since this was asked last. */
  readonly lag: () => Promise<Lag>;
}

/** Two node processes that mine against each other, in a temporary directory. */
export class BenchNodes {
  readonly #directory = mkdtempSync(join(tmpdir(), 'wattchain-bench-'));
  readonly #children: ChildProcess[] = [];
  readonly #forget = interruption.add(() => this.stop());

  /** Starts them and waits until each has met the other. `command` runs `wattchain`. Errors: `benchNode`. */
  static async start(
    command: readonly string[],
    genesis: object,
    miners: readonly [Address, Address],
  ): Promise<{ nodes: BenchNodes; loaded: BenchNode; other: BenchNode }> {
    const nodes = new BenchNodes();
    try {
      const p2pPorts: [number, number] = [await freePort(), await freePort()];
      const loaded = await nodes.#startOne(command, genesis, 'loaded', p2pPorts, miners[0]);
      const other = await nodes.#startOne(command, genesis, 'other', [p2pPorts[1], p2pPorts[0]], miners[1]);
      for (const { url } of [loaded, other]) await waitForPeer(url);
      return { nodes, loaded, other };
    } catch (error) {
      await nodes.stop();
      throw error;
    }
  }

  /** Ends the processes and deletes their data. */
  async stop(): Promise<void> {
    for (const child of this.#children) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    }
    rmSync(this.#directory, { recursive: true, force: true });
    this.#forget();
  }

  async #startOne(
    command: readonly string[],
    genesis: object,
    name: string,
    [ownPort, otherPort]: readonly [number, number],
    miner: Address,
  ): Promise<BenchNode> {
    const dataDir = join(this.#directory, name);
    const rpcPort = await freePort();
    const config = {
      p2p: { listen: [`/ip4/127.0.0.1/tcp/${ownPort}`], peers: [`/ip4/127.0.0.1/tcp/${otherPort}`] },
      rpc: { port: rpcPort },
      mine: { enabled: true, address: miner, duty: DUTY },
    };
    mkdirSync(dataDir);
    writeFileSync(join(dataDir, 'genesis.json'), JSON.stringify(genesis));
    writeFileSync(join(dataDir, 'config.json'), JSON.stringify(config));
    const log = openSync(join(dataDir, 'node.log'), 'a');
    const [program = process.execPath, ...args] = command;
    const child = spawn(program, [...args, 'node', '--data', dataDir], {
      stdio: ['ignore', log, log, 'ipc'],
      env: { ...process.env, NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} --import ${LAG_PROBE}` },
    });
    closeSync(log);
    this.#children.push(child);
    const url = `http://127.0.0.1:${rpcPort}`;
    for (const untilMs = performance.now() + START_MS; ; await sleep(LOOK_MS)) {
      if (child.exitCode !== null || performance.now() > untilMs) {
        throw new WattchainError('benchNode', 'a node for the measurement did not start', {
          values: { exitCode: child.exitCode },
          hint: readFileSync(join(dataDir, 'node.log'), 'utf8').slice(-500),
        });
      }
      try {
        await fetch(`${url}/health`);
        return { url, miner, lag: () => askLag(child) };
      } catch {
        // It does not listen yet.
      }
    }
  }
}

async function askLag(child: ChildProcess): Promise<Lag> {
  const ended = once(child, 'exit').then(() => {
    throw new WattchainError('benchNode', 'a node ended while it was measured', {
      values: { exitCode: child.exitCode },
    });
  });
  child.send('lag');
  const [lag] = await Promise.race([once(child, 'message'), ended]);
  return lag as Lag;
}

async function waitForPeer(url: string): Promise<void> {
  const load = new RpcLoad(url, 1);
  try {
    for (const untilMs = performance.now() + START_MS; performance.now() < untilMs; await sleep(LOOK_MS)) {
      if ((await load.result('net_peerCount', [])) !== '0x0') return;
    }
    throw new WattchainError('benchNode', 'the nodes for the measurement did not find each other');
  } finally {
    load.close();
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  return port;
}
