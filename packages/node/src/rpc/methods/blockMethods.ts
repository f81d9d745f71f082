/** `eth_*` methods that read blocks. */

import type { Header, Pieces } from '@wattchain/core';
import { BLOCK_2, BLOCK_2_HASH, RECEIPT, TRANSACTION } from '../description/examples.js';
import { type Call, type Method, method } from '../protocol/method.js';
import {
  type BlockSelector,
  blockParameter,
  flagParameter,
  hashParameter,
  heightParameter,
  indexParameter,
  optional,
} from '../protocol/parameter.js';
import { quantity } from '../protocol/quantity.js';
import { listOf, nullable, QUANTITY, shape } from '../protocol/schema.js';
import { canonicalBlock, findBlock, findHeader, isCanonical } from './blocks.js';
import { blockToRpc, receiptsToRpc, type Shape } from './format.js';

const fullParameter = optional(flagParameter('full'), false);

export const blockMethods: readonly Method[] = [
  method({
    name: 'eth_getBlockByHash',
    parameters: [hashParameter('hash'), fullParameter],
    result: 'The block with its transactions in full or their hashes; null when it is not known.',
    schema: nullable(shape('Block')),
    cost: 'block',
    example: { params: [BLOCK_2_HASH, false], result: BLOCK_2 },
    handle: (call, hash, full) => show(call, byHash(hash), full),
  }),
  method({
    name: 'eth_getBlockByNumber',
    parameters: [heightParameter(), fullParameter],
    result: 'The block of the canonical chain with its transactions in full or their hashes; null above the head.',
    schema: nullable(shape('Block')),
    cost: 'block',
    example: { params: ['0x2', true], result: { ...BLOCK_2, transactions: [TRANSACTION] } },
    handle: (call, block, full) => show(call, block, full),
  }),
  method({
    name: 'eth_getBlockTransactionCountByHash',
    parameters: [hashParameter('hash')],
    result: 'Number of its transactions; null when the block is not known.',
    schema: nullable(QUANTITY),
    cost: 'lookup',
    example: { params: [BLOCK_2_HASH], result: '0x1' },
    handle: (call, hash) => orNull(header(call, byHash(hash)), ({ transactionCount }) => quantity(transactionCount)),
  }),
  method({
    name: 'eth_getBlockTransactionCountByNumber',
    parameters: [heightParameter()],
    result: 'Number of its transactions; null above the head.',
    schema: nullable(QUANTITY),
    cost: 'lookup',
    example: { params: ['latest'], result: '0x1' },
    handle: (call, block) => orNull(header(call, block), ({ transactionCount }) => quantity(transactionCount)),
  }),
  method({
    name: 'eth_getUncleCountByBlockHash',
    parameters: [hashParameter('hash')],
    result: '0, this chain has no uncles; null when the block is not known.',
    schema: nullable(QUANTITY),
    cost: 'lookup',
    example: { params: [BLOCK_2_HASH], result: '0x0' },
    handle: (call, hash) => orNull(header(call, byHash(hash)), () => quantity(0)),
  }),
  method({
    name: 'eth_getUncleCountByBlockNumber',
    parameters: [heightParameter()],
    result: '0, this chain has no uncles; null above the head.',
    schema: nullable(QUANTITY),
    cost: 'lookup',
    example: { params: ['0x2'], result: '0x0' },
    handle: (call, block) => orNull(header(call, block), () => quantity(0)),
  }),
  method({
    name: 'eth_getUncleByBlockHashAndIndex',
    parameters: [hashParameter('hash'), indexParameter()],
    result: 'null, this chain has no uncles.',
    schema: { type: 'null' },
    cost: 'lookup',
    example: { params: [BLOCK_2_HASH, '0x0'], result: null },
    handle: () => null,
  }),
  method({
    name: 'eth_getUncleByBlockNumberAndIndex',
    parameters: [heightParameter(), indexParameter()],
    result: 'null, this chain has no uncles.',
    schema: { type: 'null' },
    cost: 'lookup',
    example: { params: ['0x2', '0x0'], result: null },
    handle: () => null,
  }),
  method({
    name: 'eth_getBlockReceipts',
    parameters: [blockParameter()],
    result: 'The receipts of all its transactions; null when the block is not part of the canonical chain.',
    schema: nullable(listOf(shape('Receipt'))),
    cost: 'block',
    example: { params: ['0x2'], result: [RECEIPT] },
    handle: function* ({ node: { chain } }, block) {
      const record = findHeader(chain, block);
      if (record === undefined || !isCanonical(chain, record)) return null;
      return yield* receiptsToRpc(chain.genesis, yield* canonicalBlock(chain, record.hash));
    },
  }),
];

function byHash(hash: `0x${string}`): BlockSelector {
  return { hash, requireCanonical: false };
}

function header({ node }: Call, block: BlockSelector): Header | undefined {
  return findHeader(node.chain, block)?.header;
}

function* show({ node: { chain } }: Call, selector: BlockSelector, full: boolean): Pieces<Shape | null> {
  const block = yield* findBlock(chain, selector);
  return block === undefined ? null : yield* blockToRpc(chain.genesis, block, full);
}

/** `null` is how the API says that there is no such block. */
function orNull<T>(found: Header | undefined, toResult: (found: Header) => T): T | null {
  return found === undefined ? null : toResult(found);
}
