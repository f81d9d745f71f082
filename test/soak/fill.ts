/** What brings the caches of a node to their bounds, so that what grows afterwards is no cache that fills. */
import { randomBytes } from 'node:crypto';
import {
  type Address,
  addressOf,
  EMPTY_BYTES,
  numberToBytes,
  sha256,
  signTransaction,
  type Transaction,
  textToBytes,
  toHex,
} from '@wattchain/core';
import { TRADE_CHAIN_ID } from '../../bench/src/trades/tradeWorkload.js';
import type { TestNode } from '../functional/framework.js';
import { mine, type Room } from './load.js';

/** Accounts that pay others, and how many payments each makes in one of the waves. */
const PAYERS = 16;
const PAYMENTS_OF_WAVE = 32;
/** 4,096 payments: transactions that a node remembers take 8 MiB, two kilobytes each. */
const WAVES = 8;
/** Absent accounts that each node is asked for: values that a node read lately take 16 MiB, of which an absent one has a third of a kilobyte. */
const QUESTIONS = 48_000;
const QUESTIONS_AT_ONCE = 100;
const GAS_PRICE = 2_000n * 10n ** 9n;

const payerKey = (index: number) => sha256(textToBytes('wattchain soak payer'), numberToBytes(index, 4));
const somebody = (): Address => toHex(randomBytes(20));

/** Who must have coins from the start. */
export function payerAddresses(): readonly Address[] {
  return Array.from({ length: PAYERS }, (_, index) => addressOf(payerKey(index)));
}

function payments(wave: number): Transaction[] {
  return Array.from({ length: PAYERS * PAYMENTS_OF_WAVE }, (_, i) => {
    const nonce = wave * PAYMENTS_OF_WAVE + Math.floor(i / PAYERS);
    const fields = { gasPrice: GAS_PRICE, gasLimit: 21_000, value: 1n, data: EMPTY_BYTES, chainId: TRADE_CHAIN_ID };
    return signTransaction({ ...fields, nonce, to: somebody() }, payerKey(i % PAYERS));
  });
}

async function askForMany({ rpcUrl }: TestNode, { counts, isOver }: Room): Promise<void> {
  for (let asked = 0; asked < QUESTIONS && !isOver(); asked += QUESTIONS_AT_ONCE) {
    const batch = Array.from({ length: QUESTIONS_AT_ONCE }, (_, id) => ({
      jsonrpc: '2.0',
      id,
      method: 'eth_getBalance',
      params: [somebody(), 'latest'],
    }));
    const answer = await fetch(rpcUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(batch),
    });
    await answer.arrayBuffer();
    counts.questions += QUESTIONS_AT_ONCE;
  }
}

/** Asks the nodes for accounts that nobody has, and pays accounts that nobody has heard of. */
export async function fillCaches(room: Room, lasting: readonly TestNode[]): Promise<void> {
  await Promise.all(lasting.map((node) => askForMany(node, room)));
  for (let wave = 0; wave < WAVES && !room.isOver(); wave++) await mine({ ...room, nodes: lasting }, payments(wave), 0);
}
