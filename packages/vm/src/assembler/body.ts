import { assert } from '@wattchain/core';
import { selectorOf, signatureOf } from '../abi.js';
import { LOCAL_COUNT } from '../immediates.js';
import type { Contract, FunctionDeclaration, Macro } from './contract.js';
import { type AssemblyProgram, Emitter, type PlacedLabel, type Scope, type ScopedToken } from './emitter.js';
import type { ProgramEntry } from './layout.js';
import type { Token } from './lexer.js';
import { FORMS, isMnemonic, MNEMONICS } from './mnemonics.js';
import { type Expansion, type Place, type Source, suggestion } from './source.js';
import { TokenReader } from './tokenReader.js';

/** Macros inside macros. */
const MAX_EXPANSION_DEPTH = 32;
/** Tokens that the expansions of one file may write, so that nested macros cannot grow without end. */
const MAX_EXPANDED_TOKENS = 200_000;

/** Turns the body of a declaration into instructions at the end of `program`. Throws `assembly`. */
export function assembleBody(
  source: Source,
  contract: Contract,
  declaration: FunctionDeclaration,
  program: AssemblyProgram,
): void {
  new BodyAssembler(source, contract, declaration, program).assemble();
}

/** Expands macros and declares names; what a mnemonic means stands in `mnemonics.ts`. */
class BodyAssembler {
  readonly #contract: Contract;
  readonly #declaration: FunctionDeclaration;
  readonly #source: Source;
  readonly #program: AssemblyProgram;
  readonly #emitter: Emitter;
  /** Locals of the function itself; those of macros come behind them, so that a use of one touches none of these. */
  readonly #functionLocals: number;
  readonly #labels: PlacedLabel[] = [];

  constructor(source: Source, contract: Contract, declaration: FunctionDeclaration, program: AssemblyProgram) {
    this.#contract = contract;
    this.#declaration = declaration;
    this.#source = source;
    this.#program = program;
    this.#emitter = new Emitter(source, contract, declaration, program);
    this.#functionLocals = countLocals(declaration.body);
  }

  get #reader(): TokenReader<ScopedToken> {
    return this.#emitter.reader;
  }

  assemble(): void {
    const declaration = this.#declaration;
    const { instructions, entries, subroutines } = this.#program;
    const start = instructions.length;
    const { effect, name, place } = declaration;
    if (effect !== undefined) subroutines.push({ ...effect, name, index: start, place });
    else if (declaration.kind !== 'code') entries.push(this.#entryOf(declaration, start));
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

  #entryOf(declaration: FunctionDeclaration, index: number): ProgramEntry<Place> {
    const types = declaration.parameters.map((parameter) => parameter.type.name);
    const isConstructor = declaration.kind === 'constructor';
    const isReceive = declaration.kind === 'receive';
    return {
      selector: isConstructor || isReceive ? 0 : selectorOf(signatureOf(declaration.name, types)),
      headWords: types.length,
      payable: declaration.payable,
      view: declaration.view,
      constructor: isConstructor,
      receive: isReceive,
      index,
      place: declaration.place,
    };
  }

  /** A function must not run on into the next one. */
  #checkEnd(start: number): void {
    const { instructions } = this.#program;
    const last = instructions.length > start ? instructions.at(-1) : undefined;
    const ends = this.#declaration.kind === 'subroutine' ? 'retsub, ' : '';
    const expected = `${ends}return, stop, fail, revert or jump as the last instruction`;
    if (last === undefined) throw this.#reader.error(this.#declaration.place, 'no instructions follow', expected);
    if (last.opcode.flow === 'end' || last.opcode.flow === 'return' || last.opcode.flow === 'jump') return;
    throw this.#reader.error(last.place, 'execution would run past the end of the function', expected);
  }

  #run(tokens: readonly ScopedToken[], scope: Scope): void {
    const outerReader = this.#reader;
    const lineEnd = tokens.at(-1);
    const end = { ...(lineEnd ?? { ...this.#declaration.place, scope }), kind: 'end' as const, text: '', glued: false };
    this.#emitter.reader = new TokenReader(this.#source, [...tokens, end]);
    this.#declareLabels(tokens, scope);
    while (this.#reader.peek.kind !== 'end') this.#runStatement(scope);
    this.#emitter.reader = outerReader;
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
    } else if (token.kind === 'directive' && token.text === 'entry' && this.#declaration.kind === 'code') {
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

  /**
   * The raw form of a function's first line: `.entry selector words [payable] [view]`, `.entry constructor words [payable]`,
   * `.entry receive` or `.entry subroutine takes gives`.
   */
  #declareEntry(place: Token): void {
    const reader = this.#reader;
    const index = this.#program.instructions.length;
    if (reader.takeIf('name', 'subroutine') !== undefined) {
      const [takes, gives] = [this.#emitter.number('count'), this.#emitter.number('count')];
      this.#program.subroutines.push({ name: '', takes, gives, index, place });
      reader.expectLineEnd();
      return;
    }
    const receive = reader.takeIf('name', 'receive') !== undefined;
    const isConstructor = !receive && reader.takeIf('name', 'constructor') !== undefined;
    const selector = receive || isConstructor ? 0 : this.#emitter.number('selector');
    const headWords = receive ? 0 : this.#emitter.number('head');
    const payable = receive || reader.takeIf('name', 'payable') !== undefined;
    const view = !isConstructor && !payable && reader.takeIf('name', 'view') !== undefined;
    const flags = { payable, view, constructor: isConstructor, receive };
    this.#program.entries.push({ selector, headWords, ...flags, index, place });
    reader.expectLineEnd();
  }

  #runMnemonic(token: ScopedToken, scope: Scope): void {
    const macro = this.#contract.macros.get(token.text);
    if (macro !== undefined) {
      this.#expand(macro, token, scope);
      return;
    }
    if (!isMnemonic(token.text)) {
      const near = suggestion(token.text, [...MNEMONICS, ...this.#contract.macros.keys()]);
      throw this.#reader.error(token, `unknown mnemonic "${token.text}"${near}`);
    }
    this.#emitter.place = token;
    const form = FORMS.get(token.text);
    if (form !== undefined) form(this.#emitter);
    else this.#emitter.emitPlain(token.text.toUpperCase());
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
