import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseAddress, WattchainError } from '@wattchain/core';
import { CONTRACT_ARTIFACTS } from '@wattchain/market';
import type { ARTIFACTS_FOLDER } from '@wattchain/node';
import { type Artifact, assemble, parseArtifact } from '@wattchain/vm';
import type { Command } from 'commander';
import type { Abi, Address } from 'viem';
import type { Connection } from './client.js';
import { makePrivateDirectory, writeInto } from './directory.js';

/** Written out here, because importing the node's constant would load the whole node. */
const FOLDER: typeof ARTIFACTS_FOLDER = 'artifacts';
const MARKET_FILES = ['energyToken.json', 'bank.json', 'energyTrade.json'] as const;

/** A contract that a person named, with what is known of it. */
export interface NamedContract {
  readonly address: Address;
  readonly name: string | undefined;
  /** `undefined` where nobody said what its functions are. */
  readonly abi: Abi | undefined;
}

/** Options of every command that may need a contract's interface. */
export interface ArtifactOptions {
  readonly artifact?: string;
}

/** Adds `--artifact`. */
export function withArtifact(command: Command): Command {
  return command.option('--artifact <file>', 'what the contract was made from: a .wca file, or an artifact (.json)');
}

/** The files of the energy contracts' artifacts. */
function marketFiles(): readonly string[] {
  const folder = fileURLToPath(new URL('../contracts/', import.meta.resolve('@wattchain/market')));
  return MARKET_FILES.map((name) => join(folder, name));
}

/** The artifacts of the energy contracts. */
export function loadMarketArtifacts(): readonly Artifact[] {
  return marketFiles().map(loadArtifact);
}

/** Puts the artifacts of the energy contracts into a data directory, so that the node's traces show source lines. */
export function writeMarketArtifacts(dataDir: string): void {
  const folder = join(dataDir, FOLDER);
  makePrivateDirectory(folder);
  for (const file of marketFiles()) writeInto(folder, basename(file), readFileSync(file, 'utf8'));
}

/** An artifact: of a `.wca` file, which is assembled, or read from JSON. Errors: `unreadableFile`, `assembly`, `badArtifact`. */
export function loadArtifact(file: string): Artifact {
  const text = readText(file);
  if (!file.endsWith('.json')) return assemble(text, basename(file));
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (cause) {
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
  const { tokenAddress, bankAddress, tradeAddress } = connection.contracts();
  const { EnergyToken, Bank, EnergyTrade } = CONTRACT_ARTIFACTS;
  return [
    { address: tokenAddress, name: EnergyToken.name, abi: EnergyToken.abi },
    { address: bankAddress, name: Bank.name, abi: Bank.abi },
    { address: tradeAddress, name: EnergyTrade.name, abi: EnergyTrade.abi },
  ];
}

/** A connection that knows the artifact of `--artifact` as well. Errors: those of {@link loadArtifact}. */
export function withArtifactOf(connection: Connection, { artifact: file }: ArtifactOptions): Connection {
  return file === undefined ? connection : { ...connection, artifacts: [loadArtifact(file)] };
}

const SHORT_NAMES: Readonly<Record<string, string>> = { token: 'EnergyToken', bank: 'Bank', trade: 'EnergyTrade' };

/**
 * The contract that a person means: an address, `token`, `bank`, `trade`, or the name of a contract of genesis. Its interface is
 * that of the artifact which was given, whatever code stands there.
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
  if ((await connection.client.getCode({ address })) === undefined) {
    throw new WattchainError('noContract', `there is no contract at ${address}`, {
      values: { address },
      hint: 'check the address, and that it is one of this network',
    });
  }
  const energy = energyContracts(connection).find((contract) => contract.address === address);
  const [artifact] = connection.artifacts;
  if (artifact !== undefined) return { address, name: artifact.contract, abi: artifact.abi as Abi };
  return { address, name: energy?.name ?? found?.name, abi: energy?.abi };
}
