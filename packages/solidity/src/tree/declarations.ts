/** The nodes of the checked sources by their numbers, and the types of expressions and declarations. */
import { assert } from '@wattchain/core';
import type { SourceUnit, StructDefinition, VariableDeclaration } from 'solidity-ast';
import type { AnyNode as ASTNode, NodeIndex, NodeOf, Typed } from './nodes.js';
import { parseTypeIdentifier } from './typeIdentifier.js';
import { type Location, relocate, type Type } from './types.js';

export class Declarations implements NodeIndex {
  readonly #nodes = new Map<number, ASTNode>();
  readonly #types = new Map<string, Type>();

  constructor(units: readonly SourceUnit[]) {
    for (const unit of units) this.#collect(unit);
  }

  #collect(node: unknown): void {
    if (Array.isArray(node)) {
      for (const item of node) this.#collect(item);
    } else if (typeof node === 'object' && node !== null) {
      if ('nodeType' in node && 'id' in node) this.#nodes.set(node.id as number, node as ASTNode);
      for (const value of Object.values(node)) if (typeof value === 'object') this.#collect(value);
    }
  }

  /** The node of that number, if there is one; numbers below 0 are built-in names. */
  find(id: number | null | undefined): ASTNode | undefined {
    return id === null || id === undefined ? undefined : this.#nodes.get(id);
  }

  /** The node of that number, which is of that kind. */
  get<Kind extends ASTNode['nodeType']>(id: number, kind: Kind): NodeOf<Kind> {
    const node = this.#nodes.get(id);
    assert(node?.nodeType === kind, `node ${id} is a ${kind}`);
    return node as NodeOf<Kind>;
  }

  /** The type of an expression, a type name or a declared variable. */
  typeOf({ typeDescriptions }: Typed): Type {
    const { typeIdentifier } = typeDescriptions;
    assert(typeof typeIdentifier === 'string', 'solc types every expression');
    return this.parse(typeIdentifier);
  }

  /** The type that an identifier of solc names. */
  parse(identifier: string): Type {
    let type = this.#types.get(identifier);
    if (type === undefined) {
      type = parseTypeIdentifier(identifier, this);
      this.#types.set(identifier, type);
    }
    return type;
  }

  /** The members of a struct with their types where the struct lives. */
  membersOf(definition: StructDefinition, location: Location): readonly Member[] {
    return definition.members.map((member) => ({
      name: member.name,
      declaration: member,
      type: relocate(this.typeOf(member), location),
    }));
  }
}

/** A member of a struct. */
export interface Member {
  readonly name: string;
  readonly declaration: VariableDeclaration;
  readonly type: Type;
}
