import { parseAddress, toChecksumAddress, WattchainError } from '@wattchain/core';
import { formatTokens, getTokenBalance, parseCoins } from '@wattchain/market';
import type { Command } from 'commander';
import type { Address } from 'viem';
import type { Connection } from '../client.js';
import { keysDirectory, listKeyFiles } from '../keys/keyFiles.js';
import {
  misnamed,
  openSigner,
  refusePublishedOn,
  requireParticipant,
  type SignerOptions,
  withSigner,
} from '../keys/signer.js';
import { connectTo, parseWhole, type RpcOptions, withRpc } from '../options.js';
import { formatCoins, formatFields } from '../output.js';
import { addCommand } from '../program.js';
import { participantAccount } from '../testbed/participants.js';
import { type DoubtOptions, settleDoubts, withDoubts } from './doubts.js';
import { reportTransaction, type WaitOptions, withWait } from './transaction.js';

/** `wattchain balance` and `send`: coins and Energy Tokens. */
export function addCoinCommands(program: Command): void {
  addCommand<RpcOptions & { readonly keys?: string }>(
    program,
    'balance <who>',
    'coins and Energy Tokens of an address, of a key on this machine, or of testbed:node-1 and the like',
    (command) => withRpc(command).option('--keys <dir>', 'directory of key files'),
    async (output, options, who) => {
      const connection = await connectTo(options);
      const address = resolveAddress(who as string, options.keys);
      const balance = await readBalance(connection, address);
      // A name says that there is somebody; an address may be one that nobody used yet.
      if (!balance.isUsed && (who as string).startsWith('testbed:')) throw unknownAccount(connection, who as string);
      const fields: [string, string][] = [
        ['address', toChecksumAddress(address)],
        ['coins', formatCoins(balance.wei)],
      ];
      if (balance.tokenUnits !== undefined) fields.push(['tokens', `${formatTokens(balance.tokenUnits)} ENT`]);
      if (!balance.isUsed)
        fields.push([
          'note',
          `"${connection.genesis.name}" has no such account: nothing came to it, and it sent nothing`,
        ]);
      output.result({ address: toChecksumAddress(address), ...balance }, formatFields(fields));
    },
  );

  addCommand<
    RpcOptions &
      SignerOptions &
      WaitOptions &
      DoubtOptions & {
        readonly to: string;
        readonly amount: string;
        readonly nonce?: string;
        readonly gasPrice?: string;
      }
  >(
    program,
    'send',
    'send coins',
    (command) =>
      withDoubts(withWait(withSigner(withRpc(command))))
        .requiredOption('--to <who>', 'an address, a key name, or testbed:node-2 and the like')
        .requiredOption('--amount <coins>', 'coins, up to 18 decimals')
        .option('--nonce <n>', "this nonce instead of the account's next: replaces a waiting transaction")
        .option('--gas-price <wei>', 'wei per gas'),
    async (output, options) => {
      const value = parseCoins(options.amount);
      const overrides = {
        ...(options.nonce === undefined ? {} : { nonce: parseCount('--nonce', options.nonce) }),
        ...(options.gasPrice === undefined ? {} : { gasPrice: BigInt(parseCount('--gas-price', options.gasPrice)) }),
      };
      const connection = await connectTo(options);
      const account = await openSigner(options, connection);
      const to = resolveAddress(options.to, options.keys);
      refusePublishedOn(connection, to);
      if (value === 0n)
        await settleDoubts(output, options, [
          {
            code: 'nothing',
            what: 'the amount is 0: nothing is sent, for a fee',
            hint: 'give an amount such as 1.5',
            canBeMeant: true,
          },
        ]);
      const hash = await connection.signer(account).sendTransaction({
        to,
        value,
        type: 'legacy',
        ...overrides,
      });
      await reportTransaction(output, connection, options, hash, `${formatCoins(value)} to ${toChecksumAddress(to)}`);
    },
  );
}

interface AccountBalance {
  readonly wei: bigint;
  /** `undefined` on a network without the energy contracts. */
  readonly tokenUnits?: bigint;
  /** Whether the network has the account: coins, tokens, code, or a transaction of it. */
  readonly isUsed: boolean;
}

async function readBalance(connection: Connection, address: Address): Promise<AccountBalance> {
  const { client } = connection;
  const [wei, nonce, code] = await Promise.all([
    client.getBalance({ address }),
    client.getTransactionCount({ address }),
    client.getCode({ address }),
  ]);
  const isUsed = wei > 0n || nonce > 0 || code !== undefined;
  if (!connection.hasEnergyContracts) return { wei, isUsed };
  const { tokenAddress } = connection.contracts();
  const tokenUnits = await getTokenBalance(client, { tokenAddress, owner: address });
  return { wei, tokenUnits, isUsed: isUsed || tokenUnits > 0n };
}

function unknownAccount({ genesis }: Connection, who: string): WattchainError {
  return new WattchainError('unknownAccount', `"${genesis.name}" has no account ${who}`, {
    values: { who, genesis: genesis.hash },
    hint: genesis.testbed
      ? 'a testbed has as many households as its day has homes: wattchain account list --testbed names the first'
      : "the testbed's accounts exist on a testbed: name an address or a key, or another node with --rpc",
  });
}

/**
 * The address that a person means: itself, a key on this machine, or a participant of the testbed.
 * Errors: `badAddress`, `unknownKey`.
 */
export function resolveAddress(who: string, keys: string | undefined): Address {
  if (who.startsWith('testbed:')) {
    const { name } = requireParticipant(who.slice('testbed:'.length));
    return participantAccount(name).address.toLowerCase() as Address;
  }
  const directory = keysDirectory(keys);
  const key = listKeyFiles(directory).find((candidate) => candidate.name === who);
  if (key) return key.address;
  if (who.startsWith('0x')) return parseAddress(who);
  const slip = misnamed(who, directory);
  if (slip) throw slip;
  throw new WattchainError('unknownKey', `"${who}" is no address, and there is no key of that name in ${directory}`, {
    values: { who, directory },
    hint: 'wattchain account list shows the names; an address is 0x and 40 hexadecimal digits',
  });
}

const parseCount = (name: string, text: string) => parseWhole(name, text, 0, Number.MAX_SAFE_INTEGER);
