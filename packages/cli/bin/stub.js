#!/usr/bin/env node
import { existsSync } from 'node:fs';

const main = new URL('../dist/mainstub.js', import.meta.url);
if (!existsSync(main)) {
  console.error('wattchain is not built yet: run "npm run setup" in the project\'s root first.');
  process.exit(1);
}
await import(main.href);
