/** A process that is killed between the writes of two blocks, the second of which was executed before the first was on disk. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { encodeHeader, genesisToJson } from '@wattchain/core';
import { verifyStore } from '@wattchain/node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ALICE, BOB, ChainKit, type TestBlock, testTransaction } from '../../packages/node/testing/chainKit.js';

const PROGRAM = fileURLToPath(new URL('./importUntilKilled.mjs', import.meta.url));
const kit = new ChainKit();
const BLOCKS: TestBlock[] = [];
for (let i = 0; i < 8; i++) {
  const transactions = [ALICE, BOB].map((from) => testTransaction(kit.genesis, from, { nonce: i, value: BigInt(i) }));
  BLOCKS.push(kit.mine(BLOCKS.at(-1) ?? kit.genesisBlock, { transactions }));
}
const [genesisFile, blocksFile] = ['genesis.json', 'blocks.json'];

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'wattchain-killed-'));
  writeFileSync(join(root, genesisFile), JSON.stringify(genesisToJson(kit.genesis)));
  const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
  const blocks = BLOCKS.map(({ header, body }) => ({ header: hex(encodeHeader(header)), body: hex(body) }));
  writeFileSync(join(root, blocksFile), JSON.stringify(blocks));
});
afterAll(() => rmSync(root, { recursive: true }));

function run(folder: string, batch: number, moment: string) {
  const args = [PROGRAM, folder, join(root, genesisFile), join(root, blocksFile), String(batch), moment];
  const { signal, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  return { signal, lines: stdout.trim().split('\n'), stderr };
}

describe('a node that is killed', () => {
  test.each([
    [1, 'written'],
    [4, 'written'],
    [1, 'next'],
    [4, 'next'],
  ] as const)(
    'at batch %i, %s, has the state of one of two heads, whole, and goes on from it',
    async (batch, moment) => {
      const folder = join(root, `${batch}-${moment}`);
      mkdirSync(folder);
      const killed = run(folder, batch, moment);
      expect([killed.signal, killed.lines, killed.stderr]).toEqual(['SIGKILL', ['opened 0'], '']);
      // Every value, each state value proven by the root of the head.
      expect(await verifyStore({ folder, genesis: kit.genesis })).toMatchObject({
        healthy: true,
        lost: [],
        values: [],
      });
      const again = run(folder, 0, moment);
      const opened = Number(again.lines[0]?.split(' ')[1]);
      expect(moment === 'written' ? [batch] : [batch, batch + 1]).toContain(opened);
      expect(again.lines[1]).toBe(`ended ${BLOCKS.length} ${BLOCKS.at(-1)?.hash} true`);
      expect(await verifyStore({ folder, genesis: kit.genesis })).toMatchObject({ healthy: true });
    },
  );
});
