/** A contract while it is being generated, and each of its routines: instructions, locals, and what names mean there. */

import type { StorageLayout } from '@wattchain/vm';
import type { ContractDefinition, Expression, Statement } from 'solidity-ast';
import { Code, type Label, type Operand, type SubroutineName } from '../code/code.js';
import type { Placed, SourcePlaces } from '../refusal.js';
import type { Declarations } from '../tree/declarations.js';
import type { Type } from '../tree/types.js';
import { ContractContext } from './context.js';

/** Where `break` and `continue` go. */
export interface Loop {
  readonly onBreak: Label;
  readonly onContinue: Label;
}

/** What `return` does: fill these locals and go on at the label. */
export interface Returning {
  readonly types: readonly Type[];
  readonly locals: readonly number[];
  readonly exit: Label;
}

/** Solidity's codes of `Panic(uint256)`. */
export const PANIC = {
  assert: 0x01,
  arithmetic: 0x11,
  division: 0x12,
  enumRange: 0x21,
  emptyArray: 0x31,
  index: 0x32,
  memory: 0x41,
} as const;

const PANIC_SELECTOR = 0x4e487b71;

/** What becomes of nodes: the table, which stands above all that it names. */
export interface Rows {
  /** Writes an expression; with `wanted` false its value may be left out. The type of what is left on the stack. */
  evaluate(routine: Routine, node: Expression, wanted: boolean): Type;
  execute(routine: Routine, node: Statement): void;
}

/** One contract while it is being generated. */
export class Unit extends ContractContext {
  /** All that has been written, in the order in which it was asked for. */
  readonly routines: Routine[] = [];
  readonly #names = new Map<string, SubroutineName>();
  readonly #pending: (() => void)[] = [];

  constructor(
    contract: ContractDefinition,
    declarations: Declarations,
    places: SourcePlaces,
    storageLayout: StorageLayout,
    readonly rows: Rows,
  ) {
    super(contract, declarations, places, storageLayout);
  }

  /**
   * The subroutine of that key, written once, when first asked for. It starts with its arguments on the stack, the first deepest, and
   * must end with as many results.
   */
  subroutine(
    key: string,
    takes: number,
    gives: number,
    write: (routine: Routine) => void,
    node: Placed = this.contract,
  ): SubroutineName {
    const known = this.#names.get(key);
    if (known !== undefined) return known;
    const name = { subroutine: key };
    this.#names.set(key, name);
    // Later, because a subroutine may call itself.
    this.#pending.push(() => {
      const routine = new Routine(this, key, takes, gives, node);
      this.routines.push(routine);
      write(routine);
      routine.op('RETSUB');
    });
    return name;
  }

  /** Writes the subroutines that were asked for, and those that these ask for. */
  writePending(): void {
    for (let write = this.#pending.shift(); write !== undefined; write = this.#pending.shift()) write();
  }
}

/** A function or subroutine. */
export class Routine extends Code {
  /** Locals of the variables that are in scope, by declaration. */
  readonly variables = new Map<number, number>();
  readonly loops: Loop[] = [];
  returning: Returning | undefined;
  /** Inside `unchecked { … }`. */
  isUnchecked = false;
  /** What `_` stands for in the modifier that is being written. */
  placeholder: (() => void) | undefined;
  /** The contract whose function is being written: where `super` starts from. */
  within: ContractDefinition | undefined;
  /** By number of a local: its place among those that are in scope with it. */
  readonly localPlaces: number[] = [];
  #nextPlace = 0;

  constructor(
    readonly unit: Unit,
    readonly name: string,
    readonly takes: number,
    readonly gives: number,
    /** What it is written for: where messages about the whole of it point. */
    readonly node: Placed,
  ) {
    super();
    this.place = unit.places.of(node);
  }

  /** Writes for a node: its instructions count as its line. */
  at<T>(node: Placed, write: () => T): T {
    const outer = this.place;
    this.place = this.unit.places.of(node);
    const result = write();
    this.place = outer;
    return result;
  }

  /** Writes what leaves an expression's value on the stack, a word or, of a tuple, one for each part; its type. */
  evaluate(node: Expression): Type {
    return this.at(node, () => this.unit.rows.evaluate(this, node, true));
  }

  /** Writes an expression for its effects alone; the type of what it leaves on the stack all the same. */
  evaluateForEffect(node: Expression): Type {
    return this.at(node, () => this.unit.rows.evaluate(this, node, false));
  }

  execute(node: Statement): void {
    this.at(node, () => this.unit.rows.execute(this, node));
  }

  /** A local of its own number; what it holds at first is not known. Locals of closed scopes give their places to later ones. */
  newLocal(): number {
    return this.localPlaces.push(this.#nextPlace++) - 1;
  }

  /** Places of locals made inside are free again afterwards. */
  scope<T>(write: () => T): T {
    const next = this.#nextPlace;
    const result = write();
    this.#nextPlace = next;
    return result;
  }

  /** Takes the top word into a local of its own. */
  keep(): Operand {
    const local = this.newLocal();
    this.op('LSET', local);
    return { local };
  }

  /** Takes so many words; their operands in the order in which they were pushed. */
  keepMany(count: number): Operand[] {
    const locals = Array.from({ length: count }, () => this.newLocal());
    for (let i = count - 1; i >= 0; i--) this.op('LSET', locals[i] as number);
    return locals.map((local) => ({ local }));
  }

  /** Puts an operand on the stack. */
  get(operand: Operand): void {
    if ('constant' in operand) this.push(operand.constant);
    else this.op('LGET', operand.local);
  }

  /** Puts an operand plus a constant on the stack. */
  getPlus(operand: Operand, added: bigint | number): void {
    if ('constant' in operand) {
      this.push(operand.constant + BigInt(added));
      return;
    }
    this.get(operand);
    if (BigInt(added) === 0n) return;
    this.push(added);
    this.op('ADDWRAP');
  }

  /** An operand plus a constant, as an operand. */
  plus(operand: Operand, added: bigint | number): Operand {
    if (BigInt(added) === 0n) return operand;
    if ('constant' in operand) return { constant: BigInt.asUintN(256, operand.constant + BigInt(added)) };
    this.getPlus(operand, added);
    return this.keep();
  }

  call(name: SubroutineName): void {
    this.op('CALLSUB', name);
  }

  /** Fails with `Panic(code)` when the top word is 0; takes it. */
  panicUnless(code: number): void {
    const fine = this.newLabel();
    this.jumpIf(fine);
    this.panic(code);
    this.mark(fine);
  }

  /** Fails with `Panic(code)`. */
  panic(code: number): void {
    this.push(code);
    this.op('REVERT', PANIC_SELECTOR, 1);
  }

  /** Fails without a reason when the top word is 0; takes it. */
  abortUnless(): void {
    const fine = this.newLabel();
    this.jumpIf(fine);
    this.op('ABORT');
    this.mark(fine);
  }

  /** A loop over first … end − 1; `body` gets the index. `end` must not change inside. */
  countUp(end: Operand, body: (index: Operand) => void, first: Operand = { constant: 0n }): void {
    this.scope(() => {
      const index = this.newLocal();
      const [again, done] = [this.newLabel(), this.newLabel()];
      this.get(first);
      this.op('LSET', index);
      this.mark(again);
      this.op('LGET', index);
      this.get(end);
      this.op('LT');
      this.jumpUnless(done);
      body({ local: index });
      this.op('LGET', index);
      this.push(1);
      this.op('ADDWRAP');
      this.op('LSET', index);
      this.jump(again);
      this.mark(done);
    });
  }
}
