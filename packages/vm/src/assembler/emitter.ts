import { assert, MAX_CODE_BYTES, textToBytes } from '@wattchain/core';
import { IMMEDIATES, type ImmediateKind } from '../immediates.js';
import type { Opcode } from '../opcode.js';
import { opcodeByName } from '../opcodes.js';
import type { Contract, FunctionDeclaration } from './contract.js';
import type {
  Immediate,
  Label,
  Program,
  ProgramEntry,
  ProgramInstruction,
  ProgramSubroutine,
  SubroutineName,
} from './layout.js';
import type { Token } from './lexer.js';
import { type Expansion, type Place, type Source, suggestion } from './source.js';
import { TokenReader } from './tokenReader.js';

/** A label with the line that declares it. */
export interface PlacedLabel extends Label {
  readonly place: Place;
}

/** What the bodies of a contract have come to so far, in the order of the source. */
export interface AssemblyProgram extends Program<Place> {
  readonly instructions: ProgramInstruction<Place>[];
  readonly entries: ProgramEntry<Place>[];
  readonly subroutines: ProgramSubroutine<Place>[];
  /** Tokens that macros have expanded to. */
  expandedTokens: number;
}

/** Names that belong to one use of a macro, or to the function itself. */
export interface Scope {
  readonly expansion: Expansion | undefined;
  readonly parent: Scope | undefined;
  readonly labels: Map<string, PlacedLabel>;
  readonly locals: Map<string, number>;
  /** Number of the next local declared here. */
  nextLocal: number;
}

/** A token and where its name is looked up: operands of a macro keep the scope of the macro's user. */
export interface ScopedToken extends Token {
  readonly scope: Scope;
}

/** Reads the operands of one declaration's mnemonics and appends their instructions to the program. */
export class Emitter {
  readonly contract: Contract;
  readonly declaration: FunctionDeclaration;
  /** The tokens behind the mnemonic. */
  reader: TokenReader<ScopedToken>;
  /** The mnemonic whose instructions are being emitted. */
  place: Place;
  readonly #program: AssemblyProgram;

  constructor(source: Source, contract: Contract, declaration: FunctionDeclaration, program: AssemblyProgram) {
    this.contract = contract;
    this.declaration = declaration;
    this.reader = new TokenReader(source, []);
    this.place = declaration.place;
    this.#program = program;
  }

  /** An operand that is a number or a constant, in the range of that kind of immediate. */
  number(kind: ImmediateKind): number {
    const { min, max, prose } = IMMEDIATES[kind];
    const token = this.reader.peek;
    const value = this.value(prose);
    if (value < BigInt(min) || value > BigInt(max)) {
      throw this.reader.error(token, `${token.text} is out of range`, `${prose} (${min} to ${max})`);
    }
    return Number(value);
  }

  /** An operand that is a number, a constant, or the number of a slot or map. */
  value(expected: string): bigint {
    const token = this.reader.take();
    if (token.value !== undefined) return token.value;
    if (token.kind !== 'name') throw this.reader.unexpected(token, expected);
    const { constants, slots, maps } = this.contract;
    const value = constants.get(token.text) ?? slots.get(token.text) ?? maps.get(token.text);
    if (value !== undefined) return BigInt(value);
    const known = [...constants.keys(), ...slots.keys(), ...maps.keys()];
    throw this.unknown('constant', token, known, this.#otherForm(token) ?? expected);
  }

  /** How the name is read that is no constant but an argument or local. */
  #otherForm(token: ScopedToken): string | undefined {
    const parameter = this.declaration.parameters.find(({ name }) => name === token.text);
    if (parameter !== undefined) return `${parameter.type.kind === 'list' ? 'listlen or listat' : 'arg'} ${token.text}`;
    for (let scope: Scope | undefined = token.scope; scope !== undefined; scope = scope.parent) {
      if (scope.locals.has(token.text)) return `lget ${token.text}`;
    }
    return undefined;
  }

  /** The error for a name that nothing carries. */
  unknown(what: string, token: Token, known: Iterable<string>, expected?: string): Error {
    const problem = `unknown ${what} "${token.text}"${suggestion(token.text, known)}`;
    return this.reader.error(token, problem, expected);
  }

  /** The label that the next token names. */
  label(): Label {
    const token = this.reader.expect('name', 'a label');
    return this.#lookUp(token, 'label', (scope) => scope.labels, `a line with "${token.text}:" in this function`);
  }

  /** The number of the local that the next token names. */
  local(): number {
    const token = this.reader.expect('name', 'a local');
    return this.#lookUp(token, 'local', (scope) => scope.locals, `".local ${token.text}" before this line`);
  }

  /** What a name stands for where its token was written: in the macro, else where the macro is used. */
  #lookUp<T>(token: ScopedToken, what: string, namesOf: (scope: Scope) => Map<string, T>, expected: string): T {
    const passed: Scope[] = [];
    for (let scope: Scope | undefined = token.scope; scope !== undefined; scope = scope.parent) {
      const found = namesOf(scope).get(token.text);
      if (found !== undefined) return found;
      passed.push(scope);
    }
    const known = passed.flatMap((scope) => [...namesOf(scope).keys()]);
    throw this.unknown(what, token, known, expected);
  }

  /** The instruction of that opcode with the operands that its row in the table asks for. */
  emitPlain(name: string): void {
    const opcode = opcodeByName(name);
    assert(opcode !== undefined, 'no such opcode', name);
    this.emit(name, ...opcode.immediates.map((kind) => this.#takeImmediate(kind)));
  }

  #takeImmediate(kind: ImmediateKind): Immediate {
    if (kind === 'word' || kind === 'topic') return this.value(IMMEDIATES[kind].prose);
    if (kind === 'text') return this.text();
    if (kind === 'target') return this.label();
    if (kind === 'subroutine' && this.reader.peek.kind === 'name') return this.#subroutine();
    return this.number(kind);
  }

  #subroutine(): SubroutineName {
    const token = this.reader.take();
    const { subroutines } = this.contract;
    if (!subroutines.has(token.text)) throw this.unknown('subroutine', token, subroutines);
    return { subroutine: token.text };
  }

  /** An operand in quotes that fits a word. */
  text(): string {
    const token = this.reader.expect('text', 'a text in quotes');
    const { max } = IMMEDIATES.text;
    const length = textToBytes(token.text).length;
    if (length > max) throw this.reader.error(token, `the text has ${length} bytes`, `at most ${max} bytes`);
    return token.text;
  }

  /** Appends an instruction that belongs to the mnemonic being read. */
  emit(name: string, ...immediates: Immediate[]): void {
    const opcode = opcodeByName(name);
    assert(opcode !== undefined, 'no such opcode', name);
    const { instructions } = this.#program;
    if (instructions.length >= MAX_CODE_BYTES) {
      throw this.reader.error(this.place, `the code is larger than ${MAX_CODE_BYTES} bytes`);
    }
    this.#checkPromise(opcode, immediates);
    instructions.push({ opcode, immediates, place: this.place });
  }

  /** What the function's first line promises: a view changes nothing, and as many results as it names. */
  #checkPromise(opcode: Opcode, immediates: readonly Immediate[]): void {
    const { kind, name, view, outputs } = this.declaration;
    if (kind === 'code' || kind === 'subroutine') return;
    const mnemonic = opcode.name.toLowerCase();
    if (view && opcode.writes) {
      const expected = 'no change of state, or no "view" in its first line';
      throw this.reader.error(this.place, `"${mnemonic}" in the view function "${name}"`, expected);
    }
    const returned = opcode.name === 'RETURN' ? immediates[0] : opcode.name === 'STOP' ? 0 : undefined;
    if (returned === undefined || outputs.some((output) => output.type.kind === 'string')) return;
    if (returned !== outputs.length) {
      const problem = `"${mnemonic}" gives ${returned} words, the function's first line names ${outputs.length}`;
      throw this.reader.error(this.place, problem, outputs.length === 0 ? 'stop' : `return ${outputs.length}`);
    }
  }
}
