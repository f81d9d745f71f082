import { existsSync } from 'node:fs';
import { assert, concatBytes, fromHex, type Hex, toHex } from '@wattchain/core';
import { type Artifact, disassemble } from '@wattchain/vm';
import type { Command } from 'commander';
import { type Abi, type Address, encodeAbiParameters } from 'viem';
import { loadContract, readText, resolveContract, splitContractFile, tellWarnings } from '../artifacts.js';
import { parseArguments } from '../contractValues.js';
import { explainFailedCall } from '../failures.js';
import { connectTo, type RpcOptions, withRpc } from '../options.js';
import { formatFields } from '../output.js';
import { writeOut } from '../outputFile.js';
import { addCommand, addGroup } from '../program.js';
import { addContractBuildCommand, withContract } from './contractBuild.js';
import { addContractCallCommands } from './contractCall.js';
import { addContractNewCommands } from './contractNew.js';
import { addContractTestCommand } from './contractTest.js';
import { addContractTraceCommand } from './contractTrace.js';
import { connectSigner, type SendingOptions, withExample, withSending } from './sending.js';
import { waitForTransaction } from './transaction.js';

/** `wattchain contract …`: contracts of one's own. */
export function addContractCommands(program: Command): void {
  const group = addGroup(program, 'contract', 'contracts in Solidity or in assembly (docs/contracts.md)');
  addContractNewCommands(group);
  addContractBuildCommand(group);
  addContractTestCommand(group);
  addDisassembleCommand(group);
  addDeployCommand(group);
  addContractCallCommands(group);
  addContractTraceCommand(group);
}

function addDisassembleCommand(group: Command): void {
  addCommand<RpcOptions & { readonly out?: string }>(
    group,
    'disassemble <what>',
    'assembly of code: of an artifact, of a file with hexadecimal code, or of a contract by address or name',
    (command) =>
      withExample(
        withRpc(command).option('--out <file>', 'write the assembly there'),
        'wattchain contract disassemble counter.json',
        'wattchain contract disassemble token',
      ),
    async (output, options, what) => {
      const isFile = existsSync(splitContractFile(what as string).file);
      const code = isFile ? await codeOfFile(what as string) : await codeAt(options, what as string);
      const assembly = disassemble(fromHex(code));
      if (options.out !== undefined) writeOut(options.out, assembly);
      const size = fromHex(code).length;
      output.result(
        { code, assembly },
        options.out === undefined ? assembly.trimEnd() : `${size} bytes of code, written to ${options.out}`,
      );
    },
  );
}

function addDeployCommand(group: Command): void {
  addCommand<SendingOptions & { readonly contract?: string }>(
    group,
    'deploy <file> [args...]',
    'deploy a contract of a .sol or .wca file, or an artifact; the arguments are those of its constructor',
    (command) =>
      withExample(
        withContract(withSending(command)),
        'wattchain contract deploy counter.sol --from testbed:node-1',
        'wattchain contract deploy market.sol:Auction 0xTOKEN 3600 --from testbed:node-1',
      ),
    async (output, options, ...positionals) => {
      const [file = '', args] = positionals as unknown as [string, string[]];
      const loaded = await loadContract(file, options.contract);
      const { artifact } = loaded;
      tellWarnings(output, loaded);
      const data = deploymentData(artifact, args ?? [], options.keys);
      const { connection: plain, signer } = await connectSigner(options);
      const connection = { ...plain, artifacts: [artifact] };
      const { address: from } = signer.account;
      const failure = await explainFailedCall(connection, { from, data });
      if (failure !== undefined) throw failure;
      const hash = await signer.sendTransaction({ data, type: 'legacy' });
      const title = `deployment of ${artifact.contract}`;
      if (options.wait === false) {
        output.result({ contract: artifact.contract, hash, status: 'sent' }, `${title}\nsent ${hash}`);
        return;
      }
      output.progress(`sent ${hash}, waiting for a block …`);
      const confirmations = options.confirm ? connection.genesis.confirmations : 1;
      const { receipt } = await waitForTransaction(connection, {
        hash,
        what: title,
        confirmations,
        output,
      });
      const result = {
        contract: artifact.contract,
        address: receipt.contractAddress as Address,
        hash,
        block: Number(receipt.blockNumber),
        gasUsed: Number(receipt.gasUsed),
      };
      output.result(
        result,
        formatFields([
          ['contract', result.contract],
          ['address', result.address],
          ['transaction', hash],
          ['block', String(result.block)],
          ['gas', String(result.gasUsed)],
        ]),
      );
    },
  );
}

/** Code of a contract, or of a file that holds it as hexadecimal text. Errors: `badHex`, those of {@link loadContract}. */
async function codeOfFile(text: string): Promise<Hex> {
  if (/\.(json|wca|sol)$/.test(splitContractFile(text).file)) return (await loadContract(text)).artifact.code;
  return toHex(fromHex(readText(text).trim()));
}

async function codeAt(options: RpcOptions, what: string): Promise<Hex> {
  if (/^0x([0-9a-f]{2}){21,}$/i.test(what)) return toHex(fromHex(what));
  const connection = await connectTo(options);
  const { address } = await resolveContract(connection, what);
  const code = await connection.client.getCode({ address });
  assert(code !== undefined, `a contract that was found at ${address} has code`);
  return code;
}

/** Code followed by the ABI-encoded constructor arguments. Errors: `badArguments`. */
export function deploymentData(artifact: Artifact, texts: readonly string[], keys: string | undefined): Hex {
  const inputs = (artifact.abi as Abi).find((item) => item.type === 'constructor')?.inputs ?? [];
  const values = parseArguments(`the constructor of ${artifact.contract}`, inputs, texts, keys);
  return toHex(concatBytes(fromHex(artifact.code), fromHex(encodeAbiParameters(inputs, values))));
}
