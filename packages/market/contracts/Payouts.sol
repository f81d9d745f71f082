// SPDX-License-Identifier: MIT
pragma solidity ^0.8.35;

import "./Marks.sol";
import "./Reserve.sol";

/// @dev Payouts outside the chain. Whether an operator has paid is known to it and to the holder only. So what an operator says holds once
///      nobody has objected for the time of the council's notice; who objected is answered by another operator.
abstract contract Payouts is Reserve {
    /// @dev Held by the bank for payouts that are not paid yet.
    Tokens internal pendingPayouts;
    /// @notice Payouts so far; their ids run from 1.
    uint256 public payoutCount;
    mapping(PayoutId => Payout) private payoutsById;

    /// @notice Takes tokens of the caller, who has allowed it, and asks for a payout outside.
    /// @param amount token units
    function redeemOutside(Tokens amount, Destination destination) external returns (PayoutId payoutId) {
        require(amount > NO_TOKENS, "the amount is 0");
        require(destination.isChosen(), "the destination is missing");
        return requestPayout(msg.sender, amount, destination);
    }

    /// @notice Gives the tokens back to the holder, who has changed its mind before the payout was marked as paid.
    function cancelPayout(PayoutId payoutId, Tokens amount, Destination destination) external {
        Payout storage payout = requirePending(payoutId, msg.sender, amount, destination);
        payout.state = PayoutState.Cancelled;
        pendingPayouts = pendingPayouts - amount;
        energyToken.transfer(msg.sender, amount);
        emit PayoutCancelled(payoutId, msg.sender, amount);
    }

    /// @notice An operator says that it pays outside. From now on the holder, or another operator, may object for the time of
    ///         the notice.
    /// @param moneyReference names the payment, which may cover several payouts
    function markPaid(
        PayoutId payoutId,
        address holder,
        Tokens amount,
        Destination destination,
        MoneyReference moneyReference
    ) external {
        Seat seat = operatorSeat();
        require(moneyReference.isGiven(), "the reference is missing");
        Payout storage payout = requirePending(payoutId, holder, amount, destination);
        BlockTime closesAt = blockTime().plus(members.noticeSeconds());
        payout.state = PayoutState.MarkedPaid;
        payout.payer = uint8(Seat.unwrap(seat));
        payout.closesAt = closesAt;
        payout.paidWith = moneyReference;
        emit PayoutMarkedPaid(payoutId, holder, msg.sender, amount, moneyReference, closesAt);
    }

    /// @notice The holder, or another operator than the payer, says that the payment did not come.
    function objectToPayout(PayoutId payoutId, address holder, Tokens amount, MoneyReference moneyReference) external {
        Payout storage payout = requireMarked(payoutId, holder, amount, moneyReference);
        require(payout.state == PayoutState.MarkedPaid, "this payout is not marked as paid");
        if (payout.closesAt <= blockTime()) revert TooLate(payout.closesAt, blockTime());
        if (msg.sender != holder) {
            uint256 seat = Seat.unwrap(operatorSeat());
            require(seat != payout.payer, "the payer cannot object");
            payout.objector = uint8(seat);
        }
        payout.state = PayoutState.Disputed;
        emit PayoutDisputed(payoutId, holder, msg.sender);
    }

    /// @notice Ends a dispute: an operator, or the holder, who is neither the payer nor the one who objected says whether the payment
    ///         came; or a side gives in, the payer by saying no, who objected by saying yes. What was not paid is pending again.
    function decidePayout(
        PayoutId payoutId,
        address holder,
        Tokens amount,
        MoneyReference moneyReference,
        bool wasPaid
    ) external {
        Payout storage payout = requireMarked(payoutId, holder, amount, moneyReference);
        require(payout.state == PayoutState.Disputed, "this payout is not disputed");
        uint256 seat = msg.sender == holder ? 0 : Seat.unwrap(operatorSeat());
        require(seat != (wasPaid ? payout.payer : payout.objector), "nobody decides for itself");
        emit PayoutDecided(payoutId, msg.sender, wasPaid);
        if (wasPaid) {
            finish(payoutId, payout);
            return;
        }
        payout.state = PayoutState.Pending;
        payout.payer = 0;
        payout.objector = 0;
        payout.closesAt = UNSET;
        payout.paidWith = NOT_YET;
    }

    /// @notice Ends a payout to which nobody has objected in time: the tokens vanish, and what covered them goes to the payer's deposit.
    function closePayout(PayoutId payoutId) external {
        Payout storage payout = payoutsById[payoutId];
        require(payout.state == PayoutState.MarkedPaid, "this payout is not marked as paid");
        if (payout.closesAt > blockTime()) revert TooEarly(payout.closesAt, blockTime());
        finish(payoutId, payout);
    }

    /// @notice Which of the 256 payouts from an id on are in certain states, so that a list is read by state.
    /// @param states bit n stands for state n
    /// @return marks bit n stands for payout first + n
    function payoutsIn(uint256 states, uint256 first) external view returns (uint256 marks) {
        uint256 end = endOf(first, payoutCount);
        for (uint256 id = first; id < end; ++id) {
            if (has(states, uint256(payoutsById[PayoutId.wrap(id)].state))) marks |= 1 << (id - first);
        }
    }

    /// @notice A payout: who asked, token units, where to, its state; and once it is marked as paid the payer's seat, what
    ///         names the payment, and the block time from which on it can be closed unless somebody objects before; and the seat
    ///         of the operator who objected (0: the holder, or nobody).
    function payouts(PayoutId payoutId)
        external
        view
        returns (
            address holder,
            Tokens tokens,
            Destination destination,
            PayoutState state,
            uint256 payer,
            MoneyReference moneyReference,
            BlockTime closesAt,
            uint256 objector
        )
    {
        Payout memory payout = payoutsById[payoutId];
        return (
            payout.holder,
            payout.amount,
            payout.destination,
            payout.state,
            payout.payer,
            payout.paidWith,
            payout.closesAt,
            payout.objector
        );
    }

    // ---- Parts that several functions use

    /// @dev Takes the tokens into the bank, which needs the holder's allowance.
    function requestPayout(address holder, Tokens amount, Destination destination)
        internal
        returns (PayoutId payoutId)
    {
        energyToken.transferFrom(holder, address(this), amount);
        payoutId = PayoutId.wrap(++payoutCount);
        payoutsById[payoutId] = Payout({
            holder: holder,
            state: PayoutState.Pending,
            payer: 0,
            objector: 0,
            closesAt: UNSET,
            amount: amount,
            destination: destination,
            paidWith: NOT_YET
        });
        pendingPayouts = pendingPayouts + amount;
        emit PayoutRequested(payoutId, holder, amount, destination);
    }

    /// @dev The cover is rounded down: the reserve never loses.
    function finish(PayoutId payoutId, Payout storage payout) private {
        Tokens amount = payout.amount;
        Seat payer = Seat.wrap(payout.payer);
        Coins cover = coinsFor(amount, inForce.redeem);
        payout.state = PayoutState.Paid;
        pendingPayouts = pendingPayouts - amount;
        paidOutside = paidOutside + amount;
        credit(payer, cover);
        energyToken.burn(address(this), amount);
        emit PayoutPaid(payoutId, payout.holder, payer, amount, cover);
    }

    /// @dev Ids are assigned by the chain, and may be another's after a reorganisation: a signed act is for the payout that it
    ///      describes, and for no other.
    function requirePending(PayoutId payoutId, address holder, Tokens amount, Destination destination)
        private
        view
        returns (Payout storage payout)
    {
        payout = payoutsById[payoutId];
        bool isSame = payout.holder == holder && payout.amount == amount && payout.destination == destination;
        if (!isSame) revert OtherPayout(payoutId, payout.holder, payout.amount, payout.destination);
        require(payout.state == PayoutState.Pending, "this payout is not pending");
    }

    /// @dev The same for a payout that is marked as paid, or disputed: the reference names the payment that is meant.
    function requireMarked(PayoutId payoutId, address holder, Tokens amount, MoneyReference moneyReference)
        private
        view
        returns (Payout storage payout)
    {
        payout = payoutsById[payoutId];
        bool isSame = payout.holder == holder && payout.amount == amount && payout.paidWith == moneyReference;
        if (!isSame) revert OtherPayment(payoutId, payout.holder, payout.amount, payout.paidWith);
    }
}
