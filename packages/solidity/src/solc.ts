/** The real compiler in front: it parses, resolves, checks and types; nothing of its code generation is used here. */
import { createRequire } from 'node:module';
import { WattchainError } from '@wattchain/core';
import type { AbiEntry, SourceFile, StorageLayout } from '@wattchain/vm';
import type { SourceUnit } from 'solidity-ast';

/** The text of an import, by the path that solc has resolved against the importing file; `undefined` when there is none. */
export type ReadImport = (path: string) => string | undefined;

/** What solc says of one contract. */
export interface CheckedContract {
  readonly abi: readonly AbiEntry[];
  readonly storageLayout: StorageLayout;
}

/** What solc made of the sources. */
export interface CheckedSources {
  /** Every file, imports included, in the order of solc's source numbers, by which a node's `src` names them. */
  readonly files: readonly SourceFile[];
  readonly units: readonly SourceUnit[];
  /** By file and name of the contract. */
  readonly contracts: Readonly<Record<string, Readonly<Record<string, CheckedContract>>>>;
  /** As solc formats them. */
  readonly warnings: readonly string[];
}

interface Solc {
  compile(input: string, callbacks: { import(path: string): { contents: string } | { error: string } }): string;
  version(): string;
}

let loaded: Solc | undefined;

/** solc, loaded when first asked for: half a second and 9 MB. */
function solc(): Solc {
  loaded ??= createRequire(import.meta.url)('solc') as Solc;
  return loaded;
}

/** solc's version with its commit, as in `0.8.37+commit.…`. */
export function solcVersion(): string {
  return solc().version();
}

interface SolcMessage {
  readonly severity: 'error' | 'warning' | 'info';
  readonly formattedMessage: string;
}

/**
 * Has solc check one file and what it imports.
 *
 * @throws WattchainError `solidity` with solc's own messages
 */
export function checkSources(file: SourceFile, readImport: ReadImport): CheckedSources {
  const texts = new Map([[file.name, file.text]]);
  const input = {
    language: 'Solidity',
    sources: { [file.name]: { content: file.text } },
    settings: { outputSelection: { '*': { '': ['ast'], '*': ['abi', 'storageLayout'] } } },
  };
  const output = JSON.parse(
    solc().compile(JSON.stringify(input), {
      import(path) {
        const text = readImport(path);
        if (text === undefined) return { error: 'there is no such file beside it or in node_modules' };
        texts.set(path, text);
        return { contents: text };
      },
    }),
  ) as {
    errors?: readonly SolcMessage[];
    sources?: Record<string, { id: number; ast: SourceUnit }>;
    contracts?: CheckedSources['contracts'];
  };
  const messages = output.errors ?? [];
  const errors = messages.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) {
    const text = errors.map(({ formattedMessage }) => formattedMessage.trimEnd()).join('\n\n');
    throw new WattchainError('solidity', text, { values: { file: file.name } });
  }
  const sources = Object.entries(output.sources ?? {}).sort(([, a], [, b]) => a.id - b.id);
  return {
    files: sources.map(([name]) => ({ name, text: texts.get(name) ?? '' })),
    units: sources.map(([, { ast }]) => ast),
    contracts: output.contracts ?? {},
    warnings: messages.filter(({ severity }) => severity === 'warning').map((message) => message.formattedMessage),
  };
}
