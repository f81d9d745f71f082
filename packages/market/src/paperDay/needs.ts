import { assert } from '@wattchain/core';
import { PAPER_TABLE, type PaperRow } from './table.js';

/** What the two buyers need in an hour, whatever is on offer. */
export interface HourNeeds {
  readonly hour: number;
  readonly node2: Need;
  readonly node3: Need;
}

/** One buyer's need in one hour. */
export interface Need {
  readonly energyMwh: bigint;
  /**
   * `shown`: the buyer left energy on offer, so its purchase was its need. `assumed`: it took all that was left (or nothing
   * was on offer), so the table gives only a lower bound; the need of the nearest hour that shows one is assumed.
   */
  readonly source: 'shown' | 'assumed';
}

/** What a buyer takes: its need, or all that is on offer when that is less. */
export function decidePurchase(needMwh: bigint, onOfferMwh: bigint): bigint {
  return needMwh < onOfferMwh ? needMwh : onOfferMwh;
}

/**
 * The needs of nodes 2 and 3, hour by hour, derived from the paper's table. Node 2 chooses first, so its need shows in every
 * hour in which something was left for node 3 (8:00 to 13:00); node 3's shows where something stayed unsold (10:00, 11:00).
 */
export const PAPER_NEEDS: readonly HourNeeds[] = derive(PAPER_TABLE);

function derive(table: readonly PaperRow[]): HourNeeds[] {
  const node2 = needsOf(
    table,
    (row) => row.node2PurchaseMwh,
    (row) => row.surplusMwh,
  );
  const node3 = needsOf(
    table,
    (row) => row.node3PurchaseMwh,
    (row) => row.surplusMwh - row.node2PurchaseMwh,
  );
  return table.map((row, i) => ({ hour: row.hour, node2: node2[i] as Need, node3: node3[i] as Need }));
}

function needsOf(
  table: readonly PaperRow[],
  bought: (row: PaperRow) => bigint,
  onOffer: (row: PaperRow) => bigint,
): Need[] {
  const shown = table.filter((row) => bought(row) < onOffer(row));
  return table.map((row) => {
    const nearest = shown.reduce((best, other) =>
      Math.abs(other.hour - row.hour) < Math.abs(best.hour - row.hour) ? other : best,
    );
    const energyMwh = bought(nearest);
    assert(energyMwh >= bought(row), `the assumed need at ${row.hour}:00 is below what was bought`);
    return { energyMwh, source: nearest === row ? 'shown' : 'assumed' };
  });
}
