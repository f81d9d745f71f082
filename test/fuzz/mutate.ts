import type { Dice } from './dice.js';
import { editBytes } from './editBytes.js';
import { mutateTree, type Structure } from './structure.js';

/** What mutations draw from beside the input itself. */
export interface MutationSources {
  /** Bytes that mean something to the decoder. */
  readonly dictionary: readonly Uint8Array[];
  /** How to take an input apart, where it has a form. */
  readonly structure?: Structure | undefined;
  readonly maxBytes: number;
}

/** An input made of another one by some changes: of what it means where it has a form, and of its bytes. */
export function mutate(base: Uint8Array, dice: Dice, other: Uint8Array, sources: MutationSources): Uint8Array {
  const { structure, dictionary, maxBytes } = sources;
  let bytes = base;
  const tree = structure !== undefined && dice.below(3) > 0 ? structure.parse(base) : undefined;
  if (structure !== undefined && tree !== undefined) {
    const others = structure.parse(other) ?? tree;
    let changed = tree;
    for (let left = 1 + dice.below(3); left > 0; left--) changed = mutateTree(changed, dice, others);
    bytes = structure.write(changed);
  }
  // What keeps its form is left as it is more often than not.
  let edits = tree !== undefined && !dice.oneIn(4) ? 0 : 1;
  while (edits > 0 && edits < 8 && dice.oneIn(2)) edits += 1;
  for (let left = edits; left > 0; left--) bytes = editBytes(bytes, dice, other, dictionary);
  return bytes.length > maxBytes ? bytes.slice(0, maxBytes) : bytes;
}
