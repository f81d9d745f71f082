/** Methods about the node and its network: `web3_*`, `net_*` and the small ones of `eth_*`. */
import { keccak256, toHex } from '@wattchain/core';
import type { RpcBackend } from '../backend.js';
import { MAX_BODY_BYTES } from '../limits.js';
import { type Method, method } from '../method.js';
import { bytesParameter } from '../parameter.js';
import { quantity } from '../quantity.js';
import { serverError } from '../rpcError.js';

export const nodeMethods: readonly Method[] = [
  method({
    name: 'web3_clientVersion',
    parameters: [],
    result: 'Name and version of the software.',
    handle: ({ node }) => node.agent,
  }),
  method({
    name: 'web3_sha3',
    parameters: [bytesParameter('data', 'bytes', MAX_BODY_BYTES / 2)],
    result: 'Keccak-256 of the bytes.',
    handle: (_, data) => toHex(keccak256(data)),
  }),
  method({
    name: 'net_version',
    parameters: [],
    result: 'The chain id as decimal text.',
    handle: ({ node }) => String(node.chain.genesis.chainId),
  }),
  method({
    name: 'net_listening',
    parameters: [],
    result: 'Whether the node listens for peers.',
    handle: ({ node }) => node.network.addresses().length > 0,
  }),
  method({
    name: 'net_peerCount',
    parameters: [],
    result: 'Peers whose handshake stands.',
    handle: ({ node }) => quantity(node.network.peers().length),
  }),
  method({
    name: 'eth_chainId',
    parameters: [],
    result: 'The chain id.',
    handle: ({ node }) => quantity(node.chain.genesis.chainId),
  }),
  method({
    name: 'eth_blockNumber',
    parameters: [],
    result: 'Height of the newest block.',
    handle: ({ node }) => quantity(node.chain.head.header.height),
  }),
  method({
    name: 'eth_syncing',
    parameters: [],
    result: 'false, or the heights between which the node catches up.',
    handle: ({ node }) => {
      const { syncing, startHeight, currentHeight, highestHeight } = node.sync.status();
      if (!syncing) return false;
      return {
        startingBlock: quantity(startHeight),
        currentBlock: quantity(currentHeight),
        highestBlock: quantity(highestHeight),
      };
    },
  }),
  method({
    name: 'eth_accounts',
    parameters: [],
    result: 'No accounts: a node holds no keys that own anything.',
    handle: () => [],
  }),
  method({
    name: 'eth_coinbase',
    parameters: [],
    result: 'The address that this node mines for.',
    handle: ({ node }) => {
      if (node.minerAddress === undefined)
        throw serverError('etherbase must be explicitly specified: set mine.address');
      return node.minerAddress;
    },
  }),
  method({
    name: 'eth_gasPrice',
    parameters: [],
    result: 'A price in wei at which the next block has room.',
    handle: ({ node }) => quantity(suggestGasPrice(node)),
  }),
];

/** The network's minimum, or just above the best-paying transaction that the next block may have no room for. */
function suggestGasPrice({ chain, mempool }: RpcBackend): bigint {
  const { blockGasLimit, minGasPriceWei } = chain.genesis;
  let gas = 0;
  for (const transaction of mempool.executable()) {
    gas += transaction.gasLimit;
    if (gas > blockGasLimit) return transaction.gasPrice + 1n;
  }
  return minGasPriceWei;
}
