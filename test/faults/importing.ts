/**
 * Imports a file of blocks as a node that catches up, several at once, and says line by line what it does; whoever started it ends it.
 *
 *   node importing.js FOLDER GENESIS BLOCKS WRITE_BUFFER_BYTES
 *
 * `opening` · `opened HEAD NEXT` (NEXT: place of the first block that it does not have) · for each batch `writing` before it is handed to the
 * database and `written` when it is on disk · `head HASH` when clients are shown it · `log LEVEL MESSAGE` from warnings on · `refused HASH CODE`
 * · `done` when it has all blocks · `closed`.
 */
import { writeSync } from 'node:fs';
import { Chain, type Logger, loadGenesis, openLevelStore, systemRuntime } from '@wattchain/node';
import { readFeed } from './feed.js';

const [folder = '', genesisFile = '', blocksFile = '', writeBufferBytes = ''] = process.argv.slice(2);

/** At once, so that what is said before a kill has been said. */
function say(line: string): void {
  writeSync(1, `${line}\n`);
}

const log: Logger = {
  debug() {},
  info() {},
  warn: (_fields, message) => say(`log warn ${message}`),
  error: (_fields, message) => say(`log error ${message}`),
  child: () => log,
};

const blocks = readFeed(blocksFile);
const genesis = loadGenesis(genesisFile);
const runtime = systemRuntime();
say('opening');
const store = await openLevelStore(folder, { writeBufferBytes: Number(writeBufferBytes) });
const chain = await Chain.open({ store, genesis, runtime, log });
const unknown = blocks.findIndex(({ hash }) => chain.headerByHash(hash) === undefined);
const next = unknown < 0 ? blocks.length : unknown;
say(`opened ${chain.head.hash} ${next}`);

const write = store.batch.bind(store);
store.batch = async (writes) => {
  say('writing');
  await write(writes);
  say('written');
};
chain.on('head', ({ head }) => say(`head ${head.hash}`));
await Promise.all(
  blocks.slice(next).map(async ({ hash, header, body }) => {
    const { fault } = await chain.acceptBlock(header, body, 'feed');
    if (fault) say(`refused ${hash} ${fault.code}`);
  }),
);
say('done');
await chain.close();
await store.close();
say('closed');
