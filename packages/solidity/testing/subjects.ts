/** What is compared: files, on our machine and on the EVM. */
import { readdirSync, readFileSync } from 'node:fs';
import { fromHex, keccak256, textToBytes, WattchainError } from '@wattchain/core';
import { compileSolidity, type SourceFile } from '@wattchain/solidity';
import { compileForEvm, type EvmSources, PACKAGE_FOLDER, type Pipeline, readModule } from './compileForEvm.js';
import { type Side, type Subject, slotName } from './differential.js';
import { EvmWorld } from './evmWorld.js';
import { OurWorld } from './ourWorld.js';

/** The files of the corpus, by name. */
export function corpusFiles(): SourceFile[] {
  const folder = `${PACKAGE_FOLDER}/corpus`;
  const names = readdirSync(folder).filter((name) => name.endsWith('.sol'));
  return names.sort().map((name) => ({ name, text: readFileSync(`${folder}/${name}`, 'utf8') }));
}

/** A file on our machine and on the EVM. */
export function subjectOf(file: SourceFile, pipeline: Pipeline): Subject {
  return subject(file, ourSide(file), compileForEvm(file, readModule, pipeline), pipeline);
}

/** A program on our machine and on the EVM, and with solc's two code generators; nothing when solc does not compile it. */
export function programSubjects(file: SourceFile): { quick: Subject; pipelines: () => Subject } | undefined {
  const quick = compileIfPossible(file, 'quick');
  if (quick === undefined) return undefined;
  return {
    quick: subject(file, ourSide(file), quick, 'quick'),
    pipelines: () => subject(file, evmSide(quick, 'quick'), compileForEvm(file, readModule, 'ir'), 'ir'),
  };
}

/** solc can refuse what is too deep for the stack of its older code generator. */
function compileIfPossible(file: SourceFile, pipeline: Pipeline): EvmSources | undefined {
  try {
    return compileForEvm(file, readModule, pipeline);
  } catch (error) {
    if (error instanceof WattchainError && error.code === 'solidity') return undefined;
    throw error;
  }
}

function ourSide(file: SourceFile): Side {
  const { artifacts } = compileSolidity(file, readModule);
  return {
    name: 'our machine',
    createWorld: async (senders) => new OurWorld(senders),
    codes: new Map(artifacts.map(({ contract, code }) => [contract, fromHex(code)])),
  };
}

/** solc's code on the EVM. */
function evmSide({ contracts }: EvmSources, pipeline: Pipeline): Side {
  return {
    name: `the EVM (${pipeline})`,
    createWorld: (senders) => EvmWorld.create(senders),
    codes: new Map(contracts.map(({ name, bytecode }) => [name, bytecode])),
  };
}

function subject({ name, text }: SourceFile, ours: Side, evm: EvmSources, pipeline: Pipeline): Subject {
  // Several bases may have an immutable of one name.
  const names = [...evm.immutables].flatMap((immutable) => [immutable, `${immutable}#1`, `${immutable}#2`]);
  const hidden = names.map((immutable) => slotName(keccak256(textToBytes(`wattchain.immutable${immutable}`))));
  return {
    name: name.replace(/\.sol$/, ''),
    source: text,
    contracts: evm.contracts.filter(({ name: contract }) => ours.codes.has(contract)),
    ours,
    evm: evmSide(evm, pipeline),
    hiddenSlots: new Set(hidden),
  };
}
