// SPDX-License-Identifier: MIT
pragma solidity ^0.8.35;

import "./TradeRecords.sol";
import "./Units.sol";

// What readings give a trade. Rounded down, so what is allotted is never more than a meter shows; the rest of a rounding stays
// with the buyer.

/// @dev What a household gave away: what its meter produced beyond what it consumed itself.
function delivered(MeterReading memory reading) pure returns (Energy) {
    return excess(reading.produced, reading.consumed);
}

/// @dev What a household needed from others.
function imported(MeterReading memory reading) pure returns (Energy) {
    return excess(reading.consumed, reading.produced);
}

/// @dev What is left for a trade after those that came before it, at most its energy.
function inOrder(Energy all, Energy ahead, Energy energy) pure returns (Energy) {
    return smaller(excess(all, ahead), energy);
}

/// @dev A trade's share of what all trades of a meter and period together can have: its energy in full when there is enough.
function proRata(Energy all, Energy sum, Energy energy) pure returns (Energy) {
    if (!(all < sum)) return energy;
    return Energy.wrap(uint64((uint256(Energy.unwrap(energy)) * Energy.unwrap(all)) / Energy.unwrap(sum)));
}
