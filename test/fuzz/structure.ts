import { concatBytes, decodeRlp, encodeRlp, type RlpItem } from '@wattchain/core';
import {
  decodeEnvelope,
  type EnvelopeValue,
  encodeEnvelope,
  MAX_VALUES,
} from '../../packages/node/src/p2p/envelope.js';
import type { Dice } from './dice.js';
import { editBytes } from './editBytes.js';

/** What an input means, so that a change inside of it leaves the lengths around it right. */
export type Tree = null | boolean | number | string | Uint8Array | readonly Tree[] | { readonly [name: string]: Tree };

/** How inputs of a form are taken apart and put together. */
export interface Structure {
  /** `undefined` for what has not the form. */
  parse(bytes: Uint8Array): Tree | undefined;
  /** Bytes of a tree, also of one that has not quite the form: as near as it comes. */
  write(tree: Tree): Uint8Array;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** The text that an input is. */
export const textOf = (bytes: Uint8Array): string => decoder.decode(bytes);
export const bytesOf = (text: string): Uint8Array => encoder.encode(text);

/** A list of strings and lists. */
export const RLP: Structure = {
  parse: (bytes) => decodeRlp(bytes).value as Tree | undefined,
  write: (tree) => encodeRlp(rlpOf(tree)),
};

/** `type ‖ rlp` or `rlp` (EIP-2718). */
export const TYPED_RLP: Structure = {
  parse: (bytes) => {
    const isTyped = (bytes[0] ?? 0xff) < 0x80;
    const item = decodeRlp(isTyped ? bytes.subarray(1) : bytes).value as Tree | undefined;
    return item === undefined ? undefined : [isTyped ? bytes.slice(0, 1) : new Uint8Array(0), item];
  },
  write: (tree) => {
    const [type = null, item = null] = Array.isArray(tree) ? (tree as readonly Tree[]) : [null, tree];
    return concatBytes(type instanceof Uint8Array ? type : new Uint8Array(0), encodeRlp(rlpOf(item)));
  },
};

/** MessagePack as peers send it. */
export const ENVELOPE: Structure = {
  parse: (bytes) => decodeEnvelope(bytes).value as Tree | undefined,
  write: (tree) => encodeEnvelope(envelopeOf(tree)),
};

/** JSON text. */
export const JSON_TEXT: Structure = {
  parse: (bytes) => {
    try {
      return JSON.parse(textOf(bytes)) as Tree;
    } catch {
      return undefined;
    }
  },
  write: (tree) => bytesOf(JSON.stringify(tree)),
};

/** Lines of cells: CSV, logs, assembly. */
export const LINES: Structure = {
  parse: (bytes) =>
    textOf(bytes)
      .split('\n')
      .map((line) => line.split(',')),
  write: (tree) =>
    bytesOf(
      (Array.isArray(tree) ? (tree as readonly Tree[]) : [tree])
        .map((line) => (Array.isArray(line) ? line.map(String).join(',') : String(line)))
        .join('\n'),
    ),
};

function rlpOf(tree: Tree): RlpItem {
  if (tree instanceof Uint8Array) return tree;
  if (Array.isArray(tree)) return (tree as readonly Tree[]).map(rlpOf);
  return bytesOf(String(tree));
}

function envelopeOf(tree: Tree): EnvelopeValue {
  if (Array.isArray(tree)) return (tree as readonly Tree[]).slice(0, MAX_VALUES).map(envelopeOf);
  if (tree instanceof Uint8Array || tree === null || typeof tree !== 'object') return tree as EnvelopeValue;
  return null;
}

const EDGE_NUMBERS = [
  -1,
  0.5,
  0,
  1,
  2,
  31,
  127,
  128,
  255,
  256,
  65_535,
  65_536,
  2 ** 31,
  2 ** 32 - 1,
  2 ** 32,
  Number.MAX_SAFE_INTEGER,
];
const EDGE_TEXTS = [
  '',
  '0x',
  '0x0',
  '0x00',
  '-1',
  '1e400',
  'NaN',
  '__proto__',
  'constructor',
  '\u202e',
  '\ud800',
  'latest',
  `0x${'ff'.repeat(20)}`,
  `0x${'ff'.repeat(32)}`,
];

/** The tree with one change somewhere. `others` is a tree that parts are taken from. */
export function mutateTree(tree: Tree, dice: Dice, others: Tree): Tree {
  let place = dice.below(sizeOf(tree));
  const change = (node: Tree): Tree => {
    if (place-- === 0) return changed(node, dice, others);
    if (!isList(node) && !isRecord(node)) return node;
    if (isList(node)) return node.map((item) => (place < 0 ? item : change(item)));
    return Object.fromEntries(Object.entries(node).map(([name, item]) => [name, place < 0 ? item : change(item)]));
  };
  return change(tree);
}

function changed(node: Tree, dice: Dice, others: Tree): Tree {
  if (dice.oneIn(6)) return partOf(others, dice);
  if (dice.oneIn(12)) return [node];
  if (isList(node)) return changedList(node, dice, others);
  if (isRecord(node)) {
    return Object.fromEntries(changedList(Object.entries(node), dice, [['__proto__', 1]]) as [string, Tree][]);
  }
  if (node instanceof Uint8Array) return editBytes(node, dice, new Uint8Array(32).fill(dice.below(256)));
  if (typeof node === 'string') return changedText(node, dice);
  if (typeof node === 'number') return dice.oneIn(2) ? dice.of(EDGE_NUMBERS) : Math.max(0, node + dice.below(5) - 2);
  if (typeof node === 'boolean') return !node;
  return dice.of([0, '', false, []]);
}

/** One member more, fewer or elsewhere. */
function changedList(list: readonly Tree[], dice: Dice, others: Tree): readonly Tree[] {
  const at = dice.below(list.length + 1);
  const item = list[at];
  if (item === undefined || dice.oneIn(4)) {
    const added = isList(others) && others.length > 0 ? dice.of(others) : partOf(others, dice);
    // A record's members are pairs of a name and a value.
    const fits = list.every((member) => isList(member) === isList(added));
    return fits ? [...list.slice(0, at), added, ...list.slice(at)] : list;
  }
  switch (dice.below(4)) {
    case 0:
      return [...list.slice(0, at), ...list.slice(at + 1)];
    case 1:
      return [...list.slice(0, at), item, ...list.slice(at)];
    case 2:
      return [...list.slice(at + 1), ...list.slice(0, at + 1)];
    default:
      return list.slice(0, at);
  }
}

function changedText(text: string, dice: Dice): string {
  if (dice.oneIn(4)) return dice.of(EDGE_TEXTS);
  const at = dice.below(text.length + 1);
  switch (dice.below(4)) {
    case 0:
      return text.slice(0, at) + text.slice(at + 1 + dice.below(3));
    case 1:
      return text.slice(0, at) + dice.of(EDGE_TEXTS) + text.slice(at);
    case 2:
      return (
        text.slice(0, at) +
        String.fromCharCode(dice.oneIn(8) ? dice.below(0x1_0000) : 32 + dice.below(95)) +
        text.slice(at + 1)
      );
    default:
      return text.slice(0, at) + text.slice(dice.below(text.length + 1));
  }
}

/** Any part of a tree. */
function partOf(tree: Tree, dice: Dice): Tree {
  let node = tree;
  while (dice.below(3) > 0) {
    const members = isList(node) ? node : isRecord(node) ? Object.values(node) : [];
    if (members.length === 0) break;
    node = dice.of(members);
  }
  return node;
}

/** Nodes of a tree, itself counted. */
function sizeOf(tree: Tree): number {
  const members = isList(tree) ? tree : isRecord(tree) ? Object.values(tree) : [];
  return members.reduce<number>((sum, member) => sum + sizeOf(member), 1);
}

function isList(tree: Tree): tree is readonly Tree[] {
  return Array.isArray(tree);
}

function isRecord(tree: Tree): tree is { readonly [name: string]: Tree } {
  return typeof tree === 'object' && tree !== null && !Array.isArray(tree) && !(tree instanceof Uint8Array);
}
