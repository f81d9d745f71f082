import type { NodeClient } from './client.js';

/** What one reading takes of a transaction. */
interface ReadingSize {
  /** Gas, more than any of them uses. */
  readonly gas: number;
  /** As many as the bytes of a transaction hold, with room. */
  readonly most: number;
}

/** 160 bytes of data each, and a transaction holds 64 KiB. */
const PLAIN: ReadingSize = { gas: 45_000, most: 300 };
/** 224 bytes of data each, and a signature to recover. */
const SIGNED: ReadingSize = { gas: 60_000, most: 100 };

/** Readings that one transaction may bring on the client's network: at least one, as many as fit the gas of a block and the bytes of a transaction. */
export async function readingsATransaction(
  client: Pick<NodeClient, 'getBlock'>,
  kind: 'plain' | 'signed',
): Promise<number> {
  const { gasLimit } = await client.getBlock();
  const { gas, most } = kind === 'signed' ? SIGNED : PLAIN;
  return Math.max(1, Math.min(most, Math.floor(Number(gasLimit) / gas)));
}
