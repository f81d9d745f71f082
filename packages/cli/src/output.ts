import { AssertionFailure, WattchainError } from '@wattchain/core';

/** What every command is given to speak with: a result for people or for programs, and progress beside it. */
export interface Output {
  readonly json: boolean;
  /** The command's one result: `value` as JSON with `--json`, else `text`. */
  result(value: unknown, text: string): void;
  /** A line about what is going on, on standard error; silent with `--json`. */
  progress(text: string): void;
}

/** JSON with bigints as decimal text, indented. */
export function toJson(value: unknown): string {
  return JSON.stringify(value, (_key, item) => (typeof item === 'bigint' ? item.toString() : item), 2);
}

/** An {@link Output} on the process's streams. */
export function createOutput(json: boolean): Output {
  return {
    json,
    result: (value, text) => process.stdout.write(`${json ? toJson(value) : text}\n`),
    progress: (text) => {
      if (!json) process.stderr.write(`${text}\n`);
    },
  };
}

/** Columns padded to their widest cell; numbers (`right`) to the right. The first row is the heading. */
export function formatTable(rows: readonly (readonly string[])[], right: readonly number[] = []): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => {
          const width = widths[column] ?? 0;
          return right.includes(column) ? cell.padStart(width) : cell.padEnd(width);
        })
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** Cells, which {@link formatTable} keeps two blanks apart; a sentence has one between its words and may be broken anywhere. */
const TABLE_LINE = /\S {2,}\S/;
/** Where nobody says how wide the terminal is. */
const USUAL_COLUMNS = 80;

/** Text with a table as a command's result; on a table that is wider than the terminal, how to see all of it. */
export function reportTable(output: Output, value: unknown, text: string): void {
  output.result(value, text);
  const width = Math.max(0, ...text.split('\n').flatMap((line) => (TABLE_LINE.test(line) ? line.length : [])));
  const columns = process.stdout.columns ?? USUAL_COLUMNS;
  if (width > columns)
    output.progress(
      `(lines of ${width} characters: "| less -S" shows them unbroken, --json gives every field by its name)`,
    );
}

/** Names and values, one a line, values aligned. */
export function formatFields(fields: readonly (readonly [string, string])[]): string {
  return formatTable(fields);
}

/** A number with what it counts: `1 trade`, `15 trades`. */
export function counted(count: number | bigint, noun: string): string {
  return `${count} ${noun}${Number(count) === 1 ? '' : 's'}`;
}

/** A sentence of a node, which counts in wei, with the amounts in coins. */
export function weiToCoins(sentence: string): string {
  return sentence
    .replace(/\b(\d+) wei of (\d+)\b/g, '$1 wei of $2 wei')
    .replace(/\b(\d+) wei\b/g, (_, wei: string) => formatCoins(BigInt(wei)));
}

/** Decimals of a coin. */
const COIN_DECIMALS = 18;

/** An amount of coins with its unit. */
export function formatCoins(wei: bigint): string {
  // Not viem's function: every command prints, and not every command has the half second that viem takes to load.
  const digits = wei.toString().padStart(COIN_DECIMALS + 1, '0');
  const fraction = digits.slice(-COIN_DECIMALS).replace(/0+$/, '');
  return `${digits.slice(0, -COIN_DECIMALS)}${fraction === '' ? '' : `.${fraction}`} WATT`;
}

/** The innermost cause: the outer error often hides what really happened. */
function rootCause(error: unknown): unknown {
  let current = error;
  while (current instanceof Error && current.cause instanceof Error && current.cause !== current)
    current = current.cause;
  return current;
}

/** An error as a program reads it. */
export function errorToJson(error: unknown): unknown {
  if (error instanceof WattchainError) {
    return { error: { code: error.code, message: error.message, hint: error.hint, values: error.values } };
  }
  return { error: { code: codeOf(error), message: weiToCoins(errorSentence(error)), hint: hintOf(error) } };
}

/** A code for what a node refuses, by the words that all Ethereum nodes have for it; `unexpected` for anything else. */
function codeOf(error: unknown): string {
  const details = answerOf(rootCause(error));
  if (details === undefined) return 'unexpected';
  if (NONCE_TAKEN.test(details)) return 'nonceTaken';
  return details.startsWith('insufficient funds') ? 'insufficientFunds' : 'nodeRefuses';
}

/** What a node said when it refused; `undefined` for an error that is no node's. */
function answerOf(cause: unknown): string | undefined {
  if (!(cause instanceof Error) || !('code' in cause) || typeof cause.code !== 'number') return undefined;
  return 'details' in cause && typeof cause.details === 'string' && cause.details !== '' ? cause.details : undefined;
}

/** What went wrong, and what to do, for a person; the stack only with `--verbose`. */
export function errorToText(error: unknown, verbose: boolean): string {
  const lines = [`error: ${weiToCoins(errorSentence(error))}`];
  const hint = hintOf(error);
  // Some messages of several lines say the same in their place.
  if (hint !== undefined && !(error as Error).message.includes(hint)) lines.push(`  ${hint}`);
  if (verbose && error instanceof Error) {
    lines.push(error.stack ?? '');
    const cause = rootCause(error);
    if (cause !== error && cause instanceof Error) lines.push(`caused by: ${cause.stack ?? cause.message}`);
  }
  return lines.join('\n');
}

/** What nodes answer to a transaction whose nonce another one took. */
const NONCE_TAKEN = /^(nonce too low|replacement transaction underpriced)/;

function hintOf(error: unknown): string | undefined {
  if (error instanceof WattchainError) return error.hint;
  if (!NONCE_TAKEN.test(answerOf(rootCause(error)) ?? '')) return undefined;
  return 'another transaction of this account has that nonce: run the command again for the next one; to replace the other, pay a higher gas price';
}

function errorSentence(error: unknown): string {
  if (error instanceof WattchainError) return error.message;
  if (error instanceof AssertionFailure) return `${error.message}; this is a fault of Wattchain, please report it`;
  const cause = rootCause(error);
  if (cause instanceof Error) {
    // viem puts a one-line summary and what the node said beside its long message.
    const short = 'shortMessage' in cause ? cause.shortMessage : undefined;
    if (typeof short !== 'string') return cause.message;
    const answer = answerOf(cause);
    if (answer !== undefined) return `the node refuses: ${answer}`;
    const details = 'details' in cause && typeof cause.details === 'string' ? cause.details : '';
    const sentence = short.replace(/\n[\s\S]*$/, '').replace(/\.$/, '');
    return details === '' ? sentence : `${sentence}: ${details}`;
  }
  return String(error);
}
