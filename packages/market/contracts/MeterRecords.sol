// SPDX-License-Identifier: MIT
pragma solidity ^0.8.35;

import {MeterId, PeriodErrors} from "./IMeterRegistry.sol";
import "./Units.sol";

// What the registry keeps, what is signed for it, and what it tells. The marks between fields show where a storage word ends.

/// @dev Where a meter's readings come from, and how far they have come. The source is the meter's own key, which signs them, or a
///      reporter, who sends them.
struct Feed {
    address source;
    uint32 lastNumber;
    MeterTime readUntil;
}

struct Meter {
    address household;
    Energy rating;
    bool isDevice;
    // ----
    Feed feed;
}

/// @dev Another source of a meter that a registrar has announced; at 0: nobody has, or it was applied or stopped.
struct Announcement {
    BlockTime announcedAt;
    uint8 announcedBy;
    bool isConfirmed;
}

/// @dev Reported at 0: the period was not read. Number 0: it came by a correction.
struct MeterReading {
    Energy produced;
    Energy consumed;
    BlockTime reportedAt;
    uint32 number;
    uint32 corrections;
}

/// @dev What a meter measured in one period; what its device signs.
struct NewReading {
    MeterId meter;
    uint32 number;
    MeterTime periodStart;
    Energy producedMwh;
    Energy consumedMwh;
}

/// @dev A signature in two words (EIP-2098).
struct Signature {
    bytes32 r;
    bytes32 vs;
}

struct SignedReading {
    NewReading reading;
    Signature signature;
}

/// @dev What the source and a registrar sign, over the old and the new values; `correction` counts those before.
struct Correction {
    MeterId meter;
    MeterTime periodStart;
    uint32 correction;
    Energy oldProducedMwh;
    Energy oldConsumedMwh;
    Energy newProducedMwh;
    Energy newConsumedMwh;
}

/// @dev What is told of meters and readings; and refused, with the numbers.
interface MeterEvents is PeriodErrors {
    event MeterRegistered(
        MeterId indexed meter,
        address indexed household,
        address indexed source,
        bool isDevice,
        Energy ratingMwh,
        address registrar
    );
    event SourceAnnounced(
        MeterId indexed meter,
        address indexed source,
        address indexed registrar,
        bool isDevice,
        Energy ratingMwh,
        bool isConfirmed
    );
    event SourceChanged(MeterId indexed meter, address indexed source, bool isDevice, Energy ratingMwh);
    event SourceStopped(
        MeterId indexed meter, address indexed source, address indexed stoppedBy, bool isDevice, Energy ratingMwh
    );
    event Reading(
        MeterId indexed meter,
        MeterTime indexed periodStart,
        address indexed source,
        uint32 number,
        Energy producedMwh,
        Energy consumedMwh
    );
    event Corrected(
        MeterId indexed meter,
        MeterTime indexed periodStart,
        address indexed registrar,
        address source,
        Energy oldProducedMwh,
        Energy oldConsumedMwh,
        Energy newProducedMwh,
        Energy newConsumedMwh
    );

    error UnexpectedReadingNumber(MeterId meter, uint256 got, uint256 expected);
    error PeriodAlreadyRead(MeterId meter, uint256 periodStart, uint256 readUntil);
    error ReadingTooEarly(MeterId meter, uint256 periodEnd, uint256 latestEnd);
    error BeyondRating(MeterId meter, uint256 energyMwh, uint256 ratingMwh);
    error WrongSigner(MeterId meter, address signer, address expected);
    error ReadingIsFinal(MeterId meter, uint256 periodStart, uint256 finalFrom);
    error AnotherReading(MeterId meter, uint256 corrections, uint256 producedMwh, uint256 consumedMwh);
    error NotInForceNow(uint256 from, uint256 until);
}
