/** Random code that the verifier takes, made of every opcode: what both ways to run a frame are compared on. */
import { assert, WORD_LIMIT } from '@wattchain/core';
import { IMMEDIATES, type ImmediateKind, type ImmediateValue } from '../src/immediates.js';
import { encodeInstruction } from '../src/instruction.js';
import type { Opcode } from '../src/opcode.js';
import { OPCODES, opcodeByName } from '../src/opcodes.js';
import { CONTRACT, contractWith, type Line, OTHER, type TestSubroutine, THIRD } from './testSupport.js';

/** The function of every random contract. */
export const RANDOM_SELECTOR = 0x0badf00d;
/** Words that its calldata must have. */
export const RANDOM_HEAD_WORDS = 2;
/** Words at the edges of what instructions tell apart. */
const EDGES: readonly bigint[] = [
  0n,
  1n,
  2n,
  3n,
  31n,
  32n,
  64n,
  255n,
  256n,
  65_536n,
  2n ** 53n,
  2n ** 64n - 1n,
  2n ** 128n,
  2n ** 255n - 1n,
  2n ** 255n,
  WORD_LIMIT - 1n,
  BigInt(OTHER),
  BigInt(CONTRACT),
  BigInt(THIRD),
];
/** What ends a function or subroutine is placed by the shape of the code. */
const ANYWHERE = OPCODES.filter(({ flow }) => flow === 'next');
const ENDS = OPCODES.filter(({ flow }) => flow === 'end');
/** Where a counter of a loop stands: no other instruction sets these locals. */
const FIRST_COUNTER = 56;
const MAX_HEIGHT = 40;

/** A place in the code, which jumps name. */
type Part = Line | { readonly label: number } | { readonly jump: 'JUMP' | 'JUMPIF'; readonly to: number };

/** Numbers that decide everything; when they are used up, the code comes to its end. */
class Tape {
  #at = 0;
  constructor(readonly numbers: readonly number[]) {}

  get isOver(): boolean {
    return this.#at >= this.numbers.length;
  }

  below(limit: number): number {
    return (this.numbers[this.#at++] ?? 0) % limit;
  }

  of<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)] as T;
  }
}

class RandomBody {
  readonly #parts: Part[] = [];
  readonly #tape: Tape;
  readonly #subroutines: readonly TestSubroutine[];
  #height: number;
  #labels = 0;

  constructor(tape: Tape, height: number, subroutines: readonly TestSubroutine[]) {
    this.#tape = tape;
    this.#height = height;
    this.#subroutines = subroutines;
  }

  statements(count: number, depth: number): void {
    for (let i = 0; i < count && !this.#tape.isOver; i++) {
      const kind = this.#tape.below(10);
      if (kind === 0 && depth < 3) this.#branch(depth);
      else if (kind === 1 && depth < 2) this.#loop(depth);
      else if (kind === 2 && this.#subroutines.length > 0) this.#callSubroutine();
      else this.#instruction(this.#tape.of(ANYWHERE));
    }
  }

  /** Ends with one of the opcodes that end a call, or as a subroutine does. */
  finish(gives: number | undefined): Part[] {
    if (gives === undefined) this.#instruction(this.#tape.of(ENDS));
    else {
      this.#settle(gives);
      this.#parts.push(['RETSUB']);
    }
    return this.#parts;
  }

  #branch(depth: number): void {
    const label = this.#labels++;
    this.#need(1);
    this.#height -= 1;
    this.#parts.push({ jump: 'JUMPIF', to: label });
    const before = this.#height;
    if (this.#tape.below(3) === 0) {
      this.#instruction(this.#tape.of(ENDS));
      this.#height = before;
      this.#parts.push({ label });
      return;
    }
    this.statements(4, depth + 1);
    this.#settle(before);
    if (this.#tape.below(2) === 0) {
      const end = this.#labels++;
      this.#parts.push({ jump: 'JUMP', to: end }, { label });
      this.statements(2, depth + 1);
      this.#settle(before);
      this.#parts.push({ label: end });
    } else this.#parts.push({ label });
  }

  /** So many rounds, counted in a local of its own. */
  #loop(depth: number): void {
    const label = this.#labels++;
    const counter = FIRST_COUNTER + depth;
    this.#parts.push(['PUSH', BigInt(1 + this.#tape.below(4))], ['LSET', counter], { label });
    const before = this.#height;
    this.statements(4, depth + 1);
    this.#settle(before);
    this.#parts.push(['LGET', counter], ['PUSH', 1n], ['SUB'], ['DUP', 1], ['LSET', counter]);
    this.#parts.push({ jump: 'JUMPIF', to: label });
  }

  #callSubroutine(): void {
    const number = this.#tape.below(this.#subroutines.length);
    const { takes, gives } = this.#subroutines[number] as TestSubroutine;
    this.#need(takes);
    this.#parts.push(['CALLSUB', number]);
    this.#height += gives - takes;
  }

  #instruction(opcode: Opcode): void {
    const immediates = opcode.immediates.map((kind) => this.#immediate(kind));
    this.#need(opcode.pops(immediates));
    if (opcode.name === 'CALL' || opcode.name === 'CALLVIEW') this.#aimCall(opcode, immediates);
    this.#parts.push([opcode.name, ...immediates]);
    this.#height += opcode.pushes(immediates) - opcode.pops(immediates);
    if (this.#height > MAX_HEIGHT) this.#settle(MAX_HEIGHT);
  }

  /** Most calls would fail at once if their target were any word. */
  #aimCall({ name }: Opcode, immediates: readonly ImmediateValue[]): void {
    const count = immediates[1] as number;
    const below = count + (name === 'CALL' ? 1 : 0);
    for (let i = 0; i <= below; i++) this.#parts.push(['POP']);
    this.#parts.push(['PUSH', this.#tape.below(5) === 0 ? this.#word() : BigInt(OTHER)]);
    if (name === 'CALL') this.#parts.push(['PUSH', this.#tape.below(3) === 0 ? 1n : 0n]);
    for (let i = 0; i < count; i++) this.#parts.push(['PUSH', this.#word()]);
  }

  #immediate(kind: ImmediateKind): ImmediateValue {
    switch (kind) {
      case 'word':
      case 'topic':
        return this.#word();
      case 'text':
        return this.#tape.of(['', 'no', 'not enough']);
      case 'selector':
        return this.#tape.below(8) === 0 ? 1 : RANDOM_SELECTOR;
      case 'local':
        return this.#tape.below(FIRST_COUNTER);
      case 'count':
      case 'head':
        return this.#tape.below(4);
      case 'depth':
        return 1 + this.#tape.below(6);
      default:
        return IMMEDIATES[kind].min + this.#tape.below(IMMEDIATES[kind].max - IMMEDIATES[kind].min + 1);
    }
  }

  #word(): bigint {
    // Mostly small ones, or sums would fail before anything else is tried.
    if (this.#tape.below(4) > 0) return BigInt(this.#tape.below(40));
    const edge = this.#tape.of(EDGES);
    const moved = edge + BigInt(this.#tape.below(3)) - 1n;
    return moved < 0n || moved >= WORD_LIMIT ? edge : moved;
  }

  /** Puts words below none, so that `count` are there. */
  #need(count: number): void {
    while (this.#height < count || (!this.#tape.isOver && this.#tape.below(3) === 0)) {
      this.#parts.push(['PUSH', this.#word()]);
      this.#height += 1;
    }
  }

  #settle(height: number): void {
    for (; this.#height > height; this.#height--) this.#parts.push(['POP']);
    for (; this.#height < height; this.#height++) this.#parts.push(['PUSH', this.#word()]);
  }
}

/** Targets of jumps are offsets from the start of the code, so what stands before must be known. */
function resolve(parts: readonly Part[], start: number): { lines: Line[]; end: number } {
  const offsets = new Map<number, number>();
  let end = start;
  for (const part of parts) {
    if ('label' in part) offsets.set(part.label, end);
    else end += lengthOf('jump' in part ? [part.jump, 0] : part);
  }
  const lines = parts.flatMap((part): Line[] => {
    if ('label' in part) return [];
    return ['jump' in part ? [part.jump, offsets.get(part.to) ?? 0] : part];
  });
  return { lines, end };
}

function lengthOf([name, ...immediates]: Line): number {
  const opcode = opcodeByName(name);
  assert(opcode !== undefined, `${name} is an opcode`);
  return encodeInstruction(opcode, immediates).length;
}

/** Code with one function and, when the tape says so, subroutines that it and later ones call. */
export function randomContract(numbers: readonly number[], isView = false): Uint8Array {
  const tape = new Tape(numbers);
  const subroutineCount = tape.below(3);
  const shapes = Array.from({ length: subroutineCount }, () => ({
    takes: tape.below(3),
    gives: tape.below(3),
    lines: [],
  }));
  const body = new RandomBody(tape, 0, shapes);
  const ends = shapes.map(({ takes, gives }, number) => {
    const inner = new RandomBody(tape, takes, shapes.slice(0, number));
    inner.statements(1 + tape.below(8), 1);
    return inner.finish(gives);
  });
  body.statements(1 + tape.below(40), 0);
  const header = 8 + 8 + 4 * subroutineCount;
  const main = resolve(body.finish(undefined), header);
  let start = main.end;
  const subroutines = ends.map((parts, number) => {
    const { lines, end } = resolve(parts, start);
    start = end;
    return { ...(shapes[number] as TestSubroutine), lines };
  });
  const entry = { selector: RANDOM_SELECTOR, headWords: RANDOM_HEAD_WORDS, payable: !isView, view: isView };
  return contractWith([{ ...entry, lines: main.lines }], subroutines);
}
