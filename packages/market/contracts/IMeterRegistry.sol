// SPDX-License-Identifier: MIT
pragma solidity ^0.8.35;

import "./Units.sol";

/// @dev Who names a meter is a registrar; it is never 0.
type MeterId is bytes32;

/// @dev The registry as markets call it. A period is one resolution long and named by its start.
interface IMeterRegistry {
    /// @notice Length of every period, in seconds.
    function resolutionSeconds() external view returns (Duration);

    /// @notice Seconds by which a reading may come before its period has ended by market time.
    function readingLeadSeconds() external view returns (Duration);

    /// @notice Market time less block time, in seconds.
    function marketTimeOffset() external view returns (int64);

    /// @notice Whose a meter is (0: not registered), until when it was read, and the most that it can show for a period.
    function meterOf(MeterId meter)
        external
        view
        returns (address household, MeterTime readUntil, Energy ratingMwh);

    /// @notice The reading of a period. A final one changes no more.
    function readingOf(MeterId meter, MeterTime periodStart)
        external
        view
        returns (bool isThere, bool isFinal, Energy producedMwh, Energy consumedMwh);
}
