/** From a file of Solidity to artifacts: solc checks, the generator writes, the machine's verifier has the last word. */
import { toHex, WattchainError } from '@wattchain/core';
import { type Artifact, layOut, type ProgramInstruction, type SourceFile } from '@wattchain/vm';
import type { ContractDefinition } from 'solidity-ast';
import { improver } from './code/improve.js';
import { link } from './code/link.js';
import { writeContract } from './generate/contract.js';
import { Unit } from './generate/routine.js';
import { type SourcePlace, SourcePlaces } from './refusal.js';
import { type CheckedSources, checkSources, type ReadImport } from './solc.js';
import { evaluateNode, executeNode } from './table.js';
import { Declarations } from './tree/declarations.js';

/** What became of a file. */
export interface Compilation {
  /** Of the contracts of the file that can be deployed, in their order; imported files add none. */
  readonly artifacts: readonly Artifact[];
  /** As solc formats them. */
  readonly warnings: readonly string[];
  /** The file and all that it imports. */
  readonly files: readonly SourceFile[];
}

/**
 * Compiles a file.
 *
 * @throws WattchainError `solidity`: what solc says, or what the generator refuses, with file, line, column and caret
 */
export function compileSolidity(file: SourceFile, readImport: ReadImport): Compilation {
  const checked = checkSources(file, readImport);
  const declarations = new Declarations(checked.units);
  const places = new SourcePlaces(checked.files);
  const own = checked.units.find(({ absolutePath }) => absolutePath === file.name);
  const contracts = (own?.nodes ?? []).filter(isDeployable);
  const artifacts = contracts.map((contract) => compileContract(contract, file.name, checked, declarations, places));
  return { artifacts, warnings: checked.warnings, files: checked.files };
}

function isDeployable(node: { readonly nodeType: string }): node is ContractDefinition {
  if (node.nodeType !== 'ContractDefinition') return false;
  const { contractKind, abstract } = node as ContractDefinition;
  return contractKind === 'contract' && !abstract;
}

function compileContract(
  contract: ContractDefinition,
  fileName: string,
  checked: CheckedSources,
  declarations: Declarations,
  places: SourcePlaces,
): Artifact {
  const { abi, storageLayout } = checked.contracts[fileName]?.[contract.name] ?? {};
  if (abi === undefined || storageLayout === undefined) {
    throw places.refusal(contract, 'solc says nothing of this contract', 'look at its messages');
  }
  const rows = { evaluate: evaluateNode, execute: executeNode };
  const unit = new Unit(contract, declarations, places, storageLayout, rows);
  const entries = writeContract(unit);
  const program = link(entries, unit.routines, improver(unit.routines));
  const laid = layOut(program);
  if (laid.fault) {
    const { problem, place } = laid.fault;
    const where = place === undefined ? fileName : `${checked.files[place.source]?.name}:${place.line}:${place.column}`;
    throw new WattchainError('solidity', `${where}: ${contract.name}: ${problem}`, {
      values: { contract: contract.name },
      hint: 'split the contract, or share code in functions',
    });
  }
  const { code, offsets } = laid.value;
  return {
    format: 2,
    contract: contract.name,
    code: toHex(code),
    abi,
    storageLayout,
    sources: checked.files,
    sourceMap: sourceMapOf(program.instructions, offsets),
  };
}

function sourceMapOf(
  instructions: readonly ProgramInstruction<SourcePlace>[],
  offsets: readonly number[],
): Artifact['sourceMap'] {
  const map: [number, number, number, number][] = [];
  for (const [i, { place }] of instructions.entries()) {
    const last = map.at(-1);
    if (last?.[1] === place.source && last[2] === place.line && last[3] === place.column) continue;
    map.push([offsets[i] as number, place.source, place.line, place.column]);
  }
  return map;
}
