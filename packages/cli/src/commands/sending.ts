import type { Command } from 'commander';
import type { Connection, SignerClient } from '../client.js';
import { openSigner, type SignerOptions, withSigner } from '../keys/signer.js';
import { connectTo, type RpcOptions, withRpc } from '../options.js';
import { type WaitOptions, withWait } from './transaction.js';

/** Options of every command that signs, sends and waits. */
export interface SendingOptions extends RpcOptions, SignerOptions, WaitOptions {}

/** Adds what {@link SendingOptions} holds. */
export function withSending(command: Command): Command {
  return withWait(withSigner(withRpc(command)));
}

/** Connects and opens the key that signs. Errors: those of `connectTo` and `openSigner`. */
export async function connectSigner(
  options: SendingOptions,
): Promise<{ readonly connection: Connection; readonly signer: SignerClient }> {
  const connection = await connectTo(options);
  return { connection, signer: connection.signer(await openSigner(options, connection)) };
}

/** An example at the end of a command's help. */
export function withExample(command: Command, ...lines: string[]): Command {
  return command.addHelpText('after', `\nExample:\n${lines.map((line) => `  ${line}`).join('\n')}`);
}
