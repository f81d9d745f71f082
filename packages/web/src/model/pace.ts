/** What of a block says how fast and how hard it was found. */
export interface PacedBlock {
  readonly height: number;
  readonly timestampMs: number;
  readonly difficulty: bigint;
}

/** How the chain went on with one block. */
export interface Pace {
  readonly height: number;
  readonly intervalMs: number;
  /** Expected tries for this block. */
  readonly difficulty: number;
  /** Tries a second of all miners together, estimated from the blocks before it; `null` while too few are known. */
  readonly hashesPerSecond: number | null;
}

/**
 * Interval, difficulty and hash rate of every block but the first. The rate is the work of the last `averaged` blocks over the
 * time that they took: work is what was tried on average, so fewer blocks would show luck rather than miners.
 */
export function paceOf(blocks: readonly PacedBlock[], averaged: number): readonly Pace[] {
  return blocks.slice(1).map((block, index) => {
    const window = blocks.slice(Math.max(0, index + 1 - averaged), index + 2);
    const start = window[0] as PacedBlock;
    const work = window.slice(1).reduce((sum, { difficulty }) => sum + difficulty, 0n);
    const tookMs = Math.max(1, block.timestampMs - start.timestampMs);
    return {
      height: block.height,
      intervalMs: block.timestampMs - (blocks[index] as PacedBlock).timestampMs,
      difficulty: Number(block.difficulty),
      hashesPerSecond: window.length > averaged || start.height === 0 ? (Number(work) * 1000) / tookMs : null,
    };
  });
}

/** Mean time between blocks that follow each other; `undefined` for fewer than two. */
export function meanIntervalMs(blocks: readonly PacedBlock[]): number | undefined {
  const [first, last] = [blocks[0], blocks.at(-1)];
  if (first === undefined || last === undefined || blocks.length < 2) return undefined;
  return (last.timestampMs - first.timestampMs) / (blocks.length - 1);
}
