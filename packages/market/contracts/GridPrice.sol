// SPDX-License-Identifier: MIT
pragma solidity ^0.8.35;

import {ICouncil, Seat} from "./ICouncil.sol";
import "./TradeRecords.sol";
import "./Units.sol";

/// @title The price that the grid takes
/// @notice It says how much a seller's bond is. The council changes it: a member announces a price, another confirms it, and
///         after the council's notice anyone puts it in force. Offers keep the price that they were made with.
abstract contract GridPrice is TradeEvents {
    ICouncil private immutable council;

    OfferRules internal offerRules;
    PendingPrice private pending;

    constructor(ICouncil council_, TradeRules memory rules_) {
        require(address(council_) != address(0), "the council's address is missing");
        require(rules_.gridPrice > NO_PRICE, "the grid price is 0");
        require(rules_.longestSpanSeconds != 0, "the longest span is 0");
        council = council_;
        offerRules = OfferRules({
            gridPrice: rules_.gridPrice,
            longestSpan: rules_.longestSpanSeconds,
            gate: rules_.gateSeconds,
            offerLead: rules_.offerLeadSeconds,
            offers: 0
        });
    }

    /// @notice Announces a grid price. Another one can be announced once this one is in force, retracted, or has lapsed.
    /// @param price token units for 150 Wh
    function announceGridPrice(Price price) external {
        uint8 seat = seatOfSender();
        require(price > NO_PRICE, "the grid price is 0");
        BlockTime announcedAt = pending.announcedAt;
        require(inSeconds(announcedAt) == 0 || isPast(announcedAt, 2), "another grid price is on its way");
        pending =
            PendingPrice({price: price, announcedAt: blockTime(), announcedBy: seat, confirmedBy: 0});
        emit GridPriceAnnounced(price, Seat.wrap(seat), blockTime());
    }

    /// @notice Another member than who has announced a grid price agrees to it.
    function confirmGridPrice(Price price, BlockTime announcedAt) external {
        uint8 seat = seatOfSender();
        PendingPrice memory change = pendingPrice(price, announcedAt);
        require(change.announcedBy != seat, "another member confirms");
        change.confirmedBy = seat;
        pending = change;
        emit GridPriceConfirmed(price, Seat.wrap(seat), announcedAt);
    }

    /// @notice A member stops a grid price that is on its way; the one in force stays.
    function retractGridPrice(Price price, BlockTime announcedAt) external {
        uint8 seat = seatOfSender();
        pendingPrice(price, announcedAt);
        delete pending;
        emit GridPriceRetracted(price, Seat.wrap(seat), announcedAt);
    }

    /// @notice Puts a confirmed grid price in force, from the end of the council's notice on and for as long again.
    function applyGridPrice(Price price, BlockTime announcedAt) external {
        PendingPrice memory change = pendingPrice(price, announcedAt);
        require(change.confirmedBy != 0, "nobody has confirmed this grid price");
        BlockTime from = BlockTime.wrap(uint64(endOfNotice(announcedAt, 1)));
        if (from > blockTime()) revert TooEarly(from, blockTime());
        delete pending;
        offerRules.gridPrice = price;
        emit GridPriceChanged(price, announcedAt);
    }

    /// @notice The grid price in force and the one that is on its way, if any: who has announced and confirmed it (seats of the
    ///         council), from when on it can be put in force, and until when.
    function gridPrice()
        external
        view
        returns (
            Price inForce,
            Price announced,
            BlockTime announcedAt,
            Seat announcedBy,
            Seat confirmedBy,
            uint256 from,
            uint256 until
        )
    {
        inForce = offerRules.gridPrice;
        PendingPrice memory change = pending;
        announced = change.price;
        announcedAt = change.announcedAt;
        announcedBy = Seat.wrap(change.announcedBy);
        confirmedBy = Seat.wrap(change.confirmedBy);
        if (inSeconds(announcedAt) != 0) {
            from = endOfNotice(announcedAt, 1);
            until = endOfNotice(announcedAt, 2);
        }
    }

    // ---- Parts that several functions use

    function pendingPrice(Price price, BlockTime announcedAt) private view returns (PendingPrice memory change) {
        change = pending;
        require(
            inSeconds(change.announcedAt) != 0 && change.announcedAt == announcedAt && change.price == price,
            "this grid price is not on its way"
        );
        require(!isPast(announcedAt, 2), "this grid price has lapsed");
    }

    function seatOfSender() private view returns (uint8) {
        uint256 seat = Seat.unwrap(council.seatOf(msg.sender));
        require(seat != 0, "only a member of the council");
        return uint8(seat);
    }

    function isPast(BlockTime announcedAt, uint256 notices) private view returns (bool) {
        return block.timestamp > endOfNotice(announcedAt, notices);
    }

    function endOfNotice(BlockTime announcedAt, uint256 notices) private view returns (uint256) {
        return BlockTime.unwrap(announcedAt) + notices * inSeconds(council.noticeSeconds());
    }
}
