/** The fuzzer itself, on decoders of a few lines whose branches are counted by hand. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Counters } from './counters.js';
import { Dice } from './dice.js';
import { type Finding, Runner, type TargetState } from './engine.js';
import { instrument } from './instrument.mjs';
import { mutate } from './mutate.js';
import { TARGET_NAMES } from './names.mjs';
import { readState, writeState } from './state.js';
import { bytesOf, JSON_TEXT, RLP } from './structure.js';
import { type Target, Violation } from './target.js';
import { TARGETS } from './targets/index.js';

const counters = (): Counters => ({
  counts: new Uint8ClampedArray(64),
  modules: [
    { name: 'unused', from: 0, to: 8 },
    { name: 'maze', from: 8, to: 40 },
  ],
});

/** Breaks behind five bytes that each must be right; `counts` is told of every one that is. */
function maze(counts: Uint8ClampedArray | undefined): Target {
  const wanted = bytesOf('maze!');
  return {
    name: 'maze',
    inputsPerRound: 2_000,
    maxBytes: 16,
    seeds: () => [new Uint8Array(5)],
    run: (input) => {
      for (const [i, byte] of wanted.entries()) {
        if (input[i] !== byte) return i > 0;
        if (counts !== undefined) counts[8 + i] = (counts[8 + i] ?? 0) + 1;
      }
      throw new Violation('the way out');
    },
  };
}

async function search(withFeedback: boolean, rounds: number, state?: TargetState, seed = 1) {
  const counted = counters();
  const findings: Finding[] = [];
  const runner = await Runner.start({
    target: maze(withFeedback ? counted.counts : undefined),
    counters: counted,
    seed,
    state,
    onFinding: (finding) => findings.push(finding),
  });
  for (let i = 0; i < rounds; i++) await runner.round();
  return { runner, findings };
}

test('what is new leads on: five bytes in a row are found one by one, and not without counters', async () => {
  const { findings } = await search(true, 30);
  expect(findings).toEqual([{ target: 'maze', message: 'Violation: the way out', input: bytesOf('maze!') }]);
  expect((await search(false, 10)).findings).toEqual([]);
});

test('the same seed takes the same way, another one another', async () => {
  const [first, again, other] = [await search(true, 12), await search(true, 12), await search(true, 12, undefined, 2)];
  expect(again.runner.state).toEqual(first.runner.state);
  expect(other.runner.state.corpus).not.toEqual(first.runner.state.corpus);
});

test('a run that was ended and goes on from its file is the run that was not', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'wattchain-fuzz-test-'));
  const file = join(folder, 'state.json');
  const whole = await search(true, 12);
  const half = await search(true, 5);
  writeState(file, { seed: 1, targets: new Map([['maze', half.runner.state]]) });
  const read = readState(file, 1).targets.get('maze');
  expect(read).toEqual(half.runner.state);
  expect((await search(true, 7, read)).runner.state).toEqual(whole.runner.state);
  expect(() => readState(file, 2)).toThrow(/begun with --seed 1/);
  rmSync(folder, { recursive: true });
});

test('an input that takes long or allocates much is found', async () => {
  const findings: Finding[] = [];
  let nowMs = 0;
  const target: Target = {
    name: 'slow',
    inputsPerRound: 256,
    maxBytes: 4,
    seeds: () => [Uint8Array.of(1)],
    run: (input) => {
      if ((input[0] ?? 0) >= 0x80) nowMs += 150;
      return true;
    },
  };
  const onFinding = (finding: Finding) => findings.push(finding);
  const slow = await Runner.start({ target, counters: counters(), seed: 1, onFinding, now: () => nowMs });
  await slow.round();
  expect(findings).toMatchObject([{ message: 'takes 150 ms, at most 100 ms are allowed' }]);

  findings.length = 0;
  const held: Uint8Array[] = [];
  const greedy: Target = {
    ...target,
    run: (input) => {
      if ((input[0] ?? 0) >= 0x80) held.push(new Uint8Array(32 * 1_048_576));
      if (held.length > 4) held.length = 0;
      return true;
    },
  };
  const large = await Runner.start({ target: greedy, counters: counters(), seed: 1, onFinding, now: () => 0 });
  for (let i = 0; i < 4 && findings.length === 0; i++) await large.round();
  expect(findings[0]?.message).toMatch(/^allocates \d+ bytes, at most 16777216 are allowed$/);
});

test('counters stand in every branch, and the code does what it did', () => {
  const code = `
    const kinds = (n: number): string => (n > 10 ? 'many' : n > 1 ? 'some' : n === 1 ? 'one' : 'none');
    export function look(values: readonly number[]): string {
      let text = '';
      for (const value of values) {
        if (value < 0) continue;
        else if (value === 7 || (value > 100 && value < 200)) text += '!';
        switch (value) { case 0: text += 'zero'; break; default: text += kinds(value as number) }
      }
      try { if (text === '') throw 1; } catch { text = 'empty' }
      return text;
    }
  `;
  const counted = instrument(code, 'a module');
  const plain = (text: string) =>
    text
      .replace(/: readonly number\[\]|: number|: string| as number/g, '')
      .replace('export function look', 'return function look');
  const modules: { name: string; count: number; counts: Uint8ClampedArray }[] = [];
  const fuzzCounted = (name: string, count: number) => {
    const counts = new Uint8ClampedArray(count);
    modules.push({ name, count, counts });
    return counts;
  };
  const make = (text: string) =>
    new Function('globalThis', plain(text))({ fuzzCounted }) as (values: readonly number[]) => string;
  const [original, instrumented] = [make(code), make(counted)];
  for (const values of [[], [-1], [0, 1, 2, 11, 0.5], [7, 150, 300]])
    expect(instrumented(values)).toBe(original(values));
  expect(modules).toHaveLength(1);
  expect(modules[0]?.name).toBe('a module');
  // Functions, alternatives, the loop, if and else twice, "or" and "and", cases, if and its other way, catch.
  expect([...(modules[0]?.counts ?? [])].filter((count) => count === 0)).toEqual([]);
  expect(modules[0]?.count).toBe(2 + 6 + 1 + 4 + 2 + 2 + 2 + 1);
});

test('a change of what an input means leaves its lengths right', () => {
  const seeds = [
    Uint8Array.from([0xc7, 0x83, 1, 2, 3, 0xc2, 5, 6]),
    bytesOf('{"a":[1,{"b":"text"}],"c":null}'),
  ] as const;
  for (const [structure, seed] of [
    [RLP, seeds[0]],
    [JSON_TEXT, seeds[1]],
  ] as const) {
    const dice = new Dice(1, 1);
    const sources = { dictionary: [], structure, maxBytes: 200 };
    const made = Array.from({ length: 400 }, () => mutate(seed, dice, seed, sources));
    const whole = made.filter((input) => structure.parse(input) !== undefined);
    expect(whole.length).toBeGreaterThan(150);
    expect(new Set(whole.map((input) => Buffer.from(input).toString('hex'))).size).toBeGreaterThan(60);
  }
});

test('the targets have the names that the command knows, and take their own seeds', async () => {
  expect(TARGETS.map(({ name }) => name)).toEqual(TARGET_NAMES);
  for (const { name, seeds, begin, run } of TARGETS) {
    await begin?.();
    const accepted = [];
    for (const seed of await seeds()) accepted.push(await run(seed));
    expect([name, accepted.some(Boolean)]).toEqual([name, true]);
  }
});
