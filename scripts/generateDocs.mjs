// Writes docs/opcodes.md from the opcode table, docs/rpc.md from the table of methods and docs/solidity-table.md from the generator's. Needs a build: `pnpm build && pnpm docs`.
import { writeFileSync } from 'node:fs';
import { METHOD_TABLE, renderRpcDocs } from '../packages/node/dist/index.js';
import { renderTableDocs } from '../packages/solidity/dist/index.js';
import { renderOpcodeDocs } from '../packages/vm/dist/index.js';

writeFileSync(new URL('../docs/opcodes.md', import.meta.url), renderOpcodeDocs());
writeFileSync(new URL('../docs/rpc.md', import.meta.url), renderRpcDocs([...METHOD_TABLE.values()]));
writeFileSync(new URL('../docs/solidity-table.md', import.meta.url), renderTableDocs());
