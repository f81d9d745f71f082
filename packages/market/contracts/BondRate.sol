// SPDX-License-Identifier: MIT
pragma solidity ^0.8.35;

import "./BondRecords.sol";
import {ICouncil, NO_SEAT, Seat} from "./ICouncil.sol";
import "./Units.sol";

/// @title What a unit of account costs in coins
/// @notice It says how large a host's bond must be and what a unit brings. The council says it and never the host: a member announces a rate,
///         another one confirms it, and from the council's notice after that on it is in force by itself. Until then any member takes it back.
abstract contract BondRate is BondEvents {
    ICouncil private immutable council;
    /// @notice Whose bond it is.
    address public immutable host;

    AgreedRate private agreed;

    constructor(address council_, address host_, Rate rateWei) {
        require(council_ != address(0), "the council's address is missing");
        require(host_ != address(0), "the host's address is missing");
        requireRate(rateWei);
        council = ICouncil(council_);
        host = host_;
        agreed.inForce = uint96(Rate.unwrap(rateWei));
    }

    /// @notice Announces what a whole unit costs. Another rate can be announced once this one is in force, retracted or has lapsed.
    /// @param rateWei wei for a whole unit
    function announceRate(Rate rateWei) external {
        uint8 seat = seatOfSender();
        requireRate(rateWei);
        AgreedRate memory kept = currentRates();
        require(kept.from == 0 || isLapsed(kept), "another rate is on its way");
        kept.next = uint96(Rate.unwrap(rateWei));
        kept.from = afterNotice();
        kept.announcedBy = seat;
        kept.isConfirmed = false;
        agreed = kept;
        emit RateAnnounced(rateWei, Seat.wrap(seat), kept.from);
    }

    /// @notice Another member than who has announced a rate agrees to it.
    function confirmRate(Rate rateWei, BlockTime confirmUntil) external {
        uint8 seat = seatOfSender();
        AgreedRate memory kept = onItsWay(rateWei);
        require(!kept.isConfirmed && kept.from == inSeconds(confirmUntil), "this rate is not announced");
        require(kept.announcedBy != seat, "another member confirms");
        kept.isConfirmed = true;
        kept.from = afterNotice();
        agreed = kept;
        emit RateConfirmed(rateWei, Seat.wrap(seat), kept.from);
    }

    /// @notice A member stops a rate that is on its way; the one in force stays.
    function retractRate(Rate rateWei) external {
        uint8 seat = seatOfSender();
        AgreedRate memory kept = onItsWay(rateWei);
        kept.from = 0;
        kept.isConfirmed = false;
        agreed = kept;
        emit RateRetracted(rateWei, Seat.wrap(seat));
    }

    /// @notice The rate in force, and the one on its way with the time that its state goes by (0: there is none).
    function rates()
        external
        view
        returns (Rate inForce, Rate next, uint256 from, Seat announcedBy, bool isConfirmed)
    {
        AgreedRate memory kept = currentRates();
        if (kept.from == 0 || isLapsed(kept)) return (Rate.wrap(kept.inForce), NO_RATE, 0, NO_SEAT, false);
        return (Rate.wrap(kept.inForce), Rate.wrap(kept.next), kept.from, Seat.wrap(kept.announcedBy), kept.isConfirmed);
    }

    // ---- Parts that several functions use

    /// @dev What is kept, with a confirmed rate in force whose time has come.
    function currentRates() internal view returns (AgreedRate memory kept) {
        kept = agreed;
        if (!kept.isConfirmed || kept.from > block.timestamp) return kept;
        kept.inForce = kept.next;
        kept.from = 0;
        kept.isConfirmed = false;
    }

    function rateInForce() internal view returns (Rate) {
        return Rate.wrap(currentRates().inForce);
    }

    /// @dev The dearer one of the rate in force and a confirmed one: a host gains nothing by acting ahead of what is known.
    function dearerRate() internal view returns (Rate) {
        AgreedRate memory kept = currentRates();
        return Rate.wrap(kept.isConfirmed && kept.next > kept.inForce ? kept.next : kept.inForce);
    }

    function onItsWay(Rate rateWei) private view returns (AgreedRate memory kept) {
        kept = currentRates();
        require(kept.from != 0 && !isLapsed(kept) && kept.next == Rate.unwrap(rateWei), "this rate is not on its way");
    }

    function isLapsed(AgreedRate memory kept) private view returns (bool) {
        return !kept.isConfirmed && kept.from < block.timestamp;
    }

    function afterNotice() private view returns (uint48) {
        return uint48(block.timestamp + inSeconds(council.noticeSeconds()));
    }

    function seatOfSender() private view returns (uint8) {
        Seat seat = council.seatOf(msg.sender);
        require(seat != NO_SEAT, "only a member of the council");
        require(msg.sender != host, "the host has no say in the rate");
        return uint8(Seat.unwrap(seat));
    }

    function requireRate(Rate rateWei) private pure {
        require(Rate.unwrap(rateWei) != 0 && Rate.unwrap(rateWei) <= type(uint96).max, "a rate is 1 to 2^96 - 1 wei");
    }
}
