/** solc's nodes, by their kinds and numbers. */
import type { Node } from 'solidity-ast/node.js';
import type { Type } from './types.js';

export type AnyNode = Node;

/** The kind of node with that name. */
export type NodeOf<Kind extends Node['nodeType']> = Extract<Node, { nodeType: Kind }>;

/** What solc has typed. */
export interface Typed {
  readonly typeDescriptions: { readonly typeIdentifier?: string | null };
}

/** Nodes by their numbers, and their types. */
export interface NodeIndex {
  get<Kind extends Node['nodeType']>(id: number, kind: Kind): NodeOf<Kind>;
  typeOf(node: Typed): Type;
}
