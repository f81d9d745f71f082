// SPDX-License-Identifier: MIT
pragma solidity ^0.8.35;

import "./IMeterRegistry.sol";
import "./Units.sol";

/// @dev The registry of a community as its markets call it.
interface ICommunityRegistry is IMeterRegistry {
    /// @notice Who registers meters: the members of this council.
    function council() external view returns (address);

    /// @notice Market time: block time and the offset of the genesis.
    function marketTime() external view returns (MeterTime);

    /// @notice Who sells and buys what the community lacks and has left, whose the grid is, and the rules of the registry.
    function terms() external view returns (address supplier, address gridOperator, RegistryRules memory rules);

    /// @notice Readings of `count` periods that follow each other, of all meters in the order of the periods: that of meter m in period k
    ///         stands at `k · meters.length + m`. A word has what was produced (mWh) in its highest 64 bits, what was consumed in the
    ///         next 64, whether it is final in bit 1, whether there is one in bit 0.
    function readingsOf(MeterTime from, uint256 count, MeterId[] calldata meters)
        external
        view
        returns (uint256[] memory packed);
}

uint256 constant READING_IS_THERE = 1;
uint256 constant READING_IS_FINAL = 2;
/// @dev Where what was produced and consumed stands in a packed reading, 64 bits each.
uint256 constant PRODUCED_SHIFT = 192;
uint256 constant CONSUMED_SHIFT = 128;

/// @dev Produced of a packed reading, mWh.
function producedIn(uint256 packed) pure returns (uint256) {
    return packed >> PRODUCED_SHIFT;
}

/// @dev Consumed of a packed reading, mWh.
function consumedIn(uint256 packed) pure returns (uint256) {
    return (packed >> CONSUMED_SHIFT) & type(uint64).max;
}
