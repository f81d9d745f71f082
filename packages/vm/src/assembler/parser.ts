import { type AbiType, parseAbiType } from '../abi.js';
import { IMMEDIATES } from '../immediates.js';
import type { Contract, FunctionDeclaration, Macro, Parameter, Signature } from './contract.js';
import { type Token, tokenize } from './lexer.js';
import { isMnemonic } from './mnemonics.js';
import { type Source, suggestion } from './source.js';
import { TokenReader } from './tokenReader.js';

/** Most arguments of a function: the code's header counts them in one byte. */
const MAX_PARAMETERS = 255;
const WORD_BITS = 256n;
/** Directives that stand inside a body and do not end it. */
const BODY_DIRECTIVES = new Set(['local', 'entry']);
const WORD_TYPES = 'address, bool, bytes32, uint256 (or a smaller uintN)';

/** Parses a source file. Throws `assembly` at the first thing that is wrong. */
export function parse(source: Source): Contract {
  return new Parser(source).parse();
}

class Parser {
  readonly #reader: TokenReader;
  readonly #constants = new Map<string, bigint>();
  readonly #slots = new Map<string, number>();
  readonly #maps = new Map<string, number>();
  readonly #events = new Map<string, Signature>();
  readonly #errors = new Map<string, Signature>();
  readonly #macros = new Map<string, Macro>();
  readonly #subroutines = new Set<string>();
  readonly #functions: FunctionDeclaration[] = [];
  /** Where each name was declared, by namespace and name. */
  readonly #declared = new Map<string, Token>();
  #name: string | undefined;

  readonly #directives = new Map<string, (directive: Token) => void>([
    ['contract', (directive) => this.#parseContract(directive)],
    ['const', () => this.#parseConstant()],
    ['slot', () => this.#parseStorage(this.#slots)],
    ['map', () => this.#parseStorage(this.#maps)],
    ['event', () => this.#parseSignature(this.#events, 'event')],
    ['error', () => this.#parseSignature(this.#errors, 'error')],
    ['macro', () => this.#parseMacro()],
    ['constructor', (directive) => this.#parseFunction(directive, 'constructor')],
    ['function', (directive) => this.#parseFunction(directive, 'function')],
    ['receive', (directive) => this.#parseBare(directive, 'receive')],
    ['subroutine', (directive) => this.#parseSubroutine(directive)],
    ['code', (directive) => this.#parseBare(directive, 'code')],
  ]);

  constructor(source: Source) {
    this.#reader = new TokenReader(source, tokenize(source));
  }

  parse(): Contract {
    const reader = this.#reader;
    for (reader.skipNewlines(); reader.peek.kind !== 'end'; reader.skipNewlines()) {
      const directive = reader.expect('directive', 'a directive such as .contract, .slot or .function');
      const parseDirective = this.#directives.get(directive.text);
      if (parseDirective === undefined) throw this.#unknownDirective(directive);
      if (this.#name === undefined && directive.text !== 'contract') {
        throw reader.unexpected(directive, '.contract and a name, at the start of the file');
      }
      parseDirective(directive);
    }
    if (this.#name === undefined)
      throw reader.unexpected(reader.peek, '.contract and a name, at the start of the file');
    if (this.#functions.every(({ kind }) => kind === 'subroutine')) {
      throw reader.error(reader.peek, 'the contract has no .function');
    }
    return {
      name: this.#name,
      constants: this.#constants,
      slots: this.#slots,
      maps: this.#maps,
      events: this.#events,
      errors: this.#errors,
      macros: this.#macros,
      subroutines: this.#subroutines,
      functions: this.#functions,
    };
  }

  #unknownDirective(directive: Token): Error {
    const { text } = directive;
    if (text === 'end') return this.#reader.error(directive, '".end" without a .macro');
    if (BODY_DIRECTIVES.has(text)) return this.#reader.error(directive, `".${text}" outside a function`);
    const known = [...this.#directives.keys(), ...BODY_DIRECTIVES, 'end'].map((name) => `.${name}`);
    return this.#reader.error(directive, `unknown directive ".${text}"${suggestion(`.${text}`, known)}`);
  }

  #parseContract(directive: Token): void {
    if (this.#name !== undefined) throw this.#reader.error(directive, 'a file holds one contract');
    this.#name = this.#reader.expect('name', "the contract's name").text;
    this.#reader.expectLineEnd();
  }

  /** Notes that a name is taken; a second time is an error. */
  #declare(namespace: string, token: Token): string {
    const key = `${namespace} ${token.text}`;
    const first = this.#declared.get(key);
    if (first !== undefined) {
      throw this.#reader.error(token, `"${token.text}" is already declared in line ${first.line}`);
    }
    this.#declared.set(key, token);
    return token.text;
  }

  /** A name that can follow a mnemonic whose operand may be left out, so it must not read as an instruction itself. */
  #declareUnlikeMnemonic(namespace: string, token: Token): string {
    if (isMnemonic(token.text)) throw this.#reader.error(token, `"${token.text}" is a mnemonic`, 'another name');
    this.#declare('instruction or storage', token);
    return namespace === 'macro' ? token.text : this.#declare(namespace, token);
  }

  #parseConstant(): void {
    const reader = this.#reader;
    const token = reader.expect('name', "the constant's name");
    reader.expect('symbol', '= and a value', '=');
    const value = this.#parseSum();
    this.#constants.set(this.#declare('value', token), value);
    reader.expectLineEnd();
  }

  #parseSum(): bigint {
    let sum = this.#parseProduct();
    for (let plus = this.#reader.takeIf('symbol', '+'); plus; plus = this.#reader.takeIf('symbol', '+')) {
      sum = this.#checkWord(plus, sum + this.#parseProduct());
    }
    return sum;
  }

  #parseProduct(): bigint {
    let product = this.#parseValue();
    for (let times = this.#reader.takeIf('symbol', '*'); times; times = this.#reader.takeIf('symbol', '*')) {
      product = this.#checkWord(times, product * this.#parseValue());
    }
    return product;
  }

  #parseValue(): bigint {
    const token = this.#reader.take();
    if (token.value !== undefined) return token.value;
    if (token.kind !== 'name') throw this.#reader.unexpected(token, 'a number or an earlier constant');
    const value = this.#constants.get(token.text);
    if (value !== undefined) return value;
    const near = suggestion(token.text, this.#constants.keys());
    throw this.#reader.error(token, `unknown constant "${token.text}"${near}`, 'a number or an earlier constant');
  }

  #checkWord(place: Token, value: bigint): bigint {
    if (value >> WORD_BITS !== 0n) throw this.#reader.error(place, 'the result does not fit a word of 256 bits');
    return value;
  }

  #parseStorage(names: Map<string, number>): void {
    const token = this.#reader.expect('name', 'a name');
    names.set(this.#declareUnlikeMnemonic('value', token), this.#slots.size + this.#maps.size);
    this.#reader.expectLineEnd();
  }

  #parseSignature(signatures: Map<string, Signature>, kind: 'event' | 'error'): void {
    const token = this.#reader.expect('name', `the ${kind}'s name`);
    const parameters = this.#parseParameters(kind);
    const indexed = parameters.filter((parameter) => parameter.indexed).length;
    if (indexed > 3) throw this.#reader.error(token, `an event has at most 3 indexed values, not ${indexed}`);
    signatures.set(this.#declare(kind, token), { name: token.text, parameters });
    this.#reader.expectLineEnd();
  }

  #parseMacro(): void {
    const reader = this.#reader;
    const token = reader.expect('name', "the macro's name");
    const parameters: string[] = [];
    for (let next = reader.takeIf('name'); next; next = reader.takeIf('name')) {
      if (parameters.includes(next.text)) throw reader.error(next, `the macro has two parameters "${next.text}"`);
      parameters.push(next.text);
    }
    reader.expectLineEnd();
    const body: Token[] = [];
    while (reader.takeIf('directive', 'end') === undefined) {
      const next = reader.take();
      if (next.kind === 'end' || (next.kind === 'directive' && next.text !== 'local')) {
        throw reader.unexpected(next, `.end, which closes the macro "${token.text}" of line ${token.line}`);
      }
      if (next.kind === 'parameter' && !parameters.includes(next.text)) {
        const near = suggestion(next.text, parameters);
        throw reader.error(next, `the macro "${token.text}" has no parameter "${next.text}"${near}`);
      }
      body.push(next);
    }
    this.#macros.set(this.#declareUnlikeMnemonic('macro', token), { name: token.text, parameters, body });
    reader.expectLineEnd();
  }

  /** A first line that says nothing more. */
  #parseBare(directive: Token, kind: 'receive' | 'code'): void {
    this.#reader.expectLineEnd();
    this.#addFunction({ kind, payable: kind === 'receive', place: directive });
  }

  /** `.subroutine name takes 2 gives 1`. */
  #parseSubroutine(directive: Token): void {
    const reader = this.#reader;
    const name = reader.expect('name', "the subroutine's name");
    const [takes, gives] = [this.#parseCount('takes'), this.#parseCount('gives')];
    reader.expectLineEnd();
    this.#subroutines.add(this.#declare('subroutine', name));
    this.#addFunction({ kind: 'subroutine', name: name.text, effect: { takes, gives }, place: directive });
  }

  #parseCount(word: 'takes' | 'gives'): number {
    const expected = `${word} and a number of words, at most ${IMMEDIATES.count.max}`;
    this.#reader.expect('name', expected, word);
    const token = this.#reader.take();
    if (token.value === undefined || token.value > IMMEDIATES.count.max) throw this.#reader.unexpected(token, expected);
    return Number(token.value);
  }

  /** Takes the body that follows; what is left out is empty. */
  #addFunction(declaration: Partial<FunctionDeclaration> & { kind: FunctionDeclaration['kind']; place: Token }): void {
    const empty = { name: '', parameters: [], outputs: [], payable: false, view: false, effect: undefined };
    const whole = { ...empty, ...declaration, body: this.#takeBody() };
    this.#declareFunction(whole, declaration.place);
    this.#functions.push(whole);
  }

  #parseFunction(directive: Token, kind: 'function' | 'constructor'): void {
    const reader = this.#reader;
    const place = kind === 'function' ? reader.expect('name', "the function's name") : directive;
    const parameters = this.#parseParameters('function');
    let payable = false;
    let view = false;
    let outputs: Parameter[] = [];
    for (let word = reader.takeIf('name'); word; word = reader.takeIf('name')) {
      if (word.text === 'payable' && !view && !payable) payable = true;
      else if (kind === 'function' && word.text === 'view' && !view && !payable) view = true;
      else if (kind === 'function' && word.text === 'returns') outputs = this.#parseParameters('result');
      else throw reader.unexpected(word, FUNCTION_WORDS[kind]);
    }
    if (reader.peek.kind !== 'newline' && reader.peek.kind !== 'end') {
      throw reader.unexpected(reader.peek, FUNCTION_WORDS[kind]);
    }
    const name = kind === 'function' ? place.text : '';
    this.#addFunction({ kind, name, parameters, outputs, payable, view, place });
  }

  #declareFunction(declaration: FunctionDeclaration, place: Token): void {
    if (declaration.kind === 'code' || declaration.kind === 'subroutine') return;
    const types = declaration.parameters.map((parameter) => parameter.type.name);
    this.#declare('function', { ...place, text: `${place.text}(${types.join(',')})` });
    if (declaration.kind !== 'function') this.#declare(`the one ${declaration.kind}`, place);
  }

  #takeBody(): Token[] {
    const reader = this.#reader;
    const body: Token[] = [];
    for (let next = reader.peek; next.kind !== 'end'; next = reader.peek) {
      if (next.kind === 'directive' && !BODY_DIRECTIVES.has(next.text)) break;
      body.push(reader.take());
    }
    return body;
  }

  /** `(type name, …)`; the list may run over several lines. */
  #parseParameters(kind: 'function' | 'result' | 'event' | 'error'): Parameter[] {
    const reader = this.#reader;
    const parameters: Parameter[] = [];
    const open = reader.expect('symbol', '( and a list of types and names', '(');
    reader.skipNewlines();
    while (reader.takeIf('symbol', ')') === undefined) {
      if (parameters.length > 0) {
        reader.expect('symbol', ', or )', ',');
        reader.skipNewlines();
      }
      parameters.push(this.#parseParameter(kind, parameters));
      reader.skipNewlines();
    }
    if (parameters.length > MAX_PARAMETERS) {
      throw reader.error(open, `${parameters.length} are more than the ${MAX_PARAMETERS} that a list may hold`);
    }
    return parameters;
  }

  #parseParameter(kind: 'function' | 'result' | 'event' | 'error', before: readonly Parameter[]): Parameter {
    const reader = this.#reader;
    const token = reader.expect('name', `a type: ${WORD_TYPES}`);
    const type = this.#parseType(token);
    const allowed = type.kind === 'word' || (type.kind === 'list' ? kind === 'function' : kind === 'result');
    if (!allowed) {
      const expected = `${WORD_TYPES}${kind === 'function' ? ', or a list of these' : ''}${kind === 'result' ? ', or string' : ''}`;
      throw reader.error(token, `"${type.name}" cannot stand here`, expected);
    }
    const indexed = kind === 'event' && reader.takeIf('name', 'indexed') !== undefined;
    const name = kind === 'result' ? reader.takeIf('name') : reader.expect('name', `a name for this ${type.name}`);
    if (name !== undefined && before.some((other) => other.name === name.text)) {
      throw reader.error(name, `"${name.text}" stands twice in this list`);
    }
    return { name: name?.text ?? '', type, indexed };
  }

  #parseType(token: Token): AbiType {
    const isList = this.#reader.takeIf('symbol', '[') !== undefined;
    if (isList) this.#reader.expect('symbol', '] (lists have no fixed length)', ']');
    const type = parseAbiType(isList ? `${token.text}[]` : token.text);
    if (type === undefined) throw this.#reader.error(token, `unknown type "${token.text}"`, WORD_TYPES);
    return type;
  }
}

const FUNCTION_WORDS: Readonly<Record<'function' | 'constructor', string>> = {
  function: 'payable or view, returns (types), or the end of the line',
  constructor: 'payable, or the end of the line',
};
