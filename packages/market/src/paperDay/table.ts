/** One hour of the paper's Table 2, as printed; energies exact in milliwatt-hours. */
export interface PaperRow {
  /** 0 to 23, local time in San Diego on 4 July. */
  readonly hour: number;
  /** Node 1: produced − consumed, where positive (Equation 1). */
  readonly surplusMwh: bigint;
  readonly node2PurchaseMwh: bigint;
  readonly node3PurchaseMwh: bigint;
  /** Token balances at the end of the hour, in the digits that the paper prints. */
  readonly node1Tokens: string;
  readonly node2Tokens: string;
  readonly node3Tokens: string;
}

/**
 * Table 2 of Cali & Fifield, *Towards the decentralized revolution in energy systems using blockchain technology* (2019).
 * The same figures as `data/paper-table-2.csv`.
 */
export const PAPER_TABLE: readonly PaperRow[] = [
  row(0, 0n, 0n, 0n, '100', '100', '100'),
  row(1, 0n, 0n, 0n, '100', '100', '100'),
  row(2, 0n, 0n, 0n, '100', '100', '100'),
  row(3, 0n, 0n, 0n, '100', '100', '100'),
  row(4, 0n, 0n, 0n, '100', '100', '100'),
  row(5, 0n, 0n, 0n, '100', '100', '100'),
  row(6, 0n, 0n, 0n, '100', '100', '100'),
  row(7, 427_852n, 427_852n, 0n, '102.852', '97.148', '100'),
  row(8, 1_071_612n, 854_339n, 217_273n, '109.996', '91.452', '98.552'),
  row(9, 1_527_780n, 978_549n, 549_231n, '120.182', '84.928', '94.89'),
  row(10, 2_482_600n, 1_092_013n, 1_008_922n, '134.188', '77.648', '88.164'),
  row(11, 2_547_426n, 1_177_621n, 1_118_510n, '149.495', '69.798', '80.707'),
  row(12, 2_396_835n, 1_292_576n, 1_104_259n, '165.475', '61.18', '73.345'),
  row(13, 2_009_288n, 1_339_558n, 669_730n, '178.87', '52.25', '68.88'),
  row(14, 1_337_330n, 1_337_330n, 0n, '187.786', '43.334', '68.88'),
  row(15, 457_257n, 457_257n, 0n, '190.834', '40.286', '68.88'),
  row(16, 0n, 0n, 0n, '190.834', '40.286', '68.88'),
  row(17, 0n, 0n, 0n, '190.834', '40.286', '68.88'),
  row(18, 0n, 0n, 0n, '190.834', '40.286', '68.88'),
  row(19, 0n, 0n, 0n, '190.834', '40.286', '68.88'),
  row(20, 0n, 0n, 0n, '190.834', '40.286', '68.88'),
  row(21, 0n, 0n, 0n, '190.834', '40.286', '68.88'),
  row(22, 0n, 0n, 0n, '190.834', '40.286', '68.88'),
  row(23, 0n, 0n, 0n, '190.834', '40.286', '68.88'),
];

/** Tokens that each of the three nodes holds before the day. */
export const PAPER_START_TOKENS = '100';

function row(
  hour: number,
  surplusMwh: bigint,
  node2PurchaseMwh: bigint,
  node3PurchaseMwh: bigint,
  node1Tokens: string,
  node2Tokens: string,
  node3Tokens: string,
): PaperRow {
  return { hour, surplusMwh, node2PurchaseMwh, node3PurchaseMwh, node1Tokens, node2Tokens, node3Tokens };
}
