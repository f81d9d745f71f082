import { type Address, WattchainError } from '@wattchain/core';
import { DEFAULT_MAX_POWER_W, kilowatts, powerOf, type RegistryRules, ratingOf } from '@wattchain/market';
import { type Command, Option } from 'commander';
import type { Connection } from '../client.js';
import { resolveAddress } from './coins.js';
import { type DoubtOptions, parsePower, withDoubts } from './doubts.js';
import { formatWho, LABEL_FORMAT } from './labels.js';

/** Options that name where a meter's readings come from, and what it may show. */
export interface SourceOptions extends DoubtOptions {
  readonly meter: string;
  readonly reporter?: string;
  readonly device?: string;
  readonly maxKw: string;
}

/** Adds `--reporter`, `--device` and `--max-kw`. */
export function withSource(command: Command): Command {
  return withDoubts(command)
    .requiredOption('--meter <id>', LABEL_FORMAT)
    .option('--reporter <who>', 'who sends its readings, such as a gateway: an address, a key name, or testbed:gateway')
    .addOption(
      new Option('--device <who>', "the meter's own key, which signs its readings, whoever sends them").conflicts(
        'reporter',
      ),
    )
    .option('--max-kw <kw>', 'most power of its connection, in kW', kilowatts(DEFAULT_MAX_POWER_W));
}

/** Where readings come from, for the registry. */
export interface Source {
  readonly source: Address;
  readonly isDevice: boolean;
  readonly ratingMwh: bigint;
}

/** What {@link SourceOptions} name. Errors: `usage` when neither key is named, those of addresses and powers. */
export function readSource(options: SourceOptions & { readonly keys?: string }, rules: RegistryRules): Source {
  const who = options.device ?? options.reporter;
  if (who === undefined) {
    throw new WattchainError('noSource', 'neither --reporter nor --device is given', {
      hint: "name who sends the meter's readings, or with --device the meter's own key, which signs them",
    });
  }
  return {
    source: resolveAddress(who, options.keys),
    isDevice: options.device !== undefined,
    ratingMwh: ratingOf(parsePower(options.maxKw), rules.resolutionSeconds),
  };
}

/** `read by testbed:gateway`, `signed by 0x…`, with what it may show. */
export function describeSource(
  connection: Connection,
  { source, isDevice, ratingMwh }: Source,
  rules: RegistryRules,
): string {
  const how = isDevice ? 'signed by its device' : 'reported by';
  return `${how} ${formatWho(connection, source)}, up to ${kilowatts(powerOf(ratingMwh, rules.resolutionSeconds))} kW`;
}
