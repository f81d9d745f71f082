/**
 * Shorter code for the same effect, over the instructions of one routine: what cannot be reached goes, constants are worked out, a
 * local that is written to be read once becomes a word on the stack. Each rule looks at a few neighbours; they are applied until none fits.
 */
import { opcodeByName } from '@wattchain/vm';
import type { Item, Label, Operation } from './code.js';

const WORD = 1n << 256n;

/** Opcodes of two constants that cannot fail, and their values. */
const FOLDED: Readonly<Record<string, (a: bigint, b: bigint) => bigint>> = {
  ADDWRAP: (a, b) => (a + b) % WORD,
  SUBWRAP: (a, b) => BigInt.asUintN(256, a - b),
  MULWRAP: (a, b) => (a * b) % WORD,
  AND: (a, b) => a & b,
  OR: (a, b) => a | b,
  XOR: (a, b) => a ^ b,
  SHL: (a, b) => (b > 255n ? 0n : (a << b) % WORD),
  SHR: (a, b) => (b > 255n ? 0n : a >> b),
  EQ: (a, b) => (a === b ? 1n : 0n),
  LT: (a, b) => (a < b ? 1n : 0n),
  GT: (a, b) => (a > b ? 1n : 0n),
  LE: (a, b) => (a <= b ? 1n : 0n),
  GE: (a, b) => (a >= b ? 1n : 0n),
};

const ENDS = new Set(['end', 'jump', 'return']);
const PUTS_ONE = new Set(['PUSH', 'LGET', 'CALLER', 'VALUE', 'SELF', 'TIME', 'HEIGHT', 'CHAINID', 'ARGCOUNT']);

const isOperation = (item: Item | undefined): item is Operation => item !== undefined && 'op' in item;
const isOp = (item: Item | undefined, ...names: string[]): item is Operation =>
  isOperation(item) && names.includes(item.op);
const isLabel = (item: Item | undefined): item is Label => item !== undefined && 'label' in item;

function constantOf(item: Item | undefined): bigint | undefined {
  return isOp(item, 'PUSH') ? (item.immediates[0] as bigint) : undefined;
}

/** The same routine, shorter. */
export function shorten(items: readonly Item[]): Item[] {
  let current = [...items];
  for (;;) {
    const next = pass(dropUnreachable(threadJumps(current)));
    if (next.length === current.length && next.every((item, i) => item === current[i])) return next;
    current = next;
  }
}

/** Jumps to jumps go where those go. */
function threadJumps(items: readonly Item[]): Item[] {
  const targets = new Map<number, Label>();
  for (const [i, item] of items.entries()) {
    if (!isLabel(item)) continue;
    const next = items.slice(i + 1).find(isOperation);
    if (isOp(next, 'JUMP')) targets.set(item.label, next.immediates[0] as Label);
  }
  if (targets.size === 0) return [...items];
  return items.map((item) => {
    if (!isOp(item, 'JUMP', 'JUMPIF')) return item;
    const seen = new Set<number>();
    let to = item.immediates[0] as Label;
    for (let next = targets.get(to.label); next !== undefined && !seen.has(to.label); next = targets.get(to.label)) {
      seen.add(to.label);
      to = next;
    }
    return to === item.immediates[0] ? item : { ...item, immediates: [to] };
  });
}

/** Drops what stands behind an end up to the next label that something jumps to. */
function dropUnreachable(items: readonly Item[]): Item[] {
  const used = new Set(
    items.flatMap((item) => (isOp(item, 'JUMP', 'JUMPIF') ? [(item.immediates[0] as Label).label] : [])),
  );
  const kept: Item[] = [];
  let isReached = true;
  for (const item of items) {
    if (isLabel(item)) {
      if (!used.has(item.label)) continue;
      isReached = true;
    }
    if (isReached) kept.push(item);
    if (isOperation(item) && ENDS.has(opcodeByName(item.op)?.flow ?? '')) isReached = false;
  }
  return kept;
}

/** One walk: every rule at every place. */
function pass(items: readonly Item[]): Item[] {
  const uses = countUses(items);
  const out: Item[] = [];
  for (const item of items) {
    out.push(item);
    while (shortenEnd(out, uses));
  }
  return out;
}

interface LocalUse {
  reads: number;
  writes: number;
}

function countUses(items: readonly Item[]): ReadonlyMap<number, LocalUse> {
  const uses = new Map<number, LocalUse>();
  for (const item of items) {
    if (!isOp(item, 'LGET', 'LSET')) continue;
    const local = item.immediates[0] as number;
    const use = uses.get(local) ?? { reads: 0, writes: 0 };
    if (item.op === 'LGET') use.reads++;
    else use.writes++;
    uses.set(local, use);
  }
  return uses;
}

/** Applies one rule to the last instructions; whether one fitted. */
function shortenEnd(out: Item[], uses: ReadonlyMap<number, LocalUse>): boolean {
  const [c, b, a] = [out.at(-1), out.at(-2), out.at(-3)];
  if (!isOperation(c)) return isLabel(c) && dropJumpToNext(out, c);
  const [y, x] = [constantOf(b), constantOf(a)];
  const fold = FOLDED[c.op];
  if (fold !== undefined && x !== undefined && y !== undefined) return replace(out, 3, push(fold(x, y), c));
  if (c.op === 'ISZERO' && y !== undefined) return replace(out, 2, push(y === 0n ? 1n : 0n, c));
  if (c.op === 'NOT' && y !== undefined) return replace(out, 2, push(WORD - 1n - y, c));
  if (y === 0n && ['ADDWRAP', 'SUBWRAP', 'SHL', 'SHR', 'OR', 'XOR', 'ADD', 'SUB'].includes(c.op))
    return replace(out, 2);
  if (y === 1n && ['MULWRAP', 'MUL', 'DIV'].includes(c.op)) return replace(out, 2);
  if (c.op === 'FITS' && y !== undefined && y >> BigInt(c.immediates[0] as number) === 0n) return replace(out, 1);
  // Three negations are one, and a jump needs no truth but anything that is not 0.
  if (isOp(c, 'ISZERO') && isOp(b, 'ISZERO') && isOp(a, 'ISZERO')) return replace(out, 2);
  if (isOp(c, 'JUMPIF', 'REQUIRE') && isOp(b, 'ISZERO') && isOp(a, 'ISZERO')) {
    return replace(out, 3, c);
  }
  if (isOp(c, 'JUMPIF') && y !== undefined) {
    return y === 0n ? replace(out, 2) : replace(out, 2, { ...c, op: 'JUMP' });
  }
  if (isOp(c, 'ISZERO') && isOp(b, 'GT', 'LT', 'LE', 'GE')) {
    const opposite = { GT: 'LE', LT: 'GE', LE: 'GT', GE: 'LT' }[b.op] as string;
    return replace(out, 2, { ...b, op: opposite });
  }
  if (isOp(c, 'LSET') && uses.get(c.immediates[0] as number)?.reads === 0)
    return replace(out, 1, { ...c, op: 'POP', immediates: [] });
  if (isOp(c, 'POP') && (isOp(b, ...PUTS_ONE) || isOp(b, 'DUP'))) return replace(out, 2);
  if (isOp(c, 'POP') && isOp(b, 'LSET') && isOp(a, 'DUP') && a.immediates[0] === 1) return replace(out, 3, b);
  return shortenLocals(out, uses);
}

/** Words that pass through a local, or through a swap, on their way. */
function shortenLocals(out: Item[], uses: ReadonlyMap<number, LocalUse>): boolean {
  const [d, c, b, a] = [out.at(-1), out.at(-2), out.at(-3), out.at(-4)];
  if (isOp(d, 'LGET') && isOp(c, 'LSET') && d.immediates[0] === c.immediates[0]) {
    const use = uses.get(d.immediates[0] as number);
    if (use?.reads === 1 && use.writes === 1) return replace(out, 2);
  }
  // A swap of two words that can be put the other way round.
  if (isOp(d, 'SWAP') && d.immediates[0] === 1 && isOp(c, ...PUTS_ONE) && isOp(b, ...PUTS_ONE)) {
    return replace(out, 3, c, b);
  }
  if (
    isOp(d, 'ADD', 'MUL', 'ADDWRAP', 'MULWRAP', 'AND', 'OR', 'XOR', 'EQ') &&
    isOp(c, 'SWAP') &&
    c.immediates[0] === 1
  ) {
    return replace(out, 2, d);
  }
  // An assignment whose value nobody wants.
  if (
    isOp(d, 'POP') &&
    isOp(c, 'SSTORE', 'MSTORE') &&
    isOp(b, ...PUTS_ONE) &&
    isOp(a, 'DUP') &&
    a.immediates[0] === 1
  ) {
    return replace(out, 4, b, c);
  }
  return false;
}

function dropJumpToNext(out: Item[], label: Label): boolean {
  const before = out.at(-2);
  if (isOp(before, 'JUMP') && (before.immediates[0] as Label).label === label.label) return replace(out, 2, label);
  if (isOp(before, 'JUMPIF') && (before.immediates[0] as Label).label === label.label) {
    return replace(out, 2, { ...before, op: 'POP', immediates: [] }, label);
  }
  return false;
}

function replace(out: Item[], count: number, ...by: Item[]): boolean {
  out.splice(out.length - count, count, ...by);
  return true;
}

function push(word: bigint, { place }: Operation): Operation {
  return { op: 'PUSH', immediates: [word], place };
}
