import { describe, expect, test } from 'vitest';
import { codeOf, importsOf, type Source, sourcesBelow } from './sources.js';

/** Which packages of ours each package may import: the arrows of ARCHITECTURE.md, followed to their ends. */
const ARROWS: Record<string, readonly string[]> = {
  core: [],
  vm: ['core'],
  solidity: ['core', 'vm'],
  market: ['core', 'vm'],
  node: ['core', 'vm'],
  web: ['core', 'vm', 'market'],
  cli: ['core', 'vm', 'solidity', 'market', 'node', 'web', 'bench'],
};

/** Libraries that live in one room only. */
const ROOMS: readonly (readonly [RegExp, string])[] = [
  [/^(libp2p|@libp2p\/.*|@chainsafe\/.*|@multiformats\/.*|msgpackr)$/, 'packages/node/src/p2p/'],
  [/^(level|classic-level|abstract-level)$/, 'packages/node/src/store/'],
  [/^(solc|solidity-ast)$/, 'packages/solidity/src/'],
];

/** A file with more lines than this is divided along a seam … */
const MOST_LINES = 400;

/** … or has a reason why there is none. */
const LONG: Readonly<Record<string, string>> = {
  'packages/core/src/crypto/sha256Compress.ts': 'written by a script: the rounds of one function, spelled out',
  'packages/core/src/pow/kernel.ts': 'written by a script: the rounds of the search, spelled out',
  'packages/market/contracts/CommunityMarket.sol': 'what all markets of a community share, in one contract',
  'packages/market/src/contracts/communityGenerated.ts': 'written by a script: interfaces and code of contracts',
  'packages/market/src/contracts/generated.ts': 'written by a script: interfaces and code of contracts',
  'packages/vm/src/opcodes.ts': 'the one table of the machine, a row an opcode',
};

const isTest = (source: Source) => source.path.endsWith('.test.ts');
const packageOf = (source: Source) => source.path.split('/')[1] as string;
const production = sourcesBelow('packages').filter((source) => !isTest(source) && source.path.includes('/src/'));

/** `path: what` for every offence, so that a failure names the places. */
function offences(sources: readonly Source[], find: (source: Source) => readonly string[]): string[] {
  return sources.flatMap((source) => find(source).map((what) => `${source.path}: ${what}`));
}

describe('imports', () => {
  test('are found at all', () => {
    expect(production.length).toBeGreaterThan(50);
    const chain = production.find((source) => source.path === 'packages/node/src/chain/chain.ts');
    expect(chain && importsOf(chain)).toContain('@wattchain/core');
  });

  test('point only downwards', () => {
    const wrong = offences(production, (source) =>
      importsOf(source).filter((name) => {
        const target = /^@wattchain\/(.+)$/.exec(name)?.[1];
        return target !== undefined && !ARROWS[packageOf(source)]?.includes(target);
      }),
    );
    expect(wrong).toEqual([]);
  });

  test('never reach into another package by path', () => {
    const wrong = offences(production, (source) => {
      const depth = source.path.split('/').length - 3;
      return importsOf(source).filter(
        (name) => (name.match(/\.\.\//g) ?? []).length >= depth && name.startsWith('../'),
      );
    });
    expect(wrong).toEqual([]);
  });

  test('leave the kits of the tests, packages/*/testing, to the tests', () => {
    const wrong = offences(production, (source) => importsOf(source).filter((name) => name.includes('testing/')));
    expect(wrong).toEqual([]);
  });

  test('of libp2p, msgpackr and level stay in their rooms', () => {
    const wrong = offences(production, (source) =>
      importsOf(source).filter((name) =>
        ROOMS.some(([library, room]) => library.test(name) && !source.path.startsWith(room)),
      ),
    );
    expect(wrong).toEqual([]);
  });
});

describe('core, vm and market', () => {
  const pure = production.filter((source) => ['core', 'vm', 'market'].includes(packageOf(source)));

  test('use nothing of Node.js, no clock, no randomness, no locale', () => {
    const forbidden =
      /\b(Buffer|process|Date\.now|new Date\(\)|performance|setTimeout|setInterval|Math\.random|crypto\.getRandomValues|randomBytes|toLocale\w+|Intl)\b/g;
    const wrong = offences(pure, (source) => [
      ...importsOf(source).filter((name) => name.startsWith('node:')),
      ...[...codeOf(source).matchAll(forbidden)].map((match) => match[0]),
    ]);
    expect(wrong).toEqual([]);
  });

  test('make no text for an assertion that holds', () => {
    const wrong = offences(
      pure.filter((source) => packageOf(source) !== 'market'),
      (source) =>
        [...codeOf(source).matchAll(/\bassert\((?!condition)[^;`]*`[^`]*\$\{[^;]*;/g)].map((match) => match[0]),
    );
    expect(wrong).toEqual([]);
  });

  test('execute synchronously', () => {
    const wrong = offences(
      pure.filter((source) => packageOf(source) !== 'market'),
      (source) => [...codeOf(source).matchAll(/\b(async|await|Promise)\b/g)].map((match) => match[0]),
    );
    expect(wrong).toEqual([]);
  });
});

describe('every source', () => {
  const everything = [
    ...sourcesBelow('packages'),
    ...sourcesBelow('bench'),
    ...sourcesBelow('test'),
    ...sourcesBelow('examples'),
  ];

  test('throws coded errors only and has no untyped spot', () => {
    const forbidden = /throw new Error\(|\bas any\b|: any\b|@ts-ignore|@ts-expect-error|@ts-nocheck/g;
    const wrong = offences(
      everything.filter((source) => !source.path.startsWith('test/tidy/')),
      (source) => [...codeOf(source).matchAll(forbidden)].map((match) => match[0]),
    );
    expect(wrong).toEqual([]);
  });

  test('leaves nothing for later and skips no test', () => {
    const forbidden = /\b(TODO|FIXME|XXX)\b|\.(only|skip|todo)\(|\bretry:/g;
    const wrong = offences(
      everything.filter((source) => !source.path.startsWith('test/tidy/')),
      (source) => [...source.text.matchAll(forbidden)].map((match) => match[0]),
    );
    expect(wrong).toEqual([]);
  });
});

describe('a file of more than 400 lines', () => {
  const FOLDERS = ['packages', 'bench', 'test', 'examples'];
  const sources = FOLDERS.flatMap((folder) => sourcesBelow(folder, /\.(tsx?|mjs|sol)$/));
  const linesOf = ({ text }: Source) => text.replace(/\n$/, '').split('\n').length;
  const long = sources.filter((source) => linesOf(source) > MOST_LINES).map(({ path }) => path);

  test('has a reason why it is not divided', () => {
    for (const ending of ['.ts', '.tsx', '.mjs', '.sol']) {
      expect(
        sources.some(({ path }) => path.endsWith(ending)),
        ending,
      ).toBe(true);
    }
    expect(long.filter((path) => !(path in LONG))).toEqual([]);
  });

  test('is still that long when it has one', () => {
    expect(Object.keys(LONG).filter((path) => !long.includes(path))).toEqual([]);
  });
});
