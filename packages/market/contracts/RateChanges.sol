// SPDX-License-Identifier: MIT
pragma solidity ^0.8.35;

import "./Reserve.sol";

/// @dev What a token costs and brings. Rates change with the notice of the council, so that whoever does not agree can leave at the rates in
///      force; and a new redeem rate is never above the buy rate until then, so that buying before and redeeming after a change
///      brings nothing.
abstract contract RateChanges is Reserve {
    Announcement private announcement;

    constructor(Rate buyRate, Rate redeemRate) {
        Rates memory first = Rates({buy: buyRate, redeem: redeemRate});
        requireSound(first);
        inForce = first;
    }

    /// @notice Announces rates: for another operator to confirm, and to come into force after the notice.
    /// @param buyRate wei for one token
    /// @param redeemRate wei for one token
    function announceRates(Rate buyRate, Rate redeemRate) external {
        Seat seat = operatorSeat();
        Rates memory next = Rates({buy: buyRate, redeem: redeemRate});
        requireSound(next);
        require(redeemRate <= inForce.buy, "redeem rate is above the buy rate in force");
        BlockTime before = announcement.announcedAt;
        require(before == UNSET || blockTime() > lapsesAfter(before), "other rates are announced");
        announcement = Announcement({
            rates: next,
            announcedAt: blockTime(),
            announcedBy: uint8(Seat.unwrap(seat)),
            confirmedBy: 0
        });
        emit RatesAnnounced(msg.sender, buyRate, redeemRate, blockTime().plus(members.noticeSeconds()));
    }

    /// @notice Agrees to rates that another operator announced.
    function confirmRates(Rate buyRate, Rate redeemRate, BlockTime announcedAt) external {
        Seat seat = operatorSeat();
        Announcement memory pending = requireAnnounced(buyRate, redeemRate, announcedAt);
        requireNotLapsed(announcedAt);
        require(pending.announcedBy != Seat.unwrap(seat), "another operator confirms rates");
        require(pending.confirmedBy == 0, "these rates are confirmed already");
        announcement.confirmedBy = uint8(Seat.unwrap(seat));
        emit RatesConfirmed(msg.sender, buyRate, redeemRate, announcedAt);
    }

    /// @notice Brings confirmed rates into force after the notice; they lapse after twice the notice.
    function applyRates(Rate buyRate, Rate redeemRate, BlockTime announcedAt) external {
        Announcement memory pending = requireAnnounced(buyRate, redeemRate, announcedAt);
        require(pending.confirmedBy != 0, "no other operator has confirmed these rates");
        BlockTime from = announcedAt.plus(members.noticeSeconds());
        if (from > blockTime()) revert TooEarly(from, blockTime());
        requireNotLapsed(announcedAt);
        Coins needed = coverFor(outstanding(), redeemRate);
        Coins available = reserve();
        if (needed > available) revert CoverTooSmall(available, needed);
        delete announcement;
        inForce = pending.rates;
        emit RatesChanged(buyRate, redeemRate);
    }

    /// @notice Takes an announcement back, whoever made it: without agreement the rates stay as they are.
    function retractRates(Rate buyRate, Rate redeemRate, BlockTime announcedAt) external {
        operatorSeat();
        requireAnnounced(buyRate, redeemRate, announcedAt);
        delete announcement;
        emit RatesRetracted(msg.sender, buyRate, redeemRate, announcedAt);
    }

    /// @notice Splits the coins that cover nothing equally over the deposits of all seats. What confirmed rates would need to
    ///         come into force stays.
    function shareSurplus() external {
        operatorSeat();
        Rate redeemRate = inForce.redeem;
        Announcement memory pending = announcement;
        if (pending.confirmedBy != 0 && pending.rates.redeem > redeemRate && !hasLapsed(pending.announcedAt)) {
            redeemRate = pending.rates.redeem;
        }
        shareBeyond(coverFor(outstanding(), redeemRate));
    }

    // ---- What anyone may read

    /// @notice Wei for one token, paid to the bank and paid by it.
    function rates() external view returns (Rate buyWei, Rate redeemWei) {
        return (inForce.buy, inForce.redeem);
    }

    /// @notice Rates on their way: 1 announced, 2 confirmed, 3 ready to be applied, 4 lapsed; state 0 when there are none. With the
    ///         seats that announced and confirmed (0: nobody), and the block times from when and until when they can be applied.
    function pendingRates()
        external
        view
        returns (
            Rate buyWei,
            Rate redeemWei,
            RatesState state,
            BlockTime announcedAt,
            uint256 announcedBy,
            uint256 confirmedBy,
            BlockTime inForceFrom,
            BlockTime inForceUntil
        )
    {
        Announcement memory pending = announcement;
        announcedAt = pending.announcedAt;
        if (announcedAt == UNSET) return (NO_RATE, NO_RATE, RatesState.None, UNSET, 0, 0, UNSET, UNSET);
        buyWei = pending.rates.buy;
        redeemWei = pending.rates.redeem;
        announcedBy = pending.announcedBy;
        confirmedBy = pending.confirmedBy;
        inForceFrom = announcedAt.plus(members.noticeSeconds());
        inForceUntil = lapsesAfter(announcedAt);
        if (blockTime() > inForceUntil) state = RatesState.Lapsed;
        else if (confirmedBy == 0) state = RatesState.Announced;
        else if (inForceFrom > blockTime()) state = RatesState.Confirmed;
        else state = RatesState.Ready;
    }

    // ---- Parts that several functions use

    /// @dev Otherwise buying and redeeming in turn would drain the reserve.
    function requireSound(Rates memory next) private pure {
        require(next.redeem > NO_RATE, "a rate cannot be 0");
        require(next.redeem <= next.buy, "redeem rate is above buy rate");
    }

    /// @dev A signed act is for the rates that it names, announced when it says, and for no others.
    function requireAnnounced(Rate buyRate, Rate redeemRate, BlockTime announcedAt)
        private
        view
        returns (Announcement memory pending)
    {
        pending = announcement;
        bool isSame = pending.rates.buy == buyRate && pending.rates.redeem == redeemRate
            && pending.announcedAt == announcedAt;
        if (!isSame || announcedAt == UNSET) {
            revert OtherRates(pending.rates.buy, pending.rates.redeem, pending.announcedAt);
        }
    }

    function requireNotLapsed(BlockTime announcedAt) private view {
        if (hasLapsed(announcedAt)) revert TooLate(lapsesAfter(announcedAt), blockTime());
    }

    function hasLapsed(BlockTime announcedAt) private view returns (bool) {
        return blockTime() > lapsesAfter(announcedAt);
    }

    function lapsesAfter(BlockTime announcedAt) private view returns (BlockTime) {
        Duration notice = members.noticeSeconds();
        return announcedAt.plus(notice).plus(notice);
    }
}
