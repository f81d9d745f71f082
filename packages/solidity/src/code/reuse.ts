/**
 * Hashes and words of storage that a routine has worked out already are taken from a local instead: a slot of a mapping costs 320 gas, a
 * read 2,100, a local 1. Value numbering: walking through a routine, everything on the stack and in locals is known by how it came
 * about; what comes about in the same way is the same. What is known where ways meet is what is known on all of them; at the start of a loop,
 * nothing. Other contracts cannot change this one's storage meanwhile, since no contract is entered twice.
 */

import type { ImmediateValue } from '@wattchain/vm';
import { opcodeByName } from '@wattchain/vm';
import type { Item, Label, Operation, SubroutineName } from './code.js';

/** What a called subroutine does to its caller. */
export interface SubroutineEffect {
  readonly takes: number;
  readonly gives: number;
  readonly writesStorage: boolean;
}

/** A word on the stack: how it came about, and the stretch of instructions that did nothing else. */
interface Word {
  readonly value: string;
  /** First and last item of the stretch; −1 when there is none. */
  readonly start: number;
  readonly end: number;
}

/** What is known at one point. */
interface Known {
  stack: Word[];
  locals: Map<number, string>;
  /** By value: the item that worked it out. */
  available: Map<string, number>;
  /** Writes to storage so far, by constant slot, to any other slot, and together. */
  constantWrites: Map<string, string>;
  otherWrites: string;
  allWrites: string;
}

/** Values whose instructions cost more than moving them through a local. */
const COSTLY = new Set(['HASH', 'SLOAD']);
/** Opcodes whose value depends on their operands alone, or does not change within a call. */
const PURE = new Set([
  ...[
    'ADD',
    'SUB',
    'MUL',
    'DIV',
    'MOD',
    'ADDWRAP',
    'SUBWRAP',
    'MULWRAP',
    'FITS',
    'AND',
    'OR',
    'XOR',
    'NOT',
    'SHL',
    'SHR',
  ],
  ...[
    'LT',
    'GT',
    'LE',
    'GE',
    'EQ',
    'ISZERO',
    'SIGNEXT',
    'CHECKRANGE',
    'HASH',
    'ARG',
    'CALLER',
    'VALUE',
    'SELF',
    'TIME',
  ],
  ...['HEIGHT', 'CHAINID', 'ARGCOUNT'],
]);

const isLabel = (item: Item): item is Label => 'label' in item;

/** A stretch of items that a local replaces. */
interface Replacement {
  readonly start: number;
  readonly end: number;
  /** The item whose value it is. */
  readonly source: number;
}

/**
 * The same routine with values used again.
 *
 * @param newLocal a local that nothing else uses, or `undefined` when there is none left
 */
export function reuseValues(
  items: readonly Item[],
  effectOf: (name: string) => SubroutineEffect,
  takes: number,
  newLocal: () => number | undefined,
): Item[] {
  const replacements = new Walk(items, effectOf).run(takes);
  return rewrite(items, outermost(replacements), newLocal);
}

class Walk {
  readonly #replacements: Replacement[] = [];
  readonly #atLabels = new Map<number, Known>();
  readonly #isLoopStart = new Set<number>();
  #fresh = 0;

  constructor(
    readonly items: readonly Item[],
    readonly effectOf: (name: string) => SubroutineEffect,
  ) {
    const seen = new Set<number>();
    for (const item of items) {
      if (isLabel(item)) seen.add(item.label);
      else if (item.op === 'JUMP' || item.op === 'JUMPIF') {
        const { label } = item.immediates[0] as Label;
        if (seen.has(label)) this.#isLoopStart.add(label);
      }
    }
  }

  run(takes: number): readonly Replacement[] {
    let known: Known | undefined = {
      stack: Array.from({ length: takes }, () => this.#unknown()),
      locals: new Map(),
      available: new Map(),
      constantWrites: new Map(),
      otherWrites: 'start',
      allWrites: 'start',
    };
    for (const [i, item] of this.items.entries()) {
      if (isLabel(item)) {
        known = this.#enter(item.label, known);
      } else if (known !== undefined) {
        this.#step(known, item, i);
        const { flow } = opcodeByName(item.op) ?? {};
        if (flow === 'jump' || flow === 'branch') this.#leaveTo((item.immediates[0] as Label).label, known);
        if (flow === 'jump' || flow === 'end' || flow === 'return') known = undefined;
      }
    }
    return this.#replacements;
  }

  #unknown(): Word {
    return { value: this.#name(), start: -1, end: -1 };
  }

  #name(): string {
    return `#${this.#fresh++}`;
  }

  #leaveTo(label: number, known: Known): void {
    const before = this.#atLabels.get(label);
    this.#atLabels.set(label, before === undefined ? copyOf(known) : this.#meet(before, known));
  }

  #enter(label: number, fallen: Known | undefined): Known | undefined {
    const jumped = this.#atLabels.get(label);
    const known = jumped === undefined ? fallen : fallen === undefined ? jumped : this.#meet(jumped, fallen);
    if (known === undefined || !this.#isLoopStart.has(label)) return known;
    return {
      stack: known.stack.map(() => this.#unknown()),
      locals: new Map(),
      available: new Map(),
      constantWrites: new Map(),
      otherWrites: this.#name(),
      allWrites: this.#name(),
    };
  }

  /** What holds on both ways. */
  #meet(a: Known, b: Known): Known {
    const both = <K, V>(x: ReadonlyMap<K, V>, y: ReadonlyMap<K, V>) =>
      new Map([...x].filter(([key, value]) => y.get(key) === value));
    const same = (x: string, y: string) => (x === y ? x : this.#name());
    const constantWrites = new Map<string, string>();
    for (const slot of new Set([...a.constantWrites.keys(), ...b.constantWrites.keys()])) {
      constantWrites.set(slot, same(a.constantWrites.get(slot) ?? '', b.constantWrites.get(slot) ?? ''));
    }
    return {
      stack: a.stack.map((word, i) =>
        b.stack[i]?.value === word.value ? { value: word.value, start: -1, end: -1 } : this.#unknown(),
      ),
      locals: both(a.locals, b.locals),
      available: both(a.available, b.available),
      constantWrites,
      otherWrites: same(a.otherWrites, b.otherWrites),
      allWrites: same(a.allWrites, b.allWrites),
    };
  }

  #step(known: Known, item: Operation, i: number): void {
    const { stack, locals } = known;
    const [first] = item.immediates;
    switch (item.op) {
      case 'PUSH':
        stack.push({ value: `${first}`, start: i, end: i });
        return;
      case 'LGET': {
        const value = locals.get(first as number) ?? this.#name();
        locals.set(first as number, value);
        stack.push({ value, start: i, end: i });
        return;
      }
      case 'LSET':
        locals.set(first as number, (stack.pop() ?? this.#unknown()).value);
        return;
      case 'DUP':
        stack.push({ value: (stack.at(-(first as number)) ?? this.#unknown()).value, start: i, end: i });
        return;
      case 'SWAP':
        this.#swap(stack, first as number);
        return;
      case 'SSTORE':
        this.#write(known, (stack.pop() ?? this.#unknown()).value);
        stack.pop();
        return;
      case 'CALLSUB': {
        const { takes, gives, writesStorage } = this.effectOf((first as SubroutineName).subroutine);
        stack.length -= takes;
        if (writesStorage) this.#write(known, '');
        for (let n = 0; n < gives; n++) stack.push(this.#unknown());
        return;
      }
      default:
        this.#operate(known, item, i);
    }
  }

  #swap(stack: Word[], depth: number): void {
    const [top, other] = [stack.at(-1), stack.at(-1 - depth)];
    if (top === undefined || other === undefined) return;
    stack[stack.length - 1] = { value: other.value, start: -1, end: -1 };
    stack[stack.length - 1 - depth] = { value: top.value, start: -1, end: -1 };
  }

  /** A word of storage changes: one at a constant slot, or any. */
  #write(known: Known, slot: string): void {
    const name = this.#name();
    known.allWrites = name;
    if (isConstant(slot)) known.constantWrites.set(slot, name);
    else known.otherWrites = name;
  }

  #operate(known: Known, item: Operation, i: number): void {
    const opcode = opcodeByName(item.op);
    if (opcode === undefined) return;
    const immediates = item.immediates as readonly ImmediateValue[];
    const { stack, available } = known;
    const pops = opcode.flow === 'return' ? 0 : opcode.pops(immediates);
    const operands = stack.splice(stack.length - pops);
    const pushes = opcode.pushes(immediates);
    if (pushes !== 1 || !(PURE.has(item.op) || item.op === 'SLOAD')) {
      for (let n = 0; n < pushes; n++) stack.push(this.#unknown());
      return;
    }
    const values = operands.map(({ value }) => value);
    const version = item.op === 'SLOAD' ? `@${versionOf(known, values[0] ?? '')}` : '';
    const value = `${item.op}${immediates.length > 0 ? `[${immediates.join()}]` : ''}(${values.join()})${version}`;
    const start = startOf(operands, i);
    stack.push({ value, start, end: start < 0 ? -1 : i });
    if (!COSTLY.has(item.op)) return;
    const source = available.get(value);
    if (source === undefined) available.set(value, i);
    else if (start >= 0) this.#replacements.push({ start, end: i, source });
  }
}

function copyOf(known: Known): Known {
  return {
    ...known,
    stack: [...known.stack],
    locals: new Map(known.locals),
    available: new Map(known.available),
    constantWrites: new Map(known.constantWrites),
  };
}

function isConstant(value: string): boolean {
  return /^\d+$/.test(value);
}

/** Which writes a word of storage has seen. */
function versionOf(known: Known, slot: string): string {
  return isConstant(slot) ? `${known.constantWrites.get(slot) ?? ''}|${known.otherWrites}` : known.allWrites;
}

/** Where the stretch begins that works out these operands and nothing else, right before item `i`; −1 when it is none. */
function startOf(operands: readonly Word[], i: number): number {
  let next = i;
  for (const { start, end } of [...operands].reverse()) {
    if (start < 0 || end !== next - 1) return -1;
    next = start;
  }
  return next;
}

/** Replacements that lie in no other; and those are left out whose stretch holds what another one needs. */
function outermost(replacements: readonly Replacement[]): Replacement[] {
  const within = (inner: number, { start, end }: Replacement) => start <= inner && inner <= end;
  const tops = replacements.filter((one) => !replacements.some((other) => other !== one && within(one.end, other)));
  return tops.filter((one) => !tops.some(({ source }) => within(source, one)));
}

function rewrite(
  items: readonly Item[],
  replacements: readonly Replacement[],
  newLocal: () => number | undefined,
): Item[] {
  const locals = new Map<number, number>();
  const byStart = new Map<number, Replacement>();
  for (const replacement of replacements) {
    const local = locals.get(replacement.source) ?? newLocal();
    if (local === undefined) break;
    locals.set(replacement.source, local);
    byStart.set(replacement.start, replacement);
  }
  const out: Item[] = [];
  for (let i = 0; i < items.length; i++) {
    const item = items[i] as Item;
    const replacement = byStart.get(i);
    if (replacement !== undefined) {
      i = replacement.end;
      out.push(operation('LGET', locals.get(replacement.source) as number, items[i] as Operation));
      continue;
    }
    out.push(item);
    const local = locals.get(i);
    if (local === undefined) continue;
    out.push(operation('DUP', 1, item as Operation), operation('LSET', local, item as Operation));
  }
  return out;
}

function operation(op: string, immediate: number, { place }: Operation): Operation {
  return { op, immediates: [immediate], place };
}
