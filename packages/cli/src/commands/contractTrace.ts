import { fromHex, WattchainError } from '@wattchain/core';
import { formatSourceLine, printable, type SourceLine } from '@wattchain/vm';
import type { Command } from 'commander';
import { type Address, decodeFunctionData, getContractAddress, type Hash, type Hex, isHex } from 'viem';
import { type ArtifactOptions, type NamedContract, withArtifact, withArtifactOf } from '../artifacts.js';
import { type Connection, wattRequest } from '../client.js';
import { formatValues } from '../contractValues.js';
import { type CallFrame, formatPlace, refusalOf } from '../failures.js';
import { connectTo, parseWhole, type RpcOptions, withRpc } from '../options.js';
import { formatCoins } from '../output.js';
import { addCommand } from '../program.js';
import { Sources } from '../sources.js';
import { parseHash, readTransactionStatus, unknownTransaction } from './chain.js';
import { formatWho } from './labels.js';

interface TraceOptions extends RpcOptions, ArtifactOptions {
  readonly calls?: boolean;
  readonly limit?: string;
}

/** A contract of a trace. */
type TracedContract = NamedContract & { readonly isEnergy: boolean };

/** A step as `debug_traceTransaction` answers it. */
interface Step {
  readonly pc: number;
  readonly op: string;
  readonly immediates?: readonly (string | number)[];
  readonly gas: number;
  readonly gasCost: number;
  readonly depth: number;
  readonly contract: Address;
  readonly stack: readonly Hex[];
  readonly error?: string;
  readonly source?: SourceLine;
}

/** The instructions of a transaction. */
export interface StepTrace {
  readonly gas: number;
  readonly failed: boolean;
  /** Why, in words. */
  readonly failure?: string;
  readonly structLogs: readonly Step[];
  readonly truncated?: true;
}

/** Words of the stack that a line shows, from the top. */
const SHOWN_WORDS = 4;
const MAX_STEPS = 1_000_000;

/** `wattchain contract trace`: what a transaction did, step by step or call by call. */
export function addContractTraceCommand(group: Command): void {
  addCommand<TraceOptions>(
    group,
    'trace <hash>',
    'the instructions that a transaction ran, with source lines; or its calls',
    (command) =>
      withArtifact(withRpc(command))
        .option('--calls', 'a tree of calls instead of the instructions')
        .option('--limit <n>', 'so many instructions at most'),
    async (output, options, text) => {
      const hash = parseHash(text as string);
      const limit = options.limit === undefined ? 0 : parseWhole('--limit', options.limit, 1, MAX_STEPS);
      const connection = await withArtifactOf(await connectTo(options), options);
      if ((await readTransactionStatus(connection, hash)).status === 'unknown') throw unknownTransaction(hash);
      const sources = await sourcesOf(connection, hash);
      if (options.calls) {
        const root = await requestTrace<CallFrame>(connection, hash, { tracer: 'callTracer' });
        const shown = await withSources(sources, root);
        output.result(shown, renderCalls(connection, await contractsOf(sources, shown), shown));
        return;
      }
      const trace = await requestTrace<StepTrace>(connection, hash, { limit });
      const structLogs = await Promise.all(trace.structLogs.map((step) => sources.of(step, step.contract)));
      const failure = trace.failed ? (await readTransactionStatus(connection, hash)).failure?.reason : undefined;
      const shown = { ...trace, structLogs, ...(failure === undefined ? {} : { failure }) };
      const contracts = await Promise.all(
        [...new Set(structLogs.map((step) => step.contract))].map((address) => sources.contract(address)),
      );
      output.result(shown, structLogs.length === 0 ? 'no contract ran' : renderSteps(connection, contracts, shown));
    },
  );
}

/** What is known of the contracts of a transaction. */
export async function sourcesOf(connection: Connection, hash: Hash): Promise<Sources> {
  const sources = new Sources(connection);
  const { to, from, nonce, input } = await connection.client.getTransaction({ hash });
  if (to === null) {
    const address = getContractAddress({ from, nonce: BigInt(nonce) });
    sources.noteDeployment(address.toLowerCase() as Address, input);
  }
  return sources;
}

/** What a node answers to `debug_traceTransaction`. */
export function requestTrace<Trace>(connection: Connection, hash: Hash, options: object): Promise<Trace> {
  return wattRequest<Trace>(connection.client, 'debug_traceTransaction', [hash, options]);
}

/** A tree of calls with source lines. */
async function withSources(sources: Sources, frame: CallFrame): Promise<CallFrame> {
  const shown = await sources.of(frame, frame.to);
  if (frame.calls === undefined) return shown;
  return { ...shown, calls: await Promise.all(frame.calls.map((call) => withSources(sources, call))) };
}

/** The contracts of a tree by address. */
async function contractsOf(sources: Sources, root: CallFrame): Promise<readonly TracedContract[]> {
  return Promise.all([...new Set(addressesOf(root))].map((address) => sources.contract(address)));
}

function addressesOf({ to, calls = [] }: CallFrame): Address[] {
  return [to, ...calls.flatMap(addressesOf)];
}

function nameOf(connection: Connection, contracts: readonly TracedContract[], address: Address): string {
  return contracts.find((contract) => contract.address === address)?.name ?? formatWho(connection, address);
}

/** Instructions below the source line that they belong to. */
function renderSteps(connection: Connection, contracts: readonly TracedContract[], trace: StepTrace): string {
  const lines: string[] = [];
  const last = trace.structLogs.at(-1);
  let place = '';
  for (const step of trace.structLogs) {
    const indent = '  '.repeat(step.depth - 1);
    const source = step.source === undefined ? '' : formatSourceLine(step.source);
    const here = `${step.depth} ${step.contract} ${source}`;
    if (here !== place) lines.push(`${indent}${nameOf(connection, contracts, step.contract)}  ${source}`.trimEnd());
    place = here;
    const operands = [step.op, ...(step.immediates ?? []).map(formatImmediate)].join(' ');
    const stack = step.stack.slice(-SHOWN_WORDS).map(shortWord).join(' ');
    const more = step.stack.length > SHOWN_WORDS ? '… ' : '';
    const cells = [String(step.pc).padStart(6), operands.padEnd(24), `gas ${String(step.gasCost).padEnd(6)}`];
    lines.push(`${indent}${cells.join('  ')}  ( ${more}${stack}${stack === '' ? '' : ' '})`);
    if (step.error !== undefined && step !== last) lines.push(`${indent}        failed: ${printable(step.error)}`);
  }
  if (last?.error !== undefined) {
    const indent = '  '.repeat(last.depth - 1);
    lines.push(`${indent}        failed: ${trace.failure ?? printable(last.error)}`);
  }
  const count = `${trace.structLogs.length} instructions`;
  const end = trace.truncated ? `${count}; a limit left the others out` : count;
  return [...lines, `${end}, ${trace.gas} gas, ${trace.failed ? 'failed' : 'succeeded'}`].join('\n');
}

function formatImmediate(value: string | number): string {
  if (typeof value === 'number') return String(value);
  // A selector has its own length; it is read as digits.
  return isHex(value) ? (value.length === 10 ? value : shortWord(value)) : printable(JSON.stringify(value));
}

/** A word as it is, or where it is long its first and last digits. */
function shortWord(word: Hex): string {
  if (word.length <= 14) return String(BigInt(word));
  return word.length <= 22 ? word : `${word.slice(0, 8)}…${word.slice(-6)}`;
}

function renderCalls(connection: Connection, contracts: readonly TracedContract[], root: CallFrame): string {
  const lines: string[] = [];
  const add = (frame: CallFrame, depth: number): void => {
    const indent = '  '.repeat(depth);
    const name = (address: Address) => nameOf(connection, contracts, address);
    const coins = BigInt(frame.value) === 0n ? '' : `, ${formatCoins(BigInt(frame.value))}`;
    lines.push(
      `${indent}${name(frame.from)} → ${name(frame.to)}${inputOf(connection, contracts, frame)}${coins}, ${Number(frame.gasUsed)} gas`,
    );
    for (const call of frame.calls ?? []) add(call, depth + 1);
    if (frame.error === undefined) return;
    const contract = contracts.find(({ address }) => address === frame.to);
    const words = refusalOf(contract?.abi, frame.output ?? '0x', contract?.isEnergy ?? false)?.message;
    const reason = [frame.error, words ?? frame.revertReason].filter((part) => part !== undefined).join(': ');
    lines.push(`${indent}  ${printable(reason)}${formatPlace(frame.source).replace('\n', `\n${indent}  `)}`);
  };
  add(root, 0);
  return lines.join('\n');
}

function inputOf(connection: Connection, contracts: readonly TracedContract[], { type, to, input }: CallFrame): string {
  if (type === 'CREATE') return `: deployment of ${fromHex(input).length} bytes`;
  if (input === '0x') return '';
  const abi = contracts.find((contract) => contract.address === to)?.abi;
  try {
    if (abi === undefined) return `.${input.slice(0, 10)}`;
    const { functionName, args = [] } = decodeFunctionData({ abi, data: input });
    const entry = abi.find(
      (item) => item.type === 'function' && item.name === functionName && item.inputs.length === args.length,
    );
    return `.${functionName}${formatValues(connection, entry?.type === 'function' ? entry.inputs : [], args)}`;
  } catch (error) {
    if (error instanceof WattchainError) throw error;
    return `.${input.slice(0, 10)}`;
  }
}
