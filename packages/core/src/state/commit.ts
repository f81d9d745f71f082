import type { Hash } from '../bytes.js';
import { updateTree } from './tree.js';
import type { KeyValueReader, KeyValueWrite, StateChange } from './types.js';

/**
 * Everything to write when a block changes the state: the flat values and the tree's records, each key once.
 * `reader` is the state before the changes.
 */
export function commitState(
  reader: KeyValueReader,
  changes: readonly StateChange[],
): { root: Hash; writes: KeyValueWrite[] } {
  const tree = updateTree(reader, changes);
  return { root: tree.root, writes: [...changes.map(({ key, after }) => ({ key, value: after })), ...tree.writes] };
}

/** The changes that undo these: committing both in turn leaves the state as it was, records and root included. */
export function revertChanges(changes: readonly StateChange[]): StateChange[] {
  return changes.map(({ key, before, after }) => ({ key, before: after, after: before }));
}
