/** solc as the other half of the comparison: the same sources turned into code for the EVM. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { assert, fromHex, WattchainError } from '@wattchain/core';
import type { ReadImport, SourceFile } from '@wattchain/solidity';
import type { AbiItem } from './abi.js';

/** The rules that solc's code and the EVM that runs it keep to. */
export const EVM_VERSION = 'cancun';

/** Which of solc's two code generators; both optimise but for `quick`, the older one in a tenth of the time. */
export type Pipeline = 'ir' | 'legacy' | 'quick';

/** A contract that can be deployed. */
export interface EvmContract {
  readonly name: string;
  readonly abi: readonly AbiItem[];
  /** Deployment data without constructor arguments. */
  readonly bytecode: Uint8Array;
}

/** What solc made of one file. */
export interface EvmSources {
  /** Those of the file itself that are not abstract, in the order in which they stand there. */
  readonly contracts: readonly EvmContract[];
  /** Names of all immutables, imports included. */
  readonly immutables: ReadonlySet<string>;
}

interface AstNode {
  readonly nodeType: string;
  readonly name?: string;
  readonly mutability?: string;
}

interface SolcOutput {
  readonly errors?: readonly { readonly severity: string; readonly formattedMessage: string }[];
  readonly sources: Readonly<Record<string, { readonly ast: AstNode & { readonly nodes: readonly AstNode[] } }>>;
  readonly contracts: Readonly<
    Record<
      string,
      Readonly<
        Record<string, { abi: readonly AbiItem[]; evm: { bytecode: { object: string; linkReferences?: unknown } } }>
      >
    >
  >;
}

const solc = createRequire(import.meta.url)('solc') as {
  compile(input: string, callbacks: { import(path: string): { contents: string } | { error: string } }): string;
};

/** The folder of the package, whose kit runs from `testing` and, built, from `dist/testing`. */
export const PACKAGE_FOLDER = fileURLToPath(import.meta.url).replace(/(\/dist)?\/testing\/[^/]*$/, '');

/** Imports as an installed package gives them, `@openzeppelin/contracts/…`, and the first energy contracts, `first/…`. */
export const readModule: ReadImport = (path) => {
  const folder = path.startsWith('first/') ? '../../bench/contracts/first' : `node_modules/${dirname(path)}`;
  try {
    return readFileSync(`${PACKAGE_FOLDER}/${folder}/${basename(path)}`, 'utf8');
  } catch {
    return undefined;
  }
};

/**
 * Compiles one file and what it imports.
 *
 * @throws WattchainError `solidity` with solc's messages
 */
export function compileForEvm(file: SourceFile, readImport = readModule, pipeline: Pipeline = 'ir'): EvmSources {
  const input = {
    language: 'Solidity',
    sources: { [file.name]: { content: file.text } },
    settings: {
      viaIR: pipeline === 'ir',
      optimizer: { enabled: pipeline !== 'quick', runs: 200 },
      evmVersion: EVM_VERSION,
      metadata: { appendCBOR: false },
      outputSelection: { '*': { '': ['ast'] }, [file.name]: { '*': ['abi', 'evm.bytecode.object'] } },
    },
  };
  const answer = solc.compile(JSON.stringify(input), {
    import(path) {
      const contents = readImport(path);
      return contents === undefined ? { error: 'there is no such file' } : { contents };
    },
  });
  const output = JSON.parse(answer) as SolcOutput;
  const errors = (output.errors ?? []).filter(({ severity }) => severity === 'error');
  if (errors.length > 0) {
    throw new WattchainError('solidity', errors.map(({ formattedMessage }) => formattedMessage).join('\n'), {
      values: { file: file.name },
    });
  }
  const made = output.contracts[file.name] ?? {};
  const main = output.sources[file.name];
  assert(main !== undefined, 'solc answers for the file that it was given');
  const names = main.ast.nodes.filter(({ nodeType }) => nodeType === 'ContractDefinition').map(({ name }) => name);
  const contracts = names.flatMap((name = '') => {
    const contract = made[name];
    const object = contract?.evm.bytecode.object ?? '';
    return contract === undefined || object === ''
      ? []
      : [{ name, abi: contract.abi, bytecode: fromHex(`0x${object}`) }];
  });
  return { contracts, immutables: new Set(Object.values(output.sources).flatMap(({ ast }) => immutablesOf(ast))) };
}

/** Names of the immutables anywhere below a node. */
function immutablesOf(node: unknown): string[] {
  if (typeof node !== 'object' || node === null) return [];
  const { nodeType, mutability, name } = node as AstNode;
  const own = nodeType === 'VariableDeclaration' && mutability === 'immutable' ? [name ?? ''] : [];
  return [...own, ...Object.values(node).flatMap(immutablesOf)];
}
