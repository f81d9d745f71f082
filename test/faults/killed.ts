import { cp, rm } from 'node:fs/promises';
import type { Genesis, Hash } from '@wattchain/core';
import { verifyStore } from '@wattchain/node';
import { leftTables } from './leftTables.js';

/** Where a kill fell, as the process had said and its files show. Several may be true of one kill. */
export type Place = 'import' | 'reorganisation' | 'compaction' | 'start' | 'sync' | 'between';

export const PLACES: readonly Place[] = ['import', 'reorganisation', 'compaction', 'start', 'sync', 'between'];

/** What came of one kill. */
export interface KillOutcome {
  readonly places: readonly Place[];
  /** Head of the store afterwards; `undefined` where the process had not yet made one. */
  readonly head: Hash | undefined;
  /** Whether a new head was on its way to the disk, and what became of it. */
  readonly inFlight: 'old' | 'new' | undefined;
  /** Heads that clients had been shown since the start of the process. */
  readonly shown: number;
  /** What is not as it must be, as sentences; empty: nothing. */
  readonly wrong: readonly string[];
}

/** Head of a killed process's store after a look at every value, the files left as the kill left them; and what is wrong with it. */
export async function lookAtStore(
  folder: string,
  genesis: Genesis,
): Promise<{
  readonly head: Hash | undefined;
  readonly height: number;
  readonly wrong: string[];
  readonly left: readonly string[];
}> {
  const left = await leftTables(folder);
  // Opening a store changes its files, and the process that is started next shall find them as they are.
  const copy = `${folder}.copy`;
  await cp(folder, copy, { recursive: true });
  try {
    const { healthy, files, values, head } = await verifyStore({ folder: copy, genesis });
    const wrong = healthy ? [] : [...files.map(({ file, detail }) => `${file} ${detail}`), ...values];
    return { head: head?.hash, height: head?.height ?? 0, wrong, left };
  } catch (error) {
    return { head: undefined, height: 0, wrong: [`the store cannot be opened: ${String(error)}`], left };
  } finally {
    await rm(copy, { recursive: true });
  }
}
