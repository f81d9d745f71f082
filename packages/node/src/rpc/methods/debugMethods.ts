/** `debug_*` methods: a transaction or a call, run again and watched; a transaction as it was sent. */
import { toHex } from '@wattchain/core';
import {
  BOB,
  CALL_TRACE,
  COUNTER,
  RAW_TRANSACTION,
  TOTAL_CALL,
  TOTAL_TRACE,
  TRANSACTION_HASH,
} from '../description/examples.js';
import { type Method, type MethodError, method } from '../protocol/method.js';
import { blockParameter, callParameter, hashParameter, traceOptionsParameter } from '../protocol/parameter.js';
import { anyOf, BYTES, nullable, shape } from '../protocol/schema.js';
import { findTransaction } from './blocks.js';
import { traceCall, traceTransaction } from './tracing/tracing.js';

const TRACE = anyOf(shape('OpcodeTrace'), shape('CallTrace'));
const STATE_ERROR: MethodError = {
  code: 'rpcServer',
  when: 'the state before it is no longer kept (it is for the newest 64 blocks)',
};

export const debugMethods: readonly Method[] = [
  method({
    name: 'debug_getRawTransaction',
    parameters: [hashParameter('hash')],
    result: 'The signed transaction as it was sent, which eth_sendRawTransaction takes; null when it is not known.',
    schema: nullable(BYTES),
    cost: 'block',
    example: { params: [TRANSACTION_HASH], result: RAW_TRANSACTION },
    handle: function* ({ node }, hash) {
      const found = yield* findTransaction(node, hash);
      return found === undefined ? null : toHex(found.transaction.raw);
    },
  }),
  method({
    name: 'debug_traceTransaction',
    parameters: [hashParameter('hash'), traceOptionsParameter()],
    result:
      'The instructions that a transaction ran, or with the tracer callTracer its calls, with the line of the contract’s source where the node knows it.',
    schema: TRACE,
    cost: 'execution',
    errors: [{ code: 'rpcServer', when: 'the transaction is in no block' }, STATE_ERROR],
    example: {
      params: [TRANSACTION_HASH, { tracer: 'callTracer', tracerConfig: { withLog: true } }],
      result: CALL_TRACE,
    },
    handle: (call, hash, options) => traceTransaction(call, hash, options),
  }),
  method({
    name: 'debug_traceCall',
    parameters: [callParameter(), blockParameter(), traceOptionsParameter()],
    result: 'The same of a call as eth_call runs it; a call that fails is answered like one that does not.',
    schema: TRACE,
    cost: 'execution',
    errors: [{ code: 'rpcServer', when: 'the block is not known' }, STATE_ERROR],
    example: { params: [{ from: BOB, to: COUNTER, data: TOTAL_CALL }, 'latest', {}], result: TOTAL_TRACE },
    handle: (call, request, block, options) => traceCall(call, request, block, options),
  }),
];
