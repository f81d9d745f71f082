import type { ReadingCorrection } from '@wattchain/market';
import { Energy } from './amounts.js';
import { Who } from './ids.js';

/** Corrections of one reading, oldest first: old and new values, and the two who signed each. */
export function CorrectionList({ corrections }: { corrections: readonly ReadingCorrection[] }) {
  return (
    <>
      {corrections.map((correction, index) => (
        // Corrections of a reading are only ever added.
        <small key={index}>
          {correction.wasSkipped ? 'Skipped at first, then brought in: ' : 'Corrected: '}
          <Change what="produced" before={correction.oldProducedMwh} after={correction.newProducedMwh} />,{' '}
          <Change what="consumed" before={correction.oldConsumedMwh} after={correction.newConsumedMwh} />; signed by{' '}
          <Who address={correction.source} /> and the registrar <Who address={correction.registrar} />
        </small>
      ))}
    </>
  );
}

function Change({ what, before, after }: { what: string; before: bigint; after: bigint }) {
  if (before === after) {
    return (
      <>
        {what} <Energy mwh={after} /> as before
      </>
    );
  }
  return (
    <>
      {what}{' '}
      <s>
        <Energy mwh={before} />
      </s>{' '}
      →{' '}
      <strong>
        <Energy mwh={after} />
      </strong>
    </>
  );
}
