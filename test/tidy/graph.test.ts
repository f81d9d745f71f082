/** Which files import which: no circles anywhere, and the rooms of `node` one above the other. */
import { describe, expect, test } from 'vitest';
import { type Arrow, arrowsOf, circlesOf, describeArrow } from './graph.js';
import { type Source, sourcesBelow } from './sources.js';

/** The rooms of `packages/node/src` from the ground up: each imports from those before it. */
const NODE_ROOMS = [
  'base/turn.ts',
  'compute/compute.ts',
  'runtime.ts',
  'base',
  'compute',
  'configFields.ts',
  'config.ts',
  'artifacts',
  'store',
  'chain',
  'mempool',
  'p2p',
  'sync',
  'miner',
  'dev',
  'rpc/limits.ts',
  'rpc/protocol',
  'rpc/description',
  'rpc/methods',
  'rpc/door',
  'observe',
  'aloneBackend.ts',
  'assembly.ts',
  'parts.ts',
  'node.ts',
  'developmentNode.ts',
  'index.ts',
];

const everything = [...sourcesBelow('packages'), ...sourcesBelow('bench'), ...sourcesBelow('test')];

describe('files', () => {
  test('do not import each other in a circle', () => {
    expect(arrowsOf(everything).length).toBeGreaterThan(1_000);
    const circles = circlesOf(everything).map((circle) => circle.map(describeArrow).join(', '));
    expect(circles, 'move what both need below both').toEqual([]);
  });
});

describe('the rooms of node', () => {
  const NODE = 'packages/node/src/';
  const levelOf = (path: string) => {
    const inside = path.slice(NODE.length);
    return NODE_ROOMS.findIndex((room) => inside === room || inside.startsWith(`${room}/`));
  };
  const production = everything.filter(({ path }) => path.startsWith(NODE) && !path.endsWith('.test.ts'));

  test('are all known', () => {
    const strangers = production.map(({ path }) => path).filter((path) => levelOf(path) < 0);
    expect(strangers, 'give it a room, or the room a level').toEqual([]);
  });

  test('import from rooms below them only', () => {
    const upwards = arrowsOf(production).filter(({ from, to }) => levelOf(to) > levelOf(from));
    expect(upwards.map(describeArrow)).toEqual([]);
  });
});

describe('the search for circles', () => {
  const source = (path: string, text: string): Source => ({ path, text });
  const found = (...sources: Source[]) => circlesOf(sources).map((circle: Arrow[]) => circle.map(describeArrow));

  test('names the files and what they take of each other', () => {
    const circles = found(
      source('a/one.ts', "import { x } from '../b/two.js';"),
      source('b/two.ts', "import type { Y, Z } from './three.js';"),
      source('b/three.ts', "import {\n  type V,\n  w,\n} from '../a/one.js';"),
      source('b/alone.ts', "import { w } from '../a/one.js';"),
    );
    expect(circles).toEqual([
      [
        'a/one.ts takes x from b/two.ts',
        'b/two.ts takes Y, Z from b/three.ts',
        'b/three.ts takes type V, w from a/one.ts',
      ],
    ]);
  });

  test.each([
    ["import type { T } from './b.js';", 'T'],
    ["import all from './b.js';", 'all'],
    ["import * as all from './b.js';", '* as all'],
    ["import './b.js';", '*'],
    ["export * from './b.js';", '*'],
    ["export { t as u } from './b.js';", 't as u'],
    ["const later = async () => import('./b.js');", '*'],
  ])('knows %s', (text, names) => {
    const circles = found(source('a.ts', text), source('b.ts', "import { a } from './a.js';"));
    expect(circles).toEqual([[`a.ts takes ${names} from b.ts`, 'b.ts takes a from a.ts']]);
  });

  test('finds a file that imports itself, and views in tsx', () => {
    expect(found(source('a.ts', "import { a } from './a.js';"))).toEqual([['a.ts takes a from a.ts']]);
    const views = [source('a.tsx', "import { b } from './b.js';"), source('b.ts', "import { A } from './a.js';")];
    expect(found(...views)).toHaveLength(1);
  });

  test('tells every knot once, and nothing of what only leads to one', () => {
    const circles = found(
      source('a.ts', "import { b } from './b.js';"),
      source('b.ts', "import { c } from './c.js';"),
      source('c.ts', "import { b } from './b.js';"),
      source('d.ts', "import { e } from './e.js';"),
      source('e.ts', "import { d } from './d.js';"),
      source('f.ts', "import { a } from './a.js'; import { gone } from './gone.js'; import { fs } from 'node:fs';"),
    );
    expect(circles.map((circle) => circle.length)).toEqual([2, 2]);
  });
});
