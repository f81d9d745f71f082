import { describe, expect, it } from 'vitest';
import { ManualRuntime } from '../../testing/manualRuntime.js';
import { type HeldBlock, HeldBlocks } from './heldBlocks.js';

const block = (hash: `0x${string}`, height: number) =>
  ({ hash, header: { height }, bodyBytes: new Uint8Array(), from: undefined }) as unknown as HeldBlock;

describe('a block that waits for the clock', () => {
  it('goes on within a second of the clock being set, however long its time was away', () => {
    const runtime = new ManualRuntime(0);
    let aheadMs = 0;
    const clock = { nowMs: () => runtime.clock.nowMs() + aheadMs };
    const released: string[] = [];
    const held = new HeldBlocks({ ...runtime, scheduler: runtime.scheduler, clock }, ({ hash }) => released.push(hash));
    held.hold(block('0x02', 2), 3_600_000);
    held.hold(block('0x01', 1), 3_600_000);
    runtime.advance(10_000);
    expect([released, held.size]).toEqual([[], 2]);
    aheadMs = 3_600_000;
    runtime.advance(1_000);
    expect([released, held.size, runtime.timers]).toEqual([['0x01', '0x02'], 0, 0]);
  });
});
