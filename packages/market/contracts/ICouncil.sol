// SPDX-License-Identifier: MIT
pragma solidity ^0.8.35;

import {Duration} from "./Units.sol";

/// @dev Who has a seat in the council. Seats are numbered from 1; what belongs to a member is kept by its seat, so that a
///      change of keys moves nothing.
type Seat is uint256;

Seat constant NO_SEAT = Seat.wrap(0);

using {seatEqual as ==, seatUnequal as !=} for Seat global;

function seatEqual(Seat a, Seat b) pure returns (bool) {
    return Seat.unwrap(a) == Seat.unwrap(b);
}

function seatUnequal(Seat a, Seat b) pure returns (bool) {
    return Seat.unwrap(a) != Seat.unwrap(b);
}

/// @dev The council as other contracts call it.
interface ICouncil {
    /// @notice The seat that a key acts for; 0 for a key that has none, and for one whose power is frozen by a veto.
    function seatOf(address key) external view returns (Seat);

    /// @notice Seconds between what the council announces and its coming into force.
    function noticeSeconds() external view returns (Duration);
}
