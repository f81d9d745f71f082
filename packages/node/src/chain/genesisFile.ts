import { readFileSync } from 'node:fs';
import { createGenesis, type Genesis, type GenesisRules, parseGenesisRules, WattchainError } from '@wattchain/core';
import { verifyCode } from '@wattchain/vm';

/** {@link loadGenesisRules}, and the block that they make. */
export function loadGenesis(path: string): Genesis {
  return createGenesis(loadGenesisRules(path));
}

/**
 * Reads and checks a genesis file, the code of its contracts too.
 * Throws `genesisMissing` when there is none, else `badGenesis`.
 */
export function loadGenesisRules(path: string): GenesisRules {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new WattchainError('genesisMissing', `the genesis file "${path}" cannot be read`, {
      values: { path },
      hint: 'copy the genesis file of the network there, or make a new network with "wattchain init"',
      cause,
    });
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new WattchainError('badGenesis', `the genesis file "${path}" is not JSON: ${(cause as Error).message}`, {
      values: { path },
      hint: 'copy the file anew from another node of the network',
      cause,
    });
  }
  const rules = parseGenesisRules(json);
  for (const { name, code } of rules.contracts) {
    const { fault } = verifyCode(code);
    if (fault === undefined) continue;
    throw new WattchainError(
      'badGenesis',
      `the code of contract "${name}" in the genesis cannot run: ${fault.detail}`,
      {
        values: { path, contract: name, ...fault },
        hint: 'build the contract again with "wattchain contract build"',
      },
    );
  }
  return rules;
}
