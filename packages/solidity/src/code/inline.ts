/**
 * Subroutines that are shorter than a call of them stand where they are called. So an operator of a unit, which is a function of one sum,
 * costs what the sum costs.
 */
import type { Item, Operation, SubroutineName } from './code.js';

/** A routine as far as it matters here. */
export interface Body {
  readonly name: string;
  readonly items: readonly Item[];
}

/** Opcodes without an immediate, or with one byte: at most so many take no more room than CALLSUB and the header's row. */
const MOST_OPERATIONS = 3;
const WIDE = new Set([
  'PUSH',
  'LOG',
  'LOGM',
  'REQUIRE',
  'FAIL',
  'CALL',
  'CALLM',
  'CALLVIEW',
  'CALLVIEWM',
  'REVERT',
  'REVERTM',
]);
/** What depends on the routine that it stands in, or ends it. */
const BOUND = new Set(['LGET', 'LSET', 'JUMP', 'JUMPIF', 'CALLSUB', 'RETSUB']);

/** By name: what short subroutines do; they may have had calls of shorter ones inside. */
export function shortSubroutines(subroutines: readonly Body[]): ReadonlyMap<string, readonly Operation[]> {
  const short = new Map<string, readonly Operation[]>();
  for (let size = -1; size < short.size; ) {
    size = short.size;
    for (const { name, items } of subroutines) {
      const operations = shortBody(inline(items, short));
      if (operations !== undefined) short.set(name, operations);
    }
  }
  return short;
}

/** Instructions with what short subroutines do in place of their calls. */
export function inline(items: readonly Item[], short: ReadonlyMap<string, readonly Operation[]>): Item[] {
  return items.flatMap((item): readonly Item[] => short.get(calledBy(item)) ?? [item]);
}

/** The subroutine that an instruction calls; no text that is a name when it calls none. */
export function calledBy(item: Item): string {
  return 'op' in item && item.op === 'CALLSUB' ? (item.immediates[0] as SubroutineName).subroutine : '';
}

/** What a subroutine does before it returns, when that can stand anywhere. */
function shortBody(items: readonly Item[]): readonly Operation[] | undefined {
  const last = items.at(-1);
  if (last === undefined || !('op' in last) || last.op !== 'RETSUB' || items.length > MOST_OPERATIONS + 1)
    return undefined;
  const operations: Operation[] = [];
  for (const item of items.slice(0, -1)) {
    if (!('op' in item) || BOUND.has(item.op) || WIDE.has(item.op)) return undefined;
    operations.push(item);
  }
  return operations;
}
