/** `eth_*` methods about gas prices. */

import { type Method, method } from '../protocol/method.js';
import { heightParameter, indexParameter, optional, percentilesParameter } from '../protocol/parameter.js';
import { quantity } from '../protocol/quantity.js';
import { QUANTITY, shape } from '../protocol/schema.js';
import { readFeeHistory, suggestGasPrice, suggestPriorityFee } from './feeHistory.js';

export const feeMethods: readonly Method[] = [
  method({
    name: 'eth_gasPrice',
    parameters: [],
    result: 'A price in wei at which the next block has room.',
    schema: QUANTITY,
    cost: 'range',
    example: { params: [], result: '0x64' },
    handle: function* ({ node }) {
      return quantity(yield* suggestGasPrice(node));
    },
  }),
  method({
    name: 'eth_maxPriorityFeePerGas',
    parameters: [],
    result: 'The same less the base fee: wei above it at which the next block has room; 0 unless blocks are full.',
    schema: QUANTITY,
    cost: 'range',
    example: { params: [], result: '0x0' },
    handle: function* ({ node }) {
      return quantity(yield* suggestPriorityFee(node));
    },
  }),
  method({
    name: 'eth_baseFee',
    parameters: [],
    result: "The base fee of the next block, which is that of all blocks: the network's minimum gas price.",
    schema: QUANTITY,
    cost: 'lookup',
    example: { params: [], result: '0x64' },
    handle: ({ node }) => quantity(node.chain.genesis.minGasPriceWei),
  }),
  method({
    name: 'eth_feeHistory',
    parameters: [
      indexParameter('blockCount'),
      heightParameter('newestBlock'),
      optional<readonly number[] | undefined>(percentilesParameter('rewardPercentiles'), undefined),
    ],
    result:
      'How full at most 1,024 blocks were, and the wei above the base fee that were paid at these percentiles of their gas.',
    schema: shape('FeeHistory'),
    cost: 'range',
    errors: [{ code: 'rpcServer', when: 'the newest block is not known' }],
    example: {
      params: ['0x2', 'latest', [50]],
      result: {
        oldestBlock: '0x1',
        baseFeePerGas: ['0x64', '0x64', '0x64'],
        gasUsedRatio: [0.0496, 0.017317],
        reward: [['0x0'], ['0x0']],
      },
    },
    handle: ({ node }, blockCount, newest, percentiles) => readFeeHistory(node.chain, blockCount, newest, percentiles),
  }),
];
