/** `wattchain node` as a process whose log is read. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Genesis, genesisToJson } from '@wattchain/core';
import type { SmallDisk } from './smallDisk.js';

/** The command `wattchain`. */
export const WATTCHAIN = fileURLToPath(new URL('../../../packages/cli/bin/wattchain.js', import.meta.url));

/** A line of a node's log. */
export interface LogLine {
  readonly level: string;
  readonly service?: string;
  readonly msg: string;
  readonly hash?: string;
  readonly height?: number;
  readonly rpc?: string;
}

/** Writes the files that a node starts with. `listen` and `peers` are multiaddrs. */
export function writeDataDir(dataDir: string, genesis: Genesis, listen: string, peers: readonly string[]): void {
  mkdirSync(dataDir, { recursive: true });
  writeFileSync(join(dataDir, 'genesis.json'), JSON.stringify(genesisToJson(genesis)));
  writeFileSync(join(dataDir, 'config.json'), JSON.stringify({ p2p: { listen: [listen], peers }, rpc: { port: 0 } }));
}

/** What a node does not get from its machine. */
export interface Shortage {
  /** None of its files may become longer, which it meets as it meets a full disk. */
  readonly largestFileBytes?: number | undefined;
  /** Its data directory is on this disk. */
  readonly disk?: SmallDisk | undefined;
}

/** A running node. */
export class NodeProcess {
  readonly lines: LogLine[] = [];
  readonly #child: ChildProcess;
  readonly #listeners = new Set<(line: LogLine) => void>();
  readonly #ended: Promise<readonly [number | null, NodeJS.Signals | null]>;
  stderr = '';

  constructor(dataDir: string, { largestFileBytes, disk }: Shortage = {}) {
    const node = [process.execPath, WATTCHAIN, 'node', '--data', dataDir, '--log-format', 'json'];
    const limit = `ulimit -f ${Math.floor((largestFileBytes ?? 0) / 512)} && exec "$0" "$@"`;
    const limited = largestFileBytes === undefined ? node : ['sh', '-c', limit, ...node];
    const [program = '', ...args] = disk === undefined ? limited : disk.command(limited);
    this.#child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#ended = once(this.#child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
    let text = '';
    this.#child.stdout?.on('data', (chunk) => {
      const parts = `${text}${chunk}`.split('\n');
      text = parts.pop() ?? '';
      for (const part of parts) {
        const line = JSON.parse(part) as LogLine;
        this.lines.push(line);
        for (const listener of this.#listeners) listener(line);
      }
    });
    this.#child.stderr?.on('data', (chunk) => {
      this.stderr += chunk;
    });
  }

  /** Calls `listener` on every later line. */
  onLine(listener: (line: LogLine) => void): void {
    this.#listeners.add(listener);
  }

  /** The first line with this message; rejects when the process ends without one. */
  line(message: string): Promise<LogLine> {
    return new Promise((resolve, reject) => {
      const found = this.lines.find(({ msg }) => msg === message);
      if (found !== undefined) resolve(found);
      this.onLine((line) => line.msg === message && resolve(line));
      void this.#ended.then(() => reject(new TypeError(`the node ended: ${this.stderr}`)));
    });
  }

  /** Waits for the end. */
  ended(): Promise<readonly [code: number | null, signal: NodeJS.Signals | null]> {
    return this.#ended;
  }

  end(signal: 'SIGTERM' | 'SIGKILL'): void {
    this.#child.kill(signal);
  }
}
