// @ts-check
// Mine a block by hand: a genesis, a transfer, its execution, the search for a nonce, and the check that everyone does.
// Run: node examples/1-mine-a-block.mjs
import {
  addressOf,
  blockHash,
  commitState,
  genesisChanges,
  genesisRecord,
  HEADER_VERSION,
  MemoryKeyValues,
  nextTarget,
  parseGenesis,
  sealHash,
  search,
  sha256,
  signTransaction,
  targetToWords,
  textToBytes,
  transactionsRoot,
  validateHeader,
} from '@wattchain/core';
import { BlockExecution, executeBlock } from '@wattchain/vm';

const alice = sha256(textToBytes('the key of alice'));
const bob = addressOf(sha256(textToBytes('the key of bob')));

const genesis = parseGenesis({
  name: 'example',
  chainId: 20_000_000,
  timestampMs: 0,
  blockIntervalMs: 1000,
  firstTarget: `0x0000${'ff'.repeat(30)}`, // one try in 65,536 finds a block
  largestTarget: `0x${'ff'.repeat(32)}`,
  blockGasLimit: 30_000_000,
  blockByteLimit: 1_000_000,
  minGasPriceWei: '1000000000',
  blockRewardWei: '2000000000000000000',
  confirmations: 12,
  alloc: { [addressOf(alice)]: { balance: '1000000000000000000' } },
});
const state = new MemoryKeyValues();
state.apply(commitState(state, genesisChanges(genesis).changes).writes);

const transfer = signTransaction(
  {
    nonce: 0,
    gasPrice: genesis.minGasPriceWei,
    gasLimit: 21_000,
    to: bob,
    value: 5n,
    data: new Uint8Array(),
    chainId: genesis.chainId,
  },
  alice,
);
const parent = genesisRecord(genesis);
const context = { height: 1, timestampMs: 1000, miner: bob, genesis };
const execution = new BlockExecution(state, context);
execution.apply(transfer);
const result = execution.finish();

const sealed = {
  version: HEADER_VERSION,
  parentHash: genesis.hash,
  height: 1,
  timestampMs: 1000,
  target: nextTarget(genesis, parent),
  miner: bob,
  transactionsRoot: transactionsRoot([transfer]),
  receiptsRoot: result.receiptsRoot,
  stateRoot: result.stateRoot,
  historyRoot: parent.history.top.hash,
  gasLimit: genesis.blockGasLimit,
  gasUsed: result.gasUsed,
  transactionCount: 1,
  extra: textToBytes('mined by hand'),
};
const { solution, tries } = search(sealHash(sealed), targetToWords(sealed.target), 0n, 16, 0, 2 ** 20, undefined);
if (!solution) throw new TypeError('no nonce in this range: very bad luck');
const header = { ...sealed, ...solution, minerSeal: new Uint8Array() };

console.log(`found block ${blockHash(header)} after ${tries} tries`);
console.log('fault of the header:   ', validateHeader(header, parent, genesis) ?? 'none');
console.log(
  'fault of its execution:',
  executeBlock(state, { header, transactions: [transfer] }, genesis).fault ?? 'none',
);
