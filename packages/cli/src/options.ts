import { WattchainError } from '@wattchain/core';
import type { Command } from 'commander';
import { type Connection, connect, DEFAULT_RPC_URL } from './client.js';

/** Options of every command that talks to a node. */
export interface RpcOptions {
  readonly rpc?: string;
}

/** Adds `--rpc`. */
export function withRpc(command: Command): Command {
  return command.option('--rpc <url>', `the node's JSON-RPC (default: $WATTCHAIN_RPC or ${DEFAULT_RPC_URL})`);
}

/** Connects to the node that the options name. Errors: `nodeUnreachable`. */
export function connectTo(options: RpcOptions): Promise<Connection> {
  return connect(options.rpc ?? process.env.WATTCHAIN_RPC ?? DEFAULT_RPC_URL);
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

/** A decimal fraction in a range, from text. Errors: `badNumber`. */
export function parseFraction(name: string, text: string, least: number, most: number): number {
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= least && value <= most)) {
    throw new WattchainError('badNumber', `${name} is "${text}", not a number from ${least} to ${most}`, {
      values: { name, text },
    });
  }
  return value;
}
