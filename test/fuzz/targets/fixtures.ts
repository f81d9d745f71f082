import {
  createStateEdit,
  createUnsignedTransaction,
  EMPTY_BYTES,
  encodeHeader,
  type Genesis,
  signTransaction,
  type Transaction,
  textToBytes,
} from '@wattchain/core';
import {
  ALICE,
  BOB,
  ChainKit,
  type TestBlock,
  testGenesis,
  testTransaction,
} from '../../../packages/node/testing/chainKit.js';
import { COUNTER, counterDeployment } from '../../../packages/node/testing/rpcKit.js';

/** A network that every target with a chain uses, and valid things of it. */
let kit: ChainKit | undefined;
export function chainKit(): ChainKit {
  kit ??= new ChainKit(testGenesis());
  return kit;
}

/** A network that anybody may send for anybody on. */
let development: Genesis | undefined;
export function developmentGenesis(): Genesis {
  development ??= testGenesis({ testbed: true, development: true, firstTarget: `0x${'f'.repeat(64)}` });
  return development;
}

/** Signed transactions of every kind. */
export function signedTransactions(): Transaction[] {
  const { genesis } = chainKit();
  const { chainId, minGasPriceWei: gasPrice } = genesis;
  const common = { gasLimit: 100_000, value: 3n, data: EMPTY_BYTES, chainId };
  const accessList = [{ address: BOB.address, storageKeys: [`0x${'5a'.repeat(32)}` as const] }];
  return [
    testTransaction(genesis, ALICE),
    testTransaction(genesis, ALICE, { nonce: 1, to: null, value: 0n, data: counterDeployment(7), gasLimit: 1_000_000 }),
    testTransaction(genesis, ALICE, {
      nonce: 2,
      data: textToBytes('some data, longer than fifty-five bytes, so that its length has a length'),
      gasLimit: 60_000,
    }),
    signTransaction({ ...common, type: 1, nonce: 3, gasPrice, to: BOB.address, accessList }, ALICE.key),
    signTransaction(
      {
        ...common,
        type: 2,
        nonce: 4,
        maxFeePerGas: 2n * gasPrice,
        maxPriorityFeePerGas: 1n,
        to: BOB.address,
        accessList,
      },
      ALICE.key,
    ),
    signTransaction(
      { ...common, type: 2, nonce: 5, maxFeePerGas: gasPrice, maxPriorityFeePerGas: 0n, to: null, accessList: [] },
      ALICE.key,
    ),
  ];
}

/** Transactions that only a development chain takes. */
export function developmentTransactions(): Transaction[] {
  const { chainId } = developmentGenesis();
  const edit = { address: BOB.address, balance: 5n, nonce: 9, word: { slot: 1n, value: 2n } };
  return [
    createUnsignedTransaction(
      { nonce: 0, gasPrice: 100n, gasLimit: 21_000, to: BOB.address, value: 1n, data: EMPTY_BYTES, chainId },
      ALICE.address,
    ),
    createStateEdit(edit, 3, chainId),
    createStateEdit({ address: BOB.address, code: EMPTY_BYTES }, 4, chainId),
  ];
}

/** A few blocks with transactions, a contract and its events. */
let mined: readonly TestBlock[] | undefined;
export function blocks(): readonly TestBlock[] {
  if (mined !== undefined) return mined;
  const { genesisBlock, genesis } = chainKit();
  const [transfer, deployment] = signedTransactions() as [Transaction, Transaction];
  const first = chainKit().mine(genesisBlock, { transactions: [transfer, deployment], extra: textToBytes('extra') });
  const second = chainKit().mine(first, { transactions: [testTransaction(genesis, BOB)] });
  mined = [genesisBlock, first, second, chainKit().mine(second)];
  return mined;
}

/** Encoded headers, one with a miner's seal. */
export function headers(): Uint8Array[] {
  const plain = blocks().map(({ header }) => encodeHeader(header));
  const sealed = { ...(blocks()[1] as TestBlock).header, minerSeal: new Uint8Array(65).fill(7) };
  return [...plain, encodeHeader(sealed)];
}

export { COUNTER };
