// SPDX-License-Identifier: MIT
pragma solidity ^0.8.35;

import "./Units.sol";

/// @dev Who names a meter is a registrar; it is never 0.
type MeterId is bytes32;

using {meterEqual as ==} for MeterId global;

function meterEqual(MeterId a, MeterId b) pure returns (bool) {
    return MeterId.unwrap(a) == MeterId.unwrap(b);
}

/// @dev What a registry's network has decided in its genesis.
struct RegistryRules {
    /// Length of every period, in seconds.
    Duration resolutionSeconds;
    /// How long after its report a reading can be corrected, in seconds; then it is final.
    Duration correctionSeconds;
    /// Seconds by which a reading may come before its period has ended by market time.
    Duration readingLeadSeconds;
    /// Market time less block time, in seconds.
    int64 marketTimeOffset;
}

/// @dev What the registry refuses of a period; it comes through every market that asks.
interface PeriodErrors {
    error NotAPeriod(uint256 periodStart, uint256 resolutionSeconds);
}

/// @dev The registry as markets call it. A period is one resolution long, begins at a multiple of it and is named by its start.
interface IMeterRegistry {
    function rules() external view returns (RegistryRules memory);

    /// @notice Whose a meter is (0: not registered), until when it was read, and the most that it can show for a period.
    function meterOf(MeterId meter)
        external
        view
        returns (address household, MeterTime readUntil, Energy ratingMwh);

    /// @notice As `meterOf`, and of one of its periods the block times at which it begins and from which on it can be read.
    ///         Refuses a start at which no period begins.
    function periodOf(MeterId meter, MeterTime periodStart)
        external
        view
        returns (address household, MeterTime readUntil, Energy ratingMwh, int256 beginsAt, int256 readableFrom);

    /// @notice The reading of a period, and whose the meter is. A final one changes no more.
    function readingOf(MeterId meter, MeterTime periodStart)
        external
        view
        returns (address household, bool isThere, bool isFinal, Energy producedMwh, Energy consumedMwh);
}
