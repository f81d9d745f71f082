/** Where the four machines of a test are: addresses of this machine, or network namespaces of their own. */
import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type Finished, finish, freePort, freePorts, root } from './framework.js';

const entryPoint = join(root, 'packages/cli/bin/wattchain.js');
const COUNT = 4;

/** Four machines, numbered from 0, that reach each other over TCP. */
export interface Machines {
  /** IPv4 address of a machine. */
  host(machine: number): string;
  readonly p2pPort: number;
  rpcPort(machine: number): number;
  /** Starts Node.js there. */
  start(machine: number, args: readonly string[], env?: Record<string, string>): ChildProcess;
  /** Pulls a machine's cable out, and puts it back; absent where the machines are addresses of one. */
  readonly cable?: { pull(machine: number): void; plug(machine: number): void };
  remove(): void;
}

/** Network namespaces where this process may make them (root on Linux with iproute2), else addresses of this machine. */
export async function createMachines(): Promise<Machines> {
  try {
    return namespaceMachines();
  } catch {
    return loopbackMachines();
  }
}

/** Runs `wattchain` on a machine to its end. */
export function runOn(machines: Machines, machine: number, args: readonly string[], env = {}): Promise<Finished> {
  return finish(machines.start(machine, [entryPoint, ...args], env));
}

/** Starts `wattchain` on a machine. */
export function startOn(machines: Machines, machine: number, args: readonly string[]): ChildProcess {
  return machines.start(machine, [entryPoint, ...args]);
}

/** Asks nodes from their own machines, where their RPC listens: one small process per machine that passes calls on. */
export class Callers {
  readonly #callers = new Map<number, { readonly process: ChildProcess; readonly answers: AsyncIterator<string> }>();

  constructor(private readonly machines: Machines) {}

  /** One call at a time per machine; an error of the node, or that none answers, is thrown. */
  async call<Result>(machine: number, method: string, params: readonly unknown[] = []): Promise<Result> {
    const caller = this.#callers.get(machine) ?? this.#start(machine);
    caller.process.stdin?.write(`${JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })}\n`);
    const { value } = await caller.answers.next();
    const answer = JSON.parse(value) as { result: Result; error?: { message: string } };
    if (answer.error) throw new TypeError(`${method}: ${answer.error.message}`);
    return answer.result;
  }

  end(): void {
    for (const { process } of this.#callers.values()) process.kill();
  }

  #start(machine: number) {
    const url = `http://127.0.0.1:${this.machines.rpcPort(machine)}`;
    const process = this.machines.start(machine, ['--input-type=module', '-e', PASS_ON, url]);
    assert(process.stdout);
    const caller = { process, answers: createInterface(process.stdout)[Symbol.asyncIterator]() };
    this.#callers.set(machine, caller);
    return caller;
  }
}

const PASS_ON = `
  import { createInterface } from 'node:readline';
  for await (const body of createInterface(process.stdin)) {
    const request = { method: 'POST', headers: { 'content-type': 'application/json' }, body };
    const answer = fetch(process.argv[1], request).then((response) => response.text());
    console.log(await answer.catch((error) => JSON.stringify({ error: { message: String(error.cause ?? error) } })));
  }
`;

/** 127.0.1.1 to 127.0.1.4: needs no rights. */
async function loopbackMachines(): Promise<Machines> {
  const firstRpcPort = await freePorts(COUNT);
  return {
    host: (machine) => `127.0.1.${machine + 1}`,
    p2pPort: await freePort(),
    rpcPort: (machine) => firstRpcPort + machine,
    start: (_machine, args, env) => spawnNode(process.execPath, args, env),
    remove: () => {},
  };
}

/**
 * Four network namespaces and a fifth with the bridge between them, so nothing of this machine's own network is touched,
 * and deleting the namespaces deletes everything.
 */
function namespaceMachines(): Machines {
  const name = (suffix: string | number) => `wattchain-${process.pid}-${suffix}`;
  const hub = name('hub');
  const created: string[] = [];
  const remove = () => {
    for (const namespace of created.splice(0)) ip('netns', 'delete', namespace);
  };
  const add = (namespace: string) => {
    ip('netns', 'add', namespace);
    created.push(namespace);
    ip('-n', namespace, 'link', 'set', 'lo', 'up');
  };
  const host = (machine: number) => `10.77.0.${machine + 1}`;
  try {
    add(hub);
    ip('-n', hub, 'link', 'add', 'bridge', 'type', 'bridge');
    ip('-n', hub, 'link', 'set', 'bridge', 'up');
    for (let machine = 0; machine < COUNT; machine++) {
      const namespace = name(machine);
      add(namespace);
      ip('link', 'add', 'eth0', 'netns', namespace, 'type', 'veth', 'peer', 'name', `port${machine}`, 'netns', hub);
      ip('-n', hub, 'link', 'set', `port${machine}`, 'master', 'bridge', 'up');
      ip('-n', namespace, 'address', 'add', `${host(machine)}/24`, 'dev', 'eth0');
      ip('-n', namespace, 'link', 'set', 'eth0', 'up');
    }
  } catch (error) {
    remove();
    throw error;
  }
  return {
    host,
    p2pPort: 30_303,
    rpcPort: () => 8_545,
    cable: {
      pull: (machine) => ip('-n', hub, 'link', 'set', `port${machine}`, 'down'),
      plug: (machine) => ip('-n', hub, 'link', 'set', `port${machine}`, 'up'),
    },
    start: (machine, args, env) => spawnNode('ip', ['netns', 'exec', name(machine), process.execPath, ...args], env),
    remove,
  };
}

function ip(...args: readonly string[]): void {
  execFileSync('ip', args, { stdio: 'pipe' });
}

function spawnNode(command: string, args: readonly string[], env: Record<string, string> = {}): ChildProcess {
  return spawn(command, args, { cwd: root, env: { ...process.env, ...env }, stdio: 'pipe' });
}
