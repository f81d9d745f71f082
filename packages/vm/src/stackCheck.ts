/** Stack heights, followed through the code at deployment (docs/vm.md, "Verification"). EIP-5450 does the same for the EVM. */
import { assert, type Outcome } from '@wattchain/core';
import type { CodeFault, FunctionEntry, SubroutineEntry } from './code.js';
import { MAX_STACK_WORDS } from './immediates.js';
import type { Instruction } from './instruction.js';
import type { Subroutine } from './machine/frame.js';

/** A function or subroutine of the header and the position of its first instruction. */
export type Placed<Entry> = Entry & { readonly start: number };

/** What following the code found out. */
export interface StackMeasures {
  /** Locals that the functions use. */
  readonly locals: number;
  readonly subroutines: readonly Subroutine[];
}

/** Who owns an instruction: the functions together, or a subroutine by its number. */
const FUNCTIONS = -1;
const NOBODY = -2;

/**
 * Follows every way through the code once. Each instruction belongs to the functions or to one subroutine and has one height of
 * the stack on all ways to it; a subroutine touches only the words that it takes and returns with exactly those that it gives.
 */
export function checkStack(
  instructions: readonly Instruction[],
  functions: readonly Placed<FunctionEntry>[],
  subroutines: readonly Placed<SubroutineEntry>[],
): Outcome<StackMeasures, CodeFault> {
  const check = new StackCheck(instructions, subroutines);
  const fault = check.follow(functions);
  return fault === undefined ? { value: check.measures() } : { fault };
}

class StackCheck {
  readonly #heights: Int16Array;
  readonly #owners: Int32Array;
  readonly #pending: number[] = [];
  /** Most words on the stack and locals of each subroutine, and at the end of the functions. */
  readonly #most: { height: number; locals: number }[];
  #fault: CodeFault | undefined;

  constructor(
    readonly instructions: readonly Instruction[],
    readonly subroutines: readonly Placed<SubroutineEntry>[],
  ) {
    this.#heights = new Int16Array(instructions.length);
    this.#owners = new Int32Array(instructions.length).fill(NOBODY);
    this.#most = Array.from({ length: subroutines.length + 1 }, () => ({ height: 0, locals: 0 }));
  }

  follow(functions: readonly Placed<FunctionEntry>[]): CodeFault | undefined {
    for (const { start, entry } of functions) this.#reach(start, 0, FUNCTIONS, entry);
    for (const [number, { start, entry, takes }] of this.subroutines.entries()) {
      this.#reach(start, takes, number, entry);
    }
    for (let at = this.#pending.pop(); at !== undefined && this.#fault === undefined; at = this.#pending.pop()) {
      this.#step(at);
    }
    return this.#fault;
  }

  measures(): StackMeasures {
    const subroutines = this.subroutines.map(({ takes, gives, start }, number) =>
      Object.freeze({ takes, gives, start, ...this.#mostOf(number) }),
    );
    return { locals: this.#mostOf(FUNCTIONS).locals, subroutines };
  }

  #mostOf(owner: number) {
    const most = this.#most[owner === FUNCTIONS ? this.subroutines.length : owner];
    assert(most !== undefined, 'every owner is counted');
    return most;
  }

  #reach(position: number, height: number, owner: number, from: number): void {
    const known = this.#owners[position];
    if (known === undefined) {
      this.#refuse('codeEnd', from, 'execution would run past the end of the code');
    } else if (known === NOBODY) {
      this.#owners[position] = owner;
      this.#heights[position] = height;
      this.#pending.push(position);
    } else if (known !== owner) {
      this.#refuse('codeTarget', this.#offsetOf(position), 'a subroutine shares no instruction with other code');
    } else if (this.#heights[position] !== height) {
      const detail = `reached with ${this.#heights[position]} and with ${height} words on the stack`;
      this.#refuse('codeStack', this.#offsetOf(position), detail);
    }
  }

  #step(position: number): void {
    const instruction = this.instructions[position];
    const [height, owner] = [this.#heights[position], this.#owners[position]];
    assert(instruction !== undefined && height !== undefined && owner !== undefined, 'what is pending was reached');
    const { opcode, immediates, offset } = instruction;
    const { pops, pushes } = this.#effectOf(instruction, owner);
    const after = height - pops + pushes;
    const most = this.#mostOf(owner);
    most.height = Math.max(most.height, height, after);
    const local = opcode.immediates.indexOf('local');
    if (local >= 0) most.locals = Math.max(most.locals, (immediates[local] as number) + 1);
    if (height < pops) this.#refuse('codeStack', offset, `${opcode.name} needs ${pops} words, has ${height}`);
    if (opcode.flow === 'return' && height > pops) {
      this.#refuse('codeStack', offset, `${opcode.name} with ${height} words, the subroutine gives ${pops}`);
    }
    if (most.height > MAX_STACK_WORDS) {
      this.#refuse('codeStack', offset, `more than ${MAX_STACK_WORDS} words on the stack`);
    }
    if (opcode.flow === 'jump' || opcode.flow === 'branch') this.#reach(immediates[0] as number, after, owner, offset);
    if (opcode.flow === 'next' || opcode.flow === 'branch' || opcode.flow === 'subroutine') {
      this.#reach(position + 1, after, owner, offset);
    }
  }

  /** Words that an instruction takes and puts; none, and a fault, where that cannot be said. */
  #effectOf({ opcode, immediates, offset }: Instruction, owner: number): { pops: number; pushes: number } {
    if (opcode.flow === 'subroutine') {
      const called = this.subroutines[immediates[0] as number];
      if (called !== undefined) return { pops: called.takes, pushes: called.gives };
      const detail = `${opcode.name} of subroutine ${immediates[0]}, there are ${this.subroutines.length}`;
      this.#refuse('codeTarget', offset, detail);
    } else if (opcode.flow === 'return') {
      const own = this.subroutines[owner];
      if (own !== undefined) return { pops: own.gives, pushes: 0 };
      this.#refuse('codeStack', offset, `${opcode.name} outside a subroutine`);
    } else {
      return { pops: opcode.pops(immediates), pushes: opcode.pushes(immediates) };
    }
    return { pops: 0, pushes: 0 };
  }

  #offsetOf(position: number): number {
    return this.instructions[position]?.offset ?? 0;
  }

  #refuse(code: CodeFault['code'], offset: number, detail: string): void {
    this.#fault ??= { code, offset, detail };
  }
}
