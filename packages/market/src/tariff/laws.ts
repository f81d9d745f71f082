/** Parts of 100 that the fee of the grid is reduced by for energy of a neighbour, by law and how far the community reaches. */
export const LOCAL_REDUCTIONS = {
  /** Switzerland since 2026, local electricity communities (Stromversorgungsverordnung, Art. 19h): 40 % where one transformer suffices, else 20 %. */
  CH: { oneTransformer: 40n, beyond: 20n },
  /** Austria, renewable energy communities (Systemnutzungsentgelte-Verordnung, § 5; EAG): 57 % local, 28 % regional on levels 6 and 7. */
  AT: { local: 57n, regional: 28n },
} as const;

export type LocalLaw = keyof typeof LOCAL_REDUCTIONS;

/** Extents that a law knows. */
export const extentsOf = (law: LocalLaw): readonly string[] => Object.keys(LOCAL_REDUCTIONS[law]);

/** The reduction of a law, parts of 100; `undefined` where it does not know the extent. */
export function reductionOf(law: LocalLaw, extent: string): bigint | undefined {
  return Object.entries(LOCAL_REDUCTIONS[law]).find(([name]) => name === extent)?.[1];
}

/** Both laws allot energy by the quarter of an hour; with longer periods more is local than they would count. */
export const LAW_PERIOD_SECONDS = 900n;
