/**
 * Imports blocks as a node that catches up, several at once, and kills itself without warning at one moment of one batch.
 *
 *   node importUntilKilled.mjs FOLDER GENESIS BLOCKS BATCH MOMENT
 *
 * BATCH counts the batches of new heads from 1; 0: it is not killed. MOMENT: `written` – the batch is on disk and nobody knows; `next` – the
 * block after it is executed and its batch has been handed to the database, which has not answered.
 */
import { readFileSync } from 'node:fs';
import { decodeHeader } from '@wattchain/core';
import { Chain, loadGenesis, openLevelStore, silentLogger, systemRuntime } from '@wattchain/node';

const [folder, genesisPath, blocksPath, batchText, moment] = process.argv.slice(2);
const blocks = JSON.parse(readFileSync(blocksPath, 'utf8')).map(({ header, body }) => ({
  header: decodeHeader(Buffer.from(header, 'hex')).value,
  body: new Uint8Array(Buffer.from(body, 'hex')),
}));

const store = await openLevelStore(folder);
const runtime = systemRuntime();
const chain = await Chain.open({ store, genesis: loadGenesis(genesisPath), runtime, log: silentLogger });
console.log(`opened ${chain.head.header.height}`);

const die = () => process.kill(process.pid, 'SIGKILL');
const write = store.batch.bind(store);
let batches = 0;
store.batch = async (writes) => {
  const isLast = ++batches === Number(batchText) + (moment === 'next' ? 1 : 0) && batchText !== '0';
  const written = write(writes);
  // LevelDB has its turn after this one, in a thread of its own.
  if (isLast && moment === 'next') setImmediate(die);
  await written;
  if (isLast && moment === 'written') die();
};

const left = blocks.filter(({ header }) => header.height > chain.head.header.height);
const outcomes = await Promise.all(left.map(({ header, body }) => chain.acceptBlock(header, body)));
const { hash, header } = chain.head;
console.log(`ended ${header.height} ${hash} ${outcomes.every(({ value }) => value === 'added')}`);
await chain.close();
await store.close();
