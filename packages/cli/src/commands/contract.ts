import { readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { concatBytes, fromHex, type Hex, toHex, WattchainError } from '@wattchain/core';
import { type Artifact, assemble } from '@wattchain/vm';
import type { Command } from 'commander';
import { type Abi, encodeAbiParameters } from 'viem';
import { openSigner, type SignerOptions, withSigner } from '../keys/signer.js';
import { connectTo, type RpcOptions, withRpc } from '../options.js';
import { formatFields, toJson } from '../output.js';
import { addCommand, addGroup } from '../program.js';

/** `wattchain contract …`: contracts in the machine's assembly. */
export function addContractCommands(program: Command): void {
  const group = addGroup(program, 'contract', "contracts in the machine's assembly (docs/vm.md)");

  addCommand<{ readonly out?: string }>(
    group,
    'assemble <file>',
    'assemble a .wca file into an artifact: code, ABI, storage, source map',
    (command) => command.option('--out <file>', 'write the artifact there'),
    async (output, options, file) => {
      const artifact = assembleFile(file as string);
      if (options.out !== undefined) writeFileSync(options.out, `${toJson(artifact)}\n`);
      const size = fromHex(artifact.code).length;
      output.result(
        artifact,
        `${artifact.contract}: ${size} bytes of code${options.out === undefined ? `\n${artifact.code}` : `, written to ${options.out}`}`,
      );
    },
  );

  addCommand<RpcOptions & SignerOptions>(
    group,
    'deploy <file> [args...]',
    'deploy a .wca file or an artifact; the arguments are those of its constructor',
    (command) => withSigner(withRpc(command)),
    async (output, options, ...positionals) => {
      const [file = '', args] = positionals as unknown as [string, string[]];
      const artifact = file.endsWith('.json') ? readArtifact(file) : assembleFile(file);
      const connection = await connectTo(options);
      const account = await openSigner(options, connection);
      const data = deploymentData(artifact, args ?? []);
      const hash = await connection.signer(account).sendTransaction({ data, type: 'legacy' });
      output.progress(`sent ${hash}, waiting for a block …`);
      const receipt = await connection.client.waitForTransactionReceipt({ hash });
      if (receipt.status !== 'success') {
        throw new WattchainError(
          'deploymentFailed',
          `the deployment of ${artifact.contract} failed in block ${receipt.blockNumber}`,
          {
            values: { hash },
            hint: `wattchain tx ${hash} says why`,
          },
        );
      }
      const result = {
        contract: artifact.contract,
        address: receipt.contractAddress,
        hash,
        block: Number(receipt.blockNumber),
        gasUsed: Number(receipt.gasUsed),
      };
      output.result(
        result,
        formatFields([
          ['contract', result.contract],
          ['address', String(result.address)],
          ['transaction', hash],
          ['block', String(result.block)],
          ['gas', String(result.gasUsed)],
        ]),
      );
    },
  );
}

function readText(file: string): string {
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

function assembleFile(file: string): Artifact {
  return assemble(readText(file), basename(file));
}

function readArtifact(file: string): Artifact {
  let content: unknown;
  try {
    content = JSON.parse(readText(file));
  } catch (cause) {
    if (cause instanceof WattchainError) throw cause;
    throw new WattchainError('badArtifact', `${file} is not JSON`, { values: { file }, cause });
  }
  if (typeof content !== 'object' || content === null || !('code' in content) || !('abi' in content)) {
    throw new WattchainError('badArtifact', `${file} is not an artifact: it has no code or no abi`, {
      values: { file },
      hint: 'make one with "wattchain contract assemble FILE.wca --out FILE.json"',
    });
  }
  return content as Artifact;
}

/** Code followed by the ABI-encoded constructor arguments. Errors: `badArguments`. */
export function deploymentData(artifact: Artifact, texts: readonly string[]): Hex {
  const abi = artifact.abi as Abi;
  const inputs = abi.find((item) => item.type === 'constructor')?.inputs ?? [];
  const wanted = inputs.map((input) => `${input.type} ${input.name ?? ''}`.trim()).join(', ');
  if (texts.length !== inputs.length) {
    throw new WattchainError(
      'badArguments',
      `the constructor of ${artifact.contract} takes ${inputs.length} arguments, not ${texts.length}`,
      {
        values: { texts, wanted },
        hint: wanted === '' ? 'leave them out' : `give: ${wanted}`,
      },
    );
  }
  const values = texts.map((text, index) => {
    const type = inputs[index]?.type ?? '';
    if (type.startsWith('uint')) return /^\d+$/.test(text) ? BigInt(text) : text;
    return type === 'bool' ? text === 'true' : text;
  });
  try {
    return toHex(concatBytes(fromHex(artifact.code), fromHex(encodeAbiParameters(inputs, values))));
  } catch (cause) {
    throw new WattchainError('badArguments', `these are not the constructor's arguments: ${texts.join(', ')}`, {
      values: { texts, wanted },
      hint: `give: ${wanted}`,
      cause,
    });
  }
}
