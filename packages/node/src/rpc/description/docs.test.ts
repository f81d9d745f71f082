import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { METHOD_TABLE } from '../methods/methodTable.js';
import { TRIED_WITH } from './clients.js';
import { renderRpcDocs } from './docs.js';

const fileText = () => readFileSync(new URL('../../../../../docs/rpc.md', import.meta.url), 'utf8');

describe('docs/rpc.md', () => {
  test('is what the table says; `npm run docs` writes it', () => {
    expect(fileText()).toBe(renderRpcDocs([...METHOD_TABLE.values()]));
  });

  test('has a section for every method, to which the table leads', () => {
    for (const name of METHOD_TABLE.keys()) {
      expect(fileText()).toContain(`\n### ${name}\n`);
      expect(fileText()).toContain(`| [\`${name}\`](#${name.toLowerCase().replace('.', '')})`);
    }
  });

  test('names no client for a method that is not there', () => {
    for (const method of Object.values(TRIED_WITH).flat()) expect(METHOD_TABLE.has(method), method).toBe(true);
  });
});
