import { assert, MAX_CODE_BYTES, textToBytes } from '@wattchain/core';
import { selectorOf, signatureOf } from '../abi.js';
import { IMMEDIATES, type ImmediateKind, LOCAL_COUNT } from '../immediates.js';
import { type Opcode, opcodeByName } from '../opcodes.js';
import type { Contract, FunctionDeclaration, Macro } from './contract.js';
import type { Token } from './lexer.js';
import { FORMS, isMnemonic, MNEMONICS } from './mnemonics.js';
import { type Expansion, type Place, type Source, suggestion } from './source.js';
import { TokenReader } from './tokenReader.js';

/** A place in the code that jumps name; `index` counts the contract's instructions once it is known. */
export interface Label {
  readonly place: Place;
  index: number;
}

/** What follows an opcode; a label becomes its offset when the code is laid out. */
export type Immediate = bigint | string | number | Label;

/** An opcode with its immediates and where it was written. */
export interface Instruction {
  readonly opcode: Opcode;
  readonly immediates: readonly Immediate[];
  readonly place: Place;
}

/** Where calls enter; `index` counts the contract's instructions. */
export interface Entry {
  readonly selector: number;
  readonly headWords: number;
  readonly payable: boolean;
  readonly view: boolean;
  readonly constructor: boolean;
  readonly index: number;
  readonly place: Place;
}

/** What the bodies of a contract have come to so far, in the order of the source. */
export interface Program {
  readonly instructions: Instruction[];
  readonly entries: Entry[];
  /** Tokens that macros have expanded to. */
  expandedTokens: number;
}

/** Names that belong to one use of a macro, or to the function itself. */
interface Scope {
  readonly expansion: Expansion | undefined;
  readonly parent: Scope | undefined;
  readonly labels: Map<string, Label>;
  readonly locals: Map<string, number>;
  /** Number of the next local declared here. */
  nextLocal: number;
}

/** A token and where its name is looked up: operands of a macro keep the scope of the macro's user. */
export interface ScopedToken extends Token {
  readonly scope: Scope;
}

/** Macros inside macros. */
const MAX_EXPANSION_DEPTH = 32;
/** Tokens that the expansions of one file may write, so that nested macros cannot grow without end. */
const MAX_EXPANDED_TOKENS = 200_000;

/** Turns the body of a declaration into instructions at the end of `program`. Throws `assembly`. */
export function assembleBody(
  source: Source,
  contract: Contract,
  declaration: FunctionDeclaration,
  program: Program,
): void {
  new BodyAssembler(source, contract, declaration, program).assemble();
}

/** Expands macros and turns mnemonics into instructions; what a mnemonic means stands in `mnemonics.ts`. */
export class BodyAssembler {
  readonly contract: Contract;
  readonly declaration: FunctionDeclaration;
  readonly #source: Source;
  readonly #program: Program;
  #reader: TokenReader<ScopedToken>;
  /** The mnemonic whose instructions are being emitted. */
  #place: Place;
  /** Locals of the function itself; those of macros come behind them, so that a use of one touches none of these. */
  readonly #functionLocals: number;
  readonly #labels: Label[] = [];

  constructor(source: Source, contract: Contract, declaration: FunctionDeclaration, program: Program) {
    this.contract = contract;
    this.declaration = declaration;
    this.#source = source;
    this.#program = program;
    this.#place = declaration.place;
    this.#reader = new TokenReader(source, []);
    this.#functionLocals = countLocals(declaration.body);
  }

  /** The tokens behind the mnemonic. */
  get reader(): TokenReader<ScopedToken> {
    return this.#reader;
  }

  assemble(): void {
    const { declaration } = this;
    const { instructions, entries } = this.#program;
    const start = instructions.length;
    if (declaration.kind !== 'code') entries.push(this.#entryOf(declaration, start));
    const scope: Scope = {
      expansion: undefined,
      parent: undefined,
      labels: new Map(),
      locals: new Map(),
      nextLocal: 0,
    };
    this.#run(
      declaration.body.map((token) => ({ ...token, scope })),
      scope,
    );
    for (const label of this.#labels) {
      if (label.index === instructions.length)
        throw this.#reader.error(label.place, 'no instruction follows the label');
    }
    if (declaration.kind !== 'code') this.#checkEnd(start);
  }

  #entryOf(declaration: FunctionDeclaration, index: number): Entry {
    const types = declaration.parameters.map((parameter) => parameter.type.name);
    const isConstructor = declaration.kind === 'constructor';
    return {
      selector: isConstructor ? 0 : selectorOf(signatureOf(declaration.name, types)),
      headWords: types.length,
      payable: declaration.payable,
      view: declaration.view,
      constructor: isConstructor,
      index,
      place: declaration.place,
    };
  }

  /** A function must not run on into the next one. */
  #checkEnd(start: number): void {
    const { instructions } = this.#program;
    const last = instructions.length > start ? instructions.at(-1) : undefined;
    const expected = 'return, stop, fail, revert or jump as the last instruction';
    if (last === undefined) throw this.#reader.error(this.declaration.place, 'no instructions follow', expected);
    if (last.opcode.flow === 'end' || last.opcode.flow === 'jump') return;
    throw this.#reader.error(last.place, 'execution would run past the end of the function', expected);
  }

  #run(tokens: readonly ScopedToken[], scope: Scope): void {
    const outerReader = this.#reader;
    const lineEnd = tokens.at(-1);
    const end = { ...(lineEnd ?? { ...this.declaration.place, scope }), kind: 'end' as const, text: '', glued: false };
    this.#reader = new TokenReader(this.#source, [...tokens, end]);
    this.#declareLabels(tokens, scope);
    while (this.#reader.peek.kind !== 'end') this.#runStatement(scope);
    this.#reader = outerReader;
  }

  #declareLabels(tokens: readonly ScopedToken[], scope: Scope): void {
    for (const token of tokens) {
      if (token.kind !== 'label') continue;
      const first = scope.labels.get(token.text);
      if (first !== undefined) {
        const problem = `the label "${token.text}" already stands in line ${first.place.line}`;
        throw this.#reader.error(token, problem, 'labels are local to their function or macro and unique there');
      }
      const label = { place: token, index: -1 };
      scope.labels.set(token.text, label);
      this.#labels.push(label);
    }
  }

  #runStatement(scope: Scope): void {
    const token = this.#reader.take();
    if (token.kind === 'newline') return;
    if (token.kind === 'label') {
      const label = scope.labels.get(token.text);
      assert(label !== undefined, 'labels are declared before the body runs');
      label.index = this.#program.instructions.length;
    } else if (token.kind === 'directive' && token.text === 'local') {
      this.#declareLocals(scope);
    } else if (token.kind === 'directive' && token.text === 'entry' && this.declaration.kind === 'code') {
      this.#declareEntry(token);
    } else if (token.kind === 'name') {
      this.#runMnemonic(token, scope);
    } else {
      throw this.#reader.unexpected(token, 'an instruction, a macro or a label');
    }
  }

  #declareLocals(scope: Scope): void {
    const reader = this.#reader;
    let token: ScopedToken | undefined = reader.expect('name', "the local's name");
    for (; token !== undefined; token = reader.takeIf('name')) {
      if (scope.locals.has(token.text)) throw reader.error(token, `there is already a local "${token.text}"`);
      if (scope.nextLocal >= LOCAL_COUNT) throw reader.error(token, `more than ${LOCAL_COUNT} locals`);
      scope.locals.set(token.text, scope.nextLocal);
      scope.nextLocal += 1;
    }
    reader.expectLineEnd();
  }

  /** `.entry selector words [payable] [view]` or `.entry constructor words [payable]`: the raw form of a function's first line. */
  #declareEntry(place: Token): void {
    const reader = this.#reader;
    const isConstructor = reader.takeIf('name', 'constructor') !== undefined;
    const selector = isConstructor ? 0 : this.number('selector');
    const headWords = this.number('head');
    const payable = reader.takeIf('name', 'payable') !== undefined;
    const view = !isConstructor && !payable && reader.takeIf('name', 'view') !== undefined;
    const index = this.#program.instructions.length;
    this.#program.entries.push({ selector, headWords, payable, view, constructor: isConstructor, index, place });
    reader.expectLineEnd();
  }

  #runMnemonic(token: ScopedToken, scope: Scope): void {
    const macro = this.contract.macros.get(token.text);
    if (macro !== undefined) {
      this.#expand(macro, token, scope);
      return;
    }
    if (!isMnemonic(token.text)) {
      const near = suggestion(token.text, [...MNEMONICS, ...this.contract.macros.keys()]);
      throw this.#reader.error(token, `unknown mnemonic "${token.text}"${near}`);
    }
    this.#place = token;
    const form = FORMS.get(token.text);
    if (form !== undefined) form(this);
    else this.emitPlain(token.text.toUpperCase());
  }

  #expand(macro: Macro, use: ScopedToken, user: Scope): void {
    const operands = new Map<string, ScopedToken[]>();
    for (const parameter of macro.parameters) operands.set(parameter, this.#takeMacroOperand(macro, parameter, use));
    const expansion: Expansion = { macro: macro.name, use, parent: user.expansion };
    let depth = 1;
    for (let outer = user.expansion; outer !== undefined; outer = outer.parent) {
      if (outer.macro === macro.name) throw this.#reader.error(use, `the macro "${macro.name}" uses itself`);
      depth += 1;
    }
    if (depth > MAX_EXPANSION_DEPTH) throw this.#reader.error(use, `more than ${MAX_EXPANSION_DEPTH} macros in macros`);
    const nextLocal = user.parent === undefined ? this.#functionLocals : user.nextLocal;
    const scope: Scope = { expansion, parent: user, labels: new Map(), locals: new Map(), nextLocal };
    const substitute = (token: Token): readonly ScopedToken[] | undefined =>
      token.kind === 'parameter' ? operands.get(token.text) : undefined;
    for (const token of macro.body) this.#program.expandedTokens += substitute(token)?.length ?? 1;
    if (this.#program.expandedTokens > MAX_EXPANDED_TOKENS) {
      throw this.#reader.error(use, `the macros expand to more than ${MAX_EXPANDED_TOKENS} words`);
    }
    const body = macro.body.flatMap((token) => substitute(token) ?? [{ ...token, expansion, scope }]);
    this.#run(body, scope);
  }

  /** One token, or a signature such as `transfer(address,uint256)`. */
  #takeMacroOperand(macro: Macro, parameter: string, use: ScopedToken): ScopedToken[] {
    const reader = this.#reader;
    const first = reader.take();
    if (first.kind !== 'name' && first.kind !== 'number' && first.kind !== 'text') {
      const problem = `the macro "${macro.name}" lacks its operand "${parameter}"`;
      throw reader.error(use, problem, `${macro.name} ${macro.parameters.join(' ')}`);
    }
    const operand = [first];
    if (first.kind !== 'name' || !reader.peek.glued || reader.peek.text !== '(') return operand;
    while (operand.at(-1)?.text !== ')') {
      if (reader.peek.kind === 'newline' || reader.peek.kind === 'end') throw reader.unexpected(reader.peek, ')');
      operand.push(reader.take());
    }
    return operand;
  }

  /** An operand that is a number or a constant, in the range of that kind of immediate. */
  number(kind: ImmediateKind): number {
    const { min, max, prose } = IMMEDIATES[kind];
    const token = this.#reader.peek;
    const value = this.value(prose);
    if (value < BigInt(min) || value > BigInt(max)) {
      throw this.#reader.error(token, `${token.text} is out of range`, `${prose} (${min} to ${max})`);
    }
    return Number(value);
  }

  /** An operand that is a number, a constant, or the number of a slot or map. */
  value(expected: string): bigint {
    const token = this.#reader.take();
    if (token.value !== undefined) return token.value;
    if (token.kind !== 'name') throw this.#reader.unexpected(token, expected);
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
    return this.#reader.error(token, problem, expected);
  }

  /** The label that the next token names. */
  label(): Label {
    const token = this.#reader.expect('name', 'a label');
    return this.#lookUp(token, 'label', (scope) => scope.labels, `a line with "${token.text}:" in this function`);
  }

  /** The number of the local that the next token names. */
  local(): number {
    const token = this.#reader.expect('name', 'a local');
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
    assert(opcode !== undefined, `there is an opcode ${name}`);
    this.emit(name, ...opcode.immediates.map((kind) => this.#takeImmediate(kind)));
  }

  #takeImmediate(kind: ImmediateKind): Immediate {
    if (kind === 'word' || kind === 'topic') return this.value(IMMEDIATES[kind].prose);
    if (kind === 'text') return this.text();
    if (kind === 'target') return this.label();
    return this.number(kind);
  }

  /** An operand in quotes that fits a word. */
  text(): string {
    const token = this.#reader.expect('text', 'a text in quotes');
    const { max } = IMMEDIATES.text;
    const length = textToBytes(token.text).length;
    if (length > max) throw this.#reader.error(token, `the text has ${length} bytes`, `at most ${max} bytes`);
    return token.text;
  }

  /** Appends an instruction that belongs to the mnemonic being read. */
  emit(name: string, ...immediates: Immediate[]): void {
    const opcode = opcodeByName(name);
    assert(opcode !== undefined, `there is an opcode ${name}`);
    const { instructions } = this.#program;
    if (instructions.length >= MAX_CODE_BYTES) {
      throw this.#reader.error(this.#place, `the code is larger than ${MAX_CODE_BYTES} bytes`);
    }
    this.#checkPromise(opcode, immediates);
    instructions.push({ opcode, immediates, place: this.#place });
  }

  /** What the function's first line promises: a view changes nothing, and as many results as it names. */
  #checkPromise(opcode: Opcode, immediates: readonly Immediate[]): void {
    const { kind, name, view, outputs } = this.declaration;
    if (kind === 'code') return;
    const mnemonic = opcode.name.toLowerCase();
    if (view && opcode.writes) {
      const expected = 'no change of state, or no "view" in its first line';
      throw this.#reader.error(this.#place, `"${mnemonic}" in the view function "${name}"`, expected);
    }
    const returned = opcode.name === 'RETURN' ? immediates[0] : opcode.name === 'STOP' ? 0 : undefined;
    if (returned === undefined || outputs.some((output) => output.type.kind === 'string')) return;
    if (returned !== outputs.length) {
      const problem = `"${mnemonic}" gives ${returned} words, the function's first line names ${outputs.length}`;
      throw this.#reader.error(this.#place, problem, outputs.length === 0 ? 'stop' : `return ${outputs.length}`);
    }
  }
}

/** How many names the `.local` lines of a body declare. */
function countLocals(body: readonly Token[]): number {
  let count = 0;
  let isDeclaring = false;
  for (const token of body) {
    isDeclaring = token.kind === 'directive' ? token.text === 'local' : isDeclaring && token.kind === 'name';
    if (isDeclaring && token.kind === 'name') count += 1;
  }
  return count;
}
