import { WattchainError } from '@wattchain/core';
import type { Artifact } from './artifact.js';

/**
 * The artifact of that name, of those that a file has; without a name the only one.
 *
 * @throws WattchainError `unknownContract` with the names to choose from
 */
export function chooseContract(artifacts: readonly Artifact[], file: string, name?: string): Artifact {
  const [first] = artifacts;
  const found = artifacts.find(({ contract }) => contract === name) ?? (name === undefined ? first : undefined);
  if (found !== undefined && (name !== undefined || artifacts.length === 1)) return found;
  const names = artifacts.map(({ contract }) => contract);
  const problem =
    first === undefined
      ? 'has no contract that can be deployed: interfaces, libraries and abstract contracts cannot'
      : name === undefined
        ? `has ${names.length} contracts: ${names.join(', ')}`
        : `has no contract "${name}" that can be deployed`;
  throw new WattchainError('unknownContract', `${file} ${problem}`, {
    values: { file, contract: name, names },
    ...(first === undefined ? {} : { hint: `name one: ${names.map((known) => `${file}:${known}`).join(', ')}` }),
  });
}
