// SPDX-License-Identifier: MIT
pragma solidity ^0.8.35;

import {MeterId} from "./IMeterRegistry.sol";
import "./Units.sol";

// What is kept and told of calls for flexibility. The marks between fields show where a storage word ends.

/// @dev What the genesis decides.
struct FlexibilityRules {
    /// Days whose mean is the baseline.
    uint8 baselineDays;
    /// The newest of them is so many days before the period: its readings are final by then.
    uint8 lagDays;
    /// Offers end so many seconds before the period begins.
    Duration gateSeconds;
    /// A reading that has not come so many seconds after it could come is none.
    Duration silenceSeconds;
}

/// @dev All that a call says. Its id is their hash: who names it relies on nothing else.
struct Call {
    address buyer;
    MeterTime periodStart;
    /// Whether more consumption is wanted (or less production), else less.
    bool isMore;
    Energy wantedMwh;
    /// For what is delivered, and for what was promised and is not: money units for 150 Wh.
    Price price;
    Price penaltyPrice;
    /// Tells calls of a buyer apart that are equal otherwise.
    uint64 number;
}

/// @dev What is kept of a call; all 0: there is none.
struct CallState {
    uint64 promisedMwh;
    uint32 openPromises;
    uint128 escrow;
    bool isClosed;
}

/// @dev A meter makes one promise for a period, so the same energy is never sold twice. Promised at 0: settled.
struct Promise {
    bytes32 callId;
    // ----
    address household;
    uint48 promisedMwh;
    /// What the meter took on the days of the baseline less what it gave, of all those days together.
    int48 baselineSumMwh;
}

interface FlexibilityEvents {
    event Called(
        bytes32 indexed callId,
        address indexed buyer,
        MeterTime indexed periodStart,
        bool isMore,
        Energy wantedMwh,
        Price price,
        Price penaltyPrice,
        uint64 number
    );
    event Promised(
        bytes32 indexed callId,
        MeterId indexed meter,
        address indexed household,
        Energy promisedMwh,
        int256 baselineSumMwh
    );
    event Delivered(
        bytes32 indexed callId,
        MeterId indexed meter,
        address indexed household,
        Energy acceptedMwh,
        Energy deliveredMwh,
        Tokens paid,
        Tokens penalty
    );
    event CallClosed(bytes32 indexed callId, address indexed buyer, Tokens returned);

    error ReadingNotFinal(MeterId meter, uint256 periodStart);
    error TooFewBaselineDays(MeterId meter, uint256 found, uint256 needed);
    error PastTheGate(int256 gate, uint256 nowIs);
    error BeforeTheGate(int256 gate, uint256 nowIs);
    error AboveRating(Energy got, Energy rating);
}
