/** Random contracts: packed storage, internal functions with several results, memory lists and structs, loops. */
import { Random } from '../random.js';
import { ExpressionWriter, type Helper, type List, type Scope, type Variable } from './expressions.js';
import { anyType, BOOL, literal, nameOf, numberType, sameType, UINT256, type WordType } from './types.js';

const HELPERS = 4;
const FUNCTIONS = 5;

/** A program's text, the same for the same seed and number. */
export function randomProgram(seed: number, number: number): string {
  return new ProgramWriter(new Random('program', seed, number)).write();
}

/** A scope to which statements add. */
interface OpenScope extends Scope {
  readonly variables: Variable[];
  readonly lists: List[];
}

class ProgramWriter {
  readonly #random: Random;
  readonly #expressions: ExpressionWriter;
  readonly #lines: string[] = [];
  readonly #fields: WordType[];
  readonly #state: OpenScope;
  readonly #helpers: Helper[] = [];
  #names = 0;
  #indent = 1;
  #results: readonly WordType[] = [];
  #loops = 0;

  constructor(random: Random) {
    this.#random = random;
    this.#expressions = new ExpressionWriter(random);
    this.#fields = Array.from({ length: 3 + random.below(3) }, () => anyType(random));
    const variables = Array.from({ length: 5 + random.below(6) }, (_, i) => ({
      text: `s${i}`,
      type: anyType(random),
      isWritable: true,
    }));
    const lists: List[] = [
      { text: 'grown', element: anyType(random), length: undefined, isDynamicStorage: true },
      { text: 'fixed_', element: anyType(random), length: 2 + random.below(9), isDynamicStorage: false },
    ];
    const maps = [{ name: 'map', key: anyType(random), value: anyType(random) }];
    const fields = this.#fields.map((type, i) => ({ text: `kept.f${i}`, type, isWritable: true }));
    this.#state = { variables: [...variables, ...fields], lists, maps, helpers: this.#helpers };
  }

  write(): string {
    const { variables, lists, maps } = this.#state;
    const random = this.#random;
    this.#line(`struct S { ${this.#fields.map((type, i) => `${nameOf(type)} f${i};`).join(' ')} }`);
    for (const [i, { text, type }] of variables.entries()) {
      if (text.startsWith('kept')) continue;
      const first = random.oneIn(4) ? ` = ${literal(random, type)}` : '';
      this.#line(`${nameOf(type)} ${random.oneIn(2) ? 'public ' : ''}${text}${first};`);
      if (i === 2) this.#line('S public kept;');
    }
    for (const { text, element, length } of lists) this.#line(`${nameOf(element)}[${length ?? ''}] public ${text};`);
    for (const { name, key, value } of maps) this.#line(`mapping(${nameOf(key)} => ${nameOf(value)}) public ${name};`);
    this.#line('event E(uint256 indexed n, bytes32 a, int64 b);');
    this.#line('error Stop(uint256 n);');
    for (let i = 0; i < HELPERS; i++) this.#helper(`h${i}`);
    for (let i = 0; i < FUNCTIONS; i++) this.#function(`f${i}`, 'external payable');
    const head = '// SPDX-License-Identifier: MIT\npragma solidity ^0.8.37;\n\ncontract Program {';
    return `${head}\n${this.#lines.join('\n')}\n}\n`;
  }

  #helper(name: string): void {
    const helper = this.#function(name, 'internal');
    this.#helpers.push(helper);
  }

  #function(name: string, visibility: string): Helper {
    const random = this.#random;
    const parameters = Array.from({ length: random.below(4) }, () => anyType(random));
    const results = Array.from({ length: 1 + random.below(3) }, () => anyType(random));
    const parameterText = parameters.map((type, i) => `${nameOf(type)} p${i}`).join(', ');
    const resultText = results.map((type, i) => `${nameOf(type)} r${i}`).join(', ');
    this.#line(`function ${name}(${parameterText}) ${visibility} returns (${resultText}) {`);
    const variable = (prefix: string) => (type: WordType, i: number) => ({
      text: `${prefix}${i}`,
      type,
      isWritable: true,
    });
    this.#results = results;
    const own = [...parameters.map(variable('p')), ...results.map(variable('r'))];
    const scope = {
      ...this.#state,
      variables: [...this.#state.variables, ...own, ...own],
      lists: [...this.#state.lists],
    };
    this.#block(scope, 2 + random.below(4), 2);
    for (const [i, type] of results.entries()) {
      if (random.oneIn(2)) this.#line(`    r${i} = ${this.#expressions.expression(type, scope, 2)};`);
    }
    this.#line('}');
    return { name, parameters, results };
  }

  #block(outer: OpenScope, statements: number, depth: number): void {
    const scope = { ...outer, variables: [...outer.variables], lists: [...outer.lists] };
    this.#indent += 1;
    for (let i = 0; i < statements; i++) this.#statement(scope, depth);
    this.#indent -= 1;
  }

  #statement(scope: OpenScope, depth: number) {
    const random = this.#random;
    const write = (type: WordType, size = 2) => this.#expressions.expression(type, scope, size);
    switch (random.below(depth > 0 ? 16 : 11)) {
      case 0:
      case 1: {
        const type = anyType(random);
        const text = `v${this.#names++}`;
        this.#line(`${nameOf(type)} ${text} = ${write(type, 3)};`);
        scope.variables.push({ text, type, isWritable: true });
        return;
      }
      case 2:
        return this.#compound(scope);
      case 3:
        return this.#calls(scope);
      case 4:
        return this.#lists(scope);
      case 5:
        return this.#structs(scope);
      case 6:
        return this.#rare(scope);
      case 11:
      case 12:
        this.#line(`if (${write(BOOL)}) {`);
        this.#block(scope, 1 + random.below(2), depth - 1);
        if (random.oneIn(2)) {
          this.#line('} else {');
          this.#block(scope, 1 + random.below(2), depth - 1);
        }
        return this.#line('}');
      case 13:
      case 14:
        this.#line('unchecked {');
        this.#block(scope, 1 + random.below(3), 0);
        return this.#line('}');
      case 15:
        return this.#loop(scope, depth);
      default:
        return this.#assign(scope);
    }
  }

  #assign(scope: OpenScope) {
    const type = this.#random.pick(scope.variables).type;
    const place = this.#expressions.place(type, scope);
    if (place !== undefined) this.#line(`${place} = ${this.#expressions.expression(type, scope, 3)};`);
  }

  #compound(scope: OpenScope) {
    const random = this.#random;
    const { type, text, isWritable } = random.pick(scope.variables);
    if (!isWritable || type.kind === 'bool') return this.#assign(scope);
    if (type.kind !== 'bytes' && random.oneIn(3)) {
      return this.#line(
        random.oneIn(2) ? `${text}${random.pick(['++', '--'])};` : `${random.pick(['++', '--'])}${text};`,
      );
    }
    if (random.oneIn(8)) return this.#line(`delete ${text};`);
    const operator = random.pick(type.kind === 'bytes' ? ['&', '|', '^'] : ['+', '-', '*', '/', '%', '&', '|', '^']);
    if (random.oneIn(4)) {
      return this.#line(`${text} ${random.pick(['<<', '>>'])}= ${literal(random, { kind: 'uint', bits: 8 })};`);
    }
    this.#line(`${text} ${operator}= ${this.#expressions.expression(type, scope, 2)};`);
  }

  /** A call of a helper, its results taken apart. */
  #calls(scope: OpenScope) {
    const random = this.#random;
    if (scope.helpers.length === 0) return this.#assign(scope);
    const helper = random.pick(scope.helpers);
    const call = this.#expressions.call(helper, scope, 2);
    if (random.oneIn(4)) return this.#line(`${call};`);
    if (random.oneIn(3)) {
      const places = helper.results.map((type) =>
        random.oneIn(4) ? '' : (this.#expressions.place(type, scope) ?? ''),
      );
      if (places.every((place) => place === '')) return this.#line(`${call};`);
      return this.#line(`${places.length === 1 ? places[0] : `(${places.join(', ')})`} = ${call};`);
    }
    const names = helper.results.map((type) => ({ text: `v${this.#names++}`, type, isWritable: true }));
    const declared = names.map(({ text, type }) => `${nameOf(type)} ${text}`);
    this.#line(`${declared.length === 1 ? declared[0] : `(${declared.join(', ')})`} = ${call};`);
    scope.variables.push(...names);
  }

  #lists(scope: OpenScope) {
    const random = this.#random;
    const grown = scope.lists.find(({ isDynamicStorage }) => isDynamicStorage);
    if (grown !== undefined && random.oneIn(2)) {
      if (random.oneIn(4)) return this.#line(`if (${grown.text}.length > 0) ${grown.text}.pop();`);
      return this.#line(`${grown.text}.push(${this.#expressions.expression(grown.element, scope, 2)});`);
    }
    const element = random.oneIn(2) && grown !== undefined ? grown.element : anyType(random);
    const text = `v${this.#names++}`;
    const name = nameOf(element);
    if (grown !== undefined && sameType(element, grown.element) && random.oneIn(2)) {
      this.#line(`${name}[] memory ${text} = ${grown.text};`);
      if (random.oneIn(2)) this.#line(`${grown.text} = ${text};`);
      scope.lists.push({ text, element, length: undefined, isDynamicStorage: false });
      return;
    }
    const length = 1 + random.below(5);
    if (random.oneIn(2)) this.#line(`${name}[] memory ${text} = new ${name}[](${length});`);
    else {
      const items = Array.from({ length }, () => this.#expressions.expression(element, scope, 1));
      this.#line(`${name}[${length}] memory ${text} = [${items.join(', ')}];`);
    }
    scope.lists.push({ text, element, length, isDynamicStorage: false });
  }

  #structs(scope: OpenScope) {
    const random = this.#random;
    const text = `v${this.#names++}`;
    const values = this.#fields.map((type) => this.#expressions.expression(type, scope, 1));
    const first = random.pick([`S(${values.join(', ')})`, 'kept', `S(${values.join(', ')})`]);
    const where = first === 'kept' && random.oneIn(2) ? 'storage' : 'memory';
    this.#line(`S ${where} ${text} = ${first};`);
    for (const [i, type] of this.#fields.entries())
      scope.variables.push({ text: `${text}.f${i}`, type, isWritable: true });
    if (random.oneIn(2)) this.#line(`kept = ${text};`);
  }

  #rare(scope: OpenScope) {
    const random = this.#random;
    const write = (type: WordType) => this.#expressions.expression(type, scope, 1);
    switch (random.below(5)) {
      case 0:
        return this.#line(`require(${write(BOOL)} || ${write(BOOL)}, "not so");`);
      case 1:
        return this.#line(
          `emit E(${write(UINT256)}, ${write({ kind: 'bytes', bits: 256 })}, ${write({ kind: 'int', bits: 64 })});`,
        );
      case 2:
        return this.#line(`if (${write(BOOL)} && ${write(BOOL)}) revert Stop(${write(UINT256)});`);
      case 3:
        if (this.#loops > 0) return this.#line(`if (${write(BOOL)}) ${random.pick(['continue', 'break'])};`);
        return this.#assign(scope);
      default: {
        const values = this.#results.map((type) => this.#expressions.expression(type, scope, 2));
        return this.#line(`if (${write(BOOL)} && ${write(BOOL)}) return (${values.join(', ')});`);
      }
    }
  }

  #loop(scope: OpenScope, depth: number) {
    const random = this.#random;
    const counter: Variable = { text: `i${this.#names++}`, type: numberType(random, 'uint'), isWritable: false };
    const name = nameOf(counter.type);
    const rounds = 1 + random.below(6);
    this.#line(`for (${name} ${counter.text} = 0; ${counter.text} < ${rounds}; ${counter.text}++) {`);
    this.#loops += 1;
    this.#block({ ...scope, variables: [...scope.variables, counter] }, 1 + random.below(3), depth - 1);
    this.#loops -= 1;
    this.#line('}');
  }

  #line(text: string) {
    this.#lines.push(`${'    '.repeat(this.#indent)}${text}`);
  }
}
