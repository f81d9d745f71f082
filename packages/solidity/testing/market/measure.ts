/** What the energy contracts cost in gas and storage, built in different ways: the same calls, one table. */

import { WattchainError } from '@wattchain/core';
import type { AbiEntry } from '@wattchain/vm';
import { type MessageOutcome, START_TIME_S } from '../world.js';
import { type Build, type Each, each, Market, PLACES } from './builds.js';
import { type Step, steps } from './scenario.js';

/** What a call did and cost. */
export interface StepCost {
  readonly step: Step;
  readonly outcome: MessageOutcome;
  /** Storage words that were 0 before. */
  readonly newWords: number;
  /** Others that were written with another value, 0 too. */
  readonly changedWords: number;
}

/** The scenario in one build. */
export interface Measurement {
  readonly name: string;
  readonly steps: readonly StepCost[];
  readonly deploymentGas: Each<number>;
  readonly codeBytes: Each<number>;
  /** Storage words of the three contracts in the end; a node keeps each as 32 bytes and its key. */
  readonly words: number;
}

/**
 * Runs the scenario.
 *
 * @throws WattchainError `scenario` when one of its calls fails
 */
export async function measureMarket(build: Build, abis: Each<readonly AbiEntry[]>): Promise<Measurement> {
  const market = await Market.deploy(build, abis);
  const costs: StepCost[] = [];
  let before = market.world.storage();
  for (const step of steps(BigInt(START_TIME_S), PLACES)) {
    const outcome = await market.run(step, START_TIME_S + step.at);
    if (outcome.failure !== undefined) {
      throw new WattchainError(
        'scenario',
        `${build.name}: ${step.contract}.${step.function} fails: ${outcome.failure}`,
        {
          values: { data: outcome.data },
        },
      );
    }
    const after = market.world.storage();
    const slots = new Set([...before.keys(), ...after.keys()]);
    const written = [...slots].filter((slot) => before.get(slot) !== after.get(slot));
    const newWords = written.filter((slot) => !before.has(slot)).length;
    costs.push({ step, outcome, newWords, changedWords: written.length - newWords });
    before = after;
  }
  return {
    name: build.name,
    steps: costs,
    deploymentGas: each((name) => market.deployments[name].gasUsed),
    codeBytes: each((name) => build.codes[name].length),
    words: before.size,
  };
}

/** The table: a row for each kind of call, measurements as columns, the second one against the first. */
export function renderTable([assembly, solidity, evm]: readonly [Measurement, Measurement, Measurement]): string {
  const rows = assembly.steps.flatMap(({ step, outcome, newWords, changedWords }, i) => {
    const [ours, theirs] = [solidity.steps[i], evm.steps[i]];
    if (step.row === undefined || ours === undefined || theirs === undefined) return [];
    const gas = [outcome, ours.outcome, theirs.outcome].map(({ gasUsed }) => gasUsed);
    const words = [`${newWords} + ${changedWords}`, `${ours.newWords} + ${ours.changedWords}`];
    return [row(step.row, gas as [number, number, number], words)];
  });
  const deployments = Object.keys(assembly.codeBytes).map((name) => {
    const contract = name as keyof typeof assembly.codeBytes;
    const [gas, bytes] = [
      [assembly, solidity, evm].map(({ deploymentGas }) => deploymentGas[contract]),
      [assembly, solidity, evm].map(({ codeBytes }) => codeBytes[contract]),
    ];
    return [
      row(`deploying ${contract}`, gas as [number, number, number], ['', '']),
      row(`bytes of ${contract}`, bytes as [number, number, number], ['', '']),
    ];
  });
  const words = row('words stored in the end', [assembly.words, solidity.words, evm.words], ['', '']);
  return [
    '| | assembly | Solidity | ratio | on the EVM | words: assembly | words: Solidity |',
    '| --- | ---: | ---: | ---: | ---: | ---: | ---: |',
    ...rows,
    ...deployments.flat(),
    words,
    '',
  ].join('\n');
}

function row(
  name: string,
  [assembly, solidity, evm]: readonly [number, number, number],
  words: readonly string[],
): string {
  const ratio = (solidity / assembly).toFixed(3);
  return `| ${[name, ...[assembly, solidity].map(digits), ratio, digits(evm), ...words].join(' | ')} |`;
}

const digits = (n: number) => String(n).replace(/\B(?=(\d{3})+$)/g, ',');
