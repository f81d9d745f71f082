/** An indicator as tables and pages show it. */
export interface IndicatorInfo {
  readonly title: string;
  /** `share`: of 1, to be shown in per cent; `money`: in the currency. */
  readonly unit: 'share' | 'money' | 'money/kWh' | 'kg' | 'ratio' | 'kWh' | 'gas/kWh' | 'bytes/kWh' | 'J/kWh' | 's';
  /** How it is computed. */
  readonly definition: string;
}

/** The indicators of a rule, in the order of the reports. */
export const INDICATORS = {
  cost: { title: 'all bills', unit: 'money', definition: 'Σ bills of all homes' },
  savedAgainstFeedIn: {
    title: 'saved against feed-in',
    unit: 'money',
    definition: 'Σ bills with a feed-in tariff and no market − Σ bills',
  },
  savedShareAgainstFeedIn: {
    title: 'saved against feed-in, share',
    unit: 'share',
    definition: 'saved against feed-in / Σ bills with a feed-in tariff',
  },
  savedAgainstNetMetering: {
    title: 'saved against net metering',
    unit: 'money',
    definition: 'Σ bills with net metering − Σ bills',
  },
  savedShareAgainstNetMetering: {
    title: 'saved against net metering, share',
    unit: 'share',
    definition: 'saved against net metering / Σ bills with net metering',
  },
  selfSufficiency: {
    title: 'self-sufficiency',
    unit: 'share',
    definition: 'consumption covered by own production and by neighbours / consumption',
  },
  selfConsumption: {
    title: 'self-consumption',
    unit: 'share',
    definition: 'production used at home or by neighbours / production',
  },
  localShare: { title: 'share traded locally', unit: 'share', definition: 'Σ traded / Σ D' },
  liquidity: { title: 'liquidity', unit: 'share', definition: 'Σ traded / Σ min(D, S)' },
  untraded: { title: 'untraded', unit: 'kWh', definition: 'Σ (min(D, S) − traded)' },
  meanLocalPrice: {
    title: 'mean local price',
    unit: 'money/kWh',
    definition: 'what buyers paid for local energy / energy traded',
  },
  gini: {
    title: 'Gini of savings per kWh',
    unit: 'ratio',
    definition:
      'Σ Σ |x − y| / (2 n² mean) of what each home saves against feed-in per kWh that it consumes; 0 is equal; no value with losers',
  },
  jain: {
    title: 'Jain of savings per kWh',
    unit: 'ratio',
    definition: '(Σ x)² / (n Σ x²) of the same; 1 is equal; no value with losers',
  },
  qualityOfExperience: {
    title: 'quality of experience',
    unit: 'ratio',
    definition:
      '1 − σ / σ_max of what homes pay for a kWh from outside their roof, σ_max = (mean tariff − mean feed-in price) / 2; 1 where all have one price',
  },
  peakImport: {
    title: 'largest import of a period',
    unit: 'kWh',
    definition: 'largest Σ import of a period, as billed',
  },
  peakToAverage: {
    title: 'peak to average',
    unit: 'ratio',
    definition: 'largest import of a period / mean import, as billed',
  },
  loadFactor: {
    title: 'load factor',
    unit: 'ratio',
    definition: 'mean import / largest import of a period, as billed',
  },
  co2: { title: 'CO2 of imports', unit: 'kg', definition: 'Σ import as billed · grid factor of the period' },
  gasPerKwh: { title: 'gas', unit: 'gas/kWh', definition: 'gas of all transactions / energy traded' },
  bytesPerKwh: { title: 'bytes', unit: 'bytes/kWh', definition: 'bytes of all blocks / energy traded' },
  joulesPerKwh: {
    title: 'proof of work (modelled)',
    unit: 'J/kWh',
    definition: 'modelled joules of all blocks / energy traded',
  },
  secondsToConfirmation: {
    title: 'seconds to confirmation (modelled)',
    unit: 's',
    definition: 'from the end of a period until its settlement has twelve confirmations',
  },
} as const satisfies Readonly<Record<string, IndicatorInfo>>;

/** An indicator. */
export type IndicatorName = keyof typeof INDICATORS;
