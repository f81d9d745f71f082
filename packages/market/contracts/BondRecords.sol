// SPDX-License-Identifier: MIT
pragma solidity ^0.8.35;

import {Seat} from "./ICouncil.sol";
import "./Units.sol";

// What a host's contract keeps and tells.

/// @dev `claimWei`: what all units that were there at the liquidation bring together; 0 before.
struct Bond {
    uint128 coinsWei;
    uint128 claimWei;
}

/// @dev One word. `from`: of a rate that is only announced, until when it can be confirmed; of a confirmed one, from when on it is in
///      force; 0: none is on its way.
struct AgreedRate {
    uint96 inForce;
    uint96 next;
    uint48 from;
    uint8 announcedBy;
    bool isConfirmed;
}

interface BondEvents {
    event BondLocked(Coins coinsWei, uint256 bondWei);
    event BondUnlocked(Coins coinsWei, uint256 bondWei);
    event Redeemed(address indexed holder, Tokens units, Coins coinsWei);
    event Liquidated(address indexed by, Tokens units, uint256 bondWei, uint256 claimWei);
    event RateAnnounced(Rate rateWei, Seat announcedBy, uint256 confirmUntil);
    event RateConfirmed(Rate rateWei, Seat confirmedBy, uint256 from);
    event RateRetracted(Rate rateWei, Seat retractedBy);

    error BondTooSmall(uint256 bondWei, uint256 neededWei);
    error BondCovers(uint256 bondWei, uint256 neededWei);
    error FewerCoins(Coins got, Coins least);
}
