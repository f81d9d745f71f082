import { readFileSync } from 'node:fs';
import { assert } from '@wattchain/core';
import { compileSolidity } from '@wattchain/solidity';
import type { TestArtifact } from './contractVm.js';

const read = (file: string) => readFileSync(new URL(`../contracts/${file}`, import.meta.url), 'utf8');
const known = new Map<string, TestArtifact>();

/** A contract as it compiles now. */
export function compiled(name: string): TestArtifact {
  const before = known.get(name);
  if (before !== undefined) return before;
  const file = `${name}.sol`;
  const { artifacts } = compileSolidity({ name: file, text: read(file) }, read);
  const artifact = artifacts.find(({ contract }) => contract === name);
  assert(artifact !== undefined, `${file} has a contract of its name`);
  known.set(name, artifact);
  return artifact;
}
