import { getHeapStatistics } from 'node:v8';
import { WattchainError } from '@wattchain/core';

/** Of a file of readings while it is understood: its text, its cells, and a figure for each. Measured: 17 to 25 bytes a character. */
const BYTES_A_CHARACTER = 25;
const MEGABYTE = 1_000_000;

/**
 * Refuses files that do not fit the memory that Node.js may use: it would end in the middle, without a word of what to do.
 * @param heapBytes what it may use
 * @throws WattchainError `tooLittleMemory` with both figures
 */
export function requireReadingRoom(
  files: readonly { readonly text: string }[],
  heapBytes = getHeapStatistics().heap_size_limit,
): void {
  const characters = files.reduce((sum, { text }) => sum + text.length, 0);
  const needed = characters * BYTES_A_CHARACTER;
  if (needed <= heapBytes) return;
  const inMegabytes = (bytes: number) => Math.ceil(bytes / MEGABYTE);
  throw new WattchainError(
    'tooLittleMemory',
    `files of ${inMegabytes(characters)} MB take about ${inMegabytes(needed)} MB of memory to be read, and Node.js may use ${inMegabytes(heapBytes)} MB`,
    {
      values: { characters, needed, heapBytes },
      hint: `let it use more, NODE_OPTIONS=--max-old-space-size=${inMegabytes(needed * 1.2)}, or cut days out of the files`,
    },
  );
}
