import {
  assert,
  bytesEqual,
  type ExecutionFault,
  type Hash,
  merkleRoot,
  type Outcome,
  receiptsRoot,
  type Transaction,
} from '@wattchain/core';
import type { BlockResult } from '@wattchain/vm';

/** What this node's own template did to the state, for the block that is found for it. */
export interface ExecutedBlock {
  /** Covers parent, time, miner, body and roots: a block with the same one does the same. */
  readonly sealHash: Uint8Array;
  readonly transactions: readonly Transaction[];
  /** `undefined`: forgotten. */
  readonly result: BlockResult | undefined;
}

/** Whether a block of this hash is one of those, one in `oneIn`, that are executed again although what they do is known. */
export function isRechecked(hash: Hash, oneIn: number): boolean {
  return Number.parseInt(hash.slice(-8), 16) % oneIn === 0;
}

/** Asserts that executing a block again does the same to the last byte. */
export function requireSameResult(known: BlockResult, again: Outcome<BlockResult, ExecutionFault>): void {
  assert(!again.fault, `a block that was executed for its template has the fault ${again.fault?.code}`);
  const { value } = again;
  for (const name of ['stateRoot', 'receiptsRoot', 'gasUsed'] as const) {
    assert(known[name] === value[name], `executed again, a block has the ${name} ${value[name]}, not ${known[name]}`);
  }
  assert(receiptsRoot(known.receipts) === value.receiptsRoot, 'executed again, a block has the same receipts');
  assert(merkleRoot(known.encodedReceipts) === value.receiptsRoot, 'executed again, a block stores the same receipts');
  assert(isSameList(known.writes, value.writes, ['key', 'value']), 'executed again, a block writes the same');
  assert(
    isSameList(known.changes, value.changes, ['key', 'before', 'after']),
    'executed again, a block changes the same',
  );
}

type Bytes = Uint8Array | undefined;

function isSameList<Name extends string>(
  some: readonly Readonly<Record<Name, Bytes>>[],
  others: readonly Readonly<Record<Name, Bytes>>[],
  names: readonly Name[],
): boolean {
  return (
    some.length === others.length && some.every((one, i) => names.every((name) => isSame(one[name], others[i]?.[name])))
  );
}

function isSame(a: Bytes, b: Bytes): boolean {
  return a === undefined || b === undefined ? a === b : bytesEqual(a, b);
}
