/** A contract: its declarations, its place in the line of inheritance, where its state stands. */
import { assert, bytesToBigInt, keccak256, textToBytes, type WattchainError } from '@wattchain/core';
import type { StorageLayout } from '@wattchain/vm';
import type { ContractDefinition, FunctionDefinition, ModifierDefinition, VariableDeclaration } from 'solidity-ast';
import type { StoragePlace } from '../layout.js';
import type { Placed, SourcePlaces } from '../refusal.js';
import type { Declarations } from '../tree/declarations.js';
import type { Type } from '../tree/types.js';

/** What the generator asks about a contract and the line of contracts that it inherits from. */
export class ContractContext {
  /** The contract and its bases, the most derived first. */
  readonly linearized: readonly ContractDefinition[];

  constructor(
    readonly contract: ContractDefinition,
    readonly declarations: Declarations,
    readonly places: SourcePlaces,
    readonly storageLayout: StorageLayout,
  ) {
    this.linearized = contract.linearizedBaseContracts.map((id) => declarations.get(id, 'ContractDefinition'));
  }

  /** Where a state variable stands, by solc's layout; its offset in bytes. */
  statePlace(variable: VariableDeclaration): StoragePlace {
    if (variable.storageLocation === 'transient') {
      throw this.refuse(
        variable,
        'nothing is kept for the length of a transaction',
        'use a local or an argument, or a state variable that is set back',
      );
    }
    const entry = this.storageLayout.storage.find(({ astId }) => astId === variable.id);
    assert(entry !== undefined, `"${variable.name}" has a place in storage`);
    return { slot: BigInt(entry.slot), offset: entry.offset };
  }

  /** The word that an immutable takes, outside the layout; where two bases have one of that name, the derived one's. */
  immutableSlot(variable: VariableDeclaration): bigint {
    const bearers = this.linearized
      .flatMap(({ nodes }) => nodes)
      .filter((node) => node.nodeType === 'VariableDeclaration' && node.mutability === 'immutable')
      .filter((node) => (node as VariableDeclaration).name === variable.name);
    const place = bearers.findIndex((node) => (node as VariableDeclaration).id === variable.id);
    const name = place > 0 ? `${variable.name}#${place}` : variable.name;
    return bytesToBigInt(keccak256(textToBytes(`wattchain.immutable${name}`)));
  }

  typeOf(node: Parameters<Declarations['typeOf']>[0]): Type {
    return this.declarations.typeOf(node);
  }

  /** The error for what is not translated. */
  refuse(node: Placed | undefined, reason: string, instead: string): WattchainError {
    return this.places.refusal(node ?? this.contract, reason, instead);
  }

  /** What runs when a function or modifier is called by that name: the override of the most derived contract. */
  resolve<Definition extends FunctionDefinition | ModifierDefinition>(
    definition: Definition,
    from: readonly ContractDefinition[] = this.linearized,
  ): Definition {
    if (!this.#isVirtual(definition)) return definition;
    for (const contract of from) {
      const found = contract.nodes.find(
        (node) => node.nodeType === definition.nodeType && this.#overrides(node as Definition, definition),
      );
      if (found !== undefined) return found as Definition;
    }
    return definition;
  }

  /** What `super.f()` runs: the next implementation behind the contract that says so. */
  resolveSuper(definition: FunctionDefinition, within: ContractDefinition): FunctionDefinition {
    const place = this.linearized.findIndex(({ id }) => id === within.id);
    assert(place >= 0, 'super stands in a base of the contract');
    for (const contract of this.linearized.slice(place + 1)) {
      const found = contract.nodes.find(
        (node) => node.nodeType === 'FunctionDefinition' && node.implemented && this.#overrides(node, definition),
      );
      if (found !== undefined) return found as FunctionDefinition;
    }
    return definition;
  }

  #isVirtual(definition: FunctionDefinition | ModifierDefinition): boolean {
    if (definition.virtual || definition.nodeType === 'ModifierDefinition') return definition.virtual;
    const home = this.declarations.find(definition.scope);
    return home?.nodeType === 'ContractDefinition' && home.contractKind === 'interface';
  }

  /** Same name and parameters; which of them override which, solc has checked. */
  #overrides(
    candidate: FunctionDefinition | ModifierDefinition,
    definition: FunctionDefinition | ModifierDefinition,
  ): boolean {
    if (candidate.name !== definition.name || candidate.nodeType !== definition.nodeType) return false;
    if (candidate.nodeType === 'FunctionDefinition' && definition.nodeType === 'FunctionDefinition') {
      if (candidate.kind !== definition.kind) return false;
    }
    return this.#parameterKey(candidate) === this.#parameterKey(definition);
  }

  #parameterKey({ parameters }: FunctionDefinition | ModifierDefinition): string {
    // An override may take from memory what the interface takes from calldata.
    return parameters.parameters
      .map(({ typeDescriptions }) => typeDescriptions.typeIdentifier?.replaceAll(/_(memory|calldata)(_ptr)?/g, ''))
      .join();
  }
}
