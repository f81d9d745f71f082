import { readdirSync, readFileSync } from 'node:fs';
import { WattchainError } from '@wattchain/core';

/** Clock ticks a second in which Linux counts (`getconf CLK_TCK`): 100 on every machine that Node.js runs on. */
const TICKS_PER_SECOND = 100;

interface Stat {
  readonly pid: number;
  readonly parent: number;
  /** Of the process, its threads included, and of children that have ended. */
  readonly ticks: number;
}

/**
 * CPU seconds that a process and all that descends from it have used so far, in user and system mode.
 *
 * @throws WattchainError `noProcFiles` where the system has no /proc
 */
export function cpuSecondsOfTree(root: number): number {
  const stats = readStats();
  const tree = new Set([root]);
  // Children may stand before their parents.
  for (let size = 0; size !== tree.size; ) {
    size = tree.size;
    for (const { pid, parent } of stats) if (tree.has(parent)) tree.add(pid);
  }
  const ticks = stats.filter(({ pid }) => tree.has(pid)).reduce((sum, stat) => sum + stat.ticks, 0);
  return ticks / TICKS_PER_SECOND;
}

function readStats(): Stat[] {
  let names: string[];
  try {
    names = readdirSync('/proc');
  } catch (cause) {
    throw new WattchainError('noProcFiles', 'CPU seconds of other processes are read from /proc, which is not here', {
      hint: 'measure servers on Linux',
      cause,
    });
  }
  return names.filter((name) => /^\d+$/.test(name)).flatMap((name) => readStat(Number(name)) ?? []);
}

/** Fields of proc_pid_stat(5); those after the name, which stands in parentheses and may contain anything. */
function readStat(pid: number): Stat | undefined {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    // It ended meanwhile.
    return undefined;
  }
  const [, parent, ...rest] = text.slice(text.lastIndexOf(')') + 2).split(' ');
  // utime, stime, cutime and cstime are the 14th to 17th field, and `rest` begins with the fifth.
  const ticks = rest.slice(9, 13).reduce((sum, field) => sum + Number(field), 0);
  return { pid, parent: Number(parent), ticks };
}
