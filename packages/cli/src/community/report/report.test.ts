import { beforeAll, describe, expect, test } from 'vitest';
import { flatPrices, fontanaResult, sampleResult, sampleSeries } from '../../../testing/communityResults.js';
import { billFileName, renderBill } from './bills.js';
import { reportFiles } from './files.js';
import { renderReport } from './report.js';
import { viewOf } from './view.js';

const PROSUMERS = [1, 4, 7, 10, 13, 16];

/** Cells of a table's row, as text. */
function cellsOf(page: string, section: string, row: string): string[] {
  const from = page.indexOf(`<section id="${section}">`);
  const table = page.slice(from, page.indexOf('</section>', from));
  const line = table.split('\n').find((text) => text.startsWith(`<tr><th scope="row">${row}`)) ?? '';
  return [...line.matchAll(/<t[hd][^>]*>(.*?)<\/t[hd]>/g)].map(([, cell]) => (cell ?? '').replace(/<[^>]+>/g, ''));
}

/** Every tag that is opened is closed, in order; pages here have no others. */
function expectWellFormed(page: string): void {
  const open: string[] = [];
  const empty = new Set(['meta', 'br', '!doctype', 'rect', 'circle', 'line', 'path', 'polyline']);
  for (const [, slash, name = '', rest = ''] of page.matchAll(/<(\/?)([!\w]+)((?:[^>"]|"[^"]*")*)>/g)) {
    if (empty.has(name) || rest.endsWith('/')) continue;
    if (slash === '/') expect(open.pop()).toBe(name);
    else open.push(name);
  }
  expect(open).toEqual([]);
}

describe('the week of seventeen homes, six with panels', () => {
  const result = fontanaResult(PROSUMERS);
  let page = '';
  beforeAll(() => {
    page = renderReport(result);
  });

  test('has the figures that others computed', () => {
    expect(cellsOf(page, 'money', 'feed-in tariff').slice(1, 4)).toEqual(['1061.8667', '0.0000', '0.0 %']);
    expect(cellsOf(page, 'money', 'net metering')[1]).toBe('970.7888');
    const [, bills, saved, share, producers, others] = cellsOf(
      page,
      'money',
      viewOf(result).rules.find(({ result: { rule } }) => rule === 'pool:mmr')?.rule.title ?? '',
    );
    expect([bills, saved, share, producers, others]).toEqual(['970.7888', '+91.0779', '8.6 %', '+48.9551', '+42.1228']);
  });

  test('names who loses, and nobody where nobody does', () => {
    const view = viewOf(result);
    for (const { rule, result: own } of view.markets) {
      const [, againstFeedIn = '', againstNet = ''] = cellsOf(
        page.slice(page.indexOf('Who pays more than under')).replace(/^/, '<section id="named">'),
        'named',
        rule.title,
      );
      for (const [cell, losers] of [
        [againstFeedIn, own.losers.againstFeedIn],
        [againstNet, own.losers.againstNetMetering],
      ] as const) {
        if (losers.length === 0) expect(cell).toBe('nobody');
        for (const { home } of losers) expect(cell).toContain(home);
      }
    }
    expect(view.markets.some(({ result: own }) => own.losers.againstFeedIn.length > 0)).toBe(true);
  });

  test('is one page that loads nothing and runs nothing, with a table under each plot', () => {
    expectWellFormed(page);
    expect(page).not.toMatch(/<script|<link|<img|<iframe|\son\w+=|url\(|@import|javascript:/i);
    expect(
      [...page.matchAll(/(?:href|src)="([^"]*)"/g)].map(([, to]) => to).filter((to) => !to?.startsWith('#')),
    ).toEqual([]);
    const figures = page
      .split('<figure>')
      .slice(1)
      .map((text) => text.slice(0, text.indexOf('</figure>')));
    expect(figures.length).toBeGreaterThanOrEqual(7);
    for (const figure of figures) expect(figure).toMatch(/<svg class="plot"[\s\S]*<\/svg>[\s\S]*<table>/);
    for (const [, id] of page.matchAll(/href="#([^"]+)"/g)) expect(page).toContain(`id="${id}"`);
  });

  test('draws inside its frames, without figures that are none', () => {
    expect(page).not.toMatch(/NaN|undefined|Infinity|\[object/);
    for (const [, height = '', drawn = ''] of page.matchAll(/viewBox="0 0 960 (\d+)"[^>]*>([\s\S]*?)<\/svg>/g)) {
      for (const [, x, y] of drawn.matchAll(/<text x="([\d.-]+)" y="([\d.-]+)"/g)) {
        expect(Number(x)).toBeGreaterThanOrEqual(0);
        expect(Number(x)).toBeLessThanOrEqual(960);
        expect(Number(y)).toBeGreaterThan(0);
        expect(Number(y)).toBeLessThanOrEqual(Number(height));
      }
    }
  });

  test('says what was read, assumed and asked, and how to check it', () => {
    for (const text of [
      'fontana_ca_17homes_week_2017-07-01_07.csv',
      'ab'.repeat(32),
      'community verify',
      '1,4,7,10,13,16',
      result.assumptions[0] ?? '',
      'doi 10.12720/sgce.8.3.245-256',
    ])
      expect(page).toContain(text);
  });

  test('says how the data were asked to be read', () => {
    const read = { ...result, options: { ...result.options, reading: { timeZone: 'Europe/<Berlin>' } } };
    expect(renderReport(read)).toContain('<code>--time-zone</code></th><td>Europe/&lt;Berlin&gt;</td>');
  });

  test('is the same text every time', () => {
    expect(renderReport(fontanaResult(PROSUMERS))).toBe(page);
  });
});

describe('names out of a file', () => {
  const names = [
    '<script>alert(1)</script>',
    `"quoted" & 'both'`,
    'x'.repeat(5_000),
    '\u202Eevil\u0000\u001b',
    '=1+1',
    '../../etc/passwd',
    '',
  ];
  const result = sampleResult({
    series: sampleSeries({ names, hours: 24 }),
    prices: flatPrices(24),
    file: '<b>&".csv',
  });
  const files = [...reportFiles(result, '0.1.0')].map(({ name, chunks }) => ({ name, text: [...chunks].join('') }));
  const textOf = (name: string) => files.find((file) => file.name === name)?.text ?? '';

  test('are text in every page', () => {
    const pages = files.filter(({ name }) => name.endsWith('.html'));
    expect(pages).toHaveLength(names.length + 1);
    for (const { text } of pages) {
      expectWellFormed(text);
      expect(text).not.toMatch(/<script|<b>/);
      expect(text.includes('\u0000') || text.includes('\u001b')).toBe(false);
    }
    expect(textOf('report.html')).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(textOf('report.html')).toContain('<bdi class="name">&quot;quoted&quot; &amp; &#39;both&#39;</bdi>');
  });

  test('are no paths: a file has the number of its home and letters', () => {
    const bills = files.map(({ name }) => name).filter((name) => name.startsWith('bills/'));
    for (const name of bills) expect(name).toMatch(/^bills\/\d(-[A-Za-z0-9-]{1,40})?\.html$/);
    expect(new Set(bills).size).toBe(names.length);
    expect(billFileName(0, ['Zoë / CON', ...names])).toBe('1-Zoe-CON.html');
    expect(
      billFileName(
        9,
        Array.from({ length: 100 }, () => 'same'),
      ),
    ).toBe('010-same.html');
  });

  test('are cut where they are very long, but for tables', () => {
    expect(textOf('report.html')).toContain(`<bdi class="name">${'x'.repeat(59)}…</bdi>`);
    expect(textOf('bills.csv')).toContain(`,${'x'.repeat(5_000)},`);
  });

  test('are cells of a table that no spreadsheet runs', () => {
    const lines = textOf('bills.csv').split('\n');
    expect(lines[1]?.startsWith('feedIn,<script>alert(1)</script>,')).toBe(true);
    expect(lines[2]?.startsWith(`feedIn,"""quoted"" & 'both'",`)).toBe(true);
    expect(lines[5]?.startsWith("feedIn,'=1+1,")).toBe(true);
  });

  test('are strings of the citation', () => {
    const line =
      textOf('CITATION.cff')
        .split('\n')
        .find((text) => text.includes('input file')) ?? '';
    expect(line).toBe('    description: "input file (data): <b>&\\".csv"');
  });
});

describe('unusual communities', () => {
  test('a hundred homes', () => {
    const names = Array.from({ length: 100 }, (_, home) => `home ${home + 1}`);
    const result = sampleResult({ series: sampleSeries({ names, hours: 48 }), prices: flatPrices(48) });
    const page = renderReport(result);
    expectWellFormed(page);
    for (const name of names) expect(page).toContain(`<bdi class="name">${name}</bdi>`);
  });

  test('nobody produces: what has no value is –, and nothing is drawn that is none', () => {
    const series = sampleSeries({ names: ['a', 'b'], hours: 24, produces: () => false });
    const result = sampleResult({ series, prices: flatPrices(24) });
    const page = renderReport(result);
    expectWellFormed(page);
    expect(page).not.toMatch(/NaN|undefined|Infinity/);
    expect(cellsOf(page, 'energy', 'feed-in tariff').slice(4, 8)).toEqual(['0.0 %', '–', '0.0 %', '–']);
    expect(renderBill(viewOf(result), 0)).not.toMatch(/NaN|undefined|Infinity/);
  });

  test("today's bills alone", () => {
    const series = sampleSeries({ names: ['a', 'b'], hours: 24 });
    const page = renderReport(sampleResult({ series, prices: flatPrices(24), rules: ['feedIn', 'netMetering'] }));
    expectWellFormed(page);
    for (const [, id] of page.matchAll(/href="#([^"]+)"/g)) expect(page).toContain(`id="${id}"`);
  });

  test('a long span is drawn by days, and told in as few rows', () => {
    const series = sampleSeries({ names: ['a', 'b'], hours: 24 * 60 });
    const page = renderReport(
      sampleResult({ series, prices: flatPrices(24 * 60), rules: ['feedIn', 'netMetering', 'pool:mmr'] }),
    );
    expect(page).toContain('kWh per day');
    expect(page).toContain('<th scope="row">2017-07</th>');
  });
});

describe('a bill', () => {
  const result = fontanaResult(PROSUMERS);
  const view = viewOf(result);

  test('adds up: the lines of a rule are what the home pays', () => {
    const page = renderBill(view, 0);
    expectWellFormed(page);
    for (const rule of view.markets) {
      const start = page.indexOf(`<section class="bill" id="rule-${view.rules.indexOf(rule)}">`);
      const section = page.slice(start, page.indexOf('</section>', start));
      const rows = [...section.matchAll(/<tr><th scope="row">(.*?)<\/th>(.*?)<\/tr>/g)].map(
        ([, name = '', cells = '']) => ({
          name,
          amount: Number(
            (/(?:<td.*?>.*?<\/td>){2}<td[^>]*>(.*?)<\/td>/.exec(cells)?.[1] ?? '')
              .replace(/<[^>]+>/g, '')
              .replace('−', '-')
              .replaceAll('\u202f', '')
              .replace('–', '0'),
          ),
        }),
      );
      const paid = rows.find(({ name }) => name === 'to pay')?.amount ?? Number.NaN;
      const lines = rows.filter(({ name }) => name !== 'to pay').reduce((total, { amount }) => total + amount, 0);
      expect(Math.abs(paid - lines)).toBeLessThan(0.025);
    }
  });

  test('asks for the printed total where the tariff has tiers or VAT', () => {
    const printed = [{ name: 'total', amount: 6_964n * 10n ** 16n, kind: 'total' as const }];
    const rules = result.rules
      .filter(({ rule }) => ['feedIn', 'netMetering', 'pool:mmr'].includes(rule))
      .map((rule) => ({ ...rule, bills: rule.bills.map((bill) => ({ ...bill, printed })) }));
    const page = renderBill(viewOf({ ...result, rules }), 0);
    expect(page).toContain('<strong>To pay: 69.64\u00a0USD</strong>');
    expect(page).toContain('<th scope="row">to pay before tiers and VAT</th>');
  });

  test('refers to the transactions that settled it', () => {
    const page = renderBill(view, 0);
    expect(page).toContain(`0x${'1'.padStart(64, '0')}`);
    expect(page).toContain('in 175 transactions (the first two and the last one; periods.csv has all)');
  });
});
