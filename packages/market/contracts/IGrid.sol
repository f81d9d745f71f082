// SPDX-License-Identifier: MIT
pragma solidity ^0.8.35;

import "./Units.sol";

/// @dev What the supplier and the grid take and give in a period, money units for 150 Wh: for energy from the grid, for energy into it,
///      for the way of energy from the grid, and of energy from a neighbour.
struct Prices {
    Price tariff;
    Price feedIn;
    Price gridFee;
    Price localFee;
}

/// @dev Where in the grid's two lists the prices of a period stand. Who calls names it, the contract checks it.
struct PriceHint {
    uint64 tariffEntry;
    uint64 feeEntry;
}

/// @dev What the grid refuses of prices; it comes through every market that asks.
interface PriceErrors {
    error NotInForce(uint256 entry, uint256 periodStart);
    error PricesNotFixed(uint256 periodStart, uint256 fixedUntil);
}

/// @dev The grid as markets call it.
interface IGrid {
    /// @notice Prices of `count` periods of `step` seconds that follow each other. Refuses a period whose prices could still change.
    /// @param hint entries that are in force at `from`
    function pricesOf(PriceHint calldata hint, MeterTime from, Duration step, uint256 count)
        external
        view
        returns (Prices[] memory);
}
