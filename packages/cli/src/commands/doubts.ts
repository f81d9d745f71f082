import { createInterface } from 'node:readline/promises';
import { type Address, WattchainError } from '@wattchain/core';
import { type Doubt, type PlausibilityContext, readDecimal, requirePlausible } from '@wattchain/market';
import type { Command } from 'commander';
import type { Connection } from '../client.js';
import { withGone } from '../options.js';
import type { Output } from '../output.js';
import { formatTime } from './energyOptions.js';
import { formatWho } from './labels.js';
import { readMarketTime } from './marketTime.js';

/** Options of commands that ask when something looks like a slip. */
export interface DoubtOptions {
  readonly yes?: boolean;
}

/** Adds `--yes`. */
export function withDoubts(command: Command): Command {
  return command.option('--yes', 'it is meant, although it looks like a slip: do not ask');
}

/** The most power of a meter was said with each offer and reading once; now it is registered. */
export function withPower(command: Command): Command {
  const instead =
    'a meter is registered with its most power (wattchain meter register --max-kw), which wattchain meter show tells';
  return withGone(withDoubts(command), '--max-kw <kw>', instead);
}

/** What the chain says for judging periods and energies of a meter. */
export async function readContext(connection: Connection, ratingMwh?: bigint): Promise<PlausibilityContext> {
  const { now, rules } = await readMarketTime(connection);
  return { now, ...rules, ratingMwh, showTime: (seconds) => formatTime(seconds, connection.clock) };
}

/** A gigawatt: no meter of a community shows more. */
const MAX_POWER_W = 1_000_000_000n;

/** Watts of kilowatts that a person gives. Errors: `badPower`. */
export function parsePower(text: string): bigint {
  const { value, fault } = readDecimal(text, {
    name: 'a power in kW',
    decimals: 3,
    hasExponents: true,
    finest: 'powers are counted in watts',
  });
  if (fault === undefined && value > 0n && value <= MAX_POWER_W) return value;
  throw new WattchainError('badPower', fault?.what ?? `--max-kw is ${text}, not a power of 1 W to 1 GW`, {
    values: { text },
    hint: fault?.hint ?? 'give the rating of the connection, such as --max-kw 250',
  });
}

/**
 * Goes on when nothing is doubtful, or when the person says that it is meant: by `--yes`, or at the terminal.
 * Errors: `implausible` when no word settles it, `notConfirmed`.
 */
export async function settleDoubts(output: Output, { yes }: DoubtOptions, doubts: readonly Doubt[]): Promise<void> {
  const open = requirePlausible(doubts);
  const [first] = open;
  if (first === undefined) return;
  const what = open.map((doubt) => doubt.what).join('; ');
  if (yes === true) {
    output.progress(`--yes: ${what}`);
    return;
  }
  if (!output.json && process.stdin.isTTY && (await ask(`${what}\n  ${first.hint}\nIs it meant? Type yes to go on: `)))
    return;
  throw new WattchainError('notConfirmed', what, {
    values: { reasons: open.map(({ code }) => code) },
    hint: `${first.hint}; if it is meant, say so with --yes`,
  });
}

async function ask(question: string): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return (await terminal.question(question)).trim().toLowerCase() === 'yes';
  } finally {
    terminal.close();
  }
}

/** What is doubtful about somebody who must sign: code cannot. */
export async function doubtsOfHolder(connection: Connection, role: string, address: Address): Promise<Doubt[]> {
  const code = await connection.client.getCode({ address });
  if (code === undefined) return [];
  const what = `the ${role} ${formatWho(connection, address)} is a contract`;
  return [{ code: 'contract', what, hint: 'a contract signs nothing: name the account of a person', canBeMeant: true }];
}
