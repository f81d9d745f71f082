import type { AbiType } from '../abi.js';
import type { Token } from './lexer.js';
import type { Place } from './source.js';

/** An argument, a result, or an event's or error's value. */
export interface Parameter {
  readonly name: string;
  readonly type: AbiType;
  readonly indexed: boolean;
}

/** An `.event` or `.error`. */
export interface Signature {
  readonly name: string;
  readonly parameters: readonly Parameter[];
}

/** A `.macro`: its body is expanded wherever its name stands. */
export interface Macro {
  readonly name: string;
  readonly parameters: readonly string[];
  readonly body: readonly Token[];
}

/** The words that a `.subroutine` takes off the stack and leaves there. */
export interface StackEffect {
  readonly takes: number;
  readonly gives: number;
}

/** A stretch of instructions with what its first line says. `code` is the raw form, whose entries stand inside the body. */
export interface FunctionDeclaration extends Signature {
  readonly kind: 'function' | 'constructor' | 'receive' | 'subroutine' | 'code';
  readonly outputs: readonly Parameter[];
  readonly payable: boolean;
  readonly view: boolean;
  /** Of a subroutine. */
  readonly effect: StackEffect | undefined;
  readonly place: Place;
  readonly body: readonly Token[];
}

/** A parsed source file: everything declared, bodies still as tokens. */
export interface Contract {
  readonly name: string;
  readonly constants: ReadonlyMap<string, bigint>;
  /** Numbers of the storage words declared with `.slot` … */
  readonly slots: ReadonlyMap<string, number>;
  /** … and with `.map`; both count together. */
  readonly maps: ReadonlyMap<string, number>;
  readonly events: ReadonlyMap<string, Signature>;
  readonly errors: ReadonlyMap<string, Signature>;
  readonly macros: ReadonlyMap<string, Macro>;
  readonly subroutines: ReadonlySet<string>;
  readonly functions: readonly FunctionDeclaration[];
}
