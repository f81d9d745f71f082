/** Instructions of one routine while they are being written: opcodes, labels, where they come from. */
import type { SourcePlace } from '../refusal.js';

/** A place in a routine that jumps name. */
export interface Label {
  readonly label: number;
}

/** A subroutine that is named; its number is known when all are written. */
export interface SubroutineName {
  readonly subroutine: string;
}

export type Immediate = bigint | string | number | Label | SubroutineName;

/** An instruction. */
export interface Operation {
  readonly op: string;
  readonly immediates: readonly Immediate[];
  readonly place: SourcePlace;
}

/** An instruction, or where a label stands. */
export type Item = Operation | Label;

/** A value that can be put on the stack any time: a constant or what a local holds. */
export type Operand = { readonly constant: bigint } | { readonly local: number };

/** Writes instructions one after the other. */
export class Code {
  items: Item[] = [];
  /** What the next instructions are for. */
  place: SourcePlace = { source: 0, line: 1, column: 1, length: 1 };
  #labels = 0;

  /** Appends an instruction by its name in the table of opcodes. */
  op(name: string, ...immediates: Immediate[]): void {
    this.items.push({ op: name, immediates, place: this.place });
  }

  push(word: bigint | number): void {
    this.op('PUSH', BigInt.asUintN(256, BigInt(word)));
  }

  newLabel(): Label {
    return { label: this.#labels++ };
  }

  mark(label: Label): void {
    this.items.push(label);
  }

  jump(to: Label): void {
    this.op('JUMP', to);
  }

  /** Takes a word and jumps unless it is 0. */
  jumpIf(to: Label): void {
    this.op('JUMPIF', to);
  }

  /** Takes a word and jumps when it is 0. */
  jumpUnless(to: Label): void {
    this.op('ISZERO');
    this.op('JUMPIF', to);
  }
}
