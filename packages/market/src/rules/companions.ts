/** Contracts that a run plays beside the market rules when it is asked to, by the names of `--with`. */
export const COMPANION_NAMES = ['dualToken', 'certificates', 'flexibilityCall'] as const;

/** A contract beside the market rules: it settles no market. */
export type CompanionName = (typeof COMPANION_NAMES)[number];

/** What a companion is called, and whose model it is. */
export interface Companion {
  readonly title: string;
  readonly company: string;
  readonly contract: string;
}

export const COMPANIONS: Readonly<Record<CompanionName, Companion>> = {
  dualToken: { title: 'unit of account against a bond', company: 'Power Ledger', contract: 'DualToken' },
  certificates: { title: 'certificates of origin by the hour', company: 'EnergyTag', contract: 'Certificates' },
  flexibilityCall: { title: 'calls for flexibility', company: 'Electron, Piclo', contract: 'FlexibilityCall' },
};
