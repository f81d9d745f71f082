import { type Hex, WattchainError } from '@wattchain/core';
import { parseCoins } from '@wattchain/market';
import type { Command } from 'commander';
import {
  type Abi,
  type AbiFunction,
  decodeAbiParameters,
  decodeEventLog,
  encodeFunctionData,
  type TransactionReceipt,
  toFunctionSignature,
} from 'viem';
import {
  type ArtifactOptions,
  type NamedContract,
  resolveContract,
  withArtifact,
  withArtifactOf,
} from '../artifacts.js';
import type { Connection } from '../client.js';
import { findFunction, formatValue, nameValues, parseArguments } from '../contractValues.js';
import { explainFailedCall } from '../failures.js';
import { connectTo, parseWhole, type RpcOptions, withRpc } from '../options.js';
import { addCommand } from '../program.js';
import { Sources } from '../sources.js';
import { resolveAddress } from './coins.js';
import { connectSigner, type SendingOptions, withExample, withSending } from './sending.js';
import { type ReceiptNews, reportTransaction } from './transaction.js';

interface CallOptions extends RpcOptions, ArtifactOptions {
  readonly from?: string;
  readonly keys?: string;
}
interface SendOptions extends SendingOptions, ArtifactOptions {
  readonly value?: string;
  readonly gas?: string;
}

/** Gas above the estimate: the state may change until the transaction is included. */
const GAS_MARGIN_PERCENT = 25n;

/** `wattchain contract call` and `send`: any function of any contract. */
export function addContractCallCommands(group: Command): void {
  addCommand<CallOptions>(
    group,
    'call <contract> <function> [args...]',
    'what a function of a contract returns; nothing is sent',
    (command) =>
      withExample(
        withArtifact(withRpc(command))
          .option('--from <who>', 'call as this account')
          .option('--keys <dir>', 'directory of key files'),
        'wattchain contract call token balanceOf testbed:node-1',
        'wattchain contract call 0xADDRESS "total() view returns (uint256)"',
      ),
    async (output, options, ...positionals) => {
      const [where, what, texts] = positionals as unknown as [string, string, string[]];
      const connection = await withArtifactOf(await connectTo(options), options);
      const { contract, entry, data } = await prepare(connection, options.keys, where, what, texts);
      const from = options.from === undefined ? {} : { from: resolveAddress(options.from, options.keys) };
      const request = { ...from, to: contract.address, data };
      const answer = await runCall(connection, request);
      const values = decodeResult(entry, answer);
      const shown = values.map((value, i) =>
        `${entry.outputs[i]?.name ?? ''} ${formatValue(connection, value)}`.trim(),
      );
      output.result(
        {
          contract: contract.address,
          function: toFunctionSignature(entry),
          values: nameValues(entry.outputs, values),
          data: answer,
        },
        entry.outputs.length > 0 ? shown.join('\n') : answer === '0x' ? 'it returns nothing' : answer,
      );
    },
  );

  addCommand<SendOptions>(
    group,
    'send <contract> <function> [args...]',
    'call a function of a contract as a transaction; prints its events',
    (command) =>
      withExample(
        withArtifact(withSending(command))
          .option('--value <coins>', 'coins that go along')
          .option('--gas <n>', 'gas limit; without it the node estimates, and what would fail is not sent'),
        'wattchain contract send token transfer testbed:node-2 1_000_000 --from testbed:node-1',
      ),
    async (output, options, ...positionals) => {
      const [where, what, texts] = positionals as unknown as [string, string, string[]];
      const { connection: plain, signer } = await connectSigner(options);
      const connection = await withArtifactOf(plain, options);
      const { contract, entry, data } = await prepare(connection, options.keys, where, what, texts);
      const value = options.value === undefined ? 0n : parseCoins(options.value);
      const request = { to: contract.address, data, value };
      const gas =
        options.gas === undefined
          ? await estimate(connection, { ...request, from: signer.account.address })
          : BigInt(parseWhole('--gas', options.gas, 21_000, Number.MAX_SAFE_INTEGER));
      const hash = await signer.sendTransaction({ ...request, gas, type: 'legacy' });
      const title = `${contract.name ?? contract.address}.${toFunctionSignature(entry)}`;
      await reportTransaction(output, connection, options, hash, title, (receipt) =>
        eventsOf(connection, contract, receipt),
      );
    },
  );
}

interface Prepared {
  readonly contract: NamedContract;
  readonly entry: AbiFunction;
  readonly data: Hex;
}

async function prepare(
  connection: Connection,
  keys: string | undefined,
  where: string,
  what: string,
  texts: readonly string[],
): Promise<Prepared> {
  const contract = await resolveContract(connection, where);
  const entry = findFunction(contract.abi, what);
  const args = parseArguments(entry.name, entry.inputs, texts, keys);
  const data = encodeFunctionData({ abi: [entry] as Abi, functionName: entry.name, args });
  return { contract, entry, data };
}

async function runCall(connection: Connection, request: Parameters<typeof explainFailedCall>[1]): Promise<Hex> {
  try {
    const { from: account, ...call } = request;
    const { data = '0x' } = await connection.client.call({ ...(account === undefined ? {} : { account }), ...call });
    return data;
  } catch (error) {
    throw (await explainFailedCall(connection, request)) ?? error;
  }
}

function decodeResult(entry: AbiFunction, data: Hex): readonly unknown[] {
  if (entry.outputs.length === 0) return [];
  try {
    return decodeAbiParameters(entry.outputs, data);
  } catch (cause) {
    throw new WattchainError('badResult', `${entry.name} returned ${data}, which is not what its signature says`, {
      values: { data },
      hint: 'check the signature or the artifact, and that the address is that of a contract',
      cause,
    });
  }
}

async function estimate(
  connection: Connection,
  request: Parameters<typeof explainFailedCall>[1] & { readonly from: Hex },
): Promise<bigint> {
  const { from: account, ...call } = request;
  try {
    const gas = await connection.client.estimateGas({ account, ...call });
    return gas + (gas * GAS_MARGIN_PERCENT) / 100n;
  } catch (error) {
    throw (await explainFailedCall(connection, request)) ?? error;
  }
}

/** The events of a receipt by name, as far as the interfaces are known. */
async function eventsOf(
  connection: Connection,
  target: NamedContract,
  receipt: TransactionReceipt,
): Promise<ReceiptNews> {
  const sources = new Sources(connection);
  const others = [...new Set(receipt.logs.map(({ address }) => address))];
  const known = [target, ...(await Promise.all(others.map((address) => sources.contract(address))))];
  const events = receipt.logs.map((log) => {
    const contract = known.find(
      ({ address, abi }) => abi !== undefined && address.toLowerCase() === log.address.toLowerCase(),
    );
    const decoded = contract?.abi === undefined ? undefined : decodeLog(contract.abi, log);
    const name = contract?.name ?? log.address;
    if (decoded === undefined) return { text: `${name}: ${log.topics.join(' ')} ${log.data}`, value: log };
    const { eventName, args } = decoded;
    const shown = Object.entries(args).map(([key, value]) => `${key} ${formatValue(connection, value)}`);
    return {
      text: `${name}: ${eventName}(${shown.join(', ')})`,
      value: { contract: log.address, event: eventName, args },
    };
  });
  return { values: { events: events.map(({ value }) => value) }, text: events.map(({ text }) => text).join('\n') };
}

function decodeLog(
  abi: Abi,
  { data, topics }: TransactionReceipt['logs'][number],
): { readonly eventName: string; readonly args: Readonly<Record<string, unknown>> } | undefined {
  try {
    const { eventName, args = {} } = decodeEventLog({ abi, data, topics });
    return eventName === undefined ? undefined : { eventName, args: args as Readonly<Record<string, unknown>> };
  } catch {
    return undefined;
  }
}
