import type { Method } from '../protocol/method.js';
import { METHOD_TABLE } from './methodTable.js';

/**
 * What a door for looking answers: the methods that the page reads with. Named one by one, so that a method that is added
 * later, whatever it does, is not open there by itself. Nothing here sends a transaction, controls the node, or traces.
 */
const READING_NAMES: readonly string[] = [
  'eth_blockNumber',
  'eth_call',
  'eth_chainId',
  'eth_gasPrice',
  'eth_getBalance',
  'eth_getBlockByHash',
  'eth_getBlockByNumber',
  'eth_getBlockReceipts',
  'eth_getCode',
  'eth_getLogs',
  'eth_getTransactionByHash',
  'eth_getTransactionCount',
  'eth_getTransactionReceipt',
  'eth_subscribe',
  'eth_syncing',
  'eth_unsubscribe',
  'net_version',
  'watt_contracts',
  'watt_genesis',
  'watt_mempool',
  'watt_peers',
  'watt_status',
  'watt_transactionStatus',
  'web3_clientVersion',
];

/** The methods of a door for looking, by name. */
export const READING_METHODS: ReadonlyMap<string, Method> = new Map(
  READING_NAMES.flatMap((name) => {
    const method = METHOD_TABLE.get(name);
    return method === undefined ? [] : [[name, method] as const];
  }),
);

/** Why a method that the node has is not answered there. */
export const NOT_FOR_READING = 'this door is for looking: transactions and control are for the computer that opened it';
