/** Random expressions of a wanted type. */
import type { Random } from '../random.js';
import { anyType, BOOL, castTo, literal, nameOf, numberType, sameType, UINT256, type WordType } from './types.js';

/** Something that can be read, and mostly written. */
export interface Variable {
  readonly text: string;
  readonly type: WordType;
  readonly isWritable: boolean;
}

/** A list whose elements can be read and written: a storage array, a fixed one, or one in memory. */
export interface List {
  readonly text: string;
  readonly element: WordType;
  /** `undefined` when it can grow. */
  readonly length: number | undefined;
  readonly isDynamicStorage: boolean;
}

/** An internal function. */
export interface Helper {
  readonly name: string;
  readonly parameters: readonly WordType[];
  readonly results: readonly WordType[];
}

/** What an expression may use. */
export interface Scope {
  readonly variables: readonly Variable[];
  readonly lists: readonly List[];
  readonly helpers: readonly Helper[];
  /** Mappings by name. */
  readonly maps: readonly { readonly name: string; readonly key: WordType; readonly value: WordType }[];
}

/** Writes expressions. */
export class ExpressionWriter {
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  /** An expression of the type; the deeper, the larger. */
  expression(type: WordType, scope: Scope, depth: number): string {
    const random = this.#random;
    if (depth <= 0 || random.oneIn(6)) return this.#leaf(type, scope);
    const inner = (of: WordType) => this.expression(of, scope, depth - 1);
    switch (random.below(8)) {
      case 0: {
        const from = random.oneIn(2) && type.kind !== 'bool' ? numberType(random, 'uint') : anyType(random);
        return castTo(inner(from), from, type);
      }
      case 1:
        return `(${inner(BOOL)} ? ${inner(type)} : ${inner(type)})`;
      case 2:
        return this.#callOf(type, scope, depth) ?? this.#special(type, scope, depth);
      case 3:
        return this.#special(type, scope, depth);
      default:
        return this.#operation(type, scope, depth);
    }
  }

  /** Something of the type that can be assigned to. */
  place(type: WordType, scope: Scope): string | undefined {
    const random = this.#random;
    const found = scope.variables.filter((v) => v.isWritable && sameType(v.type, type)).map(({ text }) => text);
    for (const list of scope.lists) if (sameType(list.element, type)) found.push(this.#element(list, scope));
    for (const { name, key, value } of scope.maps) {
      if (sameType(value, type)) found.push(`${name}[${this.#leaf(key, scope)}]`);
    }
    return found.length === 0 ? undefined : random.pick(found);
  }

  #leaf(type: WordType, scope: Scope): string {
    const random = this.#random;
    if (random.oneIn(5)) return literal(random, type);
    const same = scope.variables.filter((variable) => sameType(variable.type, type));
    if (same.length > 0 && !random.oneIn(6)) return random.pick(same).text;
    const place = random.oneIn(3) ? this.place(type, scope) : undefined;
    if (place !== undefined) return place;
    // A narrower number becomes a wider one by itself.
    const narrower = scope.variables.filter((v) => v.type.kind === type.kind && v.type.bits < type.bits);
    if (narrower.length > 0 && type.kind !== 'bool' && random.oneIn(3)) {
      return `${nameOf(type)}(${random.pick(narrower).text})`;
    }
    if (scope.variables.length === 0) return literal(random, type);
    const any = random.pick(scope.variables);
    return castTo(any.text, any.type, type);
  }

  #element({ text, length }: List, scope: Scope): string {
    const random = this.#random;
    if (length !== undefined && random.oneIn(2)) return `${text}[${random.below(length)}]`;
    const index = this.#leaf(UINT256, scope);
    // Mostly within the list, now and then beyond it.
    return random.oneIn(8) ? `${text}[${index}]` : `${text}[${index} % ${length ?? `(${text}.length + 1)`}]`;
  }

  #operation(type: WordType, scope: Scope, depth: number): string {
    const random = this.#random;
    const inner = (of: WordType) => this.expression(of, scope, depth - 1);
    if (type.kind === 'bool') return this.#condition(scope, depth);
    if (type.kind === 'bytes') {
      if (random.oneIn(4)) return `(~${inner(type)})`;
      if (random.oneIn(3)) return `(${inner(type)} ${random.pick(['<<', '>>'])} ${this.#amount(type.bits, scope)})`;
      return `(${inner(type)} ${random.pick(['&', '|', '^'])} ${inner(type)})`;
    }
    switch (random.below(9)) {
      case 0:
        return `(${inner(type)} ${random.pick(['&', '|', '^'])} ${inner(type)})`;
      case 1:
        return `(${inner(type)} ${random.pick(['<<', '>>'])} ${this.#amount(type.bits, scope)})`;
      case 2:
        return `(${inner(type)} ** ${random.oneIn(3) ? `uint8(${random.below(5)})` : this.#amount(8, scope)})`;
      case 3:
        return `(${inner(type)} ${random.pick(['/', '%'])} ${random.oneIn(3) ? literal(random, type, false) : inner(type)})`;
      case 4:
        if (random.oneIn(2)) return `(~${inner(type)})`;
        return type.kind === 'int' ? `(-${inner(type)})` : `(${inner(type)} - ${inner(type)})`;
      case 5: {
        // The narrower side is widened.
        const narrow: WordType = numberType(random, type.kind, type.bits);
        const sides = [inner(type), inner(narrow)];
        return `(${sides[random.below(2)]} ${random.pick(['+', '-', '*'])} ${sides.join(' + ')})`;
      }
      default:
        return `(${inner(type)} ${random.pick(['+', '+', '-', '*'])} ${inner(type)})`;
    }
  }

  /** By how much is shifted: mostly less than the width. */
  #amount(bits: number, scope: Scope): string {
    const random = this.#random;
    if (random.oneIn(3)) return `uint8(${random.below(bits + 4) & 255})`;
    const type = numberType(random, 'uint');
    const amount = this.#leaf(type, scope);
    return random.oneIn(3) ? amount : `(${amount} % ${type.bits === 8 ? Math.min(bits, 200) : bits + 3})`;
  }

  #condition(scope: Scope, depth: number): string {
    const random = this.#random;
    const inner = (of: WordType) => this.expression(of, scope, depth - 1);
    switch (random.below(5)) {
      case 0:
        return `(!${inner(BOOL)})`;
      case 1:
        return `(${inner(BOOL)} ${random.pick(['&&', '||', '==', '!='])} ${inner(BOOL)})`;
      default: {
        const type = anyType(random);
        const operators = type.kind === 'bool' ? ['==', '!='] : ['==', '!=', '<', '<=', '>', '>='];
        return `(${inner(type)} ${random.pick(operators)} ${inner(type)})`;
      }
    }
  }

  #special(type: WordType, scope: Scope, depth: number): string {
    const random = this.#random;
    const inner = (of: WordType) => this.expression(of, scope, depth - 2);
    if (type.kind === 'uint' && type.bits === 256) {
      switch (random.below(4)) {
        case 0:
          return `${random.pick(['addmod', 'mulmod'])}(${inner(UINT256)}, ${inner(UINT256)}, ${inner(UINT256)})`;
        case 1:
          return `uint256(${this.#hash(scope)})`;
        case 2:
          return scope.lists.length > 0 ? `${random.pick(scope.lists).text}.length` : 'msg.value';
        default:
          return random.pick(['block.timestamp', 'block.number', 'uint256(uint160(msg.sender))']);
      }
    }
    if (type.kind === 'bytes' && type.bits === 256 && random.oneIn(2)) return this.#hash(scope);
    if (type.kind === 'bytes' && type.bits === 8) {
      const of: WordType = { kind: 'bytes', bits: 8 * random.pick([2, 4, 20, 32]) };
      const index = random.oneIn(4) ? inner(UINT256) : String(random.below(of.bits / 8));
      return `${this.#asOperand(inner(of))}[${index}]`;
    }
    if (type.kind === 'bool' || type.kind === 'bytes') return this.#operation(type, scope, depth);
    return `type(${nameOf(type)}).${random.pick(['max', 'min'])}`;
  }

  #hash(scope: Scope): string {
    const random = this.#random;
    const parts = Array.from({ length: 1 + random.below(3) }, () => this.#leaf(anyType(random), scope));
    return `keccak256(abi.${random.pick(['encode', 'encodePacked'])}(${parts.join(', ')}))`;
  }

  #callOf(type: WordType, scope: Scope, depth: number): string | undefined {
    const random = this.#random;
    const fitting = scope.helpers.filter(({ results }) => results.length === 1 && sameType(results[0] ?? BOOL, type));
    return fitting.length === 0 ? undefined : this.call(random.pick(fitting), scope, depth - 1);
  }

  /** A call of an internal function. */
  call({ name, parameters }: Helper, scope: Scope, depth: number): string {
    return `${name}(${parameters.map((parameter) => this.expression(parameter, scope, depth)).join(', ')})`;
  }

  #asOperand(expression: string): string {
    return /^\w+(\(.*\))?$|^\(.*\)$/.test(expression) ? expression : `(${expression})`;
  }
}
