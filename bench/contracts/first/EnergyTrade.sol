// SPDX-License-Identifier: MIT
pragma solidity ^0.8.35;

import {Escrow} from "./Escrow.sol";
import {Meters} from "./Meters.sol";
import {Offers} from "./Offers.sol";
import "./TradeRecords.sol";
import "./Units.sol";

/// @title The trade of electricity between households
/// @notice A seller offers energy of a period, buyers accept all or part of it and put the price into escrow (Offers.sol), the
///         seller's meter is read (Meters.sol), and the escrow (Escrow.sol) is paid out for what was delivered.
contract EnergyTrade is Offers {
    constructor(address token, address firstRegistrar, address secondRegistrar)
        Escrow(token)
        Meters(firstRegistrar, secondRegistrar)
    {}

    // ---- Settlement

    /// @notice Allots the delivered energy to the period's trades in order of acceptance, at most `maxTrades` of them; a later
    ///         call goes on where this one stopped. What a trade gets depends on readings and terms alone, not on who calls
    ///         when.
    /// @return tradesDone how many
    function settle(MeterId meter, MeterTime periodStart, Duration periodSeconds, uint256 maxTrades)
        external
        returns (uint256 tradesDone)
    {
        require(maxTrades != 0, "maxTrades is 0");
        Period storage period = periods[meter][periodStart][periodSeconds];
        MeterReading memory reading = period.reading;
        require(reading.isThere(), "no reading for this period yet");
        Progress memory progress = period.progress;
        uint256 waiting = progress.trades - progress.done;
        require(waiting != 0, "nothing to settle in this period");
        tradesDone = waiting < maxTrades ? waiting : maxTrades;

        progress.left = progress.energyLeft(reading);
        for (uint256 i = 0; i < tradesDone; ++i) {
            TradeId tradeId = period.tradeAt[progress.done];
            progress.left = progress.left - close(tradeId, reading, progress.left);
            ++progress.done;
        }
        period.progress = progress;
    }

    /// @dev Closes a trade of a period that was read, unless it was refunded before the reading came.
    /// @param left delivered energy that no trade before it has taken
    /// @return part what it takes of that
    function close(TradeId tradeId, MeterReading memory reading, Energy left) private returns (Energy part) {
        Trade memory trade = tradesById[tradeId];
        if (trade.outcome != Outcome.Open) return NO_ENERGY;
        Offer memory terms = offersById[trade.fromOffer()];
        if (!reading.isInTime(terms)) {
            refundBuyer(tradeId, trade, terms);
            return NO_ENERGY;
        }
        part = smaller(left, trade.energy);
        payForDelivery(tradeId, trade, terms, part);
    }

    /// @dev The seller gets what the delivered part costs, the buyer all the rest of the escrow: nothing stays behind.
    function payForDelivery(TradeId tradeId, Trade memory trade, Offer memory terms, Energy delivered) private {
        trade.delivered = delivered;
        trade.outcome = Outcome.Settled;
        tradesById[tradeId] = trade;
        Tokens paid = cost(delivered, terms.stock.price);
        Tokens returned = trade.inEscrow(terms) - paid;
        payOut(terms.seller, paid);
        payOut(trade.buyer, returned);
        emit Settled(tradeId, terms.seller, trade.buyer, delivered, paid, returned);
    }

    /// @notice Gives the escrow back once `settleBy` has passed without a reading. A reading that came later does not count.
    function refund(TradeId tradeId) external {
        Trade memory trade = tradeOf(tradeId);
        require(trade.outcome == Outcome.Open, "this trade is closed already");
        Offer memory terms = offersById[trade.fromOffer()];
        MeterReading memory reading = periodOf(terms).reading;
        require(!reading.isInTime(terms), "there is a reading: settle it");
        require(blockTime() > terms.settleBy, "settleBy has not passed");
        refundBuyer(tradeId, trade, terms);
    }

    /// @dev Gives the whole escrow back.
    function refundBuyer(TradeId tradeId, Trade memory trade, Offer memory terms) private {
        trade.outcome = Outcome.Refunded;
        tradesById[tradeId] = trade;
        Tokens escrow = trade.inEscrow(terms);
        payOut(trade.buyer, escrow);
        emit Refunded(tradeId, trade.buyer, escrow);
    }

    // ---- What anyone may read

    /// @notice Trades of a period, how many of them are done, and the delivered energy that no settled trade has taken.
    function periodProgress(MeterId meter, MeterTime periodStart, Duration periodSeconds)
        external
        view
        returns (uint64 trades, uint64 tradesDone, Energy leftMwh)
    {
        Period storage period = periods[meter][periodStart][periodSeconds];
        Progress memory progress = period.progress;
        return (progress.trades, progress.done, progress.energyLeft(period.reading));
    }

    /// @notice The trade at a position of the period's order of acceptance, from 0; 0 when there is none.
    function periodTradeAt(MeterId meter, MeterTime periodStart, Duration periodSeconds, uint64 position)
        external
        view
        returns (TradeId tradeId)
    {
        return periods[meter][periodStart][periodSeconds].tradeAt[position];
    }

    /// @notice The terms of a trade, as both sides signed them.
    function trades(TradeId tradeId)
        external
        view
        returns (
            OfferId offerId,
            address seller,
            address buyer,
            MeterId meter,
            MeterTime periodStart,
            Duration periodSeconds,
            Energy energyMwh,
            Price price,
            Tokens escrow,
            BlockTime settleBy
        )
    {
        Trade memory trade = tradeOf(tradeId);
        offerId = trade.fromOffer();
        Offer memory terms = offersById[offerId];
        seller = terms.seller;
        buyer = trade.buyer;
        meter = terms.meter;
        periodStart = terms.periodStart;
        periodSeconds = terms.periodLength;
        energyMwh = trade.energy;
        price = terms.stock.price;
        escrow = trade.inEscrow(terms);
        settleBy = terms.settleBy;
    }

    /// @notice Where a trade stands, with the numbers that explain it. State: 1 awaiting the reading, 2 ready to settle,
    ///         3 refundable, 4 settled in full, 5 settled short, 6 refunded.
    function tradeStatus(TradeId tradeId)
        external
        view
        returns (
            TradeState state,
            Energy deliveredMwh,
            Tokens paidToSeller,
            Tokens returnedToBuyer,
            uint64 readingNumber,
            Energy producedMwh,
            Energy consumedMwh,
            BlockTime reportedAt,
            uint64 tradesAhead,
            MeterTime meterReadUntil
        )
    {
        Trade memory trade = tradeOf(tradeId);
        Offer memory terms = offersById[trade.fromOffer()];
        Period storage period = periodOf(terms);
        MeterReading memory reading = period.reading;
        state = stateOf(trade, terms, reading);
        if (trade.outcome == Outcome.Open) {
            uint64 done = period.progress.done;
            tradesAhead = trade.position > done ? trade.position - done : 0;
        } else {
            deliveredMwh = trade.delivered;
            paidToSeller = cost(trade.delivered, terms.stock.price);
            returnedToBuyer = trade.inEscrow(terms) - paidToSeller;
        }
        readingNumber = reading.number;
        producedMwh = reading.produced;
        consumedMwh = reading.consumed;
        reportedAt = reading.reportedAt;
        meterReadUntil = metersById[terms.meter].last.readUntil;
    }

    function stateOf(Trade memory trade, Offer memory terms, MeterReading memory reading)
        private
        view
        returns (TradeState)
    {
        if (trade.outcome == Outcome.Refunded) return TradeState.Refunded;
        if (trade.outcome == Outcome.Settled) {
            return trade.delivered < trade.energy ? TradeState.SettledShort : TradeState.Settled;
        }
        if (reading.isInTime(terms)) return TradeState.ReadyToSettle;
        return blockTime() > terms.settleBy ? TradeState.Refundable : TradeState.AwaitingReading;
    }

    // ---- Parts that several functions use

    function tradeOf(TradeId tradeId) private view returns (Trade memory trade) {
        trade = tradesById[tradeId];
        require(trade.buyer != address(0), "there is no such trade");
    }

    function periodOf(Offer memory terms) private view returns (Period storage) {
        return periods[terms.meter][terms.periodStart][terms.periodLength];
    }
}
