/** The engine beside its commands: what a run keeps, refuses and takes over. */
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { genesisToJson, parseGenesis } from '@wattchain/core';
import { type CommunityOptions, homeTotal, jsonOf, type RuleName, resultChunks } from '@wattchain/market';
import { MemoryStore } from '@wattchain/node';
import { afterAll, describe, expect, it } from 'vitest';
import { type ChainHost, OWN_BLOCKS } from './blockSource.js';
import { parseDataWord } from './data.js';
import { OutputFolder } from './folder.js';
import { type ReadFile, understandInputs } from './inputs.js';
import { type PreparedCommunity, prepareCommunity } from './prepare.js';
import { batchesOf, playRule } from './ruleChain.js';
import { mostPeers } from './ruleRuns/peerRun.js';
import { computeRule, runCommunity } from './run.js';
import { verifyResult } from './verify.js';

const directory = mkdtempSync(join(tmpdir(), 'wattchain-run-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const TITLES = 'time,tariff_usd_per_kWh,load1_kWh,load2_kWh,load3_kWh,pv1_kWh,pv2_kWh,pv3_kWh';

/** Three homes for some hours around the change of a tariff; one of them produces at night too. */
function fileOf(hours: number, change: (text: string) => string = (text) => text): ReadFile {
  const rows = Array.from({ length: hours }, (_, index) => {
    const [day, hour] = [1 + Math.floor(index / 24), index % 24];
    const time = `2017-07-0${day}T${String(hour).padStart(2, '0')}:00`;
    return `${time},${hour < 16 ? '0.22' : '0.54'},0.${hour + 10},0.7,0.05,0,1.${hour},0.${40 - hour}`;
  });
  const text = change(`${TITLES}\n${rows.join('\n')}\n`);
  const bytes = Buffer.from(text);
  return { file: 'three.csv', sha256: createHash('sha256').update(bytes).digest('hex'), role: 'data', bytes, text };
}

const OPTIONS: CommunityOptions = {
  rules: ['feedIn', 'netMetering'],
  with: [],
  seed: 1,
  agents: 'truthful',
  gaps: 'refuse',
  feedIn: '0.05',
};

function community(file = fileOf(30), options: Partial<CommunityOptions> = {}): PreparedCommunity {
  return prepareCommunity(understandInputs([file], { ...OPTIONS, ...options }));
}

const MOST_TARGET = (1n << 256n) - 1n;
const SILENT = { begin: () => {}, done: () => {}, end: () => {} };

/** Plays a rule on a chain in memory. */
async function play(prepared: PreparedCommunity, name: RuleName, host?: ChainHost) {
  const { context, run, outcome } = computeRule(prepared, name);
  if (run === undefined) throw new TypeError(`${name} has no contract`);
  const played = await playRule(context, run, outcome, {
    store: new MemoryStore(),
    batches: batchesOf(prepared, run),
    onBlock: () => {},
    progress: () => {},
    ...(host === undefined ? {} : { host }),
  });
  return { played, outcome, run };
}

it.each(['abc', '-1', '0.1.2', ''])('a price of "%s" is refused by the name of its option', (feedIn) => {
  expect(() => community(fileOf(30), { feedIn })).toThrow(
    expect.objectContaining({
      code: 'badFeedIn',
      message: `--feed-in is "${feedIn}", not the price of a kilowatt-hour`,
      hint: expect.any(String) as string,
    }),
  );
});

it('days in the wrong order are refused by the names of their options', () => {
  expect(() => community(fileOf(30), { from: '2017-07-02', to: '2017-07-01' })).toThrow(
    '--from 2017-07-02 is after --to 2017-07-01',
  );
});

it.each(['a:PV=three.csv', 'a:foo=three.csv', 'a\nb=three.csv', 'a\u202eb=three.csv'])(
  '%j names no home and is no file',
  (word) => {
    expect(() => parseDataWord(word)).toThrow('it names no home');
  },
);

it('an order beyond what accounts can lock is refused with its line', () => {
  const orders = (energy: string): ReadFile => {
    const text = `time,home,energy_kWh,price_per_kWh\n2017-07-01T00:00,home1,${energy},0.1\n`;
    return { file: 'orders.csv', sha256: '00', role: 'agents', bytes: Buffer.from(text), text };
  };
  const state = (energy: string) => () => understandInputs([fileOf(3), orders(energy)], { ...OPTIONS, agents: 'file' });
  expect(state('1000000')).not.toThrow();
  expect(state('1000001')).toThrow('orders.csv, line 2: an order of 1000001 kWh');
});

describe('a rule on its chain', () => {
  it.each([
    'energyTrade',
    'callAuction:uniform',
    'callAuction:mcafee',
    'callAuction:payAsBid',
    'continuousBook',
    'peerChoice',
    'pool:mmr',
    'pool:billSharing',
    'pool:static',
    'mintPerKwh',
  ] as const)(
    '%s: accounts are the bills, from the first hour of the first day to the last of the second',
    async (name) => {
      const prepared = community();
      const { played, run } = await play(prepared, name);
      const { periods } = prepared;
      const traded = Array.from({ length: periods.length }, (_, index) =>
        played.transactions.of(periods.described(index).start),
      );
      expect(traded.every((hashes) => hashes.length > 0)).toBe(true);
      expect(run.notes.length).toBe(name === 'energyTrade' || name === 'peerChoice' ? 1 : 0);
    },
  );

  it.each(['pool:mmr', 'pool:billSharing', 'pool:static', 'allowancePool'] as const)(
    '%s: where a block has no room for a period in one call, several come to the same bills',
    async (name) => {
      const prepared = community(fileOf(3));
      // Room for what a home does, and for one home more of a period.
      const small: ChainHost = async (_name, genesisFor) => {
        const all = genesisFor({ blockIntervalMs: 15_000, firstTarget: MOST_TARGET, largestTarget: MOST_TARGET });
        const genesis = parseGenesis({ ...genesisToJson(all), blockGasLimit: 360_000 });
        return { genesis, source: OWN_BLOCKS, close: async () => {} };
      };
      const whole = await play(prepared, name);
      // The accounts are the bills of the rule, home by home, or this fails.
      const parted = await play(prepared, name, small);
      const calls = parted.played.figures.transactions - whole.played.figures.transactions;
      expect(calls).toBeGreaterThanOrEqual(prepared.periods.length * 2 * prepared.homes.length);
    },
  );

  it('has as many peers as have room for what they state in a transaction: fewer where prices change every hour', () => {
    const hourly = (text: string) => text.replaceAll(/T(\d\d):00,0\.\d\d/g, 'T$1:00,0.5$1');
    const peersOf = (file: ReadFile) => mostPeers(computeRule(community(file), 'peerChoice').context);
    expect(peersOf(fileOf(30))).toBe(80);
    expect(peersOf(fileOf(30, hourly))).toBe(30);
  });

  it('sealed orders are committed to and opened, and make the same market as open ones', async () => {
    const text = JSON.stringify({ 'callAuction:uniform': { orders: 'sealed' } });
    const params: ReadFile = { file: 'params.json', sha256: '00', role: 'params', bytes: Buffer.from(text), text };
    const sealed = prepareCommunity(understandInputs([fileOf(30), params], OPTIONS));
    const open = await play(community(), 'callAuction:uniform');
    const { played, outcome, run } = await play(sealed, 'callAuction:uniform');
    const paid = ({ bills }: typeof outcome) => bills.reduce((sum, bill) => sum + bill.paidToNeighbours, 0n);
    expect(paid(outcome)).toBe(paid(open.outcome));
    // A commitment, what opens it and the order: two more acts for each of an open market, and blocks of a window.
    expect(played.figures.transactions).toBeGreaterThan(open.played.figures.transactions + 30);
    expect(played.figures.blocks).toBeGreaterThan(open.played.figures.blocks + 2 * 12);
    expect(run.mostPeriods).toBe(22);
    const wrong = JSON.stringify({ 'callAuction:uniform': { orders: 'secret' } });
    const refused = prepareCommunity(understandInputs([fileOf(3), { ...params, text: wrong }], OPTIONS));
    expect(() => computeRule(refused, 'callAuction:uniform')).toThrow('the parameter orders is secret');
  });

  it('an outcome that differs by one unit fails with the home and both figures', async () => {
    const prepared = community(fileOf(3));
    const { context, run, outcome } = computeRule(prepared, 'pool:mmr');
    const bills = outcome.bills.map((bill, home) =>
      home === 1 ? { ...bill, paidToSupplier: bill.paidToSupplier + 1n } : bill,
    );
    const options = {
      store: new MemoryStore(),
      batches: [{ first: 0, count: 3 }],
      onBlock: () => {},
      progress: () => {},
    };
    await expect(run && playRule(context, run, { ...outcome, bills }, options)).rejects.toThrow(
      /pool:mmr: what the deposit lost is .* of home2 on the chain, its bill says/,
    );
  });
});

describe('a run', () => {
  const rules: RuleName[] = ['energyTrade', 'pool:mmr'];

  it('that was interrupted goes on where it was, with the same bytes; another seed begins again', async () => {
    const whole = new OutputFolder(join(directory, 'whole'), false);
    const result = await runCommunity({ community: community(fileOf(4)), rules, folder: whole, progress: SILENT });
    const folder = new OutputFolder(join(directory, 'resumed'), true);
    const stop = {
      ...SILENT,
      begin: (rule: RuleName) => {
        if (rule === 'pool:mmr') throw new RangeError('interrupted');
      },
    };
    await expect(runCommunity({ community: community(fileOf(4)), rules, folder, progress: stop })).rejects.toThrow(
      'interrupted',
    );
    const resumed: string[] = [];
    const progress = { ...SILENT, end: (rule: RuleName, isResumed: boolean) => void (isResumed && resumed.push(rule)) };
    const again = await runCommunity({ community: community(fileOf(4)), rules, folder, progress });
    expect(resumed).toEqual(['energyTrade']);
    expect(jsonOf(again) === jsonOf(result)).toBe(true);
    for (const name of ['energyTrade', 'pool-mmr'])
      expect(readFileSync(join(directory, 'resumed/chains', name, 'blocks'))).toEqual(
        readFileSync(join(directory, 'whole/chains', name, 'blocks')),
      );
    await runCommunity({ community: community(fileOf(4), { seed: 2 }), rules, folder, progress });
    expect(resumed).toEqual(['energyTrade']);
    expect(readdirSync(join(directory, 'resumed'))).toContain('.done');
    folder.forget();
    expect(readdirSync(join(directory, 'resumed'))).not.toContain('.done');
  });

  it('is verified from its files; a chain of the same genesis with a block less is found', async () => {
    const folder = new OutputFolder(join(directory, 'verified'), false);
    const file = fileOf(4);
    const prepared = community(file);
    const result = await runCommunity({ community: prepared, rules: ['pool:mmr'], folder, progress: SILENT });
    folder.writeChunks('result.json', resultChunks(result));
    folder.write('inputs/three.csv', file.bytes);
    const silent = () => {};
    expect(await verifyResult(folder.path, undefined, silent)).toMatchObject({ count: 0, differences: [] });
    const blocks = readFileSync(join(folder.path, 'chains/pool-mmr/blocks'));
    const last = result.rules.at(-1)?.chain?.bytes ?? 0;
    expect(blocks.length).toBe(last);
    // The settlement of the day is the last block.
    const cut = lastBlockAt(blocks);
    folder.write('chains/pool-mmr/blocks', blocks.subarray(0, cut));
    const { differences } = await verifyResult(folder.path, undefined, silent);
    expect(differences.map(({ place }) => place)).toEqual(
      expect.arrayContaining(['chains/pool:mmr', 'rules[2].chain.headHash']),
    );
    folder.write('chains/pool-mmr/blocks', blocks.subarray(0, cut + 7));
    expect((await verifyResult(folder.path, undefined, silent)).differences[0]?.found).toContain(
      'the file ends within it',
    );
  });
});

/** Where the last block of an exported file begins. */
function lastBlockAt(bytes: Buffer): number {
  let [at, last] = [0, 0];
  while (at < bytes.length) {
    last = at;
    at += 4 + bytes.readUInt32BE(at);
    at += 4 + bytes.readUInt32BE(at);
  }
  return last;
}

describe('homes that promise more than they have', () => {
  it('settle what is missing at the tariff; who keeps its word is untouched', async () => {
    const data = fileOf(2);
    const orders = (kwh: string) =>
      `time,home,energy_kWh,price_per_kWh\n2017-07-01T00:00,home2,${kwh},0.1\n2017-07-01T00:00,home1,0.1,0.22\n`;
    const bills = (kwh: string) => {
      const text = orders(kwh);
      const bytes = Buffer.from(text);
      const file: ReadFile = { file: 'orders.csv', sha256: '00', role: 'agents', bytes, text };
      const prepared = prepareCommunity(understandInputs([data, file], { ...OPTIONS, agents: 'file' }));
      return computeRule(prepared, 'callAuction:uniform').outcome.bills.map((bill) =>
        homeTotal({ ...bill, ownUseMwh: 0n, charges: 0n }),
      );
    };
    const [honest, cheating] = [bills('0.1'), bills('2')];
    expect(cheating[0]).toBe(honest[0]);
    expect(cheating[1]).toBe(honest[1]);
    const overselling = orders('2').replace('home1,0.1', 'home1,2');
    const bytes = Buffer.from(overselling);
    const file: ReadFile = { file: 'orders.csv', sha256: '00', role: 'agents', bytes, text: overselling };
    const prepared = prepareCommunity(understandInputs([data, file], { ...OPTIONS, agents: 'file' }));
    const sold = computeRule(prepared, 'callAuction:uniform').outcome.bills[1];
    expect(
      (sold?.importedMwh ?? 0n) > 0n &&
        homeTotal({ ...(sold as NonNullable<typeof sold>), ownUseMwh: 0n, charges: 0n }) > (honest[1] ?? 0n),
    ).toBe(true);
  });
});
