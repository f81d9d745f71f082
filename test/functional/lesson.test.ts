/** `wattchain testbed --lesson cheater`: who sells more than it delivers, on four processes, from the bond to the report. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Finished, root, startTestbed, wattchain } from './framework.js';

interface PartyJson {
  readonly startTokens: string;
  readonly endTokens: string;
  readonly afterGridTokens: string;
  readonly honestTokens: string;
  readonly lostTokens: string;
}
interface LessonJson {
  readonly soldKwh: string;
  readonly deliveredKwh: string;
  readonly shortKwh: string;
  readonly bond: string;
  readonly compensation: string;
  readonly gridCost: string;
  readonly seller: PartyJson;
  readonly buyer: PartyJson;
  readonly checks: readonly { readonly what: string; readonly holds: boolean }[];
  readonly ends: readonly { readonly stateRoot: string }[];
  readonly passed: boolean;
}

const directory = mkdtempSync(join(tmpdir(), 'wattchain-lesson-'));
const testbedDirectory = join(directory, 'testbed');
let finished: Finished;
let lesson: LessonJson;

beforeAll(async () => {
  const testbed = await startTestbed(testbedDirectory, '--lesson', 'cheater', '--exit', '--block-interval', '300');
  finished = await testbed.end;
  lesson = JSON.parse(readFileSync(join(testbedDirectory, 'result', 'lesson.json'), 'utf8')) as LessonJson;
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe('the lesson of the cheater', () => {
  test('holds on four nodes, and the exit code says so', () => {
    expect(lesson.checks.filter(({ holds }) => !holds)).toEqual([]);
    expect([lesson.passed, finished.code]).toEqual([true, 0]);
    expect(lesson.ends).toHaveLength(4);
    expect(new Set(lesson.ends.map(({ stateRoot }) => stateRoot)).size).toBe(1);
  });

  test('0.9 of 1.2 kWh are delivered, and the bond pays 0.3 × (grid price − trade price)', () => {
    expect(lesson).toMatchObject({ soldKwh: '1.200000', deliveredKwh: '0.900000', shortKwh: '0.300000' });
    // 1.2 kWh are 8 times 150 Wh, 0.3 kWh are 2; the grid takes 2.5 ENT for each, the seller took 1.
    expect(lesson).toMatchObject({ bond: '12', compensation: '3', gridCost: '5' });
  });

  test('the seller has less than had it delivered, the buyer exactly as much', () => {
    expect(lesson.seller).toEqual({
      account: 'node-1',
      startTokens: '20',
      endTokens: '23',
      afterGridTokens: '23',
      honestTokens: '28',
      lostTokens: '5',
    });
    expect(lesson.buyer).toEqual({
      account: 'node-2',
      startTokens: '20',
      endTokens: '17',
      afterGridTokens: '12',
      honestTokens: '12',
      lostTokens: '0',
    });
  });

  test('is told in words, and written as files', () => {
    expect(finished.stdout).toContain("The seller's bond pays 0.300000 kWh × (2.5 − 1) ENT for 150 Wh = 3 ENT.");
    expect(finished.stdout).toMatch(/Trade 1, .*: settled short\. .*The seller's bond paid the buyer 3 tokens/);
    expect(finished.stdout).toContain('the cheater loses, the buyer is whole');
    const csv = readFileSync(join(testbedDirectory, 'result', 'lesson.csv'), 'utf8')
      .trim()
      .split('\n');
    expect(csv.map((line) => line.split(',').length)).toEqual([7, 7, 7]);
    expect(readFileSync(join(testbedDirectory, 'result', 'lesson.svg'), 'utf8')).toMatch(
      /^<svg [\s\S]*3 ENT to the buyer/,
    );
  });

  test('gives what its page shows', () => {
    const page = readFileSync(join(root, 'examples', 'community', '3-a-cheater.md'), 'utf8');
    const rows = [...page.matchAll(/^\| (household|node-\d) \|.*$/gm)].map(([row]) =>
      row
        .split(' | ')
        .join(',')
        .replace(/^\| | \|$/g, ''),
    );
    const csv = readFileSync(join(testbedDirectory, 'result', 'lesson.csv'), 'utf8');
    expect(rows).toEqual(csv.trim().split('\n'));
  });

  test('is refused together with a day', async () => {
    const { code, stdout } = await wattchain([
      'testbed',
      '--lesson',
      'cheater',
      '--no-day',
      '--json',
      '--dir',
      directory,
    ]);
    expect([code, JSON.parse(stdout)]).toMatchObject([1, { error: { code: 'badDayOption' } }]);
  });
});
