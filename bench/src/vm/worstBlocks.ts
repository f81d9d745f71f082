import {
  type Address,
  addressOf,
  assert,
  encodeBody,
  type Genesis,
  type Header,
  numberToBytes,
  sha256,
  signTransaction,
  type Transaction,
  textToBytes,
} from '@wattchain/core';
import { buildTemplate } from '@wattchain/node';
import { inFolder, withChain } from '../chainOnDisk.js';
import { median } from '../statistics.js';
import { type Act, type BlockKind, blockKinds, storedAccounts } from './blockKinds.js';
import { measuringGenesis } from './measuringGenesis.js';
import type { OpcodeCase } from './opcodeCases.js';

/** One block full of one thing, taken by a chain that has seen none of it: senders, execution, roots and the write to disk. */
export interface BlockTime {
  readonly name: string;
  readonly gas: number;
  readonly transactions: number;
  /** Of this process's processor time. */
  readonly ms: number;
  readonly nsPerGas: number;
}

/** How large the state and the blocks are. */
export interface BlockExtent {
  /** Storage words that are there, and as many accounts. */
  readonly stored: number;
  readonly blockGas: number;
  readonly rounds: number;
}

interface MinedBlock {
  readonly kind: BlockKind;
  readonly header: Header;
  readonly body: Uint8Array;
}

const SENDERS = 40;
const GAS_PRICE = 1n;
const keyOf = (index: number) => sha256(textToBytes('wattchain bench vm'), numberToBytes(index, 4));
const MINER: Address = `0x${'aa'.repeat(20)}`;

/** Times a block of each kind in a chain that was opened anew, so that nothing of the state is in its cache; medians of the rounds. */
export async function measureFullBlocks(
  { stored, blockGas, rounds }: BlockExtent,
  slowest: OpcodeCase,
  slowestGas: number,
  progress: (text: string) => void,
): Promise<BlockTime[]> {
  const kinds = blockKinds(stored, slowest, slowestGas);
  const senders = Array.from({ length: SENDERS }, (_, index) => addressOf(keyOf(index)));
  const contracts = kinds.flatMap((kind) => kind.contracts);
  const genesis = measuringGenesis([...senders, ...storedAccounts(stored)], contracts);
  const blocks = await inFolder((folder) => mine(folder, genesis, kinds, blockGas));
  const times = blocks.map(() => [] as number[]);
  for (let round = 1; round <= rounds; round++) {
    progress(`blocks, round ${round} of ${rounds} …`);
    const taken = await inFolder((folder) => take(folder, genesis, blocks));
    for (const [i, ms] of taken.entries()) times[i]?.push(ms);
  }
  return blocks.map(({ kind: { name }, header: { gasUsed: gas, transactionCount: transactions } }, i) => {
    const ms = median(times[i] as number[]);
    return { name, gas, transactions, ms, nsPerGas: (ms * 1e6) / gas };
  });
}

async function mine(
  folder: string,
  genesis: Genesis,
  kinds: readonly BlockKind[],
  blockGas: number,
): Promise<MinedBlock[]> {
  return withChain(folder, genesis, async (chain) => {
    const nonces = Array<number>(SENDERS).fill(0);
    const blocks: MinedBlock[] = [];
    for (const kind of kinds) {
      const candidates = kind.acts(blockGas).map((act, i) => signed(act, i % SENDERS, nonces, genesis));
      const nowMs = chain.head.header.timestampMs + genesis.blockIntervalMs;
      const template = buildTemplate({ chain, candidates, miner: MINER, nowMs });
      assert(template !== undefined && template.transactions.length === candidates.length, `a block of ${kind.name}`);
      const { header } = template;
      const body = encodeBody(template.transactions);
      const { value } = await chain.acceptBlock(header, body, 'miner', template);
      assert(value === 'added', 'the chain takes its own block');
      blocks.push({ kind, header, body });
    }
    return blocks;
  });
}

function signed(act: Act, sender: number, nonces: number[], { chainId }: Genesis): Transaction {
  const nonce = nonces[sender] as number;
  nonces[sender] = nonce + 1;
  return signTransaction({ ...act, nonce, gasPrice: GAS_PRICE, chainId }, keyOf(sender));
}

/** Milliseconds of each block. */
async function take(folder: string, genesis: Genesis, blocks: readonly MinedBlock[]): Promise<number[]> {
  const times: number[] = [];
  await withChain(folder, genesis, async () => {});
  await withChain(folder, genesis, async (chain) => {
    for (const { header, body } of blocks) {
      const before = process.cpuUsage();
      const { value } = await chain.acceptBlock(header, body);
      const { user, system } = process.cpuUsage(before);
      assert(value === 'added', 'the chain takes every block');
      times.push((user + system) / 1_000);
    }
  });
  return times;
}
