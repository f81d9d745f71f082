// SPDX-License-Identifier: MIT
pragma solidity ^0.8.35;

import {Escrow} from "./Escrow.sol";
import {GridPrice} from "./GridPrice.sol";
import {IMeterRegistry, MeterId} from "./IMeterRegistry.sol";
import "./Marks.sol";
import "./TradeRecords.sol";
import "./Units.sol";

/// @title Offers and acceptances
/// @notice A seller offers energy of a period and puts in a bond where the market asks for one; buyers accept all or part of
///         the offer and put the price into escrow.
abstract contract Offers is Escrow, GridPrice {
    Market internal market;

    mapping(OfferId => Offer) internal offersById;
    mapping(TradeId => Trade) internal tradesById;
    /// @dev Whose reading counts for the buyer; 0 where only the seller's meter counts.
    mapping(TradeId => MeterId) internal buyerMeters;
    mapping(MeterId => mapping(MeterTime periodStart => Sums)) internal sumsOf;

    constructor(IMeterRegistry registry_, TradeRules memory rules_) {
        require(address(registry_) != address(0), "the registry's address is missing");
        require(rules_.smallestAcceptanceMwh != 0, "the smallest acceptance is 0");
        market = Market({
            registry: registry_,
            settlement: rules_.settlement,
            bonds: rules_.bonds,
            smallestAcceptance: rules_.smallestAcceptanceMwh,
            trades: 0
        });
    }

    // ---- What sellers do

    /// @notice Offers energy of a period of the caller's meter. Where the market asks for bonds, the bond goes from the caller,
    ///         who has allowed it, to this contract.
    /// @param energyMwh milliwatt-hours
    /// @param price token units for 150 Wh
    /// @param gridPriceInForce the grid price in force
    /// @param acceptUntil block time until when the offer can be accepted
    /// @param settleBy block time from when on a trade without the seller's reading can be refunded
    function offer(
        MeterId meter,
        MeterTime periodStart,
        Energy energyMwh,
        Price price,
        Price gridPriceInForce,
        BlockTime acceptUntil,
        BlockTime settleBy
    ) external returns (OfferId offerId) {
        Market memory market_ = market;
        OfferRules memory limits = offerRules;
        requireSale(market_, limits, meter, periodStart, energyMwh, acceptUntil, settleBy);
        requirePayable(Energy.wrap(market_.smallestAcceptance), price);
        if (!(gridPriceInForce == limits.gridPrice)) revert GridPriceDiffers(gridPriceInForce, limits.gridPrice);

        offerId = OfferId.wrap(++limits.offers);
        offerRules = limits;
        offersById[offerId] = Offer({
            meter: meter,
            price: price,
            gridPrice: gridPriceInForce,
            offered: energyMwh,
            stock: Stock({
                remaining: energyMwh,
                cancelled: NO_ENERGY,
                periodStart: in40Bits(inSeconds(periodStart)),
                acceptUntil: in40Bits(inSeconds(acceptUntil)),
                settleBy: in40Bits(inSeconds(settleBy))
            })
        });
        if (market_.bonds) takeIn(msg.sender, bondFor(energyMwh, price, gridPriceInForce));
        emit Offered(
            offerId, msg.sender, meter, periodStart, energyMwh, price, gridPriceInForce, acceptUntil, settleBy
        );
    }

    /// @dev Only a gift costs nothing.
    function requirePayable(Energy energy, Price price) private pure {
        if (price > NO_PRICE && cost(energy, price) == NO_TOKENS) revert PriceRoundsToNothing(energy, price);
    }

    /// @dev The meter is the caller's and can show so much energy. The period is near enough, has not begun where the gate says
    ///      so, and was not read; a reading can come in time.
    function requireSale(
        Market memory market_,
        OfferRules memory limits,
        MeterId meter,
        MeterTime periodStart,
        Energy energy,
        BlockTime acceptUntil,
        BlockTime settleBy
    ) private view {
        (address household, MeterTime readUntil, Energy rating, int256 beginsAt, int256 readableFrom) =
            market_.registry.periodOf(meter, periodStart);
        require(household == msg.sender, "only the meter's household");
        if (inMwh(energy) < market_.smallestAcceptance) revert TooLittleEnergy(energy, market_.smallestAcceptance);
        if (energy > rating) revert AboveRating(energy, rating);
        requireUnread(meter, periodStart, readUntil);
        uint256 latest = block.timestamp + limits.offerLead;
        if (beginsAt > int256(latest)) revert PeriodTooFarAhead(beginsAt, latest);
        require(acceptUntil > blockTime(), "acceptUntil is not in the future");
        int256 closesAt = beginsAt - limits.gate;
        if (int256(inSeconds(acceptUntil)) > closesAt) revert ClosesTooLate(acceptUntil, closesAt);
        require(settleBy > acceptUntil, "settleBy must follow acceptUntil");
        latest = block.timestamp + limits.longestSpan;
        if (inSeconds(settleBy) > latest) revert SettlesTooLate(settleBy, latest);
        if (int256(inSeconds(settleBy)) < readableFrom) revert SettlesTooEarly(settleBy, readableFrom);
    }

    /// @notice Withdraws what is left of an offer of the caller, who gets the bond for it back; trades already made stay.
    function cancelOffer(OfferId offerId, MeterId meter, MeterTime periodStart, Price price) external {
        Offer memory terms = offerOf(offerId);
        Stock memory stock = terms.stock;
        requireTerm(terms.meter == meter, "meter", uint256(MeterId.unwrap(meter)), uint256(MeterId.unwrap(terms.meter)));
        requireTerm(stock.start() == periodStart, "periodStart", inSeconds(periodStart), stock.periodStart);
        requireTerm(terms.price == price, "price", Price.unwrap(price), Price.unwrap(terms.price));
        Market memory market_ = market;
        (address seller,,) = market_.registry.meterOf(meter);
        require(seller == msg.sender, "only the offer's seller");
        Energy rest = stock.remaining;
        require(rest > NO_ENERGY, "nothing of this offer is left");
        stock.remaining = NO_ENERGY;
        stock.cancelled = rest;
        offersById[offerId].stock = stock;
        Tokens bond = market_.bonds ? bondFor(rest, price, terms.gridPrice) : NO_TOKENS;
        payOut(msg.sender, bond);
        emit OfferCancelled(offerId, msg.sender, rest, bond);
    }

    // ---- What buyers do

    /// @notice Buys all or part of what is left of an offer. What it costs goes from the caller, who has allowed it, into
    ///         escrow.
    /// @param expected the offer as the caller has seen it; refused when any of it is otherwise
    /// @param energyMwh milliwatt-hours
    /// @param buyerMeter the caller's meter that counts; 0 where only the seller's counts
    function accept(OfferTerms calldata expected, Energy energyMwh, MeterId buyerMeter)
        external
        returns (TradeId tradeId)
    {
        Market memory market_ = market;
        OfferId offerId = expected.offerId;
        Offer storage entry = offersById[offerId];
        Offer memory terms = entry;
        requireOffer(terms);
        MeterTime periodStart = terms.stock.start();
        (address seller, MeterTime readUntil,) = market_.registry.meterOf(terms.meter);
        requireTerms(expected, terms, seller);
        require(msg.sender != seller, "seller cannot accept own offer");
        require(blockTime() <= expected.acceptUntil, "the offer has expired");
        // Once a meter is read beyond the start, the outcome is known or can no longer be.
        requireUnread(terms.meter, periodStart, readUntil);
        takeFromStock(entry, terms.stock, energyMwh, market_.smallestAcceptance);
        requirePayable(energyMwh, terms.price);

        tradeId = TradeId.wrap(++market_.trades);
        market = market_;
        uint32 previous = noteBuyerMeter(market_, tradeId, buyerMeter, terms, energyMwh);
        Sums storage sold = sumsOf[terms.meter][periodStart];
        Energy ahead = sold.sold;
        sold.sold = ahead + energyMwh;
        tradesById[tradeId] = Trade({
            buyer: msg.sender,
            ahead: ahead,
            offerNumber: uint32(OfferId.unwrap(offerId)),
            part: Part({
                energy: energyMwh,
                settled: NO_ENERGY,
                short: NO_ENERGY,
                previousTrade: previous,
                outcome: Outcome.Open
            })
        });
        takeIn(msg.sender, cost(energyMwh, terms.price));
        emit Accepted(
            tradeId,
            seller,
            msg.sender,
            offerId,
            terms.meter,
            periodStart,
            energyMwh,
            terms.price,
            terms.gridPrice,
            expected.settleBy,
            buyerMeter
        );
    }

    function requireTerms(OfferTerms calldata expected, Offer memory terms, address seller) private pure {
        Stock memory stock = terms.stock;
        (uint256 got, uint256 stored) = (uint160(expected.seller), uint160(seller));
        requireTerm(got == stored, "seller", got, stored);
        (got, stored) = (uint256(MeterId.unwrap(expected.meter)), uint256(MeterId.unwrap(terms.meter)));
        requireTerm(got == stored, "meter", got, stored);
        (got, stored) = (inSeconds(expected.periodStart), stock.periodStart);
        requireTerm(got == stored, "periodStart", got, stored);
        (got, stored) = (Price.unwrap(expected.price), Price.unwrap(terms.price));
        requireTerm(got == stored, "price", got, stored);
        (got, stored) = (Price.unwrap(expected.gridPrice), Price.unwrap(terms.gridPrice));
        requireTerm(got == stored, "gridPrice", got, stored);
        (got, stored) = (inSeconds(expected.acceptUntil), stock.acceptUntil);
        requireTerm(got == stored, "acceptUntil", got, stored);
        (got, stored) = (inSeconds(expected.settleBy), stock.settleBy);
        requireTerm(got == stored, "settleBy", got, stored);
    }

    function requireTerm(bool isSame, string memory term, uint256 got, uint256 stored) private pure {
        if (!isSame) revert TermDiffers(term, got, stored);
    }

    function takeFromStock(Offer storage entry, Stock memory stock, Energy energy, uint256 smallest) private {
        if (energy > stock.remaining) revert NotEnoughOnOffer(stock.remaining, energy);
        require(energy > NO_ENERGY, "the energy is 0");
        if (inMwh(energy) < smallest && energy < stock.remaining) revert TooLittleEnergy(energy, smallest);
        stock.remaining = stock.remaining - energy;
        entry.stock = stock;
    }

    /// @dev Where both meters count: the buyer's is the caller's own, and what it buys of the period is added up.
    /// @return previous trade of the same meter and period, where their order counts
    function noteBuyerMeter(
        Market memory market_,
        TradeId tradeId,
        MeterId buyerMeter,
        Offer memory terms,
        Energy energy
    ) private returns (uint32 previous) {
        if (market_.settlement == Settlement.SellerMeter) {
            require(MeterId.unwrap(buyerMeter) == 0, "only the seller's meter counts here");
            return 0;
        }
        MeterTime periodStart = terms.stock.start();
        (address household, MeterTime readUntil,) = market_.registry.meterOf(buyerMeter);
        require(household == msg.sender, "only a meter of the buyer");
        requireUnread(buyerMeter, periodStart, readUntil);
        buyerMeters[tradeId] = buyerMeter;
        Sums memory all = sumsOf[buyerMeter][periodStart];
        all.bought = all.bought + energy;
        if (market_.settlement == Settlement.FirstCome) {
            previous = all.lastTrade;
            all.lastTrade = uint32(TradeId.unwrap(tradeId));
        }
        sumsOf[buyerMeter][periodStart] = all;
    }

    // ---- What anyone may read

    /// @notice The registry's address: whose meters are, and what they show.
    function registry() external view returns (address) {
        return address(market.registry);
    }

    /// @notice Offers so far; their ids run from 1.
    function offerCount() external view returns (uint256) {
        return offerRules.offers;
    }

    /// @notice Trades so far; their ids run from 1.
    function tradeCount() external view returns (uint256) {
        return market.trades;
    }

    /// @notice The rules of this market, with the grid price in force.
    function rules() external view returns (TradeRules memory) {
        Market memory market_ = market;
        OfferRules memory limits = offerRules;
        return TradeRules({
            settlement: market_.settlement,
            bonds: market_.bonds,
            gridPrice: limits.gridPrice,
            smallestAcceptanceMwh: market_.smallestAcceptance,
            longestSpanSeconds: limits.longestSpan,
            gateSeconds: limits.gate,
            offerLeadSeconds: limits.offerLead
        });
    }

    /// @notice An offer's terms as an acceptance names them, and its state: 1 open, 2 sold out, 3 cancelled, 4 expired, 5 period
    ///         read.
    function offers(OfferId offerId)
        external
        view
        returns (OfferTerms memory terms, Energy energyMwh, Energy remainingMwh, Energy cancelledMwh, OfferState state)
    {
        Offer memory found = offerOf(offerId);
        Stock memory stock = found.stock;
        (address seller, MeterTime readUntil,) = market.registry.meterOf(found.meter);
        terms = termsFrom(offerId, found, seller);
        energyMwh = found.offered;
        remainingMwh = stock.remaining;
        cancelledMwh = stock.cancelled;
        state = stateOf(stock, readUntil);
    }

    function stateOf(Stock memory stock, MeterTime readUntil) private view returns (OfferState) {
        if (stock.remaining == NO_ENERGY) {
            return stock.cancelled > NO_ENERGY ? OfferState.Cancelled : OfferState.SoldOut;
        }
        if (readUntil > stock.start()) return OfferState.PeriodRead;
        return block.timestamp > stock.acceptUntil ? OfferState.Expired : OfferState.Open;
    }

    /// @notice Which of the 256 offers from an id on are in certain states, so that a list is read by state.
    /// @param states bit n stands for state n
    /// @return marks bit n stands for offer first + n
    function offersIn(uint256 states, uint256 first) external view returns (uint256 marks) {
        uint256 end = endOf(first, offerRules.offers);
        for (uint256 id = first; id < end; ++id) {
            if (isIn(states, offersById[OfferId.wrap(id)])) marks |= 1 << (id - first);
        }
    }

    /// @dev Asks the registry only where what the meter shows decides.
    function isIn(uint256 states, Offer storage found) private view returns (bool) {
        Stock memory stock = found.stock;
        bool whenRead = has(states, uint256(stateOf(stock, MeterTime.wrap(type(uint40).max))));
        bool whenUnread = has(states, uint256(stateOf(stock, MeterTime.wrap(0))));
        if (whenRead == whenUnread) return whenRead;
        (, MeterTime readUntil,) = market.registry.meterOf(found.meter);
        return readUntil > stock.start() ? whenRead : whenUnread;
    }

    /// @notice What a meter's household has sold and bought of a period, refunded trades too; what is covered of that which it
    ///         bought, and the last trade in which it did (both only where the order counts).
    function sums(MeterId meter, MeterTime periodStart)
        external
        view
        returns (Energy soldMwh, Energy boughtMwh, Energy coveredMwh, TradeId lastTrade)
    {
        Sums memory found = sumsOf[meter][periodStart];
        return (found.sold, found.bought, found.covered, TradeId.wrap(found.lastTrade));
    }

    // ---- Parts that several functions use

    function offerOf(OfferId offerId) internal view returns (Offer memory terms) {
        terms = offersById[offerId];
        requireOffer(terms);
    }

    function requireOffer(Offer memory terms) private pure {
        require(terms.offered > NO_ENERGY, "there is no such offer");
    }

    function termsOf(OfferId offerId, Offer memory found) internal view returns (OfferTerms memory) {
        (address seller,,) = market.registry.meterOf(found.meter);
        return termsFrom(offerId, found, seller);
    }

    function termsFrom(OfferId offerId, Offer memory found, address seller)
        private
        pure
        returns (OfferTerms memory)
    {
        Stock memory stock = found.stock;
        return OfferTerms({
            offerId: offerId,
            seller: seller,
            meter: found.meter,
            periodStart: stock.start(),
            price: found.price,
            gridPrice: found.gridPrice,
            acceptUntil: BlockTime.wrap(stock.acceptUntil),
            settleBy: BlockTime.wrap(stock.settleBy)
        });
    }

    function requireUnread(MeterId meter, MeterTime periodStart, MeterTime readUntil) private pure {
        if (readUntil > periodStart) revert PeriodAlreadyRead(meter, periodStart, readUntil);
    }

    /// @dev The bounds of an offer's times keep them far below.
    function in40Bits(uint256 time) private pure returns (uint40) {
        assert(time <= type(uint40).max);
        return uint40(time);
    }
}
