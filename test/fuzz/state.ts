import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { TargetState } from './engine.js';

/** What is kept between runs, by target. */
export interface FuzzState {
  readonly seed: number;
  readonly targets: Map<string, TargetState>;
}

const FORMAT = 'wattchain fuzz state';

interface StoredTarget extends Omit<TargetState, 'corpus' | 'coverage'> {
  readonly corpus: readonly string[];
  readonly coverage?: {
    readonly layout: string;
    readonly modules: string[];
    readonly features: number;
    readonly seen: string;
  };
}

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
const plain = (text: string) => new Uint8Array(Buffer.from(text, 'base64'));

/** The state in a file; a new one where there is none. Throws `TypeError` for a file of another kind or another seed. */
export function readState(file: string, seed: number): FuzzState {
  if (!existsSync(file)) return { seed, targets: new Map() };
  const stored = JSON.parse(readFileSync(file, 'utf8')) as {
    readonly format?: unknown;
    readonly seed?: unknown;
    readonly targets: Readonly<Record<string, StoredTarget>>;
  };
  if (stored.format !== FORMAT) throw new TypeError(`${file} is no state of the fuzzer: give another file`);
  if (stored.seed !== seed)
    throw new TypeError(`${file} was begun with --seed ${stored.seed}, not ${seed}: give that seed or another file`);
  const targets = Object.entries(stored.targets).map(
    ([name, { corpus, coverage, ...counts }]): [string, TargetState] => [
      name,
      {
        ...counts,
        corpus: corpus.map(plain),
        coverage: coverage && {
          ...coverage,
          seen: new Uint8Array(inflateRawSync(Buffer.from(coverage.seen, 'base64'))),
        },
      },
    ],
  );
  return { seed, targets: new Map(targets) };
}

/** Writes a state; the file is the old one or the new one, never half of it. */
export function writeState(file: string, { seed, targets }: FuzzState): void {
  const stored = [...targets].map(([name, { corpus, coverage, ...counts }]): [string, StoredTarget] => [
    name,
    {
      ...counts,
      corpus: corpus.map(base64),
      ...(coverage && {
        coverage: { ...coverage, modules: [...coverage.modules], seen: base64(deflateRawSync(coverage.seen)) },
      }),
    },
  ]);
  writeFileSync(`${file}.new`, `${JSON.stringify({ format: FORMAT, seed, targets: Object.fromEntries(stored) })}\n`);
  renameSync(`${file}.new`, file);
}
