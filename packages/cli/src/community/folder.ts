import { createHash } from 'node:crypto';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { WattchainError } from '@wattchain/core';
import type { RuleName, SettledOnChain } from '@wattchain/market';
import { jsonOf } from '@wattchain/market';
import { chainFolder, type RunFolder } from './run.js';

/** What is kept of a rule that is done, for a run that goes on. */
interface KeptRule {
  readonly digest: string;
  readonly contract: SettledOnChain['contract'];
  readonly figures: Readonly<Record<string, string | number>>;
  readonly transactions: readonly (readonly string[])[];
}

/** The folder of `--out`. */
export class OutputFolder implements RunFolder {
  /** @param isResuming whether what is done already is taken over */
  constructor(
    readonly path: string,
    private readonly isResuming: boolean,
  ) {
    this.#try(path, () => mkdirSync(path, { recursive: true }));
  }

  write(name: string, text: string | Uint8Array): void {
    const file = this.#place(name);
    this.#try(file, () => writeFileSync(file, text));
  }

  /** Writes text that comes in parts. */
  writeChunks(name: string, chunks: Iterable<string>): void {
    const file = this.append(name);
    for (const chunk of chunks) file.add(Buffer.from(chunk));
    file.close();
  }

  append(name: string): { add(bytes: Uint8Array): void; close(): void } {
    const file = this.#place(name);
    const descriptor = this.#try(file, () => openSync(file, 'w'));
    return {
      add: (bytes) => this.#try(file, () => writeAll(descriptor, bytes)),
      close: () => closeSync(descriptor),
    };
  }

  scratch(name: string): string {
    const folder = join(this.path, `${name}/.store`);
    rmSync(folder, { recursive: true, force: true });
    this.#try(folder, () => mkdirSync(folder, { recursive: true }));
    return folder;
  }

  removeScratch(name: string): void {
    rmSync(join(this.path, `${name}/.store`), { recursive: true, force: true });
  }

  resumed(rule: RuleName, digest: string): SettledOnChain | undefined {
    if (!this.isResuming) return undefined;
    const file = this.#keptFile(rule);
    const blocks = join(this.path, chainFolder(rule), 'blocks');
    if (!existsSync(file) || !existsSync(blocks)) return undefined;
    const kept = parseKept(readFileSync(file, 'utf8'));
    if (kept?.digest !== digest) return undefined;
    const isWhole = createHash('sha256').update(readFileSync(blocks)).digest('hex') === kept.figures.blocksSha256;
    return isWhole ? settledOf(kept) : undefined;
  }

  keep(rule: RuleName, digest: string, { contract, figures, transactionsOf }: SettledOnChain, periods: number): void {
    const transactions = Array.from({ length: periods }, (_, period) => transactionsOf(period));
    this.write(this.#keptName(rule), jsonOf({ digest, contract, figures, transactions }));
  }

  /** What only a run that goes on needs. */
  forget(): void {
    rmSync(join(this.path, '.done'), { recursive: true, force: true });
  }

  #keptName = (rule: RuleName) => `.done/${rule.replace(':', '-')}.json`;
  #keptFile = (rule: RuleName) => join(this.path, this.#keptName(rule));

  #place(name: string): string {
    const file = join(this.path, name);
    this.#try(file, () => mkdirSync(dirname(file), { recursive: true }));
    return file;
  }

  #try<T>(file: string, write: () => T): T {
    try {
      return write();
    } catch (cause) {
      throw new WattchainError('unwritableFile', `${file} cannot be written`, {
        values: { file },
        hint: 'check the path, who may write there, and the disk',
        cause,
      });
    }
  }
}

function writeAll(descriptor: number, bytes: Uint8Array): void {
  for (let written = 0; written < bytes.length; ) written += writeSync(descriptor, bytes, written);
}

/** `undefined` for what another program, or half a write, left. */
function parseKept(text: string): KeptRule | undefined {
  try {
    const kept = JSON.parse(text) as Partial<KeptRule>;
    const isWhole = [kept.digest, kept.contract, kept.figures, kept.transactions].every((part) => part !== undefined);
    return isWhole ? (kept as KeptRule) : undefined;
  } catch {
    return undefined;
  }
}

function settledOf({ contract, figures, transactions }: KeptRule): SettledOnChain {
  // In the order in which they were kept, so that a run that went on writes the same bytes.
  const read = Object.entries(figures).map(([name, value]) => [name, BIG_FIGURES.has(name) ? BigInt(value) : value]);
  return {
    contract,
    figures: Object.fromEntries(read) as SettledOnChain['figures'],
    transactionsOf: (period) => (transactions[period] ?? []) as ReturnType<SettledOnChain['transactionsOf']>,
  };
}

/** Figures that are whole numbers of any size. */
const BIG_FIGURES: ReadonlySet<string> = new Set(['gas', 'millijoules', 'secondsToConfirmation']);
