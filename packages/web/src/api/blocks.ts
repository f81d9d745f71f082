import { effect, signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { Address, Hex } from 'viem';
import { status, tick } from './live.js';
import { client } from './node.js';

/** A block as the page shows it. */
export interface ChainBlock {
  readonly height: number;
  readonly hash: Hex;
  readonly parentHash: Hex;
  readonly miner: Address;
  readonly timestampMs: number;
  /** Expected tries for a block of this target. */
  readonly difficulty: bigint;
  readonly gasUsed: number;
  readonly gasLimit: number;
  readonly sizeBytes: number;
  readonly extraData: Hex;
  readonly stateRoot: Hex;
  readonly historyRoot: Hex;
  readonly transactions: readonly Hex[];
}

interface BlockAnswer {
  readonly number: Hex;
  readonly hash: Hex;
  readonly parentHash: Hex;
  readonly miner: Address;
  readonly timestampMs: Hex;
  readonly difficulty: Hex;
  readonly gasUsed: Hex;
  readonly gasLimit: Hex;
  readonly size: Hex;
  readonly extraData: Hex;
  readonly stateRoot: Hex;
  readonly historyRoot: Hex;
  readonly transactions: readonly Hex[];
}

/** A block by its height or hash; `undefined` when the node has none. */
export async function readBlock(id: number | Hex): Promise<ChainBlock | undefined> {
  const [method, param] =
    typeof id === 'number' ? ['eth_getBlockByNumber', `0x${id.toString(16)}`] : ['eth_getBlockByHash', id];
  const answer = (await client.request({ method, params: [param, false] } as never)) as BlockAnswer | null;
  if (answer === null) return undefined;
  return {
    height: Number(answer.number),
    hash: answer.hash,
    parentHash: answer.parentHash,
    miner: answer.miner,
    timestampMs: Number(answer.timestampMs),
    difficulty: BigInt(answer.difficulty),
    gasUsed: Number(answer.gasUsed),
    gasLimit: Number(answer.gasLimit),
    sizeBytes: Number(answer.size),
    extraData: answer.extraData,
    stateRoot: answer.stateRoot,
    historyRoot: answer.historyRoot,
    transactions: answer.transactions,
  };
}

/** The newest blocks of the chain, oldest first, as far as {@link useRecentBlocks} has read them. */
export const recentBlocks = signal<readonly ChainBlock[]>([]);

/** Blocks that are kept and drawn. */
export const MAX_RECENT_BLOCKS = 240;

let isFollowing = false;
let chain: Hex | undefined;

/** Keeps {@link recentBlocks} up to date as long as somebody looks. */
export function useRecentBlocks(): readonly ChainBlock[] {
  useEffect(
    () =>
      effect(() => {
        tick.value;
        if (isFollowing) return;
        isFollowing = true;
        follow()
          // That the node does not answer is shown elsewhere; the next tick tries again.
          .catch(() => undefined)
          .finally(() => {
            isFollowing = false;
          });
      }),
    [],
  );
  return recentBlocks.value;
}

/** Reads backwards from the head until a block is known; blocks that a reorganisation removed fall out. */
async function follow(): Promise<void> {
  const now = status.peek();
  if (now === undefined) return;
  const known = chain === now.genesisHash ? recentBlocks.peek() : [];
  const from = Math.max(0, now.head.height - MAX_RECENT_BLOCKS + 1);
  const fresh = await read(Math.max(from, (known.at(-1)?.height ?? -1) + 1), now.head.height);
  let kept = known.filter(({ height }) => height >= from && height <= now.head.height);
  // A shorter or equally long branch replaces blocks of heights that are known already.
  while (kept.length > 0 && !continues(kept.at(-1), fresh[0], now.head.hash)) {
    const block = kept.pop() as ChainBlock;
    const replacement = await readBlock(block.height);
    if (replacement) fresh.unshift(replacement);
  }
  if (kept.length === 0 && (fresh[0]?.height ?? from) > from) {
    fresh.unshift(...(await read(from, (fresh[0] as ChainBlock).height - 1)));
  }
  kept = [...kept, ...fresh];
  chain = now.genesisHash;
  if (kept.at(-1)?.hash !== recentBlocks.peek().at(-1)?.hash) recentBlocks.value = kept;
}

const continues = (last: ChainBlock | undefined, next: ChainBlock | undefined, head: Hex) =>
  next === undefined ? last?.hash === head : last?.hash === next.parentHash;

async function read(from: number, to: number): Promise<ChainBlock[]> {
  const heights = Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index);
  const blocks = await Promise.all(heights.map(readBlock));
  return blocks.filter((block) => block !== undefined);
}
