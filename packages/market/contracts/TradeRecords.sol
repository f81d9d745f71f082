// SPDX-License-Identifier: MIT
pragma solidity ^0.8.35;

import {Seat} from "./ICouncil.sol";
import {TokenErrors} from "./IEnergyToken.sol";
import {IMeterRegistry, MeterId, PeriodErrors} from "./IMeterRegistry.sol";
import "./Units.sol";

// What the trade contract keeps, and what it tells. Every storage word is kept by every node for ever, so the records are
// laid out to fill theirs: an offer takes three, a trade two (three where both meters count), the sums of a meter and a period
// one. The marks between fields show where a word ends. Times are kept in 40 bits, which reach for 34,000 years.

/// @dev Offers are numbered from 1.
type OfferId is uint256;
/// @dev Trades are numbered from 1.
type TradeId is uint256;

/// @dev How the energy of a trade is found: by the seller's meter alone, in the order of acceptance; or as the smaller of what
///      the meters of both sides allot to it, each pro rata or each in the order of acceptance.
enum Settlement {
    SellerMeter,
    ProRata,
    FirstCome
}

enum OfferState {
    None,
    Open,
    SoldOut,
    Cancelled,
    Expired,
    PeriodRead
}

enum TradeState {
    None,
    AwaitingReading,
    ReadingNotFinal,
    WaitingForEarlierTrade,
    ReadyToSettle,
    Refundable,
    Settled,
    SettledShort,
    Refunded
}

/// @dev How a trade was closed.
enum Outcome {
    Open,
    Settled,
    Refunded
}

/// @dev What a network decides in its genesis; of these only the grid price changes.
struct TradeRules {
    Settlement settlement;
    /// Whether sellers put in a bond of what the grid takes beyond the offer's price.
    bool bonds;
    /// What the grid takes for energy.
    Price gridPrice;
    /// Least energy of an acceptance, unless it takes all that is left.
    uint48 smallestAcceptanceMwh;
    /// Longest time from an offer to its `settleBy`.
    uint40 longestSpanSeconds;
    /// How long before its period an offer closes at the latest; negative: it may close so long after the period's start.
    int40 gateSeconds;
    /// How far ahead of market time the period of an offer may start.
    uint40 offerLeadSeconds;
}

/// @dev What every call needs: the registry, and those of the rules that settle a trade. The number of trades shares their
///      word, which an acceptance reads anyway.
struct Market {
    IMeterRegistry registry;
    Settlement settlement;
    bool bonds;
    uint48 smallestAcceptance;
    uint32 trades;
}

/// @dev What an offer needs besides, times in seconds; and the number of offers.
struct OfferRules {
    Price gridPrice;
    uint40 longestSpan;
    int40 gate;
    uint40 offerLead;
    uint32 offers;
}

/// @dev A grid price that is announced and not in force yet; none when `announcedAt` is 0.
struct PendingPrice {
    Price price;
    BlockTime announcedAt;
    uint8 announcedBy;
    uint8 confirmedBy;
}

/// @dev What can still be bought of an offer, what the seller has withdrawn of it, and its times in seconds.
struct Stock {
    Energy remaining;
    Energy cancelled;
    uint40 periodStart;
    uint40 acceptUntil;
    uint40 settleBy;
}

/// @dev The seller is the household of the meter.
struct Offer {
    MeterId meter;
    // ----
    Price price;
    Price gridPrice;
    Energy offered;
    // ----
    Stock stock;
}

/// @dev An offer as a buyer has seen it: all that an acceptance relies on.
struct OfferTerms {
    OfferId offerId;
    address seller;
    MeterId meter;
    MeterTime periodStart;
    Price price;
    Price gridPrice;
    BlockTime acceptUntil;
    BlockTime settleBy;
}

/// @dev The energy of a trade and what became of it.
struct Part {
    Energy energy;
    Energy settled;
    Energy short;
    uint32 previousTrade; // of the same buyer's meter and period, where the order counts
    Outcome outcome;
}

/// @dev Escrow, bond and payments of a trade follow from its offer and are not kept again.
struct Trade {
    address buyer;
    Energy ahead; // of the seller's meter and period, sold before
    uint32 offerNumber;
    // ----
    Part part;
}

/// @dev What a meter's household has sold and bought of a period. All that was ever accepted counts, whatever became of it: so
///      no order of calls changes what a trade gets.
struct Sums {
    Energy sold;
    Energy bought;
    Energy covered; // of what it bought: settled, or paid for by a bond; where the order counts
    uint32 lastTrade; // in which it bought, where the order counts
}

/// @dev A reading as the registry has it, and whose the meter is.
struct MeterReading {
    address household;
    bool isThere;
    bool isFinal;
    Energy produced;
    Energy consumed;
}

/// @dev Where a trade stands.
struct TradeStatus {
    TradeState state;
    /// These five once it is closed; short by the seller's fault.
    Energy settledMwh;
    Energy shortMwh;
    Tokens paidToSeller;
    Tokens returnedToBuyer;
    Tokens compensation;
    /// Of the seller's meter and period, sold before it and in all.
    Energy aheadMwh;
    Energy soldMwh;
    /// By the buyer's meter for the period, in all; where it counts.
    Energy boughtMwh;
    /// Of the same buyer's meter and period, where the order counts; 0: none.
    TradeId previousTrade;
    /// Until when the seller's meter was read.
    MeterTime meterReadUntil;
    MeterReading sellersReading;
    MeterReading buyersReading;
}

/// @dev The states of a trade that is not closed, as bits.
uint256 constant OPEN_STATES = 62;

using {inEscrow, inBond} for Trade global;
using {start} for Stock global;

/// @dev What the buyer has put in.
function inEscrow(Trade memory trade, Offer memory terms) pure returns (Tokens) {
    return cost(trade.part.energy, terms.price);
}

/// @dev What the seller has put in, where the market asks for bonds.
function inBond(Trade memory trade, Offer memory terms, bool bonds) pure returns (Tokens) {
    return bonds ? bondFor(trade.part.energy, terms.price, terms.gridPrice) : NO_TOKENS;
}

function start(Stock memory stock) pure returns (MeterTime) {
    return MeterTime.wrap(stock.periodStart);
}

/// @dev What is told of offers, trades and the grid price; and refused, with the numbers.
interface TradeEvents is TokenErrors, PeriodErrors {
    event Offered(
        OfferId indexed offerId,
        address indexed seller,
        MeterId indexed meter,
        MeterTime periodStart,
        Energy energyMwh,
        Price price,
        Price gridPrice,
        BlockTime acceptUntil,
        BlockTime settleBy
    );
    event OfferCancelled(OfferId indexed offerId, address indexed seller, Energy energyMwh, Tokens bond);
    event Accepted(
        TradeId indexed tradeId,
        address indexed seller,
        address indexed buyer,
        OfferId offerId,
        MeterId meter,
        MeterTime periodStart,
        Energy energyMwh,
        Price price,
        Price gridPrice,
        BlockTime settleBy,
        MeterId buyerMeter
    );
    event Settled(
        TradeId indexed tradeId,
        address indexed seller,
        address indexed buyer,
        Energy settledMwh,
        Energy shortMwh,
        Tokens paid,
        Tokens returned,
        Tokens compensation
    );
    event Refunded(
        TradeId indexed tradeId, address indexed seller, address indexed buyer, Tokens escrow, Tokens compensation
    );
    event GridPriceAnnounced(Price price, Seat indexed announcedBy, BlockTime announcedAt);
    event GridPriceConfirmed(Price price, Seat indexed confirmedBy, BlockTime announcedAt);
    event GridPriceRetracted(Price price, Seat indexed retractedBy, BlockTime announcedAt);
    event GridPriceChanged(Price price, BlockTime announcedAt);

    /// @param term of the offer that is another than the acceptance says
    error TermDiffers(string term, uint256 got, uint256 expected);
    error GridPriceDiffers(Price got, Price expected);
    error NotEnoughOnOffer(Energy available, Energy needed);
    error TooLittleEnergy(Energy got, uint256 smallest);
    error AboveRating(Energy got, Energy rating);
    error PriceRoundsToNothing(Energy energy, Price price);
    error PeriodTooFarAhead(int256 beginsAt, uint256 latest);
    error PeriodAlreadyRead(MeterId meter, MeterTime periodStart, MeterTime readUntil);
    error ClosesTooLate(BlockTime acceptUntil, int256 latest);
    error SettlesTooLate(BlockTime settleBy, uint256 latest);
    error SettlesTooEarly(BlockTime settleBy, int256 earliest);
    error TradeNotReady(TradeId tradeId, TradeState state);
    error TooEarly(BlockTime from, BlockTime nowIs);
}
