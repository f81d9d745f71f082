// SPDX-License-Identifier: MIT
pragma solidity ^0.8.35;

import {IEnergyToken, TokenErrors} from "./IEnergyToken.sol";
import "./Units.sol";

/// @dev Who names a meter is the registrar; it is never 0.
type MeterId is bytes32;
/// @dev Offers and trades are numbered from 1.
type OfferId is uint256;
type TradeId is uint256;

/// @title The trade of electricity between households
/// @notice A seller offers energy of a period, buyers accept all or part of it and put the price into escrow, the seller's
///         meter is read, and the escrow is paid out for what was delivered.
/// @dev Every storage word is kept by every node for ever, so the structs are laid out to fill theirs: an offer takes four, a
///      trade three, of which one is its place in the order of acceptance, a period two, a meter three.
contract EnergyTrade is TokenErrors {
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

    struct LastReading {
        uint64 number;
        MeterTime readUntil;
    }

    struct Meter {
        address household;
        address reporter;
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

    struct Trade {
        address buyer;
        uint64 offerNumber;
        // ----
        Energy energy;
        uint64 position;
        Energy delivered;
        Outcome outcome;
    }

    /// @dev Of a period's trades, in order of acceptance, the first so many are settled or passed over.
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
        MeterReading reading;
        mapping(uint64 position => TradeId) tradeAt;
    }

    IEnergyToken private immutable energyToken;
    address private immutable registrarA;
    address private immutable registrarB;

    /// @notice Offers so far; their ids run from 1.
    uint256 public offerCount;
    /// @notice Trades so far; their ids run from 1.
    uint256 public tradeCount;

    mapping(MeterId => Meter) private metersById;
    mapping(OfferId => Offer) private offersById;
    mapping(TradeId => Trade) private tradesById;
    mapping(MeterId => mapping(MeterTime start => mapping(Duration length => Period))) private periods;

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

    modifier onlyRegistrar() {
        require(msg.sender == registrarA || msg.sender == registrarB, "only a registrar may do this");
        _;
    }

    constructor(address token, address firstRegistrar, address secondRegistrar) {
        require(token != address(0), "the token's address is missing");
        require(firstRegistrar != address(0), "a registrar is missing");
        require(secondRegistrar != address(0), "a registrar is missing");
        energyToken = IEnergyToken(token);
        registrarA = firstRegistrar;
        registrarB = secondRegistrar;
    }

    // ---- Meters

    /// @notice Registers a meter, once; it stays with its household.
    /// @param reporter whose readings of it count
    function registerMeter(MeterId meter, address household, address reporter) external onlyRegistrar {
        require(MeterId.unwrap(meter) != 0, "the meter's id is missing");
        require(household != address(0), "the household is missing");
        require(reporter != address(0), "the reporter is missing");
        require(metersById[meter].household == address(0), "this meter is registered already");
        LastReading memory none = LastReading({number: 0, readUntil: MeterTime.wrap(0)});
        metersById[meter] = Meter({household: household, reporter: reporter, last: none});
        emit MeterRegistered(meter, household, reporter, msg.sender);
    }

    /// @notice Names another reporter whose readings of a meter count.
    function changeReporter(MeterId meter, address reporter) external onlyRegistrar {
        require(reporter != address(0), "the reporter is missing");
        Meter storage entry = metersById[meter];
        requireRegistered(entry.household);
        entry.reporter = reporter;
        emit ReporterChanged(meter, reporter, msg.sender);
    }

    // ---- Offers and acceptances

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
        if (escrow > NO_TOKENS) energyToken.transferFrom(msg.sender, address(this), escrow);
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

    // ---- Readings

    /// @notice Reports readings of one or many meters, each with its number and period; one wrong reading refuses them all.
    /// @param producedMwh milliwatt-hours
    /// @param consumedMwh milliwatt-hours
    function report(
        MeterId[] calldata meterIds,
        uint64[] calldata numbers,
        MeterTime[] calldata periodStarts,
        Duration[] calldata periodSeconds,
        Energy[] calldata producedMwh,
        Energy[] calldata consumedMwh
    ) external {
        uint256 count = meterIds.length;
        require(count != 0, "there is no reading");
        require(
            numbers.length == count && periodStarts.length == count && periodSeconds.length == count
                && producedMwh.length == count && consumedMwh.length == count,
            "the lists differ in length"
        );
        for (uint256 i = 0; i < count; ++i) {
            MeterReading memory reading = MeterReading({
                number: numbers[i],
                produced: producedMwh[i],
                consumed: consumedMwh[i],
                reportedAt: blockTime()
            });
            record(meterIds[i], periodStarts[i], periodSeconds[i], reading);
        }
    }

    /// @dev A meter's readings are numbered 1, 2, 3 …, of periods that follow each other and do not overlap.
    function record(MeterId meter, MeterTime start, Duration length, MeterReading memory reading) private {
        Meter storage entry = metersById[meter];
        address reporter = entry.reporter;
        requireRegistered(reporter);
        require(reporter == msg.sender, "only the meter's reporter");
        MeterTime end = requirePeriod(start, length);
        LastReading memory last = entry.last;
        uint256 expected = uint256(last.number) + 1;
        if (reading.number != expected) revert UnexpectedReadingNumber(meter, reading.number, expected);
        requireUnread(meter, start, last.readUntil);

        entry.last = LastReading({number: reading.number, readUntil: end});
        periods[meter][start][length].reading = reading;
        emit Reading(
            meter, inSeconds(start), msg.sender, reading.number, length, reading.produced, reading.consumed
        );
    }

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
        require(reading.number != 0, "no reading for this period yet");
        Progress memory progress = period.progress;
        uint256 waiting = progress.trades - progress.done;
        require(waiting != 0, "nothing to settle in this period");
        tradesDone = waiting < maxTrades ? waiting : maxTrades;

        progress.left = energyLeft(progress, reading);
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
        Offer memory terms = offersById[offerIdOf(trade)];
        if (!isInTime(reading, terms)) {
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
        Tokens returned = cost(trade.energy, terms.stock.price) - paid;
        payOut(terms.seller, paid);
        payOut(trade.buyer, returned);
        emit Settled(tradeId, terms.seller, trade.buyer, delivered, paid, returned);
    }

    /// @notice Gives the escrow back once `settleBy` has passed without a reading. A reading that came later does not count.
    function refund(TradeId tradeId) external {
        Trade memory trade = tradeOf(tradeId);
        require(trade.outcome == Outcome.Open, "this trade is closed already");
        Offer memory terms = offersById[offerIdOf(trade)];
        MeterReading memory reading = periodOf(terms).reading;
        require(!isInTime(reading, terms), "there is a reading: settle it");
        require(blockTime() > terms.settleBy, "settleBy has not passed");
        refundBuyer(tradeId, trade, terms);
    }

    /// @dev Gives the whole escrow back.
    function refundBuyer(TradeId tradeId, Trade memory trade, Offer memory terms) private {
        trade.outcome = Outcome.Refunded;
        tradesById[tradeId] = trade;
        Tokens escrow = cost(trade.energy, terms.stock.price);
        payOut(trade.buyer, escrow);
        emit Refunded(tradeId, trade.buyer, escrow);
    }

    /// @dev Pays tokens out of the escrow; nothing to move is not an event.
    function payOut(address to, Tokens amount) private {
        if (amount > NO_TOKENS) energyToken.transfer(to, amount);
    }

    // ---- What anyone may read

    /// @notice The Energy Token's address.
    function token() external view returns (address) {
        return address(energyToken);
    }

    /// @notice Who registers meters.
    function registrars() external view returns (address first, address second) {
        return (registrarA, registrarB);
    }

    /// @notice A meter, the number of its last reading, and where that one ends on the meter's clock.
    function meters(MeterId meter)
        external
        view
        returns (address household, address reporter, uint64 lastNumber, MeterTime readUntil)
    {
        Meter memory entry = metersById[meter];
        return (entry.household, entry.reporter, entry.last.number, entry.last.readUntil);
    }

    /// @notice The reading of a period: its number, 0 when there is none, milliwatt-hours, and the block time of the report.
    function readings(MeterId meter, MeterTime periodStart, Duration periodSeconds)
        external
        view
        returns (uint64 number, Energy producedMwh, Energy consumedMwh, BlockTime reportedAt)
    {
        MeterReading memory reading = periods[meter][periodStart][periodSeconds].reading;
        return (reading.number, reading.produced, reading.consumed, reading.reportedAt);
    }

    /// @notice Trades of a period, how many of them are done, and the delivered energy that no settled trade has taken.
    function periodProgress(MeterId meter, MeterTime periodStart, Duration periodSeconds)
        external
        view
        returns (uint64 trades, uint64 tradesDone, Energy leftMwh)
    {
        Period storage period = periods[meter][periodStart][periodSeconds];
        Progress memory progress = period.progress;
        return (progress.trades, progress.done, energyLeft(progress, period.reading));
    }

    /// @notice The trade at a position of the period's order of acceptance, from 0; 0 when there is none.
    function periodTradeAt(MeterId meter, MeterTime periodStart, Duration periodSeconds, uint64 position)
        external
        view
        returns (TradeId tradeId)
    {
        return periods[meter][periodStart][periodSeconds].tradeAt[position];
    }

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
        offerId = offerIdOf(trade);
        Offer memory terms = offersById[offerId];
        seller = terms.seller;
        buyer = trade.buyer;
        meter = terms.meter;
        periodStart = terms.periodStart;
        periodSeconds = terms.periodLength;
        energyMwh = trade.energy;
        price = terms.stock.price;
        escrow = cost(trade.energy, terms.stock.price);
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
        Offer memory terms = offersById[offerIdOf(trade)];
        Period storage period = periodOf(terms);
        MeterReading memory reading = period.reading;
        state = stateOf(trade, terms, reading);
        if (trade.outcome == Outcome.Open) {
            uint64 done = period.progress.done;
            tradesAhead = trade.position > done ? trade.position - done : 0;
        } else {
            deliveredMwh = trade.delivered;
            paidToSeller = cost(trade.delivered, terms.stock.price);
            returnedToBuyer = cost(trade.energy, terms.stock.price) - paidToSeller;
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
        if (isInTime(reading, terms)) return TradeState.ReadyToSettle;
        return blockTime() > terms.settleBy ? TradeState.Refundable : TradeState.AwaitingReading;
    }

    // ---- Parts that several functions use

    /// @param holder household or reporter of a meter, which every registered one has
    function requireRegistered(address holder) private pure {
        require(holder != address(0), "this meter is not registered");
    }

    function requirePeriod(MeterTime start, Duration length) private pure returns (MeterTime end) {
        require(length > NO_TIME, "a period needs a length");
        return endOf(start, length);
    }

    function requireUnread(MeterId meter, MeterTime start, MeterTime readUntil) private pure {
        if (readUntil > start) revert PeriodAlreadyRead(meter, inSeconds(start), inSeconds(readUntil));
    }

    function offerOf(OfferId offerId) private view returns (Offer memory terms) {
        terms = offersById[offerId];
        requireOffer(terms.seller);
    }

    /// @param seller of the offer, which every one has
    function requireOffer(address seller) private pure {
        require(seller != address(0), "there is no such offer");
    }

    function tradeOf(TradeId tradeId) private view returns (Trade memory trade) {
        trade = tradesById[tradeId];
        require(trade.buyer != address(0), "there is no such trade");
    }

    function offerIdOf(Trade memory trade) private pure returns (OfferId) {
        return OfferId.wrap(trade.offerNumber);
    }

    function periodOf(Offer memory terms) private view returns (Period storage) {
        return periods[terms.meter][terms.periodStart][terms.periodLength];
    }

    /// @dev Whether a reading came by the trade's `settleBy`. Only then does it count.
    function isInTime(MeterReading memory reading, Offer memory terms) private pure returns (bool) {
        return reading.number != 0 && reading.reportedAt <= terms.settleBy;
    }

    /// @dev Delivered energy that no settled trade has taken: all of it before the first one, so a reading alone writes no
    ///      progress.
    function energyLeft(Progress memory progress, MeterReading memory reading) private pure returns (Energy) {
        return progress.done == 0 ? excess(reading.produced, reading.consumed) : progress.left;
    }
}
