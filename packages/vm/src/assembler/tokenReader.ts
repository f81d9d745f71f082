import type { WattchainError } from '@wattchain/core';
import type { Token, TokenKind } from './lexer.js';
import { assemblyError, type Place, printable, type Source } from './source.js';

/** Characters of a text that a message quotes. */
const SHOWN_TEXT = 40;

/** Reads tokens from left to right, with the errors that every reader of them needs. The last token must be `end`. */
export class TokenReader<T extends Token = Token> {
  readonly source: Source;
  readonly #tokens: readonly T[];
  #next = 0;

  constructor(source: Source, tokens: readonly T[]) {
    this.source = source;
    this.#tokens = tokens;
  }

  /** The next token, which stays. */
  get peek(): T {
    return this.#tokens[Math.min(this.#next, this.#tokens.length - 1)] as T;
  }

  /** The next token; `end` is given again and again. */
  take(): T {
    const token = this.peek;
    this.#next += 1;
    return token;
  }

  /** The next token if it is of that kind (and reads so), else nothing is taken. */
  takeIf(kind: TokenKind, text?: string): T | undefined {
    const token = this.peek;
    return token.kind === kind && (text === undefined || token.text === text) ? this.take() : undefined;
  }

  /** The next token, which must be of that kind (and read so). */
  expect(kind: TokenKind, expected: string, text?: string): T {
    const token = this.takeIf(kind, text);
    if (token === undefined) throw this.unexpected(this.peek, expected);
    return token;
  }

  /** Takes ends of lines. */
  skipNewlines(): void {
    while (this.takeIf('newline') !== undefined);
  }

  /** The end of a declaration's line. */
  expectLineEnd(): void {
    if (this.peek.kind !== 'end') this.expect('newline', 'the end of the line');
  }

  /** The error for a token that has no business here. */
  unexpected(token: Token, expected: string): WattchainError {
    return this.error(token, `unexpected ${describeToken(token)}`, expected);
  }

  error(place: Place, problem: string, expected?: string): WattchainError {
    return assemblyError(this.source, place, problem, expected);
  }
}

/** A token as messages quote it. */
export function describeToken(token: Token): string {
  const marks: Partial<Record<TokenKind, string>> = {
    newline: 'end of line',
    end: 'end of file',
    text: `text "${printable(token.text.slice(0, SHOWN_TEXT))}"`,
    directive: `".${token.text}"`,
    parameter: `"$${token.text}"`,
    label: `label "${token.text}:"`,
  };
  return marks[token.kind] ?? `"${token.text}"`;
}
