export * from './actions/acceptOffer.js';
export * from './actions/addCover.js';
export * from './actions/announceRates.js';
export * from './actions/announceSource.js';
export * from './actions/applyRates.js';
export * from './actions/applySource.js';
export * from './actions/approveTokens.js';
export * from './actions/attestPurchase.js';
export * from './actions/buyTokens.js';
export * from './actions/cancelOffer.js';
export * from './actions/cancelPayout.js';
export * from './actions/cancelStandingOrder.js';
export * from './actions/changeGridPrice.js';
export * from './actions/closePayout.js';
export * from './actions/confirmRates.js';
export * from './actions/correctReading.js';
export * from './actions/decidePayout.js';
export * from './actions/deposit.js';
export * from './actions/exchangeLimits.js';
export * from './actions/explainKeyChange.js';
export * from './actions/explainOffer.js';
export * from './actions/explainPayout.js';
export * from './actions/explainRates.js';
export * from './actions/explainReading.js';
export * from './actions/explainTrade.js';
export * from './actions/getAllowance.js';
export * from './actions/getAnnouncedSource.js';
export * from './actions/getBankFigures.js';
export * from './actions/getCouncil.js';
export * from './actions/getGridPrice.js';
export * from './actions/getKeyChange.js';
export * from './actions/getMeter.js';
export * from './actions/getOffer.js';
export * from './actions/getOperators.js';
export * from './actions/getPayout.js';
export * from './actions/getRates.js';
export * from './actions/getReading.js';
export * from './actions/getRegistryRules.js';
export * from './actions/getTokenBalance.js';
export * from './actions/getTrade.js';
export * from './actions/getTradeRules.js';
export * from './actions/listDueStandingOrders.js';
export * from './actions/listKeyChanges.js';
export * from './actions/listOffers.js';
export { MAX_PAGE, type Page, type PageBounds, readPages } from './actions/listPage.js';
export * from './actions/listPayouts.js';
export * from './actions/listStandingOrders.js';
export * from './actions/listTrades.js';
export * from './actions/markPayoutPaid.js';
export * from './actions/objectToPayout.js';
export * from './actions/offerEnergy.js';
export * from './actions/redeemForCoins.js';
export * from './actions/refundTrade.js';
export { explainRefusal, type RefusalText, refusalError } from './actions/refusal.js';
export * from './actions/registerMeter.js';
export type { RegistryPlace, Signer } from './actions/registrySignatures.js';
export * from './actions/reportReadings.js';
export * from './actions/reportSignedReadings.js';
export * from './actions/requestKeyChange.js';
export * from './actions/requestPayout.js';
export * from './actions/retractRates.js';
export * from './actions/runStandingOrders.js';
export * from './actions/setLimit.js';
export * from './actions/setStandingOrder.js';
export * from './actions/settleTrades.js';
export * from './actions/shareSurplus.js';
export * from './actions/signCorrection.js';
export * from './actions/signReading.js';
export * from './actions/stopSource.js';
export type { ReadingClient, ReceiptLogs, SigningClient, TransactionOptions } from './actions/transaction.js';
export * from './actions/transferTokens.js';
export * from './actions/vetoKeyChange.js';
export * from './actions/voteOnKeyChange.js';
export * from './actions/withdraw.js';
export { type Assets, parseAssets } from './assets/assetsFile.js';
export * from './assets/dispatch.js';
export { type FeederLine, feedThrough, type LineFlow, MAX_FEEDER_CHARACTERS, parseFeeder } from './assets/feeder.js';
export * from './community/community.js';
export * from './community/description.js';
export * from './community/energyFigures.js';
export * from './community/localMarket.js';
export * from './community/marketEvents.js';
export { ALL_ARTIFACTS, type AnyContractName, deployCommunity } from './communityContracts.js';
export * from './contracts/communityAddresses.js';
export * from './contracts/communityContracts.js';
export { communityMoneyAbi, gridAbi, poolAbi } from './contracts/communityGenerated.js';
export * from './contracts/contracts.js';
export * from './contracts/generated.js';
export * from './contracts/states.js';
export * from './genesisContracts.js';
export * from './genesisRules.js';
export { describeGap, type SeriesGap } from './importers/assemble.js';
export * from './importers/checkSeries.js';
export {
  DATA_FORMATS,
  type DataFormat,
  FIGURE_UNITS,
  type FigureUnit,
  type GapRule,
  type ImportFile,
  type ImportOptions,
  PERIOD_LENGTHS,
  type TrackKind,
} from './importers/dataFile.js';
export type { Panels } from './importers/panels.js';
export * from './importers/readCommunity.js';
export * from './indicators/energy.js';
export * from './indicators/fairness.js';
export * from './indicators/format.js';
export * from './indicators/ratio.js';
export * from './indicators/savings.js';
export * from './input/decimal.js';
export * from './input/ends.js';
export type { Slip } from './input/slip.js';
export { type CsvRow, readTable, type Table } from './input/table.js';
export { decodeText, readText } from './input/text.js';
export * from './input/time.js';
export * from './input/zone.js';
export * from './instant.js';
export * from './mechanism/auction/mcafee.js';
export * from './mechanism/auction/payAsBid.js';
export * from './mechanism/auction/uniform.js';
export * from './mechanism/baselines.js';
export * from './mechanism/certificates.js';
export * from './mechanism/common/bills.js';
export * from './mechanism/common/orders.js';
export * from './mechanism/common/price.js';
export { tieHash } from './mechanism/common/ties.js';
export * from './mechanism/continuousBook.js';
export * from './mechanism/dualToken.js';
export * from './mechanism/flexibilityCall.js';
export * from './mechanism/memberPeriods.js';
export * from './mechanism/mintPerKwh.js';
export * from './mechanism/peerChoice.js';
export * from './mechanism/pools/allowancePool.js';
export * from './mechanism/pools/billSharing.js';
export * from './mechanism/pools/coefficients.js';
export * from './mechanism/pools/midMarket.js';
export * from './mechanism/pools/supplyDemandRatio.js';
export * from './mechanism/truthful.js';
export * from './orders/orderActs.js';
export * from './orders/peerTerms.js';
export * from './paperDay/day.js';
export * from './paperDay/needs.js';
export * from './paperDay/profile.js';
export * from './paperDay/readings.js';
export * from './paperDay/table.js';
export * from './plausibility/amounts.js';
export { type Doubt, requirePlausible } from './plausibility/doubt.js';
export * from './plausibility/offers.js';
export {
  type CheckedPeriod,
  type CheckedReading,
  DEFAULT_MAX_POWER_W,
  doubtsOfRating,
  doubtsOfReading,
  kilowatts,
  marketTimeOf,
  type PlausibilityContext,
  powerOf,
  ratingOf,
} from './plausibility/periods.js';
export * from './plausibility/readings.js';
export * from './profile/dayProfile.js';
export * from './profile/daySeries.js';
export * from './profile/energyTotals.js';
export * from './profile/marketDay.js';
export * from './profile/parseDayProfile.js';
export * from './profile/parseSeries.js';
export type { ProfileText } from './profile/profileRows.js';
export * from './profile/refineSeries.js';
export * from './profile/tradesByRule.js';
export * from './results/communityResult.js';
export * from './results/indicators.js';
export type { BaselineBills, ResultContext } from './results/resultContext.js';
export * from './results/resultText.js';
export * from './results/ruleResult.js';
export { honestSheet, orderSheet, TRUTHFUL_AGENTS, ziAgents } from './rules/agents.js';
export { allowanceTerms, mintWidth } from './rules/coinRules.js';
export * from './rules/companions.js';
export { parseAgentOrders } from './rules/fileAgents.js';
export * from './rules/marketPeriods.js';
export * from './rules/marketRule.js';
export * from './rules/marketRules.js';
export { acceptances } from './rules/orderRules.js';
export { priceParam } from './rules/params.js';
export { MOST_SOURCES, type PeerPreferences, peerSellers, preferencesOf } from './rules/peerRule.js';
export { billingGroups, localBps, staticCoefficients } from './rules/poolRules.js';
export * from './rules/ruleNames.js';
export * from './settlement/allotPeriod.js';
export * from './settlement/allotTrade.js';
export * from './settlement/ownDeviation.js';
export * from './settlement/payments.js';
export * from './tariff/billLines.js';
export { LAW_PERIOD_SECONDS, LOCAL_REDUCTIONS } from './tariff/laws.js';
export { parseTariff, type Tariff } from './tariff/tariffFile.js';
export { tariffPrices } from './tariff/tariffPrices.js';
export * from './units.js';
