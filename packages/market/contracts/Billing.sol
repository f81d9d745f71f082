// SPDX-License-Identifier: MIT
pragma solidity ^0.8.35;

import "./Parts.sol";

/// @title Billing periods
/// @notice For rules that bill over many periods. Billing periods follow each other and end at given moments of market time; after the last
///         one given all are as long as it. A call settles periods of one billing period, and the next one begins when the last is billed.
abstract contract Billing is Parts {
    uint256 private constant MOST_ENDS = 400;
    /// @dev A sum has room for so many periods of a meter of the largest rating.
    uint256 private constant MOST_PERIODS = 9_000_000;
    /// @dev A sum of energies, mWh. Four are in one word, whose highest bit says that nothing is summed up yet or again: it is written as a
    ///      new one when a place is added, and never freed.
    uint256 internal constant SUM_BITS = 63;
    uint256 internal constant SUM_MASK = (1 << SUM_BITS) - 1;
    uint256 internal constant NO_SUMS = 1 << (4 * SUM_BITS);

    error NotBilled(uint256 periodEnd, uint256 billingEnd);

    /// @dev The billing period that runs: its start, its end, and how many are behind it.
    uint64 internal billingStart;
    uint64 internal billingEnd;
    uint64 internal billingNumber;
    /// @dev Price bands that it has so far, where a rule tells them apart.
    uint64 internal bandTotal;
    uint64[] private ends;

    /// @dev Sums of the billing period that runs.
    mapping(uint256 slot => uint256) internal sums;

    constructor(MarketRules memory rules_, uint64[] memory ends_) CommunityMarket(rules_) {
        require(ends_.length <= MOST_ENDS, "400 billing periods are named at most");
        uint64 start = uint64(inSeconds(rules_.firstPeriod));
        uint256 longest = MOST_PERIODS * inSeconds(ICommunityRegistry(rules_.registry).rules().resolutionSeconds);
        billingStart = start;
        billingEnd = ends_.length == 0 ? start : ends_[0];
        for (uint256 i = 0; i < ends_.length; ++i) {
            require(ends_[i] > start, "a billing period ends before it begins");
            require(ends_[i] - start <= longest, "a billing period is too long");
            start = ends_[i];
        }
        ends = ends_;
    }

    /// @notice The billing period that runs: how many are behind it, where it begins and where it ends.
    function billing() external view returns (uint256 number, MeterTime from, MeterTime until) {
        return (billingNumber, MeterTime.wrap(billingStart), MeterTime.wrap(billingEnd));
    }

    /// @dev Refuses periods beyond the billing period that runs; what is not billed yet is locked.
    function requireInBilling(Ledger memory ledger) internal view {
        ledger.mostOutlay = type(uint80).max;
        uint256 last = inSeconds(ledger.from) + ledger.count * ledger.step;
        if (last > billingEnd) revert NotBilled(last, billingEnd);
    }

    /// @dev Refuses to bill before all of the billing period is settled.
    function requireEnded() internal view {
        if (settledTo < billingEnd) revert NotNext(billingEnd, settledTo);
    }

    function beginNext() internal {
        uint64 length = billingEnd - billingStart;
        uint64 number = billingNumber + 1;
        billingNumber = number;
        billingStart = billingEnd;
        billingEnd = number < ends.length ? ends[number] : billingEnd + length;
    }

    /// @dev A member who left is free once its last billing period is billed.
    function doneUntil() internal view override returns (uint256) {
        return ends.length == 0 ? settledTo : billingStart;
    }

    function placeAdded(uint256 place) internal override {
        if (ends.length != 0) sums[slotOf(place, 0)] = NO_SUMS;
    }

    /// @dev Where the sums of a member stand; `group` tells four of them from others. A place has one member in a billing period.
    function slotOf(uint256 place, uint256 group) internal pure returns (uint256) {
        return (group << 16) | place;
    }
}
