import type { Hash } from '../bytes.js';
import { type Pieces, runToEnd } from '../pieces.js';
import { updateTreeInPieces } from './tree.js';
import type { KeyValueReader, KeyValueWrite, StateChange } from './types.js';

/**
 * Everything to write when a block changes the state: the flat values and the tree's records, each key once.
 * `reader` is the state before the changes.
 */
export function commitState(
  reader: KeyValueReader,
  changes: readonly StateChange[],
): { root: Hash; writes: KeyValueWrite[] } {
  return runToEnd(commitStateInPieces(reader, changes, Number.POSITIVE_INFINITY));
}

/** As {@link commitState}, in pieces of about `pieceKeys` keys. What the reader reads stays as it is in between. */
export function* commitStateInPieces(
  reader: KeyValueReader,
  changes: readonly StateChange[],
  pieceKeys: number,
): Pieces<{ root: Hash; writes: KeyValueWrite[] }> {
  const tree = yield* updateTreeInPieces(reader, changes, pieceKeys);
  return { root: tree.root, writes: [...changes.map(({ key, after }) => ({ key, value: after })), ...tree.writes] };
}

/** The changes that undo these: committing both in turn leaves the state as it was, records and root included. */
export function revertChanges(changes: readonly StateChange[]): StateChange[] {
  return changes.map(({ key, before, after }) => ({ key, before: after, after: before }));
}
