/**
 * What the examples of the method table speak of: a small chain with a contract that counts, whose answers the tests compare
 * with these. Block 1 deploys the counter, which starts at 7; block 2 adds 3 to it.
 */
import { fromHex } from '@wattchain/core';
import { logsBloom } from '../protocol/bloom.js';

export const ALICE = '0xd200d75f5bd15fd21a7cf17948a39b0de30ceb8d';
export const BOB = '0x4e95eafc57b91f65f7e1064144b2797ea0a8849b';
export const CAROL = '0xea735e29ca8905a9a3f0d36d9093188b45279437';
export const MINER = '0xf76b5a6815d76595116050d6f3dc79d6a72869a5';
export const COUNTER = '0x7886d46afff9b266695ed330fcd67f2e6cc36aee';
/** Calldata of the counter's `total()`. */
export const TOTAL_CALL = '0x2ddbd13a';
/** Calldata of the counter's `add(3)`. */
export const ADD_CALL = `0x1003e2d2${'3'.padStart(64, '0')}`;

export const GENESIS_HASH = '0xb69daf95ab8b2205c61e1da6ffc6ebdd4f64ba41b086d7c7feee0b86215ba2a1';
export const BLOCK_1_HASH = '0x169c44c789606c818c9a2577a7681bce0a8d79e1fcfc8c81a0a5619495d98358';
export const BLOCK_2_HASH = '0x15d79a767c862c4265053fbebc6022b557f452bf8fbe5ff5e3fce2f418fce1d8';
export const TRANSACTION_HASH = '0xbd28dc224ef91e95d8df94ece18d65324e547d6f55921ba6d25c3398dc2a4be9';
/** The same as it was sent. */
export const RAW_TRANSACTION =
  '0xf8880164830186a0947886d46afff9b266695ed330fcd67f2e6cc36aee80a41003e2d200000000000000000000000000000000000000000000000000000000000000038402625a25a00a622b525d8c8d422ad79cd195d957103694130d7a11e6ebc9075aa2af6c4f69a0186f15f21814ca81f4e1a6f926626c70787ce1fed3ef9dfd1b6d89aa0af28b95';
/** Alice sends Bob 1 wei. */
export const SIGNED_TRANSACTION =
  '0xf8630164825208944e95eafc57b91f65f7e1064144b2797ea0a8849b01808402625a25a0b403eb097547e3f2aa431ebde0cfeb18bca54693a575ff4d4baa5c5ca52b3e4aa06edcd62f62c7e7b4ec4cd29743f7bc5bdbda634bf1352706676cd71bcbd03a78';
export const SENT_HASH = '0x94184ee2f6543bbb19e5011975a9e1e9e92b858f6dbb5a4af1708a39fde0c9c2';
/** Topic of `Counted(address,uint256)`. */
export const COUNTED_TOPIC = '0x661fab7f24b9fdb6d088a46b82c477922b83ae7f1de8173a4670c3802fc6f921';
/** The id of a filter. */
export const FILTER_ID = '0x7c1e4a90d3b25f68';
/** The id of a subscription, which is random too. */
export const ID = '0x5ad1e7c40b3f92861d0e9a7b2c4f6853';

/** Of a peer. */
export const PEER_ID = '12D3KooWQYhTNQdmr3ArTeUHRYzFg94BKyTkoWBDWez9kSCVe2Xo';

/** The transaction that adds 3. */
export const TRANSACTION = {
  blockHash: BLOCK_2_HASH,
  blockNumber: '0x2',
  blockTimestamp: '0x6553f102',
  transactionIndex: '0x0',
  hash: TRANSACTION_HASH,
  type: '0x0',
  chainId: '0x1312d01',
  nonce: '0x1',
  from: BOB,
  to: COUNTER,
  value: '0x0',
  gas: '0x186a0',
  gasPrice: '0x64',
  input: ADD_CALL,
  v: '0x2625a25',
  r: '0xa622b525d8c8d422ad79cd195d957103694130d7a11e6ebc9075aa2af6c4f69',
  s: '0x186f15f21814ca81f4e1a6f926626c70787ce1fed3ef9dfd1b6d89aa0af28b95',
};

/** What it logs. */
export const LOG = {
  address: COUNTER,
  topics: [COUNTED_TOPIC, `0x${BOB.slice(2).padStart(64, '0')}`],
  data: `0x${'a'.padStart(64, '0')}`,
  blockHash: BLOCK_2_HASH,
  blockNumber: '0x2',
  blockTimestamp: '0x6553f102',
  transactionHash: TRANSACTION_HASH,
  transactionIndex: '0x0',
  logIndex: '0x0',
  removed: false,
};
const LOGS_BLOOM = logsBloom([{ address: COUNTER, topics: LOG.topics as `0x${string}`[], data: fromHex('0x') }]);

/** Its receipt. */
export const RECEIPT = {
  transactionHash: TRANSACTION_HASH,
  transactionIndex: '0x0',
  blockHash: BLOCK_2_HASH,
  blockNumber: '0x2',
  from: BOB,
  to: COUNTER,
  contractAddress: null,
  cumulativeGasUsed: '0x874a',
  gasUsed: '0x874a',
  effectiveGasPrice: '0x64',
  logs: [LOG],
  logsBloom: LOGS_BLOOM,
  status: '0x1',
  type: '0x0',
};

/** The block it is in. */
export const BLOCK_2 = {
  number: '0x2',
  hash: BLOCK_2_HASH,
  parentHash: BLOCK_1_HASH,
  nonce: '0x0000000000000011',
  mixHash: '0x0959f1efa9d635306bc508d8467000ea7639dd3c43b9d521d2d1f763c8601c1e',
  sha3Uncles: '0x1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347',
  logsBloom: LOGS_BLOOM,
  transactionsRoot: '0x7e1c52f0ed4706f8bd5e20eeb2b502b8c55bf1d27093c57e1a6b92bb11e4c1ca',
  stateRoot: '0x872d625173bd974f473302951b20f36a4a58fe7f41c66984592035e9ff063860',
  receiptsRoot: '0x9a89dabdf9a558b30db1bda0b775a2db712746c1edc31166274c1674e823f422',
  historyRoot: '0x34b00d4abe04a6a1225ab1b15ad3175ba266d18b2474ffcfcab08050df6639e3',
  miner: MINER,
  difficulty: '0x8',
  extraData: '0x',
  gasLimit: '0x1e8480',
  gasUsed: '0x874a',
  baseFeePerGas: '0x64',
  timestamp: '0x6553f102',
  timestampMs: '0x18bcfe56fd0',
  target: `0x1${'f'.repeat(63)}`,
  extraNonce: '0x0000000000000000',
  minerSeal: '0x',
  totalDifficulty: '0x10',
  size: '0x192',
  uncles: [],
  transactions: [TRANSACTION_HASH],
};

/** Carol's transfer in the pool. */
export const POOL_TRANSACTION = {
  blockHash: null,
  blockNumber: null,
  blockTimestamp: null,
  transactionIndex: null,
  hash: '0xd8a589c9fb8f21da62b03466a948f2b8039bb8d2b2d00c9ba4479ad4c1480bd2',
  type: '0x0',
  chainId: '0x1312d01',
  nonce: '0x0',
  from: '0xea735e29ca8905a9a3f0d36d9093188b45279437',
  to: '0x4e95eafc57b91f65f7e1064144b2797ea0a8849b',
  value: '0x1',
  gas: '0x5208',
  gasPrice: '0x64',
  input: '0x',
  v: '0x2625a25',
  r: '0xab4fa3a9b51941bd4642d7125b8bd12bb06e1feb371315ea76948d9b0b9961a0',
  s: '0x81e19de13d463494e150e9d032801645933559d9486f9616e571e9a342eb9bc',
};

/** The counter and its number, proven. */
export const PROOF = {
  address: '0x7886d46afff9b266695ed330fcd67f2e6cc36aee',
  nonce: '0x1',
  balance: '0x0',
  codeHash: '0xd9ef7b05cd5cefea634878ed6bc3cbfb1eb1a4dd3e52b455cbf17567b2fb5a69',
  storageHash: '0x872d625173bd974f473302951b20f36a4a58fe7f41c66984592035e9ff063860',
  accountProof: [
    '0xd62801f3e80d71aee9d0a746557c177a1586e0e415514fe016454bc9171f024e',
    '0xe0161950683b2aefdc2bd1f165f6914368837f7635ec0a33c41acba8bc32f899',
    '0x25a3a4f7a48df9fb0c03409eaf39c7685c36d8c05b7bd5fa5bada1ec726a76fe',
    '0x0000000000000000000000000000000000000000000000000000000000000000',
    '0x0000000000000000000000000000000000000000000000000000000000000000',
    '0x6e586987f244a2a944104f068c14d1e52635728ee6a896cb1be4c758fc079fdd',
    '0x0079d4179d44766f8b950561cdb0bef0a1949127be61f561af5a679cde2802d8d371c06f591784b0155bbaa9f70c9fcc427c603c24b57c13c2936929d6866997df',
  ],
  storageProof: [
    {
      key: '0x0000000000000000000000000000000000000000000000000000000000000000',
      value: '0xa',
      proof: [
        '0xe19272b0d1c4629d986f54437c67a6aa7fc26360ce2c07656f843260c2aaf49b',
        '0x0000000000000000000000000000000000000000000000000000000000000000',
        '0x2f8dcca678f619d5dcc7d90d6c907d54e96b359f242d5cb7247c490471a6b006',
        '0x00aa787836c57759c447271bcc4133c6500c8565b2f1529ca06f5ed9ac218be25881b04ae4944e1704a65bc3a57b6fc3b06a6b923e3c558d611f6a854b5539ec13',
      ],
    },
  ],
};

/** A transaction of the pool that waits, as `watt_*` tells of it. */
export const WAITING_TRANSACTION = {
  hash: '0xd8a589c9fb8f21da62b03466a948f2b8039bb8d2b2d00c9ba4479ad4c1480bd2',
  from: CAROL,
  to: BOB,
  nonce: 2,
  valueWei: '1',
  gasLimit: 21_000,
  gasPriceWei: '100',
  addedMs: 1_700_000_002_000,
  reason: {
    code: 'nonceGap',
    got: 2,
    expected: 1,
    text: "its nonce is 2 and the sender's next is 1: send the transaction with nonce 1",
  },
};

/** A miner that works, as `watt_*` tells of it. */
export const MINER_STATUS = {
  address: MINER,
  enabled: true,
  hashesPerSecond: 8_900_000,
  blocksFound: 41,
  duty: 0.5,
  threads: 1,
  joulesPerHash: 6e-7,
};

/** The calls of the transaction that adds 3: one, with its log. */
export const CALL_TRACE = {
  type: 'CALL',
  from: BOB,
  to: COUNTER,
  value: '0x0',
  gas: '0x186a0',
  gasUsed: '0x874a',
  input: ADD_CALL,
  output: `0x${'a'.padStart(64, '0')}`,
  logs: [{ address: LOG.address, topics: LOG.topics, data: LOG.data }],
};

const TOTAL_SOURCE = { file: 'counter.wca', line: 11, text: 'sload total  return 1' };

/** The three instructions of `total()`. */
export const TOTAL_TRACE = {
  gas: 23_174,
  failed: false,
  returnValue: `0x${'a'.padStart(64, '0')}`,
  structLogs: [
    {
      pc: 57,
      op: 'PUSH',
      immediates: ['0x0'],
      gas: 1_978_936,
      gasCost: 1,
      depth: 1,
      contract: COUNTER,
      stack: [],
      source: TOTAL_SOURCE,
    },
    {
      pc: 60,
      op: 'SLOAD',
      gas: 1_978_935,
      gasCost: 2_100,
      depth: 1,
      contract: COUNTER,
      stack: ['0x0'],
      storage: { [`0x${'0'.padStart(64, '0')}`]: `0x${'a'.padStart(64, '0')}` },
      source: TOTAL_SOURCE,
    },
    {
      pc: 61,
      op: 'RETURN',
      immediates: [1],
      gas: 1_976_835,
      gasCost: 9,
      depth: 1,
      contract: COUNTER,
      stack: ['0xa'],
      source: TOTAL_SOURCE,
    },
  ],
};
