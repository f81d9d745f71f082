import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseAddress, WattchainError } from '@wattchain/core';
import { CONTRACT_ARTIFACTS } from '@wattchain/market';
import type { ARTIFACTS_FOLDER } from '@wattchain/node';
import { type Artifact, assemble, chooseContract, parseArtifact } from '@wattchain/vm';
import type { Command } from 'commander';
import type { Abi, Address } from 'viem';
import type { Connection } from './client.js';
import { makePrivateDirectory, writeInto } from './directory.js';
import { collect } from './options.js';
import type { Output } from './output.js';

/** Written out here, because importing the node's constant would load the whole node. */
const FOLDER: typeof ARTIFACTS_FOLDER = 'artifacts';
const MARKET_FILES = [
  'energyToken.json',
  'bank.json',
  'energyTrade.json',
  'meterRegistry.json',
  'council.json',
] as const;

/** A contract that a person named, with what is known of it. */
export interface NamedContract {
  readonly address: Address;
  readonly name: string | undefined;
  /** `undefined` where nobody said what its functions are. */
  readonly abi: Abi | undefined;
}

/** Options of every command that may need a contract's interface. */
export interface ArtifactOptions {
  readonly artifact: readonly string[];
}

/** Adds `--artifact`. */
export function withArtifact(command: Command): Command {
  return command.option(
    '--artifact <file>',
    'what contracts were made from: a .sol or .wca file, or an artifact (.json); repeatable',
    collect,
    [],
  );
}

/** The files of the energy contracts' artifacts. */
function marketFiles(): readonly string[] {
  const folder = fileURLToPath(new URL('../contracts/', import.meta.resolve('@wattchain/market')));
  return MARKET_FILES.map((name) => join(folder, name));
}

/** The artifacts of the energy contracts. */
export function loadMarketArtifacts(): readonly Artifact[] {
  return marketFiles().map(readArtifact);
}

/** Puts the artifacts of the energy contracts into a data directory, so that the node's traces show source lines. */
export function writeMarketArtifacts(dataDir: string): void {
  const folder = join(dataDir, FOLDER);
  makePrivateDirectory(folder);
  for (const file of marketFiles()) writeInto(folder, basename(file), readFileSync(file, 'utf8'));
}

/** What a file of contracts holds. */
export interface LoadedContracts {
  readonly artifacts: readonly Artifact[];
  /** Of the compiler, as it formats them. */
  readonly warnings: readonly string[];
}

/** Shows what the compiler doubts. */
export function tellWarnings(output: Output, { warnings }: Pick<LoadedContracts, 'warnings'>): void {
  for (const warning of warnings) output.progress(`${warning.trimEnd()}\n`);
}

/** A file that may name one of its contracts: `market.sol`, `market.sol:Auction`. */
export function splitContractFile(text: string): { readonly file: string; readonly contract: string | undefined } {
  const [, file = text, contract] = /^(.+\.(?:sol|wca|json)):([A-Za-z_$][\w$]*)$/.exec(text) ?? [];
  return { file, contract };
}

/**
 * The contracts of a file, or the one that `FILE:Contract` or `name` says: of a `.sol` file, which is compiled, a `.wca` file, which is
 * assembled, or an artifact. Errors: `unreadableFile`, `solidity`, `assembly`, `badArtifact`, `unknownContract`.
 */
export async function loadContracts(text: string, name?: string): Promise<LoadedContracts> {
  const { file, contract = name } = splitContractFile(text);
  const { artifacts, warnings } = await readContracts(file);
  return { artifacts: contract === undefined ? artifacts : [chooseContract(artifacts, file, contract)], warnings };
}

/** As {@link loadContracts}, where it must be one. */
export async function loadContract(
  text: string,
  name?: string,
): Promise<LoadedContracts & { readonly artifact: Artifact }> {
  const loaded = await loadContracts(text, name);
  return { ...loaded, artifact: chooseContract(loaded.artifacts, splitContractFile(text).file) };
}

async function readContracts(file: string): Promise<LoadedContracts> {
  // Loaded here, so that whoever has no Solidity need not wait for the compiler.
  if (file.endsWith('.sol')) return (await import('@wattchain/solidity')).buildFile(file);
  const artifact = file.endsWith('.json') ? readArtifact(file) : assemble(readText(file), basename(file));
  return { artifacts: [artifact], warnings: [] };
}

function readArtifact(file: string): Artifact {
  let content: unknown;
  try {
    content = JSON.parse(readText(file));
  } catch (cause) {
    if (cause instanceof WattchainError) throw cause;
    throw new WattchainError('badArtifact', `${file} is not JSON`, { values: { file }, cause });
  }
  return parseArtifact(content, file);
}

/** The text of a file. Errors: `unreadableFile`. */
export function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new WattchainError('unreadableFile', `${file} cannot be read`, {
      values: { file },
      hint: 'check the path',
      cause,
    });
  }
}

/** The energy contracts of a network with their addresses; none where genesis lists none. */
export function energyContracts(connection: Connection): (NamedContract & { readonly abi: Abi })[] {
  if (!connection.hasEnergyContracts) return [];
  const { tokenAddress, bankAddress, tradeAddress, registryAddress, councilAddress } = connection.contracts();
  const { EnergyToken, Bank, EnergyTrade, MeterRegistry, Council } = CONTRACT_ARTIFACTS;
  return [
    { address: tokenAddress, name: EnergyToken.name, abi: EnergyToken.abi },
    { address: bankAddress, name: Bank.name, abi: Bank.abi },
    { address: tradeAddress, name: EnergyTrade.name, abi: EnergyTrade.abi },
    { address: registryAddress, name: MeterRegistry.name, abi: MeterRegistry.abi },
    { address: councilAddress, name: Council.name, abi: Council.abi },
  ];
}

/** A connection that knows the artifacts of `--artifact` as well. Errors: those of {@link loadContracts}. */
export async function withArtifactOf(
  connection: Connection,
  { artifact: files }: ArtifactOptions,
): Promise<Connection> {
  const loaded = await Promise.all(files.map((file) => loadContracts(file)));
  return { ...connection, artifacts: loaded.flatMap(({ artifacts }) => artifacts) };
}

const SHORT_NAMES: Readonly<Record<string, string>> = {
  token: 'EnergyToken',
  bank: 'Bank',
  trade: 'EnergyTrade',
  registry: 'MeterRegistry',
  council: 'Council',
};

/**
 * The contract that a person means: an address, `token`, `bank`, `trade`, `registry`, `council`, or the name of a contract of genesis. Its interface is
 * that of the artifact which was given, whatever code stands there; of several, of the one whose code does.
 * Errors: `badAddress`, `unknownContract`, `noContract`.
 */
export async function resolveContract(connection: Connection, text: string): Promise<NamedContract> {
  const listed = await connection.watt<readonly { name: string; address: Address }[]>('watt_contracts');
  const name = (SHORT_NAMES[text] ?? text).toLowerCase();
  const found = listed.find((contract) => contract.name.toLowerCase() === name);
  if (found === undefined && !text.startsWith('0x')) {
    throw new WattchainError('unknownContract', `the network started with no contract "${text}"`, {
      values: { text },
      hint: `give an address${listed.map((contract) => `, or ${contract.name}`).join('')}`,
    });
  }
  const address = found?.address ?? parseAddress(text);
  const code = await connection.client.getCode({ address });
  if (code === undefined) {
    throw new WattchainError('noContract', `there is no contract at ${address}`, {
      values: { address },
      hint: 'check the address, and that it is one of this network',
    });
  }
  const energy = energyContracts(connection).find((contract) => contract.address === address);
  const { artifacts } = connection;
  const artifact =
    artifacts.find((candidate) => candidate.code === code.toLowerCase()) ??
    (artifacts.length === 1 ? artifacts[0] : undefined);
  if (artifact === undefined && energy === undefined && artifacts.length > 1) throw noneOf(artifacts, address);
  if (artifact !== undefined) return { address, name: artifact.contract, abi: artifact.abi as Abi };
  return { address, name: energy?.name ?? found?.name, abi: energy?.abi };
}

function noneOf(artifacts: readonly Artifact[], address: Address): WattchainError {
  const names = artifacts.map(({ contract }) => contract);
  const problem = `the code at ${address} is that of none of the contracts ${names.join(', ')}`;
  return new WattchainError('unknownContract', problem, {
    values: { address, names },
    hint: 'name the contract whose functions you mean: --artifact FILE:Contract',
  });
}
