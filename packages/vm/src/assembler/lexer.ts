import { assemblyError, type Place, printable, type Source } from './source.js';

export type TokenKind = 'directive' | 'name' | 'parameter' | 'label' | 'number' | 'text' | 'symbol' | 'newline' | 'end';

/** A piece of source text. `text` is a name without its mark (`.`, `$`, `:`), a string without quotes, else as written. */
export interface Token extends Place {
  readonly kind: TokenKind;
  readonly text: string;
  /** Value of a number. */
  readonly value?: bigint;
  /** Whether nothing stands between this token and the one before it. */
  readonly glued: boolean;
}

/** Most characters of one source file; far above the largest contract that fits the code size. */
export const MAX_SOURCE_LENGTH = 1_000_000;

/** Most characters of a name or number. */
const MAX_NAME_LENGTH = 100;
const WORD_LIMIT_BITS = 256n;
const NAME = /[A-Za-z_][A-Za-z0-9_]*/y;
// Everything that could be meant as a number, so that `12ab` is one wrong number and not two tokens.
const NUMBER = /[0-9][A-Za-z0-9_]*/y;
const TEXT = /"((?:[^"\\]|\\.)*)"/y;
const ESCAPE = /\\u\{[0-9a-fA-F]{1,6}\}|\\./gu;
/** UTF-16 without its other half, which UTF-8 cannot write. */
const LONE_SURROGATE = /\p{Cs}/u;
const SYMBOLS = '(),=*+[]';

/** Cuts a source into tokens; the last one is `end`, and `newline` ends each line. Throws `assembly`. */
export function tokenize(source: Source): Token[] {
  const tokens: Token[] = [];
  for (const [index, line] of source.lines.entries()) {
    tokenizeLine(source, line, index + 1, tokens);
    tokens.push({ kind: 'newline', text: '', line: index + 1, column: line.length + 1, length: 1, glued: false });
  }
  const last = source.lines.length;
  tokens.push({ kind: 'end', text: '', line: last, column: columnAfter(source, last), length: 1, glued: false });
  return tokens;
}

function columnAfter(source: Source, line: number): number {
  return (source.lines[line - 1] ?? '').length + 1;
}

function tokenizeLine(source: Source, text: string, line: number, tokens: Token[]): void {
  let position = 0;
  let tokenEnd = -1;
  while (position < text.length) {
    const character = text[position] as string;
    if (character === ' ' || character === '\t') {
      position += 1;
      continue;
    }
    if (character === ';') return;
    const token = readToken(source, text, line, position, tokenEnd === position);
    tokens.push(token);
    position += token.length;
    tokenEnd = position;
  }
}

function readToken(source: Source, text: string, line: number, position: number, glued: boolean): Token {
  const character = text[position] as string;
  const make = (kind: TokenKind, shown: string, length: number): Token => {
    return { kind, text: shown, line, column: position + 1, length, glued };
  };
  if (character === '"') return readText(source, text, position, make);
  if (character === '.' || character === '$') {
    const name = match(NAME, text, position + 1);
    if (name !== undefined && name.length <= MAX_NAME_LENGTH)
      return make(character === '.' ? 'directive' : 'parameter', name, name.length + 1);
  }
  const number = match(NUMBER, text, position);
  const name = match(NAME, text, position);
  const word = number ?? name ?? '';
  if (word.length > MAX_NAME_LENGTH) {
    const place = make('name', word, word.length);
    throw assemblyError(source, place, `a name or number of ${word.length} characters`, `at most ${MAX_NAME_LENGTH}`);
  }
  if (number !== undefined) {
    const token = make('number', number, number.length);
    return { ...token, value: parseNumber(source, token) };
  }
  if (name !== undefined) {
    const isLabel = text[position + name.length] === ':';
    return isLabel ? make('label', name, name.length + 1) : make('name', name, name.length);
  }
  if (SYMBOLS.includes(character)) return make('symbol', character, 1);
  const shown = String.fromCodePoint(text.codePointAt(position) as number);
  throw assemblyError(source, make('symbol', shown, 1), `unexpected character "${printable(shown)}"`);
}

function match(pattern: RegExp, text: string, position: number): string | undefined {
  pattern.lastIndex = position;
  return pattern.exec(text)?.[0];
}

function readText(
  source: Source,
  text: string,
  position: number,
  make: (kind: TokenKind, shown: string, length: number) => Token,
): Token {
  const quoted = match(TEXT, text, position);
  if (quoted === undefined) {
    throw assemblyError(source, make('text', '', text.length - position), 'text without a closing quote', 'a second "');
  }
  const token = make('text', '', quoted.length);
  if (LONE_SURROGATE.test(quoted)) throw assemblyError(source, token, 'the text holds half a character');
  return { ...token, text: quoted.slice(1, -1).replace(ESCAPE, (written) => decodeEscape(source, token, written)) };
}

function decodeEscape(source: Source, place: Place, written: string): string {
  if (written === '\\"' || written === '\\\\') return written.slice(1);
  const codePoint = Number.parseInt(written.slice(3, -1), 16);
  const isSurrogate = codePoint >= 0xd800 && codePoint <= 0xdfff;
  if (codePoint <= 0x10ffff && !isSurrogate) return String.fromCodePoint(codePoint);
  throw assemblyError(source, place, `unknown escape "${printable(written)}"`, '\\" or \\\\ or \\u{code point in hex}');
}

function parseNumber(source: Source, token: Token): bigint {
  const isHex = /^0x[0-9a-fA-F]+(_[0-9a-fA-F]+)*$/.test(token.text);
  if (!isHex && !/^[0-9]+(_[0-9]+)*$/.test(token.text)) {
    throw assemblyError(source, token, `"${token.text}" is not a number`, 'digits as in 7, 1_000 or 0xff');
  }
  const value = BigInt(token.text.replaceAll('_', ''));
  if (value >> WORD_LIMIT_BITS !== 0n) throw assemblyError(source, token, 'the number does not fit a word of 256 bits');
  return value;
}
