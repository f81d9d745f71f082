// SPDX-License-Identifier: MIT
pragma solidity ^0.8.35;

import {Escrow} from "./Escrow.sol";
import {Meters} from "./Meters.sol";
import "./TradeRecords.sol";
import "./Units.sol";

/// @title Offers and acceptances
/// @notice A seller offers energy of a period, buyers accept all or part of it and put the price into escrow.
abstract contract Offers is Escrow, Meters {
    /// @notice Offers so far; their ids run from 1.
    uint256 public offerCount;
    /// @notice Trades so far; their ids run from 1.
    uint256 public tradeCount;

    mapping(OfferId => Offer) internal offersById;
    mapping(TradeId => Trade) internal tradesById;

    // ---- What households do

    /// @notice Offers energy of a period of the caller's meter.
    /// @param energyMwh milliwatt-hours
    /// @param price token units for 150 Wh
    /// @param acceptUntil block time until when the offer can be accepted
    /// @param settleBy block time by when the reading must be in, else buyers get their escrow back
    function offer(
        MeterId meter,
        MeterTime periodStart,
        Duration periodSeconds,
        Energy energyMwh,
        Price price,
        BlockTime acceptUntil,
        BlockTime settleBy
    ) external returns (OfferId offerId) {
        Meter storage entry = metersById[meter];
        address household = entry.household;
        requireRegistered(household);
        require(household == msg.sender, "only the meter's household");
        require(energyMwh > NO_ENERGY, "an offer needs some energy");
        requirePeriod(periodStart, periodSeconds);
        require(acceptUntil > blockTime(), "acceptUntil is not in the future");
        require(settleBy > acceptUntil, "settleBy must follow acceptUntil");
        requireUnread(meter, periodStart, entry.last.readUntil);

        offerId = OfferId.wrap(++offerCount);
        offersById[offerId] = Offer({
            meter: meter,
            periodStart: periodStart,
            periodLength: periodSeconds,
            settleBy: settleBy,
            offered: energyMwh,
            seller: msg.sender,
            acceptUntil: acceptUntil,
            stock: Stock({price: price, remaining: energyMwh, cancelled: NO_ENERGY})
        });
        emit Offered(
            offerId, msg.sender, meter, periodStart, periodSeconds, energyMwh, price, acceptUntil, settleBy
        );
    }

    /// @notice Withdraws what is left of an offer of the caller; trades already made stay.
    function cancelOffer(OfferId offerId) external {
        Offer storage terms = offersById[offerId];
        address seller = terms.seller;
        requireOffer(seller);
        require(seller == msg.sender, "only the offer's seller");
        Stock memory stock = terms.stock;
        Energy rest = stock.remaining;
        require(rest > NO_ENERGY, "nothing of this offer is left");
        stock.remaining = NO_ENERGY;
        stock.cancelled = stock.cancelled + rest;
        terms.stock = stock;
        emit OfferCancelled(offerId, msg.sender, rest);
    }

    /// @notice Buys all or part of what is left of an offer. What it costs goes from the caller, who has allowed it, into
    ///         escrow.
    /// @param energyMwh milliwatt-hours
    function accept(OfferId offerId, Energy energyMwh) external returns (TradeId tradeId) {
        Offer memory terms = offerOf(offerId);
        require(energyMwh > NO_ENERGY, "the energy is 0");
        require(msg.sender != terms.seller, "seller cannot accept own offer");
        require(blockTime() <= terms.acceptUntil, "the offer has expired");
        // Once the meter is read beyond the start, the outcome is known or can no longer be.
        requireUnread(terms.meter, terms.periodStart, metersById[terms.meter].last.readUntil);
        Stock memory stock = terms.stock;
        if (energyMwh > stock.remaining) revert NotEnoughOnOffer(inMwh(stock.remaining), inMwh(energyMwh));

        stock.remaining = stock.remaining - energyMwh;
        offersById[offerId].stock = stock;
        tradeId = TradeId.wrap(++tradeCount);
        uint64 position = enqueue(tradeId, periods[terms.meter][terms.periodStart][terms.periodLength]);
        tradesById[tradeId] = Trade({
            buyer: msg.sender,
            offerNumber: uint64(OfferId.unwrap(offerId)),
            energy: energyMwh,
            position: position,
            delivered: NO_ENERGY,
            outcome: Outcome.Open
        });
        Tokens escrow = cost(energyMwh, stock.price);
        takeIn(msg.sender, escrow);
        emit Accepted(
            tradeId,
            terms.seller,
            msg.sender,
            offerId,
            terms.meter,
            terms.periodStart,
            terms.periodLength,
            energyMwh,
            stock.price,
            escrow,
            terms.settleBy
        );
    }

    /// @dev Gives a trade the next place in its period's order of acceptance. No trade of the period is done yet, since
    ///      accepting ends with the reading.
    function enqueue(TradeId tradeId, Period storage period) private returns (uint64 position) {
        position = period.progress.trades;
        period.progress = Progress({trades: position + 1, done: 0, left: NO_ENERGY});
        period.tradeAt[position] = tradeId;
    }

    // ---- What anyone may read

    /// @notice An offer and its state: 1 open, 2 sold out, 3 cancelled, 4 expired, 5 period read.
    function offers(OfferId offerId)
        external
        view
        returns (
            address seller,
            MeterId meter,
            MeterTime periodStart,
            Duration periodSeconds,
            Energy energyMwh,
            Price price,
            BlockTime acceptUntil,
            BlockTime settleBy,
            Energy remainingMwh,
            Energy cancelledMwh,
            OfferState state
        )
    {
        Offer memory terms = offerOf(offerId);
        seller = terms.seller;
        meter = terms.meter;
        periodStart = terms.periodStart;
        periodSeconds = terms.periodLength;
        energyMwh = terms.offered;
        price = terms.stock.price;
        acceptUntil = terms.acceptUntil;
        settleBy = terms.settleBy;
        remainingMwh = terms.stock.remaining;
        cancelledMwh = terms.stock.cancelled;
        state = stateOf(terms);
    }

    function stateOf(Offer memory terms) private view returns (OfferState) {
        if (terms.stock.remaining == NO_ENERGY) {
            return terms.stock.cancelled > NO_ENERGY ? OfferState.Cancelled : OfferState.SoldOut;
        }
        if (metersById[terms.meter].last.readUntil > terms.periodStart) return OfferState.PeriodRead;
        return blockTime() > terms.acceptUntil ? OfferState.Expired : OfferState.Open;
    }

    // ---- Parts that several functions use

    function offerOf(OfferId offerId) internal view returns (Offer memory terms) {
        terms = offersById[offerId];
        requireOffer(terms.seller);
    }

    /// @param seller of the offer, which every one has
    function requireOffer(address seller) private pure {
        require(seller != address(0), "there is no such offer");
    }
}
