import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { CommunityResult } from '@wattchain/market';
import { packageVersion } from '../packageVersion.js';
import { reportFiles } from './report/files.js';
import { filesOf, OWN_FOLDERS, ownFiles } from './resultFolder.js';

/** Where a file of a run's folder leaves what the result makes of it. */
export interface FileDifference {
  readonly name: string;
  /** Counted from 1. */
  readonly line: number;
  /** That line as the file has it, and as the result makes it. */
  readonly said: string;
  readonly found: string;
}

/** What lies in a result's folder beside the result. */
export interface FolderComparison {
  readonly different: readonly FileDifference[];
  /** Files of the result that are not there: nobody reads a false figure in them. */
  readonly missing: readonly string[];
  /** Files among the bills, chains and inputs that are none of this result's. */
  readonly foreign: readonly string[];
  /** Other files, of which nothing is known. */
  readonly unchecked: readonly string[];
}

/** Makes the report, the bills and the tables of a result again and compares them with those that lie in its folder, byte by byte. */
export function compareFolder(folder: string, result: CommunityResult): FolderComparison {
  const different: FileDifference[] = [];
  const there = new Set(filesOf(folder));
  const missing: string[] = [];
  for (const { name, chunks } of reportFiles(result, packageVersion())) {
    const path = join(folder, name);
    if (!there.has(name)) {
      if (statSync(path, { throwIfNoEntry: false }) === undefined) missing.push(name);
      else different.push({ name, line: 1, said: 'no file', found: 'a file' });
      continue;
    }
    const difference = firstDifference(path, chunks);
    if (difference !== undefined) different.push({ name, ...difference });
  }
  const own = ownFiles(result);
  const others = [...there].filter((name) => !own.has(name)).sort();
  const isAmongOwn = (name: string) => OWN_FOLDERS.some((prefix) => name.startsWith(`${prefix}/`));
  return {
    different,
    missing,
    foreign: others.filter(isAmongOwn),
    unchecked: others.filter((name) => !isAmongOwn(name)),
  };
}

/** A chunk is compared with as many bytes of the file: a table of a year of minutes is longer than a text may be. */
function firstDifference(path: string, chunks: Iterable<string>): Omit<FileDifference, 'name'> | undefined {
  const descriptor = openSync(path, 'r');
  let [offset, line] = [0, 1];
  try {
    for (const chunk of chunks) {
      const found = Buffer.from(chunk);
      const said = readAt(descriptor, offset, found.length);
      if (!said.equals(found)) {
        const at = placeOfDifference(said, found);
        const lines = linesIn(found.subarray(0, at));
        return { line: line + lines, said: lineAround(said, at), found: lineAround(found, at) };
      }
      offset += found.length;
      line += linesIn(found);
    }
    if (fstatSync(descriptor).size === offset) return undefined;
    return { line, said: lineAround(readAt(descriptor, offset, 1_000), 0), found: 'the end' };
  } finally {
    closeSync(descriptor);
  }
}

function readAt(descriptor: number, offset: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  let done = 0;
  while (done < length) {
    const read = readSync(descriptor, bytes, done, length - done, offset + done);
    if (read === 0) break;
    done += read;
  }
  return bytes.subarray(0, done);
}

function placeOfDifference(one: Buffer, other: Buffer): number {
  let at = 0;
  while (at < one.length && one[at] === other[at]) at += 1;
  return at;
}

const NEWLINE = 0x0a;

function linesIn(bytes: Buffer): number {
  let lines = 0;
  for (const byte of bytes) if (byte === NEWLINE) lines += 1;
  return lines;
}

/** What stands about a place, within its line: pages have long ones. */
function lineAround(bytes: Buffer, at: number): string {
  const begin = Math.max(at === 0 ? 0 : bytes.lastIndexOf(NEWLINE, at - 1) + 1, at - 40);
  const end = bytes.indexOf(NEWLINE, at);
  return bytes.subarray(begin, Math.min(end === -1 ? bytes.length : end, at + 60)).toString('utf8');
}
