import type { PeriodResult } from '@wattchain/market';

/** Periods of a rule taken together: the energies are sums. */
export interface Bucket {
  /** When it begins: `07-04 13:00` of one period, `2017-07-04` of a day. */
  readonly label: string;
  readonly date: string | undefined;
  readonly needMwh: bigint;
  readonly surplusMwh: bigint;
  readonly tradableMwh: bigint;
  readonly tradedMwh: bigint;
  readonly importedMwh: bigint;
  readonly exportedMwh: bigint;
}

/** Periods as they are, whole days, or months. */
export type BucketKind = 'period' | 'day' | 'month';

/** The finest kind that gives no more than `most` buckets; months where even they are more. */
export function bucketKindOf(periods: readonly PeriodResult[], most: number): BucketKind {
  if (periods.length <= most) return 'period';
  const isDated = periods.every(({ date }) => date !== undefined);
  if (!isDated) return 'period';
  return new Set(periods.map(({ date }) => date)).size <= most ? 'day' : 'month';
}

/** Periods of one kind in their order. Those without dates are taken together by equal numbers instead, `most` at most. */
export function bucketsOf(periods: readonly PeriodResult[], kind: BucketKind, most: number): Bucket[] {
  const size = kind === 'period' ? Math.ceil(periods.length / most) : 1;
  const groups = new Map<string, PeriodResult[]>();
  for (const [index, period] of periods.entries()) {
    const key =
      kind === 'period' ? `${Math.floor(index / size)}` : (period.date ?? '').slice(0, kind === 'day' ? 10 : 7);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [period]);
    else group.push(period);
  }
  return [...groups.values()].map((group) => bucketOf(group, kind));
}

function bucketOf(group: readonly PeriodResult[], kind: BucketKind): Bucket {
  const first = group[0];
  const sum = (of: (period: PeriodResult) => bigint) => group.reduce((total, period) => total + of(period), 0n);
  return {
    label: first === undefined ? '' : labelOf(first, kind),
    date: first?.date,
    needMwh: sum(({ needMwh }) => needMwh),
    surplusMwh: sum(({ surplusMwh }) => surplusMwh),
    tradableMwh: sum(({ needMwh, surplusMwh }) => (needMwh < surplusMwh ? needMwh : surplusMwh)),
    tradedMwh: sum(({ tradedMwh }) => tradedMwh),
    importedMwh: sum(({ importedMwh }) => importedMwh),
    exportedMwh: sum(({ exportedMwh }) => exportedMwh),
  };
}

function labelOf({ date, label }: PeriodResult, kind: BucketKind): string {
  if (date === undefined) return label;
  return kind === 'period' ? `${date} ${label}` : date.slice(0, kind === 'day' ? 10 : 7);
}
