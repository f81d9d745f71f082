import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const SKIPPED = new Set(['node_modules', 'dist', '.git', 'results']);

/** A source file of the project: its path from the root, with `/`, and its text. */
export interface Source {
  readonly path: string;
  readonly text: string;
}

function* filesBelow(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (SKIPPED.has(entry.name)) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesBelow(path);
    else yield path;
  }
}

/** Every TypeScript file below `folder` (from the root), or every one whose name is like this. */
export function sourcesBelow(folder: string, name: RegExp = /\.tsx?$/): Source[] {
  return [...filesBelow(join(root, folder))]
    .filter((path) => name.test(path))
    .map((path) => ({ path: relative(root, path).split(sep).join('/'), text: readFileSync(path, 'utf8') }));
}

/** One import of a source: from where, and the names it takes, as written; `*` for whatever there is. */
export interface Import {
  readonly specifier: string;
  readonly names: string;
}

/** What a source imports, statically, dynamically or by re-export, types included. */
export function importStatementsOf(source: Source): Import[] {
  const statement =
    /(?:^|\n)\s*(?:import|export)\s(?:([^'";]*?)\sfrom\s)?\s*['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)/g;
  return [...source.text.matchAll(statement)].map(([, taken, specifier, dynamic]) => ({
    specifier: (specifier ?? dynamic) as string,
    names: namesOf(taken ?? '*'),
  }));
}

/** The module specifiers that a source imports. */
export function importsOf(source: Source): string[] {
  return importStatementsOf(source).map(({ specifier }) => specifier);
}

function namesOf(clause: string): string {
  return clause
    .replace(/[{}]/g, '')
    .replace(/\s+/g, ' ')
    .replace(/^type (?!,)/, '')
    .replace(/,\s*$/, '')
    .trim();
}

/** A source without its comments, strings kept. */
export function codeOf(source: Source): string {
  return source.text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|[^:'"`])\/\/[^\n]*/g, '$1');
}
