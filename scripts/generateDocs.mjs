// Writes docs/opcodes.md from the opcode table. Needs a build: `pnpm build && pnpm docs`.
import { writeFileSync } from 'node:fs';
import { renderOpcodeDocs } from '../packages/vm/dist/index.js';

writeFileSync(new URL('../docs/opcodes.md', import.meta.url), renderOpcodeDocs());
