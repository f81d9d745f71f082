/** Every error that an operator or a community's run can meet is in docs/operating.md, and nothing is there that no code throws. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { codeOf, type Source, sourcesBelow } from './sources.js';

/** What an operator runs: a node, and the commands that make and start one. */
const OPERATED =
  /^(bench\/src\/miningRate|packages\/(node\/src\/(?!dev\/)|cli\/src\/(commands\/(init|initMarket|node|sealKey|membership|withoutMember|testbed)\.ts|testbed\/|keys\/|directory|secretFile|options|client)|core\/src\/(keystore|mnemonic|genesis)))/;
/** What `wattchain community` runs: its commands, and the readers and rules of a community's data. */
const COMMUNITY =
  /^packages\/(cli\/src\/(commands\/community|community\/|timeZone)|market\/src\/(assets|importers|input|mechanism|profile|results|rules|settlement|tariff)\/)/;
/** Other words of the first column: a log level, why a miner pauses, and what `--json` calls the answers of a node (output.ts). */
const NO_ERRORS = new Set([
  'warn',
  'fewMembers',
  'behind',
  'chainSplit',
  'clockOff',
  'blocksNotTaken',
  'headOld',
  'claimNotShown',
  'falseTotalWork',
  'nonceTaken',
  'nodeRefuses',
]);
/** Inside a node: reasons of a stream's end, and refusals that the caller in the node handles. */
const INTERNAL = new Set([
  'clientGone',
  'requestBroken',
  'requestRejected',
  'queueFull',
  'chainClosed',
  'tooManyConnections',
]);

const codesIn = (sources: readonly Source[]) =>
  new Set(
    sources.flatMap((source) =>
      [...codeOf(source).matchAll(/new WattchainError\(\s*(?:\w+ \? )?'(\w+)'(?: : '(\w+)')?/g)].flatMap(
        ([, first, second]) => [first, second].filter((code) => code !== undefined),
      ),
    ),
  );

/** The codes in the first column of the tables about what is wrong. */
function documentedCodes(): Set<string> {
  const document = readFileSync(new URL('../../docs/operating.md', import.meta.url), 'utf8');
  const [, section = ''] = document.split('## When something is wrong');
  const cells = [...section.matchAll(/^\| ([^|]+) \|/gm)].map(([, cell = '']) => cell);
  return new Set(cells.flatMap((cell) => cell.match(/(?<=`)\w+(?=`)/g) ?? []));
}

test('the table of errors is complete and current', () => {
  const sources = [...sourcesBelow('packages'), ...sourcesBelow('bench')].filter(
    ({ path }) => !path.endsWith('.test.ts'),
  );
  const codesMet = (where: RegExp) =>
    [...codesIn(sources.filter(({ path }) => where.test(path)))].filter((code) => !INTERNAL.has(code));
  expect(codesMet(OPERATED).length).toBeGreaterThan(40);
  expect(codesMet(COMMUNITY).length).toBeGreaterThan(30);
  const met = [OPERATED, COMMUNITY].flatMap(codesMet);
  const documented = documentedCodes();
  expect(
    met.filter((code) => !documented.has(code)),
    'add them to docs/operating.md',
  ).toEqual([]);
  const thrown = codesIn(sources);
  const stale = [...documented].filter((code) => !thrown.has(code) && !NO_ERRORS.has(code));
  expect(stale, 'nothing throws these').toEqual([]);
});
