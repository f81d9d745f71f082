// SPDX-License-Identifier: MIT
pragma solidity ^0.8.35;

import "./FlexibilityRecords.sol";
import "./ICommunityRegistry.sol";

/// @title What a meter would have taken
/// @notice The baseline of a period is the mean of the same period on the last days, of what the meter took from the grid less what it gave. It is
///         computed from final readings, never stated by the home. A day on which the meter had promised something for that period
///         is left out, and the day before it counts.
abstract contract Baseline is FlexibilityEvents {
    uint256 private constant DAY = 86_400;
    uint256 private constant MOST_DAYS = 31;
    uint256 private constant MOST_DAYS_BACK = 93;

    ICommunityRegistry internal immutable meterRegistry;
    FlexibilityRules public rules;

    mapping(MeterId => mapping(MeterTime periodStart => Promise)) public promises;

    constructor(address registry_, FlexibilityRules memory rules_) {
        require(registry_ != address(0), "the registry's address is missing");
        uint256 count = rules_.baselineDays;
        require(count != 0 && count <= MOST_DAYS, "a baseline has 1 to 31 days");
        require(rules_.lagDays != 0 && rules_.lagDays <= MOST_DAYS, "a baseline ends 1 to 31 days before");
        meterRegistry = ICommunityRegistry(registry_);
        rules = rules_;
    }

    /// @notice The registry of meters.
    function registry() external view returns (address) {
        return address(meterRegistry);
    }

    /// @notice Sum of the days of a meter's baseline of a period in mWh: below 0 where the meter gave more than it took. The baseline is
    ///         the sum divided by `baselineDays`.
    function baselineSumOf(MeterId meter, MeterTime periodStart) public view returns (int256 sum) {
        uint256 count = rules.baselineDays;
        uint256 back = rules.lagDays;
        uint256 start = inSeconds(periodStart);
        for (uint256 found = 0; found < count; ++back) {
            if (back > MOST_DAYS_BACK || back * DAY > start) revert TooFewBaselineDays(meter, found, count);
            MeterTime day = MeterTime.wrap(uint64(start - back * DAY));
            if (promises[meter][day].callId != 0) continue;
            // A day that is missing is none to leave out: else a home would choose its days by keeping silent.
            (,, bool isFinal, Energy produced, Energy consumed) = meterRegistry.readingOf(meter, day);
            if (!isFinal) revert ReadingNotFinal(meter, inSeconds(day));
            sum += int256(inMwh(consumed)) - int256(inMwh(produced));
            found += 1;
        }
    }

    /// @dev By how much a final reading is below the baseline, or above it, rounded down; 0 for any other reading.
    function deliveredOf(bool isMore, Promise memory made, uint256 reading) internal view returns (Energy) {
        if (reading & READING_IS_FINAL == 0) return NO_ENERGY;
        int256 count = int256(uint256(rules.baselineDays));
        int256 beyond = count * (int256(consumedIn(reading)) - int256(producedIn(reading))) - made.baselineSumMwh;
        if (!isMore) beyond = -beyond;
        return beyond > 0 ? Energy.wrap(uint64(uint256(beyond / count))) : NO_ENERGY;
    }

    /// @dev Block time until which promises are taken.
    function gateOf(int256 beginsAt) internal view returns (int256) {
        return beginsAt - int256(inSeconds(rules.gateSeconds));
    }
}
