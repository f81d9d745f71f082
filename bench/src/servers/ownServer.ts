/**
 * A process: the developer's chain on a folder of its own, on the port that it is told. Its blocks go to disk as those of every node do; it stands for a node because
 * it makes blocks when it is asked to, as its rivals do.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DEVELOPMENT_MNEMONIC,
  DevelopmentNode,
  deriveAccounts,
  developmentGenesis,
  openLevelStore,
} from '@wattchain/node';
import { START_COINS, TRADE_ACCOUNTS, TRADE_CHAIN_ID, tradeAddresses } from '../trades/tradeWorkload.js';

const folder = mkdtempSync(join(tmpdir(), 'wattchain-bench-'));
const store = await openLevelStore(folder);
const node = await DevelopmentNode.create({
  start: {
    genesis: developmentGenesis({
      chainId: TRADE_CHAIN_ID,
      timestampMs: Date.now(),
      addresses: tradeAddresses(),
      balanceWei: START_COINS,
      contracts: [],
    }),
  },
  store,
  accounts: deriveAccounts(DEVELOPMENT_MNEMONIC, TRADE_ACCOUNTS),
  mode: { automine: true, intervalMs: 0 },
  rpc: { port: Number(process.argv[2]) },
});
let isEnding = false;
const end = async () => {
  if (isEnding) return;
  isEnding = true;
  await node.stop();
  await store.close();
  rmSync(folder, { recursive: true, force: true });
  process.exit();
};
process.on('SIGTERM', end).on('SIGINT', end);
await node.start();
