import { IMMEDIATES } from './immediates.js';
import { MAX_CALL_DEPTH } from './machine/limits.js';
import type { GasCost, Opcode, OpcodeFamily } from './opcode.js';
import { OPCODES } from './opcodes.js';

const FAMILIES: Readonly<Record<OpcodeFamily, string>> = {
  control: 'Control',
  stack: 'Stack and locals',
  arithmetic: 'Arithmetic',
  signed: 'Signed numbers (two’s complement)',
  logic: 'Comparison and bits',
  calldata: 'Calldata',
  memory: 'Memory',
  storage: 'Storage, hashing, signatures',
  context: 'Context',
  effects: 'Effects',
};

const INTRODUCTION = `# Opcodes

Generated from \`packages/vm/src/opcodes.ts\` by \`node scripts/generateDocs.mjs\`. [vm.md](vm.md) describes the machine.

A stack is written \`( before -- after )\`, its top on the right. Immediates follow the opcode's byte in the order given. Gas is
taken before the instruction runs; what a row adds with "and" depends on the state and is taken while it runs. No
instruction reads the gas that is left, nothing is refunded. Calls nest up to ${MAX_CALL_DEPTH} frames. A failure is the failure of the whole
transaction. Instructions marked "writes" fail with \`viewViolation\` in a view function.
`;

/** The text of docs/opcodes.md, rendered from the table alone. */
export function renderOpcodeDocs(): string {
  const kinds = Object.entries(IMMEDIATES).map(([kind, { prose }]) => `| \`${kind}\` | ${prose} |`);
  return [
    INTRODUCTION,
    '## Immediates\n',
    '| kind | is |',
    '| --- | --- |',
    ...kinds,
    ...Object.entries(FAMILIES).flatMap(([family, title]) => renderFamily(family as OpcodeFamily, title)),
    '',
  ].join('\n');
}

function renderFamily(family: OpcodeFamily, title: string): string[] {
  return [
    `\n## ${title}\n`,
    '| code | name | immediates | stack | gas | |',
    '| --- | --- | --- | --- | --- | --- |',
    ...OPCODES.filter((opcode) => opcode.family === family).map(renderRow),
  ];
}

function renderRow({ code, name, immediates, stack, gas, prose, writes }: Opcode): string {
  const cells = [
    `0x${code.toString(16).padStart(2, '0')}`,
    name,
    immediates.join(', '),
    `\`${stack}\``,
    renderGas(gas),
    writes ? `${prose} Writes.` : prose,
  ];
  return `| ${cells.join(' | ')} |`;
}

function renderGas({ base, perWord, extra }: GasCost): string {
  return `${base}${perWord === undefined ? '' : ` + ${perWord} a word`}${extra === undefined ? '' : `, and ${extra}`}`;
}
