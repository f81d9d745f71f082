import { WattchainError } from '@wattchain/core';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Connection } from './client.js';

/** Where a node of this machine answers unless its configuration says otherwise. */
const DEFAULT_RPC_URL = 'http://127.0.0.1:8545';

/** Options of every command that talks to a node. */
export interface RpcOptions {
  readonly rpc?: string;
}

/** Adds `--rpc`. */
export function withRpc(command: Command): Command {
  return command.option('--rpc <url>', `the node's JSON-RPC (default: $WATTCHAIN_RPC or ${DEFAULT_RPC_URL})`);
}

/** Connects to the node that the options name. Errors: `badUrl`, `nodeUnreachable`. */
export async function connectTo(options: RpcOptions): Promise<Connection> {
  // Loaded by the commands that talk to a node alone: viem takes half a second.
  const { connect } = await import('./client.js');
  if (options.rpc !== undefined) return connect(parseRpcUrl('--rpc', options.rpc));
  const fromEnvironment = process.env.WATTCHAIN_RPC;
  return connect(fromEnvironment === undefined ? DEFAULT_RPC_URL : parseRpcUrl('WATTCHAIN_RPC', fromEnvironment));
}

/** The URL of a JSON-RPC over HTTP, from text. Errors: `badUrl`. */
function parseRpcUrl(name: string, text: string): string {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text;
  throw new WattchainError('badUrl', `${name} is "${text}", not an HTTP URL`, {
    values: { name, text },
    hint: `write it with scheme, host and port, such as ${DEFAULT_RPC_URL}`,
  });
}

/** A whole number in a range, from text. Errors: `badNumber`. */
export function parseWhole(name: string, text: string, least: number, most: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= least && value <= most)) {
    throw new WattchainError('badNumber', `${name} is "${text}", not a whole number from ${least} to ${most}`, {
      values: { name, text },
    });
  }
  return value;
}

/** Collects a repeated option. */
export function collect(value: string, previous: readonly string[]): string[] {
  return [...previous, value];
}

/** A decimal fraction such as `0.2` or `6e-7` in a range, from text. Errors: `badNumber`. */
export function parseFraction(name: string, text: string, least: number, most: number): number {
  const value = /^\d+(\.\d+)?(e-\d{1,3})?$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= least && value <= most)) {
    throw new WattchainError('badNumber', `${name} is "${text}", not a number from ${least} to ${most}`, {
      values: { name, text },
    });
  }
  return value;
}

/** An option of earlier versions that means nothing any more: shown nowhere, and refused with what to write instead. */
export function withGone(command: Command, flags: string, instead: string): Command {
  const refuse = () => {
    throw new InvalidArgumentError(`There is no such option any more: ${instead}.`);
  };
  return command.addOption(new Option(flags).hideHelp().argParser(refuse));
}
