/** Three homes for five days, with everything that stands beside the market; what the contracts do is tested beside them. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CompanionResult, issueCertificates, resultChunks } from '@wattchain/market';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parseCompanions, readOptions } from '../../commands/communityRun.js';
import { OutputFolder } from '../folder.js';
import { readCommunityFiles, understandInputs } from '../inputs.js';
import { prepareCommunity } from '../prepare.js';
import { renderReport } from '../report/report.js';
import { runCommunity } from '../run.js';
import { verifyResult } from '../verify.js';

const directory = mkdtempSync(join(tmpdir(), 'wattchain-companions-'));
const out = join(directory, 'out');
const DAYS = 5;
const silent = { begin: () => {}, done: () => {}, end: () => {} };

/** What the first home produces in an hour of a day, kWh. */
const sunOf = (day: number, hour: number) => (hour > 7 && hour < 17 ? 1.1 + day / 10 : 0);

/** The first home has sun, all need most at 18:00, and the third one half as much on the last day. */
function threeHomes(): string {
  const rows = Array.from({ length: DAYS * 24 }, (_, index) => {
    const [day, hour] = [Math.floor(index / 24), index % 24];
    const load = hour === 18 ? 2 : 0.5;
    const third = hour === 18 && day === DAYS - 1 ? load / 2 : load;
    const time = `2017-07-0${day + 1}T${String(hour).padStart(2, '0')}:00`;
    return `${time},0.22,${load},${load},${third},${sunOf(day, hour).toFixed(1)},0,0`;
  });
  return `time,tariff_usd_per_kWh,load1_kWh,load2_kWh,load3_kWh,pv1_kWh,pv2_kWh,pv3_kWh\n${rows.join('\n')}\n`;
}

let companions: readonly CompanionResult[] = [];
let page = '';
const figureOf = (name: string, what: string) =>
  companions.find((one) => one.name === name)?.figures.find((figure) => figure.what === what)?.value;

beforeAll(async () => {
  const data = join(directory, 'homes.csv');
  writeFileSync(data, threeHomes());
  const names = ['flexibilityCall,dualToken', 'certificates'];
  const asked = readOptions({ data: [data], rule: ['feedIn'], feedIn: '0.05', with: names });
  const files = readCommunityFiles(asked.paths);
  const community = prepareCommunity(understandInputs(files, asked.options));
  const folder = new OutputFolder(out, false);
  const result = await runCommunity({ community, rules: asked.options.rules, folder, progress: silent });
  for (const { file, bytes } of files) folder.write(`inputs/${file}`, bytes);
  folder.writeChunks('result.json', resultChunks(result));
  companions = result.companions ?? [];
  page = renderReport(result);
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

it('come in their own order, each with its contract, its figures and its chain', () => {
  expect(companions.map(({ name, contract }) => [name, contract.name])).toEqual([
    ['dualToken', 'DualToken'],
    ['certificates', 'Certificates'],
    ['flexibilityCall', 'FlexibilityCall'],
  ]);
  for (const { chain, notes } of companions) {
    expect(chain.gas > 0n && chain.blocks > 0).toBe(true);
    expect(notes.length).toBeGreaterThan(0);
  }
});

it('stand in the report with their figures, units and what is to be known of them', () => {
  expect(page).toContain('Beside the market');
  for (const text of ['0.580000 kWh', 'energy wanted', 'Power Ledger', 'so what is paid is paid for chance'])
    expect(page).toContain(text);
});

it('certificates are those of the rule for all that was produced', () => {
  const periods = Array.from({ length: DAYS * 24 }, (_, index) => ({
    periodStart: BigInt(index) * 3_600n,
    producedMwh: BigInt(Math.round(sunOf(Math.floor(index / 24), index % 24) * 10)) * 100_000n,
  }));
  const { hours, remainderMwh } = issueCertificates(0n, periods, 3_600n);
  expect(figureOf('certificates', 'certificates issued')).toBe(hours.reduce((sum, one) => sum + one.certificates, 0n));
  expect(companions.flatMap(({ figures }) => figures).find(({ what }) => what.startsWith('carried'))?.value).toBe(
    remainderMwh,
  );
});

it('the call of the last day is served by the home that needed less, up to what was wanted', () => {
  // 6 kWh at 18:00 on four days and 5 on the last: a tenth of 5.8 kWh is wanted, at 0.22 a kWh.
  expect(figureOf('flexibilityCall', 'calls')).toBe(1n);
  expect(figureOf('flexibilityCall', 'energy wanted')).toBe(580_000n);
  expect(figureOf('flexibilityCall', 'energy accepted')).toBe(580_000n);
  expect(figureOf('flexibilityCall', 'paid for delivery')).toBe((580_000n * 33n * 10n ** 15n) / 150_000n);
  expect(figureOf('flexibilityCall', 'penalties')).toBe(0n);
});

it('units pay for what came from the grid, and all of them are redeemed', () => {
  const made = figureOf('dualToken', 'units made') ?? 0n;
  expect(made > 0n).toBe(true);
  expect(figureOf('dualToken', 'units redeemed')).toBe(made);
  expect([figureOf('dualToken', 'units left'), figureOf('dualToken', 'bond needed')]).toEqual([0n, 0n]);
  expect(figureOf('dualToken', 'bond left')).toBe((made * 15_000n) / 10_000n - made);
});

it('are verified with the result, and a figure that was changed is found', async () => {
  const verify = () => verifyResult(out, undefined, () => {});
  expect(await verify()).toMatchObject({ count: 0, differences: [] });
  const path = join(out, 'result.json');
  const text = readFileSync(path, 'utf8');
  const forged = text.replace(/("what":\s*"certificates issued",\s*"value":\s*")(\d)/, '$19');
  expect(forged).not.toBe(text);
  writeFileSync(path, forged);
  const { count, differences } = await verify();
  expect(count).toBe(1);
  expect(differences[0]?.place).toMatch(/^companions\[1\]\.figures\[1\]\.value$/);
});

it('what nobody knows is refused by its name', () => {
  expect(() => parseCompanions(['certificates', 'nonsense'])).toThrow('"nonsense"');
});
