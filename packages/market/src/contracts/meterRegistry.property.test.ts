import { assert } from '@wattchain/core';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { CORRECTION_TIME, type MarketVm, RESOLUTION } from '../../testing/marketVm.js';
import {
  asReported,
  correctionOf,
  device,
  FIRST,
  gateway,
  meterId,
  RATING,
  readingOf,
  registrar,
  registryRoom,
  seenOf,
  signedBy,
  stranger,
} from '../../testing/registryRoom.js';

interface ModelReading {
  produced: bigint;
  consumed: bigint;
  readonly reportedAt: bigint;
  corrections: bigint;
}

/** A meter by the rules in words: docs and contract say the same. */
interface ModelMeter {
  lastNumber: bigint;
  readUntil: bigint;
  readonly readings: Map<bigint, ModelReading>;
}

const upTo = (max: bigint) => fc.noBias(fc.bigInt({ min: 0n, max }));
const energy = fc.oneof({ weight: 9, arbitrary: upTo(RATING) }, { weight: 1, arbitrary: upTo(2n * RATING) });
/** Mostly true. */
const right = fc.oneof({ weight: 6, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) });
const shared = { meter: fc.integer({ min: 1, max: 2 }), produced: energy, consumed: energy, isRightKey: right };
const step = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('wait' as const), seconds: fc.bigInt({ min: 0n, max: 2n * RESOLUTION }) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('report' as const),
      ...shared,
      isNext: right,
      skip: fc.oneof(fc.constant(0n), fc.bigInt({ min: -1n, max: 2n })),
      askew: fc.oneof({ weight: 8, arbitrary: fc.constant(0n) }, { weight: 1, arbitrary: fc.constant(1n) }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('correct' as const),
      ...shared,
      pick: fc.noBias(fc.bigInt({ min: 0n, max: 1_000n })),
      isRightOld: right,
    }),
  },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** Makes a step on the contract and in the model, which must agree whether it is refused. */
async function make(vm: MarketVm, meters: ReadonlyMap<number, ModelMeter>, made: Step): Promise<void> {
  if (made.kind === 'wait') {
    vm.nowS += made.seconds;
    return;
  }
  const model = meters.get(made.meter);
  assert(model !== undefined, 'there are two meters');
  const { produced, consumed } = made;
  const isRated = produced <= RATING && consumed <= RATING;
  const source = made.meter === 1 ? device : gateway;
  const key = made.isRightKey ? source : stranger;
  if (made.kind === 'report') {
    const start = model.readUntil + made.skip * RESOLUTION + made.askew;
    const number = model.lastNumber + (made.isNext ? 1n : 2n);
    const reading = readingOf(made.meter, 1, {
      number,
      periodStart: start,
      producedMwh: produced,
      consumedMwh: consumed,
    });
    const result =
      made.meter === 1
        ? vm.try(stranger, 'registry', 'reportSigned', [[await signedBy(key, reading)]])
        : vm.try(key, 'registry', 'report', [[asReported(reading)]]);
    const isPeriod = start % RESOLUTION === 0n && start >= model.readUntil && start + RESOLUTION <= vm.nowS;
    expect(result.refusal === undefined).toBe(made.isRightKey && made.isNext && isPeriod && isRated);
    if (result.refusal !== undefined) return;
    model.lastNumber = number;
    model.readUntil = start + RESOLUTION;
    model.readings.set(start, { produced, consumed, reportedAt: vm.nowS, corrections: 0n });
    return;
  }
  // One of the periods until the last reading, or the next.
  const periods = (model.readUntil - FIRST) / RESOLUTION + 1n;
  const start = FIRST + (made.pick % periods) * RESOLUTION;
  const before = model.readings.get(start);
  const old = before ?? { produced: 0n, consumed: 0n, corrections: 0n };
  const args = await correctionOf(
    {
      meter: meterId(made.meter),
      periodStart: start,
      correction: old.corrections,
      oldProducedMwh: made.isRightOld ? old.produced : old.produced + 1n,
      oldConsumedMwh: old.consumed,
      newProducedMwh: produced,
      newConsumedMwh: consumed,
    },
    key,
    registrar,
  );
  const { refusal } = vm.try(stranger, 'registry', 'correct', args);
  const isOpen = before === undefined ? start < model.readUntil : vm.nowS < before.reportedAt + CORRECTION_TIME;
  expect(refusal === undefined).toBe(made.isRightKey && made.isRightOld && isOpen && isRated);
  if (refusal !== undefined) return;
  const reportedAt = before?.reportedAt ?? vm.nowS;
  model.readings.set(start, { produced, consumed, reportedAt, corrections: old.corrections + 1n });
}

function compare(vm: MarketVm, meters: ReadonlyMap<number, ModelMeter>): void {
  for (const [n, model] of meters) {
    const [, readUntil] = vm.read<[string, bigint, bigint]>('registry', 'meterOf', [meterId(n)]);
    expect(readUntil).toBe(model.readUntil);
    for (let start = FIRST; start <= model.readUntil; start += RESOLUTION) {
      const reading = model.readings.get(start);
      const isFinal = reading !== undefined && reading.reportedAt + CORRECTION_TIME <= vm.nowS;
      expect(seenOf(vm, n, start)).toEqual([
        reading !== undefined,
        isFinal,
        reading?.produced ?? 0n,
        reading?.consumed ?? 0n,
      ]);
    }
  }
}

/** Two readings, and a correction of the first: chance may refuse all of its own. */
const byMeter = { meter: 1, produced: 3n, consumed: 4n, isRightKey: true };
const report: Step = { kind: 'report', ...byMeter, isNext: true, skip: 0n, askew: 0n };
const allowed: Step[] = [
  { kind: 'wait', seconds: 2n * RESOLUTION },
  report,
  report,
  { kind: 'correct', ...byMeter, produced: 5n, pick: 0n, isRightOld: true },
];

it('takes what the rules allow and nothing else, and a final reading changes no more', async () => {
  let [taken, corrected] = [0, 0];
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 15, maxLength: 30 }), async (steps) => {
      const vm = registryRoom();
      const meters = new Map(
        [1, 2].map((n) => [n, { lastNumber: 0n, readUntil: FIRST, readings: new Map() } as ModelMeter]),
      );
      for (const made of steps) {
        await make(vm, meters, made);
        compare(vm, meters);
      }
      for (const { readings } of meters.values()) {
        taken += readings.size;
        corrected += [...readings.values()].filter(({ corrections }) => corrections > 0n).length;
      }
    }),
    { numRuns: 11, examples: [[allowed]] },
  );
  // The steps are not all refused.
  expect(taken).toBeGreaterThanOrEqual(2);
  expect(corrected).toBeGreaterThanOrEqual(1);
});
