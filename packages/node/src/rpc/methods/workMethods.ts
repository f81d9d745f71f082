/**
 * Work for miners outside the node. Both methods need the token: whoever mines with them spends this node's sealing key and
 * makes it build templates, and the node's own operator decides on mining.
 */
import { bytesToBigInt, MIDSTATE_COUNT } from '@wattchain/core';
import { BLOCK_2_HASH } from '../description/examples.js';
import { type Method, method } from '../protocol/method.js';
import { fixedBytesParameter, hashParameter } from '../protocol/parameter.js';
import { fixedHex } from '../protocol/quantity.js';
import { anyOf, bytesOf, constant, HASH, INTEGER, objectOf, TEXT } from '../protocol/schema.js';

export const workMethods: readonly Method[] = [
  method({
    name: 'watt_getWork',
    parameters: [],
    result:
      "A block that lacks only its proof of work, whether or not this node's own threads mine. All who ask get the same until a new head, new transactions (at most once per half block interval) or ten seconds end it; the 2^32 extra nonces from extraNonceStart are the caller's own. Trying midstateCount of them per header nonce is fast.",
    schema: objectOf({
      sealHash: HASH,
      target: bytesOf(32),
      extraNonceStart: bytesOf(8),
      midstateCount: INTEGER,
      height: INTEGER,
      parentHash: HASH,
    }),
    cost: 'execution',
    errors: [
      {
        code: 'rpcServer',
        when: 'too few members of the network answer the node, it is behind a peer, or nobody is named who earns (or the sealing key is missing)',
      },
    ],
    example: {
      params: [],
      result: {
        sealHash: '0xf1fc777dcb236aecdb2a7174b582da3904fc7757a9721ea5ca8c4ad7821749e1',
        target: `0x1f${'f'.repeat(62)}`,
        extraNonceStart: '0xb7cfd866012a4bf6',
        midstateCount: MIDSTATE_COUNT,
        height: 3,
        parentHash: BLOCK_2_HASH,
      },
    },
    needsToken: true,
    handle: async ({ node }) => {
      const { target, extraNonceStart, ...work } = await node.miner.getWork();
      return {
        ...work,
        target: fixedHex(target, 32),
        extraNonceStart: fixedHex(extraNonceStart, 8),
        midstateCount: MIDSTATE_COUNT,
      };
    },
  }),
  method({
    name: 'watt_submitWork',
    parameters: [
      hashParameter('sealHash'),
      fixedBytesParameter('extraNonce', 8),
      fixedBytesParameter('headerNonce', 4),
    ],
    result:
      'Whether the solution made a block, with the hash of the new head; else why not: stale, unknownWork, aboveTarget, notAdded, or what makes the node pause.',
    schema: anyOf(
      objectOf({ accepted: constant(true), hash: HASH }),
      objectOf({ accepted: constant(false), reason: objectOf({ code: TEXT, detail: TEXT }) }),
    ),
    cost: 'execution',
    example: {
      params: [BLOCK_2_HASH, '0xb7cfd866012a4bf6', '0x00000007'],
      result: {
        accepted: false,
        reason: { code: 'unknownWork', detail: 'this node does not know the work, or not any more' },
      },
    },
    needsToken: true,
    handle: ({ node }, sealHash, extraNonce, headerNonce) =>
      node.miner.submitWork(sealHash, {
        extraNonce: bytesToBigInt(extraNonce),
        headerNonce: Number(bytesToBigInt(headerNonce)),
      }),
  }),
];
