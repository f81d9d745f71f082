import { join } from 'node:path';
import { fromHex, WattchainError } from '@wattchain/core';
import { type Artifact, formatArtifact } from '@wattchain/vm';
import type { Command } from 'commander';
import { loadContracts, tellWarnings } from '../artifacts.js';
import { isDirectory } from '../directory.js';
import { connectTo, type RpcOptions, withRpc } from '../options.js';
import { writeOut } from '../outputFile.js';
import { addCommand } from '../program.js';
import { parseHash } from './chain.js';
import { formatFunctionGas, formatLineGas, functionGas, lineGas } from './contractGas.js';
import { withExample } from './sending.js';

interface BuildOptions extends RpcOptions {
  readonly contract?: string;
  readonly out?: string;
  readonly gas?: boolean;
  readonly trace?: string;
}

/** `wattchain contract build`: from a source to artifacts, and what they cost. */
export function addContractBuildCommand(group: Command): void {
  addCommand<BuildOptions>(
    group,
    'build <files...>',
    'compile .sol files, or assemble .wca files, into artifacts: code, ABI, storage layout, source map',
    (command) =>
      withExample(
        withRpc(withContract(command))
          .option('--out <path>', 'write the artifact there; into a folder, NAME.json for each contract')
          .option('--gas', 'what each function costs, as far as its code says it')
          .option('--trace <hash>', 'what each line cost in this transaction'),
        'wattchain contract build market.sol',
        'wattchain contract build market.sol:Auction --out auction.json',
        'wattchain contract build market.sol --gas --trace 0xHASH',
      ),
    async (output, options, ...positionals) => {
      const [files] = positionals as unknown as [string[]];
      const loaded = await Promise.all(files.map((file) => loadContracts(file, options.contract)));
      const artifacts = loaded.flatMap((contracts) => contracts.artifacts);
      const warnings = loaded.flatMap((contracts) => contracts.warnings);
      tellWarnings(output, { warnings });
      const written = options.out === undefined ? [] : writeArtifacts(artifacts, options.out);
      const sizes = artifacts.map(({ contract, code }, i) => {
        const size = `${contract}: ${fromHex(code).length} bytes of code`;
        return written[i] === undefined ? size : `${size}, written to ${written[i]}`;
      });
      const gas = options.gas === true ? artifacts.map(functionGas) : undefined;
      const hash = options.trace === undefined ? undefined : parseHash(options.trace);
      const traced = hash === undefined ? undefined : await lineGas(await connectTo(options), artifacts, hash);
      const parts = [
        sizes.join('\n') || 'no contract that can be deployed',
        ...(gas === undefined ? [] : [formatFunctionGas(gas)]),
        ...(traced === undefined ? [] : [formatLineGas(traced)]),
      ];
      output.result({ artifacts, warnings, gas, ...traced }, parts.join('\n\n'));
    },
  );
}

/** Adds `--contract`. */
export function withContract(command: Command): Command {
  return command.option('--contract <name>', 'of a file with several contracts this one, as FILE:NAME does');
}

/** Writes the artifact to a file, or each into a folder; their paths. Errors: `severalContracts`, `unwritableFile`. */
function writeArtifacts(artifacts: readonly Artifact[], out: string): string[] {
  const isFolder = isDirectory(out);
  if (artifacts.length === 0)
    throw new WattchainError(
      'unknownContract',
      'there is no contract to build: interfaces and abstract contracts have no code',
      {
        values: { out },
        hint: 'name a file with a contract',
      },
    );
  if (!isFolder && artifacts.length !== 1) {
    const names = artifacts.map(({ contract }) => contract);
    const problem = `${out} would be one file, and there are ${names.length} contracts: ${names.join(', ')}`;
    throw new WattchainError('severalContracts', problem, {
      values: { out, names },
      hint: 'name a folder that exists, or one contract: FILE:NAME',
    });
  }
  return artifacts.map((artifact) => {
    const path = isFolder ? join(out, `${artifact.contract}.json`) : out;
    writeOut(path, formatArtifact(artifact));
    return path;
  });
}
