// SPDX-License-Identifier: MIT
pragma solidity ^0.8.35;

import {MeterId} from "./IMeterRegistry.sol";
import "./Units.sol";

// What is kept and told of certificates.

/// @dev One word. `next` is the meter's next hour: all before it are done. Without a technology nothing is issued.
struct Source {
    MeterTime next;
    uint32 remainderMwh;
    bytes16 technology;
}

struct CertificateTotals {
    uint128 issued;
    uint128 claimed;
}

interface CertificateEvents {
    event Accredited(MeterId indexed meter, bytes16 technology, MeterTime from, address by);
    event AccreditationEnded(MeterId indexed meter, MeterTime from, address by);
    event Issued(MeterId indexed meter, MeterTime indexed hour, address indexed owner, uint256 certificates);
    event Transferred(MeterId indexed meter, MeterTime hour, address indexed from, address indexed to, uint256 certificates);
    event Claimed(
        MeterId indexed meter, MeterTime hour, address indexed owner, address indexed beneficiary, uint256 certificates
    );

    error NotTheNextHour(MeterTime got, MeterTime expected);
    error ReadingNotFinal(MeterId meter, uint256 periodStart);
    error NotEnoughCertificates(address owner, uint256 held, uint256 needed);
}
