// SPDX-License-Identifier: MIT
pragma solidity ^0.8.35;

import "./ICommunityRegistry.sol";
import "./IGrid.sol";
import "./Units.sol";

/// @dev What the supplier takes and gives from a moment of market time on, money units for 150 Wh.
struct TariffEntry {
    MeterTime from;
    Price tariff;
    Price feedIn;
}

/// @dev What the grid operator takes from a moment of market time on, money units for 150 Wh.
struct FeeEntry {
    MeterTime from;
    Price gridFee;
    Price localFee;
}

/// @title The grid's prices
/// @notice The registry's supplier posts tariffs, its grid operator fees, each with notice: what is in force, and what comes within the
///         notice, changes no more. All markets of a community read them here.
contract Grid is IGrid, PriceErrors {
    /// @dev Either kind of entry, as it is kept: one word.
    struct Entry {
        MeterTime from;
        Price one;
        Price other;
    }

    /// @dev 100,000 units of money for 150 Wh: with it no sum of a community's bills can overflow.
    uint256 private constant LARGEST_PRICE = 1e23;
    /// @dev Most entries that one call may post.
    uint256 private constant MOST_ENTRIES = 256;
    uint256 private constant LONGEST_NOTICE = 90 days;

    /// @dev One word: the registry, the notice, and how many entries there are of each kind.
    ICommunityRegistry private meters;
    uint32 private notice;
    uint32 private tariffsPosted;
    uint32 private feesPosted;

    /// @dev In the order of time; the first is in force from the beginning on.
    mapping(uint256 entry => Entry) private tariffList;
    mapping(uint256 entry => Entry) private feeList;

    event TariffPosted(uint256 indexed entry, MeterTime from, Price tariff, Price feedIn);
    event FeesPosted(uint256 indexed entry, MeterTime from, Price gridFee, Price localFee);

    error PostedTooLate(MeterTime from, uint256 earliest);
    error EntriesOutOfOrder(MeterTime from, MeterTime previous);
    error PriceTooHigh(Price price, uint256 largest);
    error FeedInAboveTariff(Price feedIn, Price tariff);
    error LocalFeeAboveGridFee(Price localFee, Price gridFee);

    /// @param first in force from the beginning on
    constructor(address registryAddress, Duration notice_, Prices memory first) {
        require(registryAddress != address(0), "the registry's address is missing");
        require(inSeconds(notice_) != 0 && inSeconds(notice_) <= LONGEST_NOTICE, "the notice is 1 second to 90 days");
        meters = ICommunityRegistry(registryAddress);
        notice = uint32(inSeconds(notice_));
        addTariff(MeterTime.wrap(0), first.tariff, first.feedIn);
        addFees(MeterTime.wrap(0), first.gridFee, first.localFee);
    }

    // ---- Posting

    /// @notice The supplier posts tariffs, in the order of time and behind all that were posted before.
    function postTariffs(TariffEntry[] memory entries) external {
        (address supplier,,) = meters.terms();
        require(msg.sender == supplier, "only the supplier posts tariffs");
        uint256 earliest = earliestFor(entries.length);
        for (uint256 i = 0; i < entries.length; ++i) {
            requireLater(tariffList[tariffsPosted - 1].from, entries[i].from, earliest);
            addTariff(entries[i].from, entries[i].tariff, entries[i].feedIn);
        }
    }

    /// @notice The grid operator posts fees, in the order of time and behind all that were posted before.
    function postFees(FeeEntry[] memory entries) external {
        (, address gridOperator,) = meters.terms();
        require(msg.sender == gridOperator, "only the grid operator posts fees");
        uint256 earliest = earliestFor(entries.length);
        for (uint256 i = 0; i < entries.length; ++i) {
            requireLater(feeList[feesPosted - 1].from, entries[i].from, earliest);
            addFees(entries[i].from, entries[i].gridFee, entries[i].localFee);
        }
    }

    // ---- What anyone may read

    /// @notice Seconds between the posting of an entry and the moment from which on it is in force, at least.
    function noticeSeconds() external view returns (uint256) {
        return notice;
    }

    /// @notice The registry that names supplier and grid operator.
    function registry() external view returns (address) {
        return address(meters);
    }

    /// @notice How many tariffs are posted; they are numbered from 0.
    function tariffCount() external view returns (uint256) {
        return tariffsPosted;
    }

    /// @notice How many fees are posted; they are numbered from 0.
    function feeCount() external view returns (uint256) {
        return feesPosted;
    }

    /// @notice A tariff as it was posted.
    function tariffs(uint256 entry) external view returns (TariffEntry memory) {
        require(entry < tariffsPosted, "there is no such tariff");
        Entry memory found = tariffList[entry];
        return TariffEntry({from: found.from, tariff: found.one, feedIn: found.other});
    }

    /// @notice Fees as they were posted.
    function fees(uint256 entry) external view returns (FeeEntry memory) {
        require(entry < feesPosted, "there are no such fees");
        Entry memory found = feeList[entry];
        return FeeEntry({from: found.from, gridFee: found.one, localFee: found.other});
    }

    /// @notice The entries in force at a moment of market time, as `pricesOf` wants them.
    function hintOf(MeterTime time) external view returns (PriceHint memory) {
        return PriceHint({tariffEntry: entryAt(tariffList, tariffsPosted, time), feeEntry: entryAt(feeList, feesPosted, time)});
    }

    /// @notice Prices of `count` periods of `step` seconds that follow each other. Refuses a period whose prices could still change.
    /// @param hint entries that are in force at `from`
    function pricesOf(PriceHint calldata hint, MeterTime from, Duration step, uint256 count)
        external
        view
        returns (Prices[] memory list)
    {
        list = new Prices[](count);
        if (count == 0) return list;
        uint256 fixedUntil = inSeconds(meters.marketTime()) + notice;
        uint256 last = inSeconds(from) + (count - 1) * inSeconds(step);
        if (last >= fixedUntil) revert PricesNotFixed(last, fixedUntil);
        Entry[] memory ofSupplier = inForce(tariffList, tariffsPosted, hint.tariffEntry, inSeconds(from), inSeconds(step), count);
        Entry[] memory ofGrid = inForce(feeList, feesPosted, hint.feeEntry, inSeconds(from), inSeconds(step), count);
        for (uint256 k = 0; k < count; ++k) {
            list[k] = Prices({
                tariff: ofSupplier[k].one,
                feedIn: ofSupplier[k].other,
                gridFee: ofGrid[k].one,
                localFee: ofGrid[k].other
            });
        }
    }

    // ---- Parts that several functions use

    /// @dev The entry of each period, from a first one on that is checked.
    function inForce(
        mapping(uint256 entry => Entry) storage list,
        uint256 length,
        uint256 entry,
        uint256 start,
        uint256 step,
        uint256 count
    ) private view returns (Entry[] memory found) {
        found = new Entry[](count);
        if (entry >= length) revert NotInForce(entry, start);
        Entry memory one = list[entry];
        Entry memory next = ++entry < length ? list[entry] : never();
        if (inSeconds(one.from) > start || inSeconds(next.from) <= start) revert NotInForce(entry - 1, start);
        for (uint256 k = 0; k < count; ++k) {
            while (inSeconds(next.from) <= start) {
                one = next;
                next = ++entry < length ? list[entry] : never();
            }
            found[k] = one;
            start += step;
        }
    }

    /// @dev Stands behind the last entry.
    function never() private pure returns (Entry memory entry) {
        entry.from = MeterTime.wrap(type(uint64).max);
    }

    function entryAt(mapping(uint256 entry => Entry) storage list, uint256 length, MeterTime time)
        private
        view
        returns (uint64)
    {
        uint256 entry = length - 1;
        while (list[entry].from > time) --entry;
        return uint64(entry);
    }

    function addTariff(MeterTime from, Price tariff, Price feedIn) private {
        requirePrice(tariff);
        if (feedIn > tariff) revert FeedInAboveTariff(feedIn, tariff);
        uint32 entry = tariffsPosted++;
        tariffList[entry] = Entry({from: from, one: tariff, other: feedIn});
        emit TariffPosted(entry, from, tariff, feedIn);
    }

    function addFees(MeterTime from, Price gridFee, Price localFee) private {
        requirePrice(gridFee);
        if (localFee > gridFee) revert LocalFeeAboveGridFee(localFee, gridFee);
        uint32 entry = feesPosted++;
        feeList[entry] = Entry({from: from, one: gridFee, other: localFee});
        emit FeesPosted(entry, from, gridFee, localFee);
    }

    /// @return the moment from which on what is posted now may be in force
    function earliestFor(uint256 count) private view returns (uint256) {
        require(count != 0 && count <= MOST_ENTRIES, "post 1 to 256 entries");
        return inSeconds(meters.marketTime()) + notice;
    }

    function requireLater(MeterTime previous, MeterTime from, uint256 earliest) private pure {
        if (!(from > previous)) revert EntriesOutOfOrder(from, previous);
        if (inSeconds(from) < earliest) revert PostedTooLate(from, earliest);
    }

    function requirePrice(Price price) private pure {
        if (Price.unwrap(price) > LARGEST_PRICE) revert PriceTooHigh(price, LARGEST_PRICE);
    }
}
