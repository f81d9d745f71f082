/** Methods about the node and its network: `web3_*`, `net_*` and the small ones of `eth_*`. */
import { keccak256, toHex } from '@wattchain/core';
import { MINER, MINER_STATUS } from '../description/examples.js';
import { MAX_BODY_BYTES } from '../limits.js';
import { type Method, method } from '../protocol/method.js';
import { bytesParameter } from '../protocol/parameter.js';
import { quantity } from '../protocol/quantity.js';
import { serverError } from '../protocol/rpcError.js';
import { ADDRESS, anyOf, BOOLEAN, constant, HASH, listOf, QUANTITY, shape, TEXT } from '../protocol/schema.js';
import { syncToRpc } from './format.js';

export const nodeMethods: readonly Method[] = [
  method({
    name: 'web3_clientVersion',
    parameters: [],
    result: 'Name and version of the software.',
    schema: TEXT,
    cost: 'lookup',
    example: { params: [], result: 'Wattchain/0.1.0' },
    handle: ({ node }) => node.agent,
  }),
  method({
    name: 'web3_sha3',
    parameters: [bytesParameter('data', 'bytes', MAX_BODY_BYTES / 2)],
    result: 'Keccak-256 of the bytes.',
    schema: HASH,
    cost: 'lookup',
    example: { params: ['0x'], result: '0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470' },
    handle: (_, data) => toHex(keccak256(data)),
  }),
  method({
    name: 'net_version',
    parameters: [],
    result: 'The chain id as decimal text.',
    schema: { type: 'string', pattern: '^[0-9]+$' },
    cost: 'lookup',
    example: { params: [], result: '20000001' },
    handle: ({ node }) => String(node.chain.genesis.chainId),
  }),
  method({
    name: 'net_listening',
    parameters: [],
    result: 'Whether the node listens for peers.',
    schema: BOOLEAN,
    cost: 'lookup',
    example: { params: [], result: true },
    handle: ({ node }) => node.network.addresses().length > 0,
  }),
  method({
    name: 'net_peerCount',
    parameters: [],
    result: 'Peers whose handshake stands.',
    schema: QUANTITY,
    cost: 'lookup',
    example: { params: [], result: '0x3' },
    handle: ({ node }) => quantity(node.network.peers().length),
  }),
  method({
    name: 'eth_chainId',
    parameters: [],
    result: 'The chain id.',
    schema: QUANTITY,
    cost: 'lookup',
    example: { params: [], result: '0x1312d01' },
    handle: ({ node }) => quantity(node.chain.genesis.chainId),
  }),
  method({
    name: 'eth_blockNumber',
    parameters: [],
    result: 'Height of the newest block.',
    schema: QUANTITY,
    cost: 'lookup',
    example: { params: [], result: '0x2' },
    handle: ({ node }) => quantity(node.chain.head.header.height),
  }),
  method({
    name: 'eth_syncing',
    parameters: [],
    result: 'false, or the heights between which the node catches up.',
    schema: anyOf(constant(false), shape('SyncProgress')),
    cost: 'lookup',
    example: { params: [], result: false },
    handle: ({ node }) => syncToRpc(node.sync.status()),
  }),
  method({
    name: 'eth_accounts',
    parameters: [],
    result: 'No accounts: a node holds no keys that own anything.',
    schema: { ...listOf(ADDRESS), maxItems: 0 },
    cost: 'lookup',
    example: { params: [], result: [] },
    handle: () => [],
  }),
  method({
    name: 'eth_coinbase',
    parameters: [],
    result: 'The address that this node mines for.',
    schema: ADDRESS,
    cost: 'lookup',
    errors: [{ code: 'rpcServer', when: 'the node mines for nobody' }],
    example: { params: [], result: MINER },
    handle: ({ node }) => {
      if (node.minerAddress === undefined)
        throw serverError('etherbase must be explicitly specified: set mine.address');
      return node.minerAddress;
    },
  }),
  method({
    name: 'eth_mining',
    parameters: [],
    result: "Whether the node's own threads search for a block; watt_miner says why not.",
    schema: BOOLEAN,
    cost: 'lookup',
    example: { params: [], result: true },
    handle: ({ node }) => {
      const { enabled, paused } = node.miner.status();
      return enabled && paused === undefined;
    },
  }),
  method({
    name: 'eth_hashrate',
    parameters: [],
    result: 'How many hashes a second they try, measured over the last seconds.',
    schema: QUANTITY,
    cost: 'lookup',
    example: { params: [], result: quantity(MINER_STATUS.hashesPerSecond) },
    handle: ({ node }) => quantity(node.miner.status().hashesPerSecond),
  }),
];
