// SPDX-License-Identifier: MIT
pragma solidity ^0.8.35;

import {TokenErrors} from "./IEnergyToken.sol";
import "./Units.sol";

// What the trade contract keeps, and what it tells. Every storage word is kept by every node for ever, so the records are
// laid out to fill theirs: an offer takes four, a trade three, of which one is its place in the order of acceptance, a period
// two, a meter three. The marks between fields show where a word ends.

/// @dev Who names a meter is the registrar; it is never 0.
type MeterId is bytes32;
/// @dev Offers are numbered from 1.
type OfferId is uint256;
/// @dev Trades are numbered from 1.
type TradeId is uint256;

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

/// @dev The reading of a meter that came last: its number, and where it ends on the meter's clock.
struct LastReading {
    uint64 number;
    MeterTime readUntil;
}

struct Meter {
    address household;
    // ----
    address reporter;
    // ----
    LastReading last;
}

/// @dev What can still be bought of an offer, and what the seller has withdrawn of it.
struct Stock {
    Price price;
    Energy remaining;
    Energy cancelled;
}

struct Offer {
    MeterId meter;
    // ----
    MeterTime periodStart;
    Duration periodLength;
    BlockTime settleBy;
    Energy offered;
    // ----
    address seller;
    BlockTime acceptUntil;
    // ----
    Stock stock;
}

/// @dev Seller, escrow and payment of a trade follow from its offer and are not kept again.
struct Trade {
    address buyer;
    uint64 offerNumber;
    // ----
    Energy energy;
    uint64 position;
    Energy delivered;
    Outcome outcome;
}

/// @dev Of a period's trades, in order of acceptance, the first so many are settled or passed over; of the energy that was
///      delivered, so much is left for the others.
struct Progress {
    uint64 trades;
    uint64 done;
    Energy left;
}

/// @dev Number 0: the period was not read.
struct MeterReading {
    uint64 number;
    Energy produced;
    Energy consumed;
    BlockTime reportedAt;
}

struct Period {
    Progress progress;
    // ----
    MeterReading reading;
    // ----
    mapping(uint64 position => TradeId) tradeAt;
}

using {isThere, isInTime, deliverable} for MeterReading global;
using {energyLeft} for Progress global;
using {fromOffer, inEscrow} for Trade global;

function isThere(MeterReading memory reading) pure returns (bool) {
    return reading.number != 0;
}

/// @dev Whether a reading came by the offer's `settleBy`. Only then does it count.
function isInTime(MeterReading memory reading, Offer memory terms) pure returns (bool) {
    return reading.isThere() && reading.reportedAt <= terms.settleBy;
}

/// @dev What the meter's household gave away: what it produced beyond what it consumed itself.
function deliverable(MeterReading memory reading) pure returns (Energy) {
    return excess(reading.produced, reading.consumed);
}

/// @dev Delivered energy that no settled trade has taken: all of it before the first one, so a reading alone writes no
///      progress.
function energyLeft(Progress memory progress, MeterReading memory reading) pure returns (Energy) {
    return progress.done == 0 ? reading.deliverable() : progress.left;
}

function fromOffer(Trade memory trade) pure returns (OfferId) {
    return OfferId.wrap(trade.offerNumber);
}

/// @dev What the buyer has put into escrow.
function inEscrow(Trade memory trade, Offer memory terms) pure returns (Tokens) {
    return cost(trade.energy, terms.stock.price);
}

/// @dev What is told of meters, offers and trades; and refused, with the numbers.
interface TradeEvents is TokenErrors {
    event MeterRegistered(
        MeterId indexed meter, address indexed household, address indexed reporter, address registrar
    );
    event ReporterChanged(MeterId indexed meter, address indexed reporter, address indexed registrar);
    event Offered(
        OfferId indexed offerId,
        address indexed seller,
        MeterId indexed meter,
        MeterTime periodStart,
        Duration periodSeconds,
        Energy energyMwh,
        Price price,
        BlockTime acceptUntil,
        BlockTime settleBy
    );
    event OfferCancelled(OfferId indexed offerId, address indexed seller, Energy energyMwh);
    event Accepted(
        TradeId indexed tradeId,
        address indexed seller,
        address indexed buyer,
        OfferId offerId,
        MeterId meter,
        MeterTime periodStart,
        Duration periodSeconds,
        Energy energyMwh,
        Price price,
        Tokens escrow,
        BlockTime settleBy
    );
    event Reading(
        MeterId indexed meter,
        uint256 indexed periodStart,
        address indexed reporter,
        uint64 number,
        Duration periodSeconds,
        Energy producedMwh,
        Energy consumedMwh
    );
    event Settled(
        TradeId indexed tradeId,
        address indexed seller,
        address indexed buyer,
        Energy deliveredMwh,
        Tokens paid,
        Tokens returned
    );
    event Refunded(TradeId indexed tradeId, address indexed buyer, Tokens escrow);

    error NotEnoughOnOffer(uint256 available, uint256 needed);
    error UnexpectedReadingNumber(MeterId meter, uint256 got, uint256 expected);
    error PeriodAlreadyRead(MeterId meter, uint256 periodStart, uint256 readUntil);
}
