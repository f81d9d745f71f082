import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { COMPANION_NAMES, type CommunityResult, RULE_NAMES } from '@wattchain/market';
import { billFileName } from './report/bills.js';
import { chainFolder } from './run.js';

/** Folders of a result in which nothing else belongs. */
export const OWN_FOLDERS = ['bills', 'chains', 'inputs'] as const;
/** Files at the top of a result's folder. */
const OWN_FILES = ['result.json', 'report.html', 'bills.csv', 'periods.csv', 'indicators.csv', 'CITATION.cff'];
/** Longest result of an earlier run that is looked at. */
const MOST_FORMER_BYTES = 500_000_000;

/** Bills and chains of a result, relative to its folder. */
function billsAndChains({ community, rules, companions = [] }: CommunityResult): string[] {
  const { homes } = community;
  const chains = [
    ...RULE_NAMES.filter((name) => rules.some(({ rule, chain }) => rule === name && chain !== undefined)),
    ...COMPANION_NAMES.filter((name) => companions.some((companion) => companion.name === name)),
  ];
  return [
    ...Array.from(homes.keys(), (position) => `bills/${billFileName(position, homes)}`),
    ...chains.flatMap((name) => ['blocks', 'genesis.json'].map((file) => `${chainFolder(name)}/${file}`)),
  ];
}

/** Names of all files of a result, relative to its folder, with `/`. */
export function ownFiles(result: CommunityResult): ReadonlySet<string> {
  return new Set([...OWN_FILES, ...result.inputs.map(({ file }) => `inputs/${file}`), ...billsAndChains(result)]);
}

/** What lies in a result's folder, by names relative to it, with `/`: all files of its own folders, and what else is at its top. */
export function filesOf(folder: string): string[] {
  const isOwn = (name: string) => (OWN_FOLDERS as readonly string[]).includes(name);
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (!entry.isDirectory()) return [entry.name];
    return isOwn(entry.name) ? filesBelow(folder, entry.name) : [`${entry.name}/`];
  });
}

function filesBelow(folder: string, below: string): string[] {
  return readdirSync(join(folder, below), { withFileTypes: true }).flatMap((entry) => {
    const name = `${below}/${entry.name}`;
    return entry.isDirectory() ? filesBelow(folder, name) : [name];
  });
}

/** Bills and chains that an earlier run has left in a folder, as its `result.json` says; none where that is not there or is no result. */
export function formerFiles(folder: string): string[] {
  const path = join(folder, 'result.json');
  if (!existsSync(path) || statSync(path).size > MOST_FORMER_BYTES) return [];
  try {
    return billsAndChains(JSON.parse(readFileSync(path, 'utf8')) as CommunityResult);
  } catch {
    return [];
  }
}

/** Removes those of an earlier run's bills and chains that are not this result's: they would be taken for it. Inputs stay: they are its user's. */
export function removeFormer(folder: string, former: readonly string[], result: CommunityResult): void {
  const own = ownFiles(result);
  for (const name of former) if (!own.has(name)) rmSync(join(folder, name), { force: true });
  for (const name of new Set(former.map((file) => file.slice(0, file.lastIndexOf('/'))))) {
    const path = join(folder, name);
    if (existsSync(path) && readdirSync(path).length === 0) rmSync(path, { recursive: true });
  }
}
