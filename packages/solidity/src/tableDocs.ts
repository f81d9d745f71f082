/** docs/solidity-table.md: the table as people read it. */
import { CALLS, MEMBERS, NODES } from './table.js';

const INTRODUCTION = `# What becomes of Solidity

Generated from \`packages/solidity/src/table.ts\` by \`node scripts/generateDocs.mjs\`. [solidity.md](solidity.md) tells the same in sentences.

What no row names is refused. Only what is reachable from a contract's entry points is looked at: what nothing calls may hold anything.
`;

interface AnyRow {
  readonly becomes?: string;
  readonly partOf?: string;
  readonly refused?: string;
  readonly instead?: string;
}

/** The text of docs/solidity-table.md, rendered from the table alone. */
export function renderTableDocs(): string {
  return [
    INTRODUCTION,
    ...section('Nodes of the tree', 'By the names of solc’s tree.', 'node', NODES),
    ...section('Calls', 'By solc’s names for kinds of functions.', 'kind', CALLS),
    ...section('Members', 'By what stands before the point and the name behind it.', 'member', MEMBERS),
  ].join('\n');
}

function section(title: string, sentence: string, head: string, rows: Readonly<Record<string, AnyRow>>): string[] {
  const sorted = Object.entries(rows).sort(([a], [b]) => (a < b ? -1 : 1));
  const works = sorted.filter(([, row]) => row.refused === undefined);
  const refused = sorted.filter(([, row]) => row.refused !== undefined);
  return [
    `## ${title}\n`,
    `${sentence}\n`,
    `| ${head} | becomes |`,
    '| --- | --- |',
    ...works.map(([name, { becomes, partOf }]) => `| \`${name}\` | ${becomes ?? `part of ${partOf}`} |`),
    '',
    `| ${head} | is refused, because | instead |`,
    '| --- | --- | --- |',
    ...refused.map(([name, row]) => `| \`${name}\` | ${row.refused} | ${row.instead} |`),
    '',
  ];
}
