export * from './actions/acceptOffer.js';
export * from './actions/addCover.js';
export * from './actions/announceRates.js';
export * from './actions/applyRates.js';
export * from './actions/approveTokens.js';
export * from './actions/attestPurchase.js';
export * from './actions/buyTokens.js';
export * from './actions/cancelOffer.js';
export * from './actions/cancelPayout.js';
export * from './actions/cancelStandingOrder.js';
export * from './actions/changeGridPrice.js';
export * from './actions/changeReporter.js';
export * from './actions/closePayout.js';
export * from './actions/confirmRates.js';
export * from './actions/decidePayout.js';
export * from './actions/deposit.js';
export * from './actions/exchangeLimits.js';
export * from './actions/explainOffer.js';
export * from './actions/explainPayout.js';
export * from './actions/explainRates.js';
export * from './actions/explainTrade.js';
export * from './actions/getAllowance.js';
export * from './actions/getBankFigures.js';
export * from './actions/getGridPrice.js';
export * from './actions/getMeter.js';
export * from './actions/getOffer.js';
export * from './actions/getOperators.js';
export * from './actions/getPayout.js';
export * from './actions/getRates.js';
export * from './actions/getResolution.js';
export * from './actions/getTokenBalance.js';
export * from './actions/getTrade.js';
export * from './actions/getTradeRules.js';
export type { ListBounds } from './actions/listById.js';
export * from './actions/listDueStandingOrders.js';
export * from './actions/listOffers.js';
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
export * from './actions/reportReadings.js';
export * from './actions/requestPayout.js';
export * from './actions/retractRates.js';
export * from './actions/runStandingOrders.js';
export * from './actions/setLimit.js';
export * from './actions/setStandingOrder.js';
export * from './actions/settleTrades.js';
export * from './actions/shareSurplus.js';
export type { ReadingClient, ReceiptLogs, SigningClient, TransactionOptions } from './actions/transaction.js';
export * from './actions/transferTokens.js';
export * from './actions/withdraw.js';
export * from './community/community.js';
export * from './community/description.js';
export * from './community/energyFigures.js';
export * from './community/marketEvents.js';
export * from './contracts/contracts.js';
export * from './contracts/generated.js';
export * from './contracts/states.js';
export * from './genesisContracts.js';
export * from './genesisRules.js';
export * from './input/decimal.js';
export * from './input/ends.js';
export type { Slip } from './input/slip.js';
export { type CsvRow, readTable, type Table } from './input/table.js';
export { readText } from './input/text.js';
export * from './input/time.js';
export * from './input/zone.js';
export * from './instant.js';
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
export * from './profile/tradesByRule.js';
export * from './settlement/allotPeriod.js';
export * from './settlement/ownDeviation.js';
export * from './settlement/payments.js';
export * from './units.js';
