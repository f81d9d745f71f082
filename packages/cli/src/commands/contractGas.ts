/** What a contract's code costs: by function as its code says it, by line as a transaction had it. */
import { fromHex } from '@wattchain/core';
import { type Artifact, type FunctionGas, gasOfFunctions, type SourceLine, sourceLineAt } from '@wattchain/vm';
import type { Address, Hash } from 'viem';
import type { Connection } from '../client.js';
import { formatTable } from '../output.js';
import { requestTrace, type StepTrace, sourcesOf } from './contractTrace.js';

/** The gas of an artifact's functions. */
export interface ContractGas {
  readonly contract: string;
  readonly functions: readonly FunctionGas[];
}

/** The gas that a line used in a transaction. */
export interface LineGas {
  readonly contract: string;
  readonly source: SourceLine;
  readonly gas: number;
  /** Instructions that ran. */
  readonly instructions: number;
}

/** The gas of a transaction by lines. */
export interface TracedGas {
  readonly lines: readonly LineGas[];
  /** False where the node's limit left instructions out. */
  readonly isWhole: boolean;
}

/** What can be said of every function before it runs. */
export function functionGas({ contract, code, abi }: Artifact): ContractGas {
  return { contract, functions: gasOfFunctions(fromHex(code), abi) };
}

/** A table of functions, with what its figures leave out. */
export function formatFunctionGas(contracts: readonly ContractGas[]): string {
  const rows = contracts.flatMap(({ contract, functions }) =>
    functions.map(({ name, least, most, extras }) => [
      `${contract}.${name}`,
      least === undefined ? '-' : String(least),
      least === undefined ? '-' : most === undefined ? 'no bound' : String(most),
      extras.join(', '),
    ]),
  );
  const table = formatTable([['function', 'gas from', 'to', 'and'], ...rows], [1, 2]);
  return `${table}\nfrom: nothing that is stored changes; to: every word that is written was 0. A transaction costs 21000 and its data on top.`;
}

/**
 * The gas of a transaction by the lines of these contracts, the dearest first. What a contract that it calls uses stands at that one's
 * lines. Errors: those of `debug_traceTransaction`.
 */
export async function lineGas(connection: Connection, artifacts: readonly Artifact[], hash: Hash): Promise<TracedGas> {
  const trace = await requestTrace<StepTrace>(connection, hash, { limit: 0, disableStack: true, disableStorage: true });
  const sources = await sourcesOf({ ...connection, artifacts }, hash);
  const byAddress = new Map<Address, Artifact | undefined>();
  for (const address of new Set(trace.structLogs.map((step) => step.contract))) {
    byAddress.set(address, await sources.artifactAt(address));
  }
  const lines = new Map<string, { contract: string; source: SourceLine; gas: number; instructions: number }>();
  for (const { contract: address, pc, gasCost } of trace.structLogs) {
    const artifact = byAddress.get(address);
    const source = artifact === undefined ? undefined : sourceLineAt(artifact, pc);
    if (artifact === undefined || source === undefined) continue;
    const key = `${artifact.contract} ${source.file} ${source.line}`;
    const { macro: _, ...line } = source;
    const sum = lines.get(key) ?? { contract: artifact.contract, source: line, gas: 0, instructions: 0 };
    sum.gas += gasCost;
    sum.instructions += 1;
    lines.set(key, sum);
  }
  const isWhole = trace.truncated !== true;
  return { isWhole, lines: [...lines.values()].sort((a, b) => b.gas - a.gas) };
}

/** A table of lines. */
export function formatLineGas({ lines, isWhole }: TracedGas): string {
  if (lines.length === 0) return 'none of these contracts ran in that transaction';
  const rows = lines.map(({ source, gas, instructions }) => [
    String(gas),
    String(instructions),
    `${source.file}:${source.line}: ${source.text}`,
  ]);
  const table = formatTable([['gas', 'instructions', 'line'], ...rows], [0, 1]);
  return isWhole ? table : `${table}\na limit left later instructions out`;
}
