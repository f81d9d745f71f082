import { posix } from 'node:path';
import { importStatementsOf, type Source } from './sources.js';

/** One file takes names from another. */
export interface Arrow {
  readonly from: string;
  readonly to: string;
  readonly names: string;
}

/** An arrow in words. */
export function describeArrow({ from, to, names }: Arrow): string {
  return `${from} takes ${names} from ${to}`;
}

/** The arrows among sources of a package: its relative imports. */
export function arrowsOf(sources: readonly Source[]): Arrow[] {
  const paths = new Set(sources.map(({ path }) => path));
  return sources.flatMap((source) =>
    importStatementsOf(source).flatMap(({ specifier, names }) => {
      const to = specifier.startsWith('.') ? targetOf(source.path, specifier, paths) : undefined;
      return to === undefined ? [] : [{ from: source.path, to, names }];
    }),
  );
}

/** Circles of files that import each other, as lists of arrows: for every file that is in one and not yet told, its shortest. */
export function circlesOf(sources: readonly Source[]): Arrow[][] {
  const outgoing = new Map<string, Arrow[]>();
  for (const arrow of arrowsOf(sources)) outgoing.set(arrow.from, [...(outgoing.get(arrow.from) ?? []), arrow]);
  const circles: Arrow[][] = [];
  const told = new Set<string>();
  for (const { path } of sources) {
    if (told.has(path)) continue;
    const circle = shortestWayBack(path, outgoing);
    if (circle === undefined) continue;
    circles.push(circle);
    for (const { from } of circle) told.add(from);
  }
  return circles;
}

function shortestWayBack(start: string, outgoing: ReadonlyMap<string, readonly Arrow[]>): Arrow[] | undefined {
  const seen = new Set<string>();
  let ways: Arrow[][] = [[]];
  while (ways.length > 0) {
    const longer: Arrow[][] = [];
    for (const way of ways) {
      for (const arrow of outgoing.get(way.at(-1)?.to ?? start) ?? []) {
        if (arrow.to === start) return [...way, arrow];
        if (seen.has(arrow.to)) continue;
        seen.add(arrow.to);
        longer.push([...way, arrow]);
      }
    }
    ways = longer;
  }
  return undefined;
}

function targetOf(from: string, specifier: string, paths: ReadonlySet<string>): string | undefined {
  const target = posix.join(posix.dirname(from), specifier);
  const candidates = [target, target.replace(/\.js$/, '.ts'), target.replace(/\.js$/, '.tsx')];
  return candidates.find((candidate) => paths.has(candidate));
}
