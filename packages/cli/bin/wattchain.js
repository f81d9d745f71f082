#!/usr/bin/env node
import { existsSync } from 'node:fs';
import module from 'node:module';
import { followParent } from './followParent.js';

// Node.js 22 and newer keep compiled code between runs, so that a command starts sooner.
module.enableCompileCache?.();

// Set by npx for what it runs, and for what that starts.
if (process.env.npm_command === 'exec') followParent();

const main = new URL('../dist/bundle/main.js', import.meta.url);
if (!existsSync(main)) {
  console.error('wattchain is not built yet: run "npm run setup" in the project\'s root first.');
  process.exit(1);
}
await import(main.href);
