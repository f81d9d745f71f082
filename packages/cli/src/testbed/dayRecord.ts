import {
  type Hash,
  type Hex,
  hexToBigInt,
  hexToNumber,
  numberToHex,
  type RpcLog,
  type RpcTransactionReceipt,
} from 'viem';
import type { Connection } from '../client.js';

/** Blocks that a node is asked for at once. */
const BLOCKS_AT_A_TIME = 8;

/** A transaction of the day on the chain. */
export interface RecordedTransaction {
  readonly height: number;
  readonly gasUsed: bigint;
}

/** What the blocks of a day hold. */
export interface DayRecord {
  /** Timestamps of the blocks by height, milliseconds since 1970. */
  readonly timestampsMs: ReadonlyMap<number, number>;
  readonly transactions: ReadonlyMap<Hash, RecordedTransaction>;
  /** In the order of the chain. */
  readonly logs: readonly RpcLog[];
}

/**
 * Reads the blocks after `firstBlock` once, each with all its receipts: a node decodes a block anew for every receipt or log
 * that is asked of it, which a day of a large community would make minutes.
 */
export async function readRecord({ client }: Connection, firstBlock: bigint): Promise<DayRecord> {
  const timestampsMs = new Map<number, number>();
  const transactions = new Map<Hash, RecordedTransaction>();
  const logs: RpcLog[] = [];
  const lastBlock = await client.getBlockNumber();
  for (let height = firstBlock + 1n; height <= lastBlock; height += BigInt(BLOCKS_AT_A_TIME)) {
    const count = Math.min(BLOCKS_AT_A_TIME, Number(lastBlock - height) + 1);
    const read = Array.from({ length: count }, (_, index) => readBlock(client, height + BigInt(index)));
    for (const { timestampMs, receipts, number } of (await Promise.all(read)).flat()) {
      timestampsMs.set(number, timestampMs);
      for (const receipt of receipts) {
        transactions.set(receipt.transactionHash, { height: number, gasUsed: hexToBigInt(receipt.gasUsed) });
        logs.push(...receipt.logs);
      }
    }
  }
  return { timestampsMs, transactions, logs };
}

/** A block as the node shows it: the standard fields that are needed here, and ours. */
interface BlockJson {
  readonly timestampMs: Hex;
  readonly transactions: readonly Hash[];
}

async function readBlock(client: Connection['client'], height: bigint) {
  const request = client.request as unknown as (call: {
    method: string;
    params: readonly unknown[];
  }) => Promise<unknown>;
  const number = numberToHex(height);
  const block = (await request({ method: 'eth_getBlockByNumber', params: [number, false] })) as BlockJson | null;
  // The newest blocks, which confirm but hold nothing of the day, may have been reorganised away meanwhile.
  if (block === null) return [];
  const isEmpty = block.transactions.length === 0;
  const receipts = isEmpty ? [] : await request({ method: 'eth_getBlockReceipts', params: [number] });
  const timestampMs = hexToNumber(block.timestampMs);
  return [{ number: Number(height), timestampMs, receipts: receipts as readonly RpcTransactionReceipt[] }];
}
