// SPDX-License-Identifier: MIT
pragma solidity ^0.8.35;

import "./CommunityMarket.sol";

/// @title Billing periods
/// @notice For rules that bill over many periods. Billing periods follow each other and end at given moments of market time; after the last
///         one given all are as long as it. A call settles periods of one billing period, and the next one begins when the last is billed.
abstract contract Billing is CommunityMarket {
    /// @dev What members have needed and had in a billing period, mWh, under a key that the rule chooses.
    struct Sums {
        uint128 need;
        uint128 surplus;
    }

    uint256 private constant MOST_ENDS = 400;

    error NotBilled(uint256 periodEnd, uint256 billingEnd);

    /// @dev The billing period that runs: its start, its end, and how many are behind it.
    uint64 internal billingStart;
    uint64 internal billingEnd;
    uint64 internal billingNumber;
    uint64[] private ends;

    mapping(bytes32 key => Sums) internal sums;

    constructor(MarketRules memory rules_, uint64[] memory ends_) CommunityMarket(rules_) {
        require(ends_.length <= MOST_ENDS, "400 billing periods are named at most");
        uint64 start = uint64(inSeconds(rules_.firstPeriod));
        billingStart = start;
        billingEnd = ends_.length == 0 ? start : ends_[0];
        for (uint256 i = 0; i < ends_.length; ++i) {
            require(ends_[i] > start, "a billing period ends before it begins");
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

    /// @dev Under which its sums of a billing period stand.
    /// @param number of the billing period, which a call reads once
    function keyOf(address owner, bytes32 group, uint256 number) internal pure returns (bytes32) {
        return keccak256(abi.encode(owner, group, number));
    }
}
