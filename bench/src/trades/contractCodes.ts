import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { assert, fromHex, type Hex, WattchainError } from '@wattchain/core';
import { CONTRACT_ARTIFACTS } from '@wattchain/market';
import { TRADE_CONTRACTS, type TradeCodes, type TradeContract } from './tradeWorkload.js';

/** The contracts for the machine of this project. */
export function ownCodes(): TradeCodes {
  own ??= codes((contract) => CONTRACT_ARTIFACTS[contract].code);
  return own;
}

let own: TradeCodes | undefined;

const SOURCES = fileURLToPath(new URL('../../../packages/market/contracts/', import.meta.url));
const CACHE = fileURLToPath(new URL('../../peers/evmContracts.json', import.meta.url));

/** What solc is asked for, but for the sources. */
const SETTINGS = {
  viaIR: true,
  optimizer: { enabled: true, runs: 200 },
  // The newest that all rivals know.
  evmVersion: 'shanghai',
  metadata: { appendCBOR: false },
  outputSelection: Object.fromEntries(
    TRADE_CONTRACTS.map((name) => [`${name}.sol`, { [name]: ['evm.bytecode.object'] }]),
  ),
};

interface SolcOutput {
  readonly errors?: readonly { readonly severity: string; readonly formattedMessage: string }[];
  readonly contracts: Readonly<
    Record<string, Readonly<Record<string, { readonly evm: { readonly bytecode: { readonly object: string } } }>>>
  >;
}

interface Cached {
  readonly input: string;
  readonly codes: Readonly<Record<TradeContract, Hex>>;
}

/**
 * The contracts for an EVM: the same sources by solc with its best optimiser, which takes it a quarter of a minute; what it made of them is kept beside the rivals.
 *
 * @throws WattchainError `solidity` with solc's messages
 */
export function evmCodes(progress: (text: string) => void): TradeCodes {
  const sources = sourcesOf(TRADE_CONTRACTS.map((name) => `${name}.sol`));
  const solc = createRequire(import.meta.url)('solc') as { version(): string; compile(input: string): string };
  const text = JSON.stringify({ language: 'Solidity', sources, settings: SETTINGS });
  const input = createHash('sha256').update(`${solc.version()}\n${text}`).digest('hex');
  const cached = readCache();
  if (cached?.input === input) return codes((contract) => cached.codes[contract]);
  progress('compiling the contracts for the EVM …');
  const output = JSON.parse(solc.compile(text)) as SolcOutput;
  const errors = (output.errors ?? []).filter(({ severity }) => severity === 'error');
  if (errors.length > 0) {
    throw new WattchainError('solidity', errors.map(({ formattedMessage }) => formattedMessage).join('\n'));
  }
  const made = Object.fromEntries(
    TRADE_CONTRACTS.map((name) => [name, `0x${output.contracts[`${name}.sol`]?.[name]?.evm.bytecode.object ?? ''}`]),
  ) as Cached['codes'];
  writeFileSync(CACHE, JSON.stringify({ input, codes: made } satisfies Cached));
  return codes((contract) => made[contract]);
}

/** Files with all that they import. */
function sourcesOf(files: readonly string[]): Readonly<Record<string, { readonly content: string }>> {
  const sources: Record<string, { readonly content: string }> = {};
  const read = (file: string) => {
    if (sources[file] !== undefined) return;
    const content = readFileSync(`${SOURCES}${file}`, 'utf8');
    sources[file] = { content };
    for (const [, imported = ''] of content.matchAll(/^import .*"\.\/(\w+\.sol)";$/gm)) read(imported);
  };
  for (const file of files) read(file);
  return sources;
}

function readCache(): Cached | undefined {
  try {
    return JSON.parse(readFileSync(CACHE, 'utf8')) as Cached;
  } catch {
    return undefined;
  }
}

function codes(codeOf: (contract: TradeContract) => Hex): TradeCodes {
  return Object.fromEntries(
    TRADE_CONTRACTS.map((name) => {
      const code = fromHex(codeOf(name));
      assert(code.length > 0, `${name} has code`);
      return [name, code];
    }),
  ) as Record<TradeContract, Uint8Array>;
}
