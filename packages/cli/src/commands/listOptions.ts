import { MAX_PAGE, type Page, type PageBounds } from '@wattchain/market';
import type { Command } from 'commander';
import { parseWhole } from '../options.js';
import { counted } from '../output.js';
import { parseId } from './energyOptions.js';

/** Which part of a list to show, newest first. */
export interface ListOptions {
  readonly limit: string;
  readonly before?: string;
}

const DEFAULT_LIMIT = '50';

/** Adds `--limit` and `--before`. */
export function withPage(command: Command): Command {
  return command
    .option('--limit <n>', `show so many at most, up to ${MAX_PAGE}`, DEFAULT_LIMIT)
    .option('--before <id>', 'show what came before this one');
}

/** The options as actions take them. Errors: `badNumber`, `badId`. */
export function pageOf({ limit, before }: ListOptions): PageBounds {
  return {
    limit: parseWhole('--limit', limit, 1, MAX_PAGE),
    ...(before === undefined ? {} : { before: parseId('--before', before) }),
  };
}

/** A line on how to go on, for lists that do. */
export function describeNext({ entries, next }: Page<unknown>, noun: string): string[] {
  return next === undefined ? [] : [`these are ${counted(entries.length, noun)}; --before ${next} goes on`];
}
