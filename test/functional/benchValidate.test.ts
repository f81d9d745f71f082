/** The way of a transaction is measured against rivals; no figure is judged, and nothing is installed. */
import { expect, test } from 'vitest';
import { wattchain } from './framework.js';

interface Entry {
  readonly name: string;
  readonly measure: string;
  readonly ratio?: number;
  readonly ours?: number;
  readonly theirs?: number;
  readonly missing?: string;
}

test('wattchain bench validate --json prints figures, and of a rival that is not there the reason', async () => {
  const rivals = ['--rival', '@noble/secp256k1', 'anvil'];
  const { stdout, code } = await wattchain(['bench', 'validate', '--quick', '--json', '--no-install', ...rivals]);
  expect(code).toBe(0);
  const report = JSON.parse(stdout) as { rivals: Entry[] };
  expect(Object.keys(report)).toEqual(['rivals']);
  expect(report.rivals.map(({ measure, name }) => [measure, name])).toEqual([
    ['recover', '@noble/secp256k1'],
    ['recoverSingle', '@noble/secp256k1'],
    ['import', '@noble/secp256k1'],
    ['tradesMined', 'anvil'],
    ['tradesAuto', 'anvil'],
    ['tradesOneByOne', 'anvil'],
  ]);
  for (const { name, measure, missing, ...figures } of report.rivals) {
    if (name === 'anvil' && missing !== undefined) {
      expect([figures, missing]).toEqual([{}, 'bench/peers/anvil is not installed']);
      continue;
    }
    expect(Object.keys(figures), `${measure} ${name}`).toEqual(['ratio', 'ours', 'theirs']);
    for (const figure of Object.values(figures)) expect(figure).toBeGreaterThan(0);
  }
});
