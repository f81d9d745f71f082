import { type CellMark, compareWithPaper, formatKwh, formatTokens, MWH_PER_KWH } from '@wattchain/market';

/** A cell of Table 2: what was measured, exactly, what the paper prints, and how the two stand to each other. */
export interface ComparedCell {
  /** Exact decimal text, in kWh or tokens. */
  readonly measured: string;
  readonly paper: string;
  readonly mark: CellMark;
}

/** An energy beside the paper's; `within` means at most 0.001 kWh away. */
export function compareEnergy(measuredMwh: bigint, paperMwh: bigint): ComparedCell {
  const away = measuredMwh > paperMwh ? measuredMwh - paperMwh : paperMwh - measuredMwh;
  const mark = away === 0n ? 'equal' : away * 1000n <= MWH_PER_KWH ? 'within' : 'wrong';
  return { measured: formatKwh(measuredMwh), paper: formatKwh(paperMwh), mark };
}

/** A balance in token units beside the paper's printed text. */
export function compareBalance(units: bigint, printed: string): ComparedCell {
  return { measured: formatTokens(units), paper: printed, mark: compareWithPaper(units, printed) };
}
