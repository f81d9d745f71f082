/** A file system of its own for one folder, small enough to be full. Other processes do not see it: it is mounted in a namespace. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

/** Mounts, says so, and holds the namespace until its standard input ends. */
const HOLD = 'mount -t tmpfs -o "size=$1" wattchain "$0" && echo mounted && exec cat';

/** In memory, as a disk of a few hundred kilobytes would be. */
export class SmallDisk {
  readonly #holder: ChildProcess;

  private constructor(
    readonly folder: string,
    holder: ChildProcess,
  ) {
    this.#holder = holder;
  }

  /** An empty disk at `folder`; `undefined` where the system allows no mount (no Linux, or no user namespaces). */
  static async mount(folder: string, bytes: number): Promise<SmallDisk | undefined> {
    mkdirSync(folder, { recursive: true });
    const command = ['--user', '--map-root-user', '--mount', 'sh', '-c', HOLD, folder, String(bytes)];
    const holder = spawn('unshare', command, { stdio: ['pipe', 'pipe', 'ignore'] });
    const mounted = await Promise.race([
      once(holder.stdout, 'data').then(() => true),
      once(holder, 'exit').then(() => false),
      once(holder, 'error').then(() => false),
    ]).catch(() => false);
    return mounted ? new SmallDisk(folder, holder) : undefined;
  }

  /** Where this process sees what is on the disk. */
  get seenAt(): string {
    return join(`/proc/${this.#holder.pid}/root`, this.folder);
  }

  /** A command that sees the disk at its folder. */
  command(command: readonly string[]): string[] {
    const target = ['--target', String(this.#holder.pid), '--user', '--mount', '--preserve-credentials'];
    return ['nsenter', ...target, '--', ...command];
  }

  /** Makes room. */
  grow(bytes: number): void {
    const [program = '', ...args] = this.command(['mount', '-o', `remount,size=${bytes}`, this.folder]);
    const { status, stderr } = spawnSync(program, args, { encoding: 'utf8' });
    if (status !== 0) throw new TypeError(`the disk does not grow: ${stderr}`);
  }

  /** Ends it, with what is on it. */
  async remove(): Promise<void> {
    const ended = once(this.#holder, 'exit');
    this.#holder.stdin?.end();
    await ended;
  }
}
