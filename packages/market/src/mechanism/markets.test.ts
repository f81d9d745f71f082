/** Recorded communities under every rule; the expectations are those of an independent computation in Python. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { randomCommunity } from '../../testing/markets/community.js';
import { differenceAt, rulesOf, type Texts, texts } from '../../testing/markets/rules.js';
import { type RecordedCommunity, runMarkets } from '../../testing/markets/run.js';

const SEED = 2026;
const file = new URL('../../../../test/vectors/market/markets.jsonl', import.meta.url);
const recorded = readFileSync(file, 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as RecordedCommunity);

describe('recorded communities', () => {
  it('come out of every rule as the reference says, to the last unit', () => {
    expect(recorded.length).toBe(40);
    recorded.forEach(({ community, answer }, number) => {
      const made = randomCommunity(SEED, number);
      expect(differenceAt(texts(made), community)).toBeUndefined();
      expect(differenceAt(rulesOf(made), answer)).toBeUndefined();
    });
  });

  it('reach what they are for', () => {
    const answers = recorded.map(({ answer }) => answer as Record<string, Texts>);
    const fund = (rule: string) => answers.map((answer) => (answer[rule] as Record<string, string>).toFund);
    expect(fund('mcafee').filter((units) => units !== '0').length).toBeGreaterThan(2);
    const trades = answers.flatMap(({ continuousBook }) => (continuousBook as Record<string, Texts[]>).trades);
    expect(trades.length).toBeGreaterThan(20);
    const peers = answers.flatMap(({ peerChoice }) => peerChoice as unknown as { rank: string }[]);
    expect(new Set(peers.map(({ rank }) => rank)).size).toBeGreaterThan(1);
    const bonds = answers.flatMap(({ dualToken }) => dualToken as Texts[]);
    for (const refusal of ['liquidated', 'bondTooSmall', 'bondCovers', 'tooManyUnits'])
      expect(bonds).toContain(refusal);
    const issues = answers.map(({ certificates }) => (certificates as { hours: Texts[] }).hours);
    expect(issues.flat().length).toBeGreaterThan(20);
    const deliveries = answers.flatMap(
      ({ flexibilityCall }) => (flexibilityCall as { deliveries: Texts[] }).deliveries,
    );
    for (const field of ['paid', 'penalty']) {
      expect(deliveries.filter((one) => (one as Record<string, Texts>)[field] !== '0').length).toBeGreaterThan(5);
    }
  });

  it('a difference of one unit is found, and told with its place', () => {
    const [{ answer } = { answer: {} }] = recorded;
    const forged = JSON.parse(JSON.stringify(answer)) as { billSharing: { paidToSupplier: string }[] };
    const [bill] = forged.billSharing;
    if (bill) bill.paidToSupplier = String(BigInt(bill.paidToSupplier) + 1n);
    expect(differenceAt(answer, forged as unknown as Texts)).toMatch(/^billSharing\.0\.paidToSupplier: the rules say/);
    expect(differenceAt(answer, {})).toContain('the reference nothing');
  });
});

it('a state file of another seed is refused before the reference is started', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'markets-'));
  const state = join(folder, 'state.json');
  writeFileSync(state, JSON.stringify({ seed: 2, next: 0, communities: 0, agreed: 0, disagreements: 0 }));
  const options = { communities: 1, seed: 3, reference: join(folder, 'none.py'), state };
  await expect(runMarkets(options)).rejects.toMatchObject({ code: 'otherMarkets' });
  rmSync(folder, { recursive: true });
});
