// SPDX-License-Identifier: MIT
pragma solidity ^0.8.35;

import "./Allotment.sol";
import {Escrow} from "./Escrow.sol";
import {GridPrice} from "./GridPrice.sol";
import {ICouncil} from "./ICouncil.sol";
import {IMeterRegistry, MeterId} from "./IMeterRegistry.sol";
import "./Marks.sol";
import {Offers} from "./Offers.sol";
import "./TradeRecords.sol";
import "./Units.sol";

/// @title The trade of electricity between households
/// @notice A seller offers energy of a period, buyers accept all or part of it and put the price into escrow (Offers.sol), the
///         meters are read (the registry's affair), and the escrow (Escrow.sol) is paid out for what was delivered. What a
///         seller fails to deliver its bond pays for, at the grid's price (GridPrice.sol).
contract EnergyTrade is Offers {
    constructor(address token, IMeterRegistry registry_, ICouncil council_, TradeRules memory rules_)
        Escrow(token)
        GridPrice(council_, rules_)
        Offers(registry_, rules_)
    {}

    // ---- Settlement

    /// @notice Closes those of the trades that can be settled. What a trade gets depends on readings and terms alone, not on
    ///         who calls when and in which order.
    /// @return settledTrades how many; never 0
    function settle(TradeId[] calldata tradeIds) external returns (uint256 settledTrades) {
        Market memory market_ = market;
        Facts memory facts;
        for (uint256 i = 0; i < tradeIds.length; ++i) {
            Trade storage entry = tradesById[tradeIds[i]];
            Trade memory trade = entry;
            if (trade.buyer == address(0) || trade.part.outcome != Outcome.Open) continue;
            find(facts, market_, tradeIds[i], trade);
            if (facts.state != TradeState.ReadyToSettle) continue;
            close(market_, tradeIds[i], entry, trade, facts);
            ++settledTrades;
        }
        if (settledTrades == 0) refuse(tradeIds);
    }

    /// @dev Says of the first trade why it cannot be settled.
    function refuse(TradeId[] calldata tradeIds) private view {
        require(tradeIds.length != 0, "there is no trade in the list");
        Trade memory trade = tradeOf(tradeIds[0]);
        TradeState whileOpen = factsOf(market, tradeIds[0], trade).state;
        revert TradeNotReady(tradeIds[0], stateOf(trade.part, whileOpen));
    }

    /// @notice Gives the escrow back once `settleBy` has passed without a reading of the seller; the bond pays as if nothing
    ///         had been delivered. A late reading counts until then.
    function refund(TradeId tradeId) external {
        Market memory market_ = market;
        Trade memory trade = tradeOf(tradeId);
        require(trade.part.outcome == Outcome.Open, "this trade is closed already");
        Facts memory facts = factsOf(market_, tradeId, trade);
        if (facts.state != TradeState.Refundable) revert TradeNotReady(tradeId, facts.state);
        close(market_, tradeId, tradesById[tradeId], trade, facts);
    }

    /// @dev What decides an open trade.
    struct Facts {
        uint32 offerNumber;
        TradeState state;
        Offer terms;
        MeterReading sellers;
        MeterReading buyers;
        MeterId buyerMeter;
    }

    function factsOf(Market memory market_, TradeId tradeId, Trade memory trade)
        private
        view
        returns (Facts memory facts)
    {
        find(facts, market_, tradeId, trade);
    }

    /// @dev Trades of one offer that follow each other have terms and the seller's reading in common.
    function find(Facts memory facts, Market memory market_, TradeId tradeId, Trade memory trade) private view {
        if (facts.offerNumber != trade.offerNumber) {
            facts.offerNumber = trade.offerNumber;
            facts.terms = offersById[OfferId.wrap(trade.offerNumber)];
            facts.sellers = readingOf(market_.registry, facts.terms.meter, facts.terms.stock.start());
        }
        bool bothCount = market_.settlement != Settlement.SellerMeter;
        if (bothCount) {
            facts.buyerMeter = buyerMeters[tradeId];
            facts.buyers = readingOf(market_.registry, facts.buyerMeter, facts.terms.stock.start());
        }
        facts.state = openState(facts, bothCount);
        if (trade.part.previousTrade != 0 && facts.state >= TradeState.ReadyToSettle) {
            if (isWaitedFor(market_, trade.part.previousTrade)) facts.state = TradeState.WaitingForEarlierTrade;
        }
    }

    /// @dev A reading that is there but not final is waited for, one that is not there only until the deadline.
    function openState(Facts memory facts, bool bothCount) private view returns (TradeState) {
        MeterReading memory sellers = facts.sellers;
        MeterReading memory buyers = facts.buyers;
        bool areThere = sellers.isThere && (buyers.isThere || !bothCount);
        if (!areThere && block.timestamp <= facts.terms.stock.settleBy) return TradeState.AwaitingReading;
        if (sellers.isThere && !sellers.isFinal) return TradeState.ReadingNotFinal;
        if (buyers.isThere && !buyers.isFinal) return TradeState.ReadingNotFinal;
        return sellers.isThere ? TradeState.ReadyToSettle : TradeState.Refundable;
    }

    /// @dev Where the order counts: whether an earlier trade of the same buyer's meter and period comes first. One whose seller
    ///      is silent at its deadline has lost its place; the others anyone can settle, so nobody is held up.
    function isWaitedFor(Market memory market_, uint32 tradeNumber) private view returns (bool) {
        while (tradeNumber != 0) {
            Trade memory trade = tradesById[TradeId.wrap(tradeNumber)];
            if (trade.part.outcome != Outcome.Open) return false;
            Offer memory terms = offersById[OfferId.wrap(trade.offerNumber)];
            if (block.timestamp <= terms.stock.settleBy) return true;
            if (readingOf(market_.registry, terms.meter, terms.stock.start()).isThere) return true;
            tradeNumber = trade.part.previousTrade;
        }
        return false;
    }

    /// @dev The seller gets what the settled part costs and what is left of its bond, the buyer all the rest of the escrow and
    ///      what the bond pays for the part that was short: nothing stays behind.
    function close(
        Market memory market_,
        TradeId tradeId,
        Trade storage entry,
        Trade memory trade,
        Facts memory facts
    ) private {
        Offer memory terms = facts.terms;
        bool isRefund = facts.state == TradeState.Refundable;
        Part memory part = trade.part;
        Tokens bond = trade.inBond(terms, market_.bonds);
        (part.settled, part.short) = allot(market_.settlement, trade, facts, bond > NO_TOKENS);
        part.outcome = isRefund ? Outcome.Refunded : Outcome.Settled;
        entry.part = part;

        (Tokens paid, Tokens returned, Tokens compensation) = payments(part, terms, bond);
        address seller = facts.sellers.household;
        payOut(seller, paid + bond - compensation, trade.buyer, returned + compensation);
        if (isRefund) emit Refunded(tradeId, seller, trade.buyer, returned, compensation);
        else emit Settled(tradeId, seller, trade.buyer, part.settled, part.short, paid, returned, compensation);
    }

    /// @dev The smaller of what both sides' meters give the trade, and by how much the seller's fell short of the buyer's. A
    ///      seller without a reading has delivered nothing; a buyer without one has imported all that it bought, and nothing is
    ///      short for it.
    function allot(Settlement settlement, Trade memory trade, Facts memory facts, bool isBonded)
        private
        returns (Energy settled, Energy short)
    {
        Energy energy = trade.part.energy;
        MeterTime periodStart = facts.terms.stock.start();
        Energy available = delivered(facts.sellers);
        if (settlement == Settlement.SellerMeter) {
            settled = inOrder(available, trade.ahead, energy);
            return (settled, energy - settled);
        }
        Sums memory buyersSums = sumsOf[facts.buyerMeter][periodStart];
        Energy needed = energy;
        if (settlement == Settlement.ProRata) {
            settled = proRata(available, sumsOf[facts.terms.meter][periodStart].sold, energy);
            if (facts.buyers.isThere) needed = proRata(imported(facts.buyers), buyersSums.bought, energy);
        } else {
            settled = inOrder(available, trade.ahead, energy);
            if (facts.buyers.isThere) needed = inOrder(imported(facts.buyers), buyersSums.covered, energy);
        }
        settled = smaller(settled, needed);
        if (facts.buyers.isThere) short = needed - settled;
        if (settlement == Settlement.FirstCome) {
            // What a bond has paid for is not there to be bought once more.
            buyersSums.covered = buyersSums.covered + (isBonded ? settled + short : settled);
            sumsOf[facts.buyerMeter][periodStart] = buyersSums;
        }
    }

    function payments(Part memory part, Offer memory terms, Tokens bond)
        private
        pure
        returns (Tokens paid, Tokens returned, Tokens compensation)
    {
        paid = cost(part.settled, terms.price);
        returned = cost(part.energy, terms.price) - paid;
        if (bond > NO_TOKENS) {
            compensation =
                smaller(bond, compensationFor(part.settled, part.short, terms.price, terms.gridPrice));
        }
    }

    // ---- What anyone may read

    /// @notice The terms of a trade, as both sides signed them.
    function trades(TradeId tradeId)
        external
        view
        returns (OfferTerms memory terms, address buyer, Energy energyMwh, MeterId buyerMeter, Tokens escrow, Tokens bond)
    {
        Trade memory trade = tradeOf(tradeId);
        Offer memory found = offersById[OfferId.wrap(trade.offerNumber)];
        terms = termsOf(OfferId.wrap(trade.offerNumber), found);
        buyer = trade.buyer;
        energyMwh = trade.part.energy;
        buyerMeter = buyerMeters[tradeId];
        escrow = trade.inEscrow(found);
        bond = trade.inBond(found, market.bonds);
    }

    /// @notice Where a trade stands, with the numbers that explain it. State: 1 awaiting a reading, 2 reading not final, 3 waiting
    ///         for an earlier trade of the same buyer, 4 ready to settle, 5 refundable, 6 settled in full, 7 settled short, 8
    ///         refunded.
    function tradeStatus(TradeId tradeId) external view returns (TradeStatus memory status) {
        Market memory market_ = market;
        Trade memory trade = tradeOf(tradeId);
        Facts memory facts = factsOf(market_, tradeId, trade);
        Part memory part = trade.part;
        status.state = stateOf(part, facts.state);
        if (part.outcome != Outcome.Open) {
            status.settledMwh = part.settled;
            status.shortMwh = part.short;
            (status.paidToSeller, status.returnedToBuyer, status.compensation) =
                payments(part, facts.terms, trade.inBond(facts.terms, market_.bonds));
        }
        MeterId meter = facts.terms.meter;
        MeterTime periodStart = facts.terms.stock.start();
        status.aheadMwh = trade.ahead;
        status.soldMwh = sumsOf[meter][periodStart].sold;
        status.boughtMwh = sumsOf[facts.buyerMeter][periodStart].bought;
        status.previousTrade = TradeId.wrap(part.previousTrade);
        (, status.meterReadUntil,) = market_.registry.meterOf(meter);
        status.sellersReading = facts.sellers;
        status.buyersReading = facts.buyers;
    }

    /// @notice Which of the 256 trades from an id on are in certain states; as `offersIn`.
    function tradesIn(uint256 states, uint256 first) external view returns (uint256 marks) {
        Market memory market_ = market;
        Facts memory facts;
        uint256 end = endOf(first, market_.trades);
        for (uint256 id = first; id < end; ++id) {
            if (isIn(states, market_, facts, TradeId.wrap(id))) marks |= 1 << (id - first);
        }
    }

    /// @dev Readings are looked at only where they decide.
    function isIn(uint256 states, Market memory market_, Facts memory facts, TradeId tradeId)
        private
        view
        returns (bool)
    {
        Trade storage entry = tradesById[tradeId];
        Part memory part = entry.part;
        if (part.outcome != Outcome.Open) return has(states, uint256(stateOf(part, TradeState.None)));
        uint256 wanted = states & OPEN_STATES;
        if (wanted == 0 || wanted == OPEN_STATES) return wanted != 0;
        find(facts, market_, tradeId, entry);
        return has(states, uint256(facts.state));
    }

    /// @param whileOpen its state while it is open
    function stateOf(Part memory part, TradeState whileOpen) private pure returns (TradeState) {
        if (part.outcome == Outcome.Open) return whileOpen;
        if (part.outcome == Outcome.Refunded) return TradeState.Refunded;
        return part.settled < part.energy ? TradeState.SettledShort : TradeState.Settled;
    }

    // ---- Parts that several functions use

    function tradeOf(TradeId tradeId) private view returns (Trade memory trade) {
        trade = tradesById[tradeId];
        require(trade.buyer != address(0), "there is no such trade");
    }

    function readingOf(IMeterRegistry registry_, MeterId meter, MeterTime periodStart)
        private
        view
        returns (MeterReading memory reading)
    {
        (reading.household, reading.isThere, reading.isFinal, reading.produced, reading.consumed) =
            registry_.readingOf(meter, periodStart);
    }
}
